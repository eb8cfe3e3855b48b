/*
 * xip_flash - the calls a user makes; all argument checks, splitting, read-back
 *
 * SPDX-License-Identifier: MIT
 *
 * Ordinary code: may itself run from the flash it changes, since the window is
 * open whenever it executes.
 */
#include <string.h>

#include "xip_cpu.h"
#include "xip_flash_priv.h"

/// Entering and leaving a call ///

int xip_flash_take_(struct xip_flash *dev) {
    if (dev->hooks.lock != NULL) {
        dev->hooks.lock(dev->config.hook_ctx);
    }
    const uint32_t mask = xip_cpu_mask(0);
    const bool held = dev->held != 0u;
    dev->held = 1;
    xip_cpu_unmask(0, mask);
    // From a hook, in a background erase, or from a second thread without a
    // lock hook.
    if (held) {
        if (dev->hooks.unlock != NULL) {
            dev->hooks.unlock(dev->config.hook_ctx);
        }
        return XIP_ERR_BUSY;
    }
    return 0;
}

void xip_flash_give_(struct xip_flash *dev) {
    dev->held = 0;
    if (dev->hooks.unlock != NULL) {
        dev->hooks.unlock(dev->config.hook_ctx);
    }
}

static void leave(struct xip_flash *dev) {
    if (dev->hooks.release != NULL) {
        dev->hooks.release(dev->config.hook_ctx);
    }
    xip_flash_give_(dev);
}

static int enter(struct xip_flash *dev, uint32_t off) {
    int err = xip_flash_take_(dev);
    if (err != 0) {
        return err;
    }
    dev->stop_off = off;
    if (dev->hooks.quiesce != NULL) {
        err = dev->hooks.quiesce(dev->config.hook_ctx);
        if (err != 0) {
            xip_flash_give_(dev);
            return err;
        }
    }
    // Only now are other masters at rest.
    err = xip_flash_outage_allowed_(dev);
    if (err == 0) {
        err = xip_flash_end_suspended_(dev);
    }
    if (err == 0) {
        err = xip_flash_save_volatile_(dev);
    }
    if (err != 0) {
        leave(dev);
    }
    return err;
}

static bool overlap(uint32_t off, uint32_t len, uintptr_t addr, uint32_t size,
        uint32_t window_addr) {
    if (addr < window_addr || size == 0u) {
        return false;
    }
    const uintptr_t start = addr - window_addr;
    return off < start + size && start < (uintptr_t)off + len;
}

bool xip_flash_touches_running_(const struct xip_flash *dev, uint32_t off,
        uint32_t len) {
    const struct xip_flash_config *const c = &dev->config;
    if ((c->flags & XIP_FLASH_ALLOW_RUNNING) != 0u) {
        return false;
    }
    // The code that runs now, whatever the configuration says of the image.
    const uintptr_t here = (uintptr_t)&xip_flash_erase;
    return overlap(off, len, c->image_addr, c->image_bytes, c->window_addr) ||
            overlap(off, len, here, 4u, c->window_addr) ||
            overlap(off, len, xip_cpu_vectors(), 64u, c->window_addr);
}

void xip_flash_unit_done_(struct xip_flash *dev, uint32_t done,
        uint32_t total) {
    if (dev->hooks.progress != NULL) {
        dev->hooks.progress(dev->config.hook_ctx, done, total);
    }
    if (dev->hooks.yield != NULL) {
        dev->hooks.yield(dev->config.hook_ctx);
    }
}

/// Erasing ///

static uint8_t write_flags(const struct xip_flash *dev) {
    const uint8_t fail = dev->part.fail_mask != 0u ? XIP_OP_FAIL : 0u;
    return (uint8_t)(XIP_OP_WREN | fail);
}

// Latency first on a part that cannot suspend means the smallest unit only.
bool xip_flash_unit_usable_(const struct xip_flash *dev,
        const struct xip_part_erase *type) {
    const struct xip_flash_config *const c = &dev->config;
    if (type->size_bytes == 0u) {
        return false;
    }
    if (type->size_bytes == dev->part.erase[0].size_bytes) {
        return true;
    }
    if (c->erase_max_bytes != 0u && type->size_bytes > c->erase_max_bytes) {
        return false;
    }
    return (c->flags & XIP_FLASH_THROUGHPUT) != 0u ||
            xip_flash_slice_us_(dev, XIP_OP_ERASE) != 0u;
}

const struct xip_part_erase *xip_flash_unit_(const struct xip_flash *dev,
        uint32_t off, uint32_t len) {
    const struct xip_part_erase *type = xip_part_fit(&dev->part, off, len);
    while (type != NULL && !xip_flash_unit_usable_(dev, type)) {
        type = xip_part_fit(&dev->part, off, type->size_bytes / 2u);
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
            .flags = write_flags(dev),
    };
    dev->op_bytes = type->size_bytes;
    xip_flash_allow_suspend_(dev, &dev->op);
}

