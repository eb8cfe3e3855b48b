/*
 * xip_erase - erase: choice of the units, one operation each, read-back
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_flash_priv.h"

/// Units ///

// A part that cannot suspend gets its smallest unit only, unless throughput
// comes first.
static bool wanted(const struct xip_flash *dev,
        const struct xip_part_erase *type) {
    const struct xip_flash_config *const c = &dev->config;
    if (c->erase_max_bytes != 0u && type->size_bytes > c->erase_max_bytes) {
        return false;
    }
    return (c->flags & XIP_FLASH_THROUGHPUT) != 0u ||
            xip_flash_slice_us_(dev, XIP_OP_ERASE) != 0u;
}

// Is it the smallest one, of the chip or of a region?
static bool smallest(const struct xip_flash_part *part, unsigned number) {
    uint32_t regions = part->erase[number].regions;
    for (unsigned i = 0; i < number; i++) {
        regions &= ~(uint32_t)part->erase[i].regions;
    }
    return number == 0u || (part->region_end[0] != 0u && regions != 0u);
}

bool xip_flash_unit_usable_(const struct xip_flash *dev, unsigned number) {
    const struct xip_part_erase *const type = &dev->part.erase[number];
    return type->size_bytes != 0u &&
            (smallest(&dev->part, number) || wanted(dev, type));
}

// The smallest that the place has is taken, wanted or not.
const struct xip_part_erase *xip_flash_unit_(const struct xip_flash *dev,
        uint32_t off, uint32_t len) {
    const struct xip_part_erase *type = NULL;
    const struct xip_part_erase *next = xip_part_fit(&dev->part, off, len);
    while (next != NULL) {
        type = next;
        next = wanted(dev, type)
                ? NULL
                : xip_part_fit(&dev->part, off,
                          xip_part_unit_bytes(&dev->part, type, off) - 1u);
    }
    return type;
}

void xip_flash_erase_op_(struct xip_flash *dev, uint32_t off,
        const struct xip_part_erase *type) {
    dev->op = (struct xip_op){
            .cmd = xip_port_command(type->opcode, dev->part.addr_bytes, 0,
                    XIP_DIR_NONE, 1),
            .addr = off,
            .timeout_cycles = xip_flash_cycles_(dev, type->max_us),
            .kind = XIP_OP_ERASE,
            .flags = xip_flash_write_flags_(dev),
    };
    dev->op_bytes = xip_part_unit_bytes(&dev->part, type, off);
    xip_flash_allow_suspend_(dev, &dev->op);
}

/// The call ///

int xip_flash_erase_check_(struct xip_flash *dev) {
    const uint32_t off = dev->op.addr;
    if ((dev->config.flags & XIP_FLASH_NO_VERIFY) != 0u ||
            xip_flash_blank(dev, off, dev->op_bytes)) {
        return 0;
    }
    return XIP_ERR_VERIFY;
}

static int erase_unit(struct xip_flash *dev, uint32_t off,
        const struct xip_part_erase *type) {
    const uint32_t suspensions = dev->stats.suspensions;
    xip_flash_erase_op_(dev, off, type);
    int err = xip_flash_run_(dev, &dev->op);
    if (err == XIP_ERR_TIMEOUT || dev->resident.suspended != 0u) {
        xip_flash_mark_dirty_(dev);
    }
    if (err == 0 && xip_flash_erase_check_(dev) != 0) {
        err = xip_flash_resume_unseen_(dev, suspensions);
        err = err != 0 ? err : xip_flash_erase_check_(dev);
    }
    return err;
}

static int erase_all(struct xip_flash *dev, uint32_t off, uint32_t len) {
    uint32_t done = 0;
    while (done < len) {
        const struct xip_part_erase *const type =
                xip_flash_unit_(dev, off + done, len - done);
        if (type == NULL) { // found in the first turn: nothing was changed
            return XIP_ERR_ALIGN;
        }
        const int err = erase_unit(dev, off + done, type);
        if (err != 0) {
            dev->stop_off = off + done;
            return err;
        }
        done += dev->op_bytes;
        xip_flash_unit_done_(dev, done, len);
    }
    return 0;
}

int xip_flash_erase_range_ok_(const struct xip_flash *dev, uint32_t off,
        uint32_t len_bytes) {
    const int err = xip_flash_check_range_(dev, off, len_bytes);
    if (err != 0) {
        return err;
    }
    if (!xip_part_whole_units(&dev->part, off, len_bytes)) {
        return XIP_ERR_ALIGN;
    }
    return xip_flash_touches_running_(dev, off, len_bytes) ? XIP_ERR_RUNNING
                                                           : 0;
}

int xip_flash_erase(struct xip_flash *dev, uint32_t off, uint32_t len_bytes) {
    int err = xip_flash_erase_range_ok_(dev, off, len_bytes);
    if (err == 0) {
        err = xip_flash_enter_(dev, off);
    }
    if (err == 0) {
        err = erase_all(dev, off, len_bytes);
        xip_flash_leave_(dev);
    }
    return err;
}
