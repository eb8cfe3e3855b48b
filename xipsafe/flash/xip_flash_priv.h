/*
 * xip_flash_priv - shared by the files of xipsafe/flash, not by users
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef XIP_FLASH_PRIV_H
#define XIP_FLASH_PRIV_H

#include "xip_flash.h"
#include "xip_port.h"

#define SR1_WIP 0x01u

// Copy and check the configuration, find the resident code. dev is cleared.
int xip_flash_configure_(struct xip_flash *dev,
        const struct xip_flash_config *config);

// Commands every part answers to, before and after the part is known.
void xip_flash_basic_commands_(struct xip_flash *dev);
void xip_flash_part_commands_(struct xip_flash *dev);

// Everything an outage requires of its surroundings.
int xip_flash_outage_allowed_(struct xip_flash *dev);

// One outage; statistics and lost ticks are accounted for.
int xip_flash_run_(struct xip_flash *dev, const struct xip_op *op);

// Note the volatile bits the mapping stands on, as they are now, so that a
// chip reset in a recovery can be followed by the same mapping.
int xip_flash_note_volatile_(struct xip_flash *dev);

// Microseconds to core cycles, saturating.
uint32_t xip_flash_cycles_(const struct xip_flash *dev, uint32_t us);

#define XIP_SFDP_BYTES 320u

#endif