// A part whose suspend flag never shows is taken for finished while it stands
// still. Reading back finds that; a resume then lets it finish.
static int resume_unseen(struct xip_flash *dev, uint32_t suspensions) {
    if (dev->stats.suspensions != suspensions || dev->op.resume_opcode == 0u) {
        return XIP_ERR_VERIFY;
    }
    struct xip_op resume = {
            .cmd = xip_port_command(dev->op.resume_opcode, 0, 0, XIP_DIR_NONE,
                    1),
            .addr = dev->op.addr,
            .timeout_cycles = dev->op.timeout_cycles,
            .slice_cycles = UINT32_MAX,
            .kind = XIP_OP_COMMAND,
    };
    return xip_flash_run_(dev, &resume);
}

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
    int err = xip_flash_still_allowed_(dev);
    if (err == 0) {
        xip_flash_erase_op_(dev, off, type);
        err = xip_flash_run_(dev, &dev->op);
        dev->stats.erases++;
    }
    if (err == XIP_ERR_TIMEOUT) {
        xip_flash_mark_dirty_(dev);
    }
    if (err == 0 && xip_flash_erase_check_(dev) != 0) {
        err = resume_unseen(dev, suspensions);
        err = err != 0 ? err : xip_flash_erase_check_(dev);
    }
    return err;
}

static int erase_all(struct xip_flash *dev, uint32_t off, uint32_t len) {
    uint32_t done = 0;
    while (done < len) {
        const struct xip_part_erase *const type =
                xip_flash_unit_(dev, off + done, len - done);
        if (type == NULL) { // the first turn finds it: nothing was changed
            return XIP_ERR_ALIGN;
        }
        const int err = erase_unit(dev, off + done, type);
        if (err != 0) {
            dev->stop_off = off + done;
            return err;
        }
        done += type->size_bytes;
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
    const uint32_t unit = dev->part.erase[0].size_bytes;
    if (off % unit != 0u || len_bytes % unit != 0u) {
        return XIP_ERR_ALIGN;
    }
    return xip_flash_touches_running_(dev, off, len_bytes) ? XIP_ERR_RUNNING
                                                           : 0;
}

int xip_flash_erase(struct xip_flash *dev, uint32_t off, uint32_t len_bytes) {
    int err = xip_flash_erase_range_ok_(dev, off, len_bytes);
    if (err == 0) {
        err = enter(dev, off);
    }
    if (err == 0) {
        err = erase_all(dev, off, len_bytes);
        leave(dev);
    }
    return err;
}

/// Programming ///

// A hook that has to be called after each page, or after each few.
#define PROGRESS_PAGES 16u

// All of an operation but where and what; the same for every run of a call.
static struct xip_op page_op(const struct xip_flash *dev) {
    const uint8_t lanes = dev->part.program_lanes == 4u ? 4u : 1u;
    struct xip_op op = {
            .cmd = xip_port_command(dev->part.program_opcode,
                    dev->part.addr_bytes, 0, XIP_DIR_OUT, lanes),
            .timeout_cycles = xip_flash_cycles_(dev, dev->part.page_max_us),
            .kind = XIP_OP_PROGRAM,
            .flags = write_flags(dev),
    };
    xip_flash_allow_suspend_(dev, &op);
    return op;
}

// How much of [off, off + len) one outage may take: a part of a page, or whole
// pages up to the first interrupt. Ordinary code costs as much for one page as
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

// Program a run of at most len bytes. *done: how far it came, 0 if an error
// came first.
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
    int err = xip_flash_still_allowed_(dev);
    if (err != 0) {
        return err;
    }
    err = xip_flash_run_(dev, &dev->op);
    dev->stats.programs += (dev->op.addr - off) / page + 1u;
    if (err != 0) {
        return err;
    }
    *done = dev->op.addr + dev->op_bytes - off;
    if ((dev->config.flags & XIP_FLASH_NO_VERIFY) != 0u) {
        return 0;
    }
    err = xip_flash_verify(dev, off, source, *done);
    if (err != 0 && resume_unseen(dev, suspensions) == 0) {
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
            if (err == XIP_ERR_TIMEOUT) {
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
    // Suspended, the whole pages cannot be read: JESD216 DW12 bit 2.
    const uint32_t page = dev->part.page_bytes - 1u;
    const uint32_t last = (off + len_bytes - 1u) | page;
    if (xip_flash_touches_running_(dev, off & ~page,
                last + 1u - (off & ~page))) {
        return XIP_ERR_RUNNING;
    }
    err = enter(dev, off);
    if (err == 0) {
        err = program_all(dev, off, data, len_bytes);
        leave(dev);
    }
    return err;
}

/// About the device ///

int xip_flash_clock_changed(struct xip_flash *dev, uint32_t hclk_hz) {
    if (dev == NULL || dev->ready == 0u || hclk_hz < 1000000u) {
        return XIP_ERR_PARAM;
    }
    const int err = xip_flash_take_(dev);
    if (err == 0) {
        dev->config.hclk_hz = hclk_hz;
        xip_flash_times_(dev);
        xip_flash_give_(dev);
    }
    return err;
}

bool xip_flash_idle(const struct xip_flash *dev) {
    return dev->held == 0u;
}

int xip_flash_vectors_move(uint32_t *table, unsigned count) {
    const uintptr_t bytes = count * sizeof(*table);
    uintptr_t align = 128; // VTOR[6:0] are zero, Arm v7-M ARM B3.2.5
    while (align < bytes) {
        align *= 2u;
    }
    if (table == NULL || count < 16u || (uintptr_t)table % align != 0u ||
            xip_soc_in_window(table, (uint32_t)bytes)) {
        return XIP_ERR_PARAM;
    }
    if (!xip_cpu_context_ok()) {
        return XIP_ERR_CONTEXT;
    }
    memcpy(table, (const void *)xip_cpu_vectors(), bytes);
    xip_cpu_set_vectors((uintptr_t)table);
    return 0;
}
