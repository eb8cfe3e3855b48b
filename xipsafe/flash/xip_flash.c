/*
 * xip_flash - what every call begins and ends with; calls about the device
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
    if (!held) {
        dev->tick_followed = 0;
    }
    xip_cpu_unmask(0, mask);
    // The call comes from a hook, during a background erase, or from a second
    // thread without a lock hook.
    if (held) {
        if (dev->hooks.unlock != NULL) {
            dev->hooks.unlock(dev->config.hook_ctx);
        }
        return XIP_ERR_BUSY;
    }
    return 0;
}

void xip_flash_give_(struct xip_flash *dev) {
    xip_flash_end_ticks_(dev);
    dev->held = 0;
    if (dev->hooks.unlock != NULL) {
        dev->hooks.unlock(dev->config.hook_ctx);
    }
}

int xip_flash_quiesce_(struct xip_flash *dev) {
    return dev->hooks.quiesce != NULL ? dev->hooks.quiesce(dev->config.hook_ctx)
                                      : 0;
}

void xip_flash_release_(struct xip_flash *dev) {
    if (dev->hooks.release != NULL) {
        dev->hooks.release(dev->config.hook_ctx);
    }
}

void xip_flash_leave_(struct xip_flash *dev) {
    xip_flash_release_(dev);
    xip_flash_give_(dev);
}

int xip_flash_enter_(struct xip_flash *dev, uint32_t off) {
    int err = xip_flash_take_(dev);
    if (err != 0) {
        return err;
    }
    dev->stop_off = off;
    err = xip_flash_quiesce_(dev);
    if (err != 0) {
        xip_flash_give_(dev);
        return err;
    }
    // Other masters are at rest only from here on.
    err = xip_flash_outage_allowed_(dev);
    if (err == 0) {
        err = xip_flash_end_suspended_(dev);
    }
    if (err == 0) {
        err = xip_flash_prepare_(dev);
    }
    if (err != 0) {
        xip_flash_leave_(dev);
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
    // This code runs now, whatever the configuration says about the image.
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

/// Erase and program ///

uint8_t xip_flash_write_flags_(const struct xip_flash *dev) {
    const uint8_t fail = dev->part.fail_mask != 0u ? XIP_OP_FAIL : 0u;
    return (uint8_t)(XIP_OP_WREN | fail);
}

// A part whose suspend flag is never set looks finished while it is suspended.
// Reading back finds that; a resume then lets it finish.
int xip_flash_resume_unseen_(struct xip_flash *dev, uint32_t suspensions) {
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

/// About the device ///

void xip_flash_feed(struct xip_flash *dev) {
    struct xip_resident *const r = &dev->resident;
    const uint32_t now = xip_cpu_cycles();
    if (now - r->last_kick_cycles >= r->kick_cycles) {
        r->last_kick_cycles = now;
        *r->kick_reg = r->kick_value;
    }
}

void xip_flash_fed(struct xip_flash *dev) {
    dev->resident.last_kick_cycles = xip_cpu_cycles();
}

int xip_flash_clock_changed(struct xip_flash *dev, uint32_t hclk_hz) {
    if (dev == NULL || dev->ready == 0u || hclk_hz < 1000000u) {
        return XIP_ERR_PARAM;
    }
    const int err = xip_flash_take_(dev);
    if (err == 0) {
        dev->config.hclk_hz = hclk_hz;
        xip_flash_times_(dev);
        xip_flash_set_pace_(dev);
        xip_flash_give_(dev);
    }
    return err;
}

bool xip_flash_idle(const struct xip_flash *dev) {
    return dev->held == 0u && dev->resident.suspended == 0u;
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
