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

// What the code of one outage takes itself, status polls included.
#define OUTAGE_CODE_CYCLES 4000u

static const uint8_t *window(const struct xip_flash *dev, uint32_t off) {
    return (const uint8_t *)((uintptr_t)dev->config.window_addr + off);
}

static bool inside(const struct xip_flash *dev, uint32_t off, uint32_t len) {
    return off <= dev->part.size_bytes && len <= dev->part.size_bytes - off;
}

/// Surroundings of an outage ///

uint32_t xip_flash_cycles_(const struct xip_flash *dev, uint32_t us) {
    const uint64_t cycles = (uint64_t)us * dev->config.hclk_hz / 1000000u + 1u;
    return cycles > UINT32_MAX ? UINT32_MAX : (uint32_t)cycles;
}

int xip_flash_outage_allowed_(struct xip_flash *dev) {
    if (!xip_cpu_context_ok()) {
        return XIP_ERR_CONTEXT;
    }
    dev->bad_exception = (uint16_t)xip_cpu_bad_vector(dev->config.ceiling);
    if (dev->bad_exception != 0u) {
        return XIP_ERR_VECTOR;
    }
    if (xip_port_dma_in_window() >= 0) {
        return XIP_ERR_DMA;
    }
    return 0;
}

// One wrap stays pending and is served afterwards; the others are lost.
static void account_ticks(struct xip_flash *dev, uint32_t cycles) {
    const uint32_t period = xip_cpu_tick_cycles();
    if (period == 0u) {
        return;
    }
    const uint64_t since_wrap =
            (uint64_t)cycles + (period - dev->resident.systick_start % period);
    const uint32_t wraps = (uint32_t)(since_wrap / period);
    if (wraps > 1u) {
        dev->stats.lost_ticks += wraps - 1u;
        if (dev->hooks.lost_ticks != NULL) {
            dev->hooks.lost_ticks(dev->config.hook_ctx, wraps - 1u);
        }
    }
}

int xip_flash_run_(struct xip_flash *dev, const struct xip_op *op) {
    struct xip_resident *const r = &dev->resident;
    struct xip_flash_stats *const s = &dev->stats;

    r->busy_cycles = 0;
    const int err = dev->run(r, op);
    s->outages = r->outages;
    s->masked_max_cycles = r->masked_max_cycles;
    s->masked_cycles = r->masked_cycles;
    s->recoveries = r->recoveries;
    if (op->kind != XIP_OP_COMMAND) {
        s->busy_cycles += r->busy_cycles;
        if (r->busy_cycles > s->busy_max_cycles) {
            s->busy_max_cycles = r->busy_cycles;
        }
    }
    account_ticks(dev, r->last_cycles);
    return err;
}

/// Entering and leaving a call ///

static int take(struct xip_flash *dev) {
    if (dev->hooks.lock != NULL) {
        dev->hooks.lock(dev->config.hook_ctx);
    }
    const uint32_t mask = xip_cpu_mask(0);
    const bool held = dev->held != 0u;
    dev->held = 1;
    xip_cpu_unmask(0, mask);
    if (held) { // from a hook, or from a second thread without a lock hook
        if (dev->hooks.unlock != NULL) {
            dev->hooks.unlock(dev->config.hook_ctx);
        }
        return XIP_ERR_BUSY;
    }
    return 0;
}

static void give(struct xip_flash *dev) {
    dev->held = 0;
    if (dev->hooks.unlock != NULL) {
        dev->hooks.unlock(dev->config.hook_ctx);
    }
}

static int quiesce(struct xip_flash *dev) {
    return dev->hooks.quiesce == NULL
            ? 0
            : dev->hooks.quiesce(dev->config.hook_ctx);
}

static void release(struct xip_flash *dev) {
    if (dev->hooks.release != NULL) {
        dev->hooks.release(dev->config.hook_ctx);
    }
}

static bool overlap(uint32_t off, uint32_t len, uintptr_t addr, uint32_t size,
        uint32_t window_addr) {
    if (addr < window_addr || size == 0u) {
        return false;
    }
    const uintptr_t start = addr - window_addr;
    return off < start + size && start < (uintptr_t)off + len;
}

static bool touches_running(const struct xip_flash *dev, uint32_t off,
        uint32_t len) {
    const struct xip_flash_config *const c = &dev->config;
    if ((c->flags & XIP_FLASH_ALLOW_RUNNING) != 0u) {
        return false;
    }
    // The code that runs now, whatever the configuration says of the image.
    const uintptr_t here = (uintptr_t)&xip_flash_run_;
    return overlap(off, len, c->image_addr, c->image_bytes, c->window_addr) ||
            overlap(off, len, here, 4u, c->window_addr) ||
            overlap(off, len, xip_cpu_vectors(), 64u, c->window_addr);
}

static int check_range(struct xip_flash *dev, uint32_t off, uint32_t len) {
    if (dev == NULL || dev->ready == 0u) {
        return XIP_ERR_PARAM;
    }
    if (!inside(dev, off, len)) {
        return XIP_ERR_RANGE;
    }
    return 0;
}

