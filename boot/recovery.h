/*
 * recovery - serial recovery: an image over the console, by SMP
 *
 * SPDX-License-Identifier: MIT
 *
 * Part of a boot program that is built with XIP_CFG_BOOT_SMP. An upload is
 * kept only if its signature is by the boot program's key, as everything that
 * it starts.
 */
#ifndef BOOT_RECOVERY_H
#define BOOT_RECOVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_boot.h"
#include "xip_flash.h"
#include "xip_slots.h"

// Has an application or a button asked for it? Forgets the application's word.
// Before any RAM of LAYOUT_NOINIT is written.
bool recovery_requested(void);

// A board may define it: is a button pressed that means recovery? The pins are
// not set up yet. Weak, and false.
bool boot_recovery_button(void);

// Serve until no packet has come for so long. Resets the MCU when a client
// wants that. The flash is up. journal: NULL if there is none.
void recovery_serve(struct xip_flash *flash,
        const struct xip_boot_config *config, struct xip_slots *journal,
        uint32_t quiet_seconds);

#endif
