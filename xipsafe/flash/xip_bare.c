/*
 * xip_bare - erase and program for a boot program, where nothing else runs
 *
 * SPDX-License-Identifier: MIT
 *
 * A tenth of the code of xip_flash_erase and xip_flash_program: no interrupt
 * can wait, no bus master reads the window, nothing is suspended or bounced.
 */
#include <string.h>

#include "xip_flash_priv.h"

static const uint8_t *window(const struct xip_flash *dev, uint32_t off) {
    return (const uint8_t *)((uintptr_t)dev->config.window_addr + off);
}

static int run(struct xip_flash *dev, struct xip_op *op) {
    const struct xip_watch none = {NULL, 0};
    op->flags = xip_flash_write_flags_(dev);
    op->slice_cycles = UINT32_MAX;
    return dev->run(&dev->resident, op, &none);
}

int xip_flash_bare_erase(struct xip_flash *dev, uint32_t off) {
    const int err = xip_flash_check_range_(dev, off, 1);
    if (err != 0) {
        return err;
    }
    const struct xip_part_erase *unit = &dev->part.erase[0];
    uint32_t bytes = unit->size_bytes;
    if (XIP_CFG_SECTOR_MAP) {
        bytes = xip_part_unit(&dev->part, off);
        unit = xip_part_fit(&dev->part, off, bytes);
    }
    if (XIP_CFG_SECTOR_MAP ? unit == NULL : (off & (bytes - 1u)) != 0u) {
        return XIP_ERR_ALIGN;
    }
    struct xip_op op = {
            .cmd = xip_port_command(unit->opcode, dev->part.addr_bytes, 0,
                    XIP_DIR_NONE, 1),
            .addr = off,
            .timeout_cycles = xip_flash_cycles_(dev, unit->max_us),
            .kind = XIP_OP_ERASE,
    };
    const int ran = run(dev, &op);
    if (ran != 0) {
        return ran;
    }
    // All equal to the next one, and the first is blank.
    const uint8_t *const p = window(dev, off);
    return p[0] == 0xFFu && memcmp(p, p + 1, bytes - 1u) == 0 ? 0
                                                              : XIP_ERR_VERIFY;
}

int xip_flash_bare_program(struct xip_flash *dev, uint32_t off,
        const void *data, uint32_t len_bytes) {
    const int err = xip_flash_check_range_(dev, off, len_bytes);
    if (err != 0) {
        return err;
    }
    const uint32_t page = dev->part.page_bytes;
    if (data == NULL || len_bytes == 0u || off % page + len_bytes > page) {
        return XIP_ERR_PARAM;
    }
    struct xip_op op = {
            .cmd = xip_port_command(dev->part.program_opcode,
                    dev->part.addr_bytes, 0, XIP_DIR_OUT,
                    dev->part.program_lanes == 4u ? 4u : 1u),
            .addr = off,
            .data = (uint8_t *)(uintptr_t)data, // read only: XIP_DIR_OUT
            .len_bytes = (uint16_t)len_bytes,
            .timeout_cycles = xip_flash_cycles_(dev, dev->part.page_max_us),
            .kind = XIP_OP_PROGRAM,
    };
    const int ran = run(dev, &op);
    if (ran != 0) {
        return ran;
    }
    return memcmp(window(dev, off), data, len_bytes) == 0 ? 0 : XIP_ERR_VERIFY;
}