static void unit_done(struct xip_flash *dev, uint32_t done, uint32_t total) {
    if (dev->hooks.progress != NULL) {
        dev->hooks.progress(dev->config.hook_ctx, done, total);
    }
    if (dev->hooks.yield != NULL) {
        dev->hooks.yield(dev->config.hook_ctx);
    }
}

/// Reading ///

int xip_flash_read(struct xip_flash *dev, uint32_t off, void *data,
        uint32_t len_bytes) {
    const int err = check_range(dev, off, len_bytes);
    if (err != 0) {
        return err;
    }
    if (data == NULL && len_bytes != 0u) {
        return XIP_ERR_PARAM;
    }
    if (len_bytes != 0u) {
        memcpy(data, window(dev, off), len_bytes);
    }
    return 0;
}

// Read-back runs from the flash it reads: each turn of a loop there costs a
// new burst for the code and one for the data, so a turn takes 32 bytes.
#define CHUNK_BYTES 32u

static uint32_t word(const uint8_t *p) {
    return ((const struct xip_word_any *)p)->value;
}

static bool chunk_blank(const uint8_t *p) {
    return (word(p) & word(p + 4) & word(p + 8) & word(p + 12) &
                   word(p + 16) & word(p + 20) & word(p + 24) &
                   word(p + 28)) == 0xFFFFFFFFu;
}

static bool chunk_equal(const uint8_t *p, const uint8_t *q) {
    return ((word(p) ^ word(q)) | (word(p + 4) ^ word(q + 4)) |
                   (word(p + 8) ^ word(q + 8)) |
                   (word(p + 12) ^ word(q + 12)) |
                   (word(p + 16) ^ word(q + 16)) |
                   (word(p + 20) ^ word(q + 20)) |
                   (word(p + 24) ^ word(q + 24)) |
                   (word(p + 28) ^ word(q + 28))) == 0u;
}

bool xip_flash_blank(struct xip_flash *dev, uint32_t off, uint32_t len_bytes) {
    if (check_range(dev, off, len_bytes) != 0) {
        return false;
    }
    const uint8_t *const p = window(dev, off);
    uint32_t i = 0;
    while (len_bytes - i >= CHUNK_BYTES && chunk_blank(p + i)) {
        i += CHUNK_BYTES;
    }
    for (; i < len_bytes; i++) {
        if (p[i] != 0xFFu) {
            dev->stop_off = off + i;
            return false;
        }
    }
    return true;
}

int xip_flash_verify(struct xip_flash *dev, uint32_t off, const void *data,
        uint32_t len_bytes) {
    const int err = check_range(dev, off, len_bytes);
    if (err != 0) {
        return err;
    }
    if (data == NULL && len_bytes != 0u) {
        return XIP_ERR_PARAM;
    }
    const uint8_t *const p = window(dev, off);
    const uint8_t *const q = data;
    uint32_t i = 0;
    while (len_bytes - i >= CHUNK_BYTES && chunk_equal(p + i, q + i)) {
        i += CHUNK_BYTES;
    }
    for (; i < len_bytes; i++) {
        if (p[i] != q[i]) {
            dev->stop_off = off + i;
            return XIP_ERR_VERIFY;
        }
    }
    return 0;
}

/// Erasing ///

static uint8_t write_flags(const struct xip_flash *dev) {
    const uint8_t fail = dev->part.fail_mask != 0u ? XIP_OP_FAIL : 0u;
    return (uint8_t)(XIP_OP_WREN | fail);
}

static int erase_unit(struct xip_flash *dev, uint32_t off,
        const struct xip_part_erase *type) {
    const struct xip_op op = {
        .cmd = xip_port_command(type->opcode, dev->part.addr_bytes, 0,
                XIP_DIR_NONE, 1),
        .addr = off,
        .timeout_cycles = xip_flash_cycles_(dev, type->max_us),
        .kind = XIP_OP_ERASE,
        .flags = write_flags(dev),
    };
    int err = xip_flash_outage_allowed_(dev);
    if (err == 0) {
        err = xip_flash_run_(dev, &op);
        dev->stats.erases++;
    }
    if (err == 0 && (dev->config.flags & XIP_FLASH_NO_VERIFY) == 0u &&
            !xip_flash_blank(dev, off, type->size_bytes)) {
        err = XIP_ERR_VERIFY;
    }
    return err;
}

static int erase_all(struct xip_flash *dev, uint32_t off, uint32_t len) {
    uint32_t done = 0;
    while (done < len) {
        const struct xip_part_erase *const type =
                xip_part_fit(&dev->part, off + done, len - done);
        if (type == NULL) { // the first turn finds it: nothing was changed
            return XIP_ERR_ALIGN;
        }
        const int err = erase_unit(dev, off + done, type);
        if (err != 0) {
            dev->stop_off = off + done;
            return err;
        }
        done += type->size_bytes;
        unit_done(dev, done, len);
    }
    return 0;
}

