/*
 * xip_soc - what a family of chips must supply beside its flash controller
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/soc: who else reads the window in a family of chips, and a
 * folder for each family.
 *
 * A port drives one controller and is the same in every family that has it.
 * Where the window lies, which other addresses show it, and which bus masters
 * can read it differs from family to family: that half is here, one folder per
 * family, docs/PORTING.md says how to add one. A missing half must not pass
 * silently, since the library would then miss DMA that reads a closed window:
 * xip_soc_family.h ends the build instead.
 *
 * Ordinary code: called between outages, also with interrupts masked; bounded.
 */
#ifndef XIP_SOC_H
#define XIP_SOC_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_resident.h"

// True if [p, p + len) touches memory that an outage takes away: the window
// itself or an alias of it that is in use now. "Yes" for memory that stays
// readable only costs a refusal; "no" for memory that does not is a crash.
bool xip_soc_in_window(const volatile void *p, uint32_t len_bytes);

// First enabled DMA channel that reads the window, or a negative number. A half
// names the masters that it does not know; those are left to the quiesce hook.
int xip_soc_dma_in_window(void);

// Append with xip_watch_add() the words on which that answer rests, so that it
// can be seen behind the mask whether an interrupt has changed one: the enable
// word of each channel, the source of an enabled one. No word that changes by
// itself or by being read: an outage would be held back for ever. Returns the
// next free one; `end`: there are too many.
struct xip_watch *xip_soc_watch(struct xip_watch *next,
        const struct xip_watch *end);

#endif
