/*
 * xip_update_flash - how the updater writes to the flash
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "xip_update_priv.h"

#if XIP_CFG_UPDATE_BARE

// Of one unit: there is no other one than the smallest.
int xip_update_erase_(struct xip_flash *dev, uint32_t off, uint32_t len_bytes) {
    (void)len_bytes;
    return xip_flash_bare_erase(dev, off);
}

int xip_update_program_(struct xip_flash *dev, uint32_t off,
        const uint8_t *data, uint32_t len_bytes) {
    int err = 0;
    while (err == 0 && len_bytes != 0u) {
        const uint32_t left = dev->part.page_bytes - off % dev->part.page_bytes;
        const uint32_t n = len_bytes < left ? len_bytes : left;
        err = xip_flash_bare_program(dev, off, data, n);
        off += n;
        data += n;
        len_bytes -= n;
    }
    return err;
}

int xip_update_verify_(struct xip_flash *dev, uint32_t off, const uint8_t *data,
        uint32_t len_bytes) {
    const uintptr_t addr = (uintptr_t)dev->config.window_addr + off;
    return memcmp((const uint8_t *)addr, data, len_bytes) == 0 ? 0
                                                               : XIP_ERR_VERIFY;
}

int xip_update_read_(struct xip_flash *dev, uint32_t off, uint8_t *data,
        uint32_t len_bytes) {
    const uintptr_t addr = (uintptr_t)dev->config.window_addr + off;
    memcpy(data, (const uint8_t *)addr, len_bytes);
    return 0;
}

#else

int xip_update_erase_(struct xip_flash *dev, uint32_t off, uint32_t len_bytes) {
    return xip_flash_erase(dev, off, len_bytes);
}

int xip_update_program_(struct xip_flash *dev, uint32_t off,
        const uint8_t *data, uint32_t len_bytes) {
    return xip_flash_program(dev, off, data, len_bytes);
}

int xip_update_verify_(struct xip_flash *dev, uint32_t off, const uint8_t *data,
        uint32_t len_bytes) {
    return xip_flash_verify(dev, off, data, len_bytes);
}

int xip_update_read_(struct xip_flash *dev, uint32_t off, uint8_t *data,
        uint32_t len_bytes) {
    return xip_flash_read(dev, off, data, len_bytes);
}

#endif