int xip_flash_erase(struct xip_flash *dev, uint32_t off, uint32_t len_bytes) {
    int err = check_range(dev, off, len_bytes);
    if (err != 0) {
        return err;
    }
    const uint32_t unit = dev->part.erase[0].size_bytes;
    if (off % unit != 0u || len_bytes % unit != 0u) {
        return XIP_ERR_ALIGN;
    }
    if (touches_running(dev, off, len_bytes)) {
        return XIP_ERR_RUNNING;
    }
    err = take(dev);
    if (err != 0) {
        return err;
    }
    dev->stop_off = off;
    err = quiesce(dev);
    if (err == 0) {
        err = erase_all(dev, off, len_bytes);
        release(dev);
    }
    give(dev);
    return err;
}

/// Programming ///

static int program_page(struct xip_flash *dev, uint32_t off,
        const uint8_t *data, uint32_t len) {
    const uint8_t *source = data;
    if (xip_port_in_window(data, len)) {
        memcpy(dev->config.bounce, data, len);
        source = dev->config.bounce;
    }
    const uint8_t lanes =
            dev->part.program_lanes == 4u ? 4u : 1u;
    const struct xip_op op = {
        .cmd = xip_port_command(dev->part.program_opcode,
                dev->part.addr_bytes, 0, XIP_DIR_OUT, lanes),
        .addr = off,
        .data = (uint8_t *)(uintptr_t)source, // read only: XIP_DIR_OUT
        .len_bytes = len,
        .timeout_cycles = xip_flash_cycles_(dev, dev->part.page_max_us),
        .kind = XIP_OP_PROGRAM,
        .flags = write_flags(dev),
    };
    int err = xip_flash_outage_allowed_(dev);
    if (err == 0) {
        err = xip_flash_run_(dev, &op);
        dev->stats.programs++;
    }
    if (err == 0 && (dev->config.flags & XIP_FLASH_NO_VERIFY) == 0u) {
        err = xip_flash_verify(dev, off, source, len);
    }
    return err;
}

static int program_all(struct xip_flash *dev, uint32_t off,
        const uint8_t *data, uint32_t len) {
    const uint32_t page = dev->part.page_bytes;
    uint32_t done = 0;
    while (done < len) {
        uint32_t n = page - (off + done) % page;
        if (n > len - done) {
            n = len - done;
        }
        const int err = program_page(dev, off + done, data + done, n);
        if (err != 0) {
            if (err != XIP_ERR_VERIFY) {
                dev->stop_off = off + done;
            }
            return err;
        }
        done += n;
        unit_done(dev, done, len);
    }
    return 0;
}

int xip_flash_program(struct xip_flash *dev, uint32_t off, const void *data,
        uint32_t len_bytes) {
    int err = check_range(dev, off, len_bytes);
    if (err != 0) {
        return err;
    }
    if (len_bytes == 0u) {
        return 0;
    }
    if (data == NULL || (xip_port_in_window(data, len_bytes) &&
                                dev->config.bounce == NULL)) {
        return XIP_ERR_PARAM;
    }
    if (touches_running(dev, off, len_bytes)) {
        return XIP_ERR_RUNNING;
    }
    err = take(dev);
    if (err != 0) {
        return err;
    }
    dev->stop_off = off;
    err = quiesce(dev);
    if (err == 0) {
        err = program_all(dev, off, data, len_bytes);
        release(dev);
    }
    give(dev);
    return err;
}

/// About the device ///

uint32_t xip_flash_latency_us(const struct xip_flash *dev) {
    uint32_t worst = dev->part.page_max_us;
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        if (dev->part.erase[i].size_bytes != 0u &&
                dev->part.erase[i].max_us > worst) {
            worst = dev->part.erase[i].max_us;
        }
    }
    // Besides the chip's own time: one page on one line, and the commands
    // around it (leave, write enable, status, map), each bounded generously.
    const uint32_t clocks = 8u * (dev->part.page_bytes + 32u);
    const uint64_t cycles =
            (uint64_t)clocks * xip_port_divider() + OUTAGE_CODE_CYCLES;
    const uint32_t mhz = dev->config.hclk_hz / 1000000u;
    return worst + (uint32_t)(cycles / (mhz == 0u ? 1u : mhz)) + 1u;
}

int xip_flash_vectors_move(uint32_t *table, unsigned count) {
    const uintptr_t bytes = count * sizeof(*table);
    uintptr_t align = 128; // VTOR[6:0] are zero, Arm v7-M ARM B3.2.5
    while (align < bytes) {
        align *= 2u;
    }
    if (table == NULL || count < 16u || (uintptr_t)table % align != 0u ||
            xip_port_in_window(table, (uint32_t)bytes)) {
        return XIP_ERR_PARAM;
    }
    if (!xip_cpu_context_ok()) {
        return XIP_ERR_CONTEXT;
    }
    memcpy(table, (const void *)xip_cpu_vectors(), bytes);
    xip_cpu_set_vectors((uintptr_t)table);
    return 0;
}
