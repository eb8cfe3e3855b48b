/*
 * xip_update_priv - how the updater writes to the flash
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef XIP_UPDATE_PRIV_H
#define XIP_UPDATE_PRIV_H

#include "xip_update.h"

// As xip_flash_erase, xip_flash_program, xip_flash_verify, xip_flash_read; with
// XIP_CFG_UPDATE_BARE without what a boot program does not need.
int xip_update_erase_(struct xip_flash *dev, uint32_t off, uint32_t len_bytes);
int xip_update_program_(struct xip_flash *dev, uint32_t off,
        const uint8_t *data, uint32_t len_bytes);
int xip_update_verify_(struct xip_flash *dev, uint32_t off, const uint8_t *data,
        uint32_t len_bytes);
int xip_update_read_(struct xip_flash *dev, uint32_t off, uint8_t *data,
        uint32_t len_bytes);

#endif
