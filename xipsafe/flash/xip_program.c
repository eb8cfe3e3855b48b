/*
 * xip_program - program: runs of pages, bounce buffer, read-back
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "xip_flash_priv.h"

// The progress hook is called at least this often.
#define PROGRESS_PAGES 16u

// The part of a program operation that is the same for every run of a call: all
// but address and data.
static struct xip_op page_op(const struct xip_flash *dev) {
    const uint8_t lanes = dev->part.program_lanes == 4u ? 4u : 1u;
    struct xip_op op = {
            .cmd = xip_port_command(dev->part.program_opcode,
                    dev->part.addr_bytes, 0, XIP_DIR_OUT, lanes),
            .timeout_cycles = xip_flash_cycles_(dev, dev->part.page_max_us),
            .kind = XIP_OP_PROGRAM,
            .flags = xip_flash_write_flags_(dev),
    };
    xip_flash_allow_suspend_(dev, &op);
    return op;
}

// How much of [off, off + len) one outage may take: a part of a page, or whole
// pages until an interrupt waits. Ordinary code costs as much for one page as
// for many.
static uint32_t run_bytes(const struct xip_flash *dev, uint32_t off,
        uint32_t len, bool bounced) {
    const uint32_t page = dev->part.page_bytes;
    const uint32_t head = page - off % page;
    uint32_t most = len;
    if (bounced && most > dev->config.bounce_bytes) {
        most = dev->config.bounce_bytes;
    }
    if (dev->hooks.progress != NULL && most > PROGRESS_PAGES * page) {
        most = PROGRESS_PAGES * page;
    }
    if (head != page || dev->hooks.yield != NULL) {
        most = most < head ? most : head;
    }
    return most > page ? most - most % page : most;
}

// Program a run of at most len bytes. *done: bytes of it that are programmed, 0
// after an error.
static int program_run(struct xip_flash *dev, const struct xip_op *op,
        uint32_t off, const uint8_t *data, uint32_t len, uint32_t *done) {
    const uint32_t page = dev->part.page_bytes;
    const bool bounced = xip_soc_in_window(data, len);
    const uint32_t n = run_bytes(dev, off, len, bounced);
    const uint8_t *source = data;
    if (bounced) {
        memcpy(dev->config.bounce, data, n);
        source = dev->config.bounce;
    }
    dev->op = *op; // a suspension moves its deadline
    dev->op.addr = off;
    dev->op.data = (uint8_t *)(uintptr_t)source; // read only: XIP_DIR_OUT
    dev->op.len_bytes = (uint16_t)(n < page ? n : page);
    dev->op.repeat = n < page ? 0u : n / page - 1u;
    dev->op_bytes = dev->op.len_bytes;
    const uint32_t suspensions = dev->stats.suspensions;
    int err = xip_flash_run_(dev, &dev->op);
    if (err != 0) {
        return err;
    }
    *done = dev->op.addr + dev->op_bytes - off;
    if ((dev->config.flags & XIP_FLASH_NO_VERIFY) != 0u) {
        return 0;
    }
    err = xip_flash_verify(dev, off, source, *done);
    if (err != 0 && xip_flash_resume_unseen_(dev, suspensions) == 0) {
        err = xip_flash_verify(dev, off, source, *done);
    }
    return err;
}

static int program_all(struct xip_flash *dev, uint32_t off, const uint8_t *data,
        uint32_t len) {
    const struct xip_op op = page_op(dev);
    uint32_t done = 0;
    while (done < len) {
        uint32_t n = 0;
        const int err =
                program_run(dev, &op, off + done, data + done, len - done, &n);
        if (err != 0) {
            if (err != XIP_ERR_VERIFY) {
                dev->stop_off = dev->op.addr;
            }
            if (err == XIP_ERR_TIMEOUT || dev->resident.suspended != 0u) {
                xip_flash_mark_dirty_(dev);
            }
            return err;
        }
        done += n;
        xip_flash_unit_done_(dev, done, len);
    }
    return 0;
}

int xip_flash_program(struct xip_flash *dev, uint32_t off, const void *data,
        uint32_t len_bytes) {
    int err = xip_flash_check_range_(dev, off, len_bytes);
    if (err != 0 || len_bytes == 0u) {
        return err;
    }
    if (data == NULL ||
            (xip_soc_in_window(data, len_bytes) &&
                    (dev->config.bounce == NULL ||
                            dev->config.bounce_bytes == 0u))) {
        return XIP_ERR_PARAM;
    }
    // While suspended, whole pages cannot be read: JESD216 DW12 bit 2.
    const uint32_t page = dev->part.page_bytes - 1u;
    const uint32_t last = (off + len_bytes - 1u) | page;
    if (xip_flash_touches_running_(dev, off & ~page,
                last + 1u - (off & ~page))) {
        return XIP_ERR_RUNNING;
    }
    err = xip_flash_enter_(dev, off);
    if (err == 0) {
        err = program_all(dev, off, data, len_bytes);
        xip_flash_leave_(dev);
    }
    return err;
}
