/*
 * xip_background - an erase that is suspended between two calls
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_flash_priv.h"

int xip_flash_erase_begin(struct xip_flash *dev, uint32_t off,
        uint32_t len_bytes) {
    int err = xip_flash_erase_range_ok_(dev, off, len_bytes);
    if (err == 0) {
        err = xip_flash_take_(dev);
    }
    if (err != 0) {
        return err;
    }
    err = xip_flash_quiesce_(dev);
    if (err == 0) {
        err = xip_flash_end_suspended_(dev);
        if (err == 0) {
            err = xip_flash_prepare_(dev);
        }
        xip_flash_release_(dev);
    }
    if (err != 0) {
        xip_flash_give_(dev);
        return err;
    }
    dev->background = 1;
    dev->background_start = off;
    dev->background_off = off;
    dev->background_end = off + len_bytes;
    dev->dirty_bytes = 0;
    dev->stop_off = off;
    return 0;
}

static void end(struct xip_flash *dev) {
    dev->background = 0;
    xip_flash_give_(dev);
}

// One outage: starts the next unit, or goes on with the suspended one.
static int step(struct xip_flash *dev) {
    if (dev->resident.suspended == 0u) {
        const struct xip_part_erase *const type = xip_flash_unit_(dev,
                dev->background_off, dev->background_end - dev->background_off);
        if (type == NULL) {
            return XIP_ERR_ALIGN;
        }
        xip_flash_erase_op_(dev, dev->background_off, type);
    }
    dev->resident.always_suspend = 1;
    const int err = xip_flash_outage_(dev, &dev->op);
    dev->resident.always_suspend = 0;
    return err;
}

// The next outage. *ended: it was the last one, or an error.
static int poll(struct xip_flash *dev, bool *ended) {
    *ended = dev->background_off == dev->background_end;
    if (*ended) {
        return 0;
    }
    int err = xip_flash_outage_allowed_(dev);
    if (err != 0) { // the caller removes the cause and polls again
        return err;
    }
    err = step(dev);
    if (err == XIP_RUN_HELD) { // the next poll finds the cause
        dev->stats.held_back++;
        return XIP_FLASH_MORE;
    }
    if (err == XIP_RUN_SUSPENDED) {
        return XIP_FLASH_MORE;
    }
    if (err == 0) {
        err = xip_flash_erase_check_(dev);
    }
    if (err != 0) {
        dev->stop_off = dev->background_off;
        xip_flash_mark_dirty_(dev);
        *ended = true;
        return err;
    }
    dev->background_off += dev->op_bytes;
    xip_flash_unit_done_(dev, dev->background_off - dev->background_start,
            dev->background_end - dev->background_start);
    *ended = dev->background_off == dev->background_end;
    return *ended ? 0 : XIP_FLASH_MORE;
}

// The unit under way is finished, not torn: a reset would leave bits that read
// differently each time. It counts as dirty all the same, since the caller
// has not seen it verified.
static int cancel(struct xip_flash *dev, bool *ended) {
    int err = 0;
    *ended = false;
    if (dev->resident.suspended != 0u) {
        err = xip_flash_outage_allowed_(dev);
        if (err != 0) {
            return err;
        }
        xip_flash_mark_dirty_(dev);
        err = xip_flash_run_(dev, &dev->op);
    }
    dev->stop_off = dev->background_off;
    *ended = true;
    return err;
}

// Hooks run in it: a call from one of them would end the erase twice.
static int enter(struct xip_flash *dev,
        int (*call)(struct xip_flash *dev, bool *ended)) {
    if (dev == NULL || dev->background == 0u) {
        return XIP_ERR_PARAM;
    }
    if (dev->polling != 0u) {
        return XIP_ERR_BUSY;
    }
    dev->polling = 1;
    bool ended = false;
    int err = xip_flash_quiesce_(dev);
    if (err == 0) {
        err = call(dev, &ended);
        xip_flash_release_(dev);
    }
    dev->polling = 0;
    if (ended) {
        end(dev);
    }
    return err;
}

int xip_flash_erase_poll(struct xip_flash *dev) {
    return enter(dev, poll);
}

int xip_flash_erase_cancel(struct xip_flash *dev) {
    return enter(dev, cancel);
}
