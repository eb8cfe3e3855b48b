/*
 * xip_slice - how long an operation runs before a suspension; declared times
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_cpu.h"
#include "xip_flash_priv.h"

// Cycles that the code of one outage takes itself, status polls included, and
// the second look at the surroundings: a load from a register a word, by code
// in RAM that shares the bus with it. The fence takes its own.
#define OUTAGE_CODE_CYCLES \
    (2600u + 17u * XIP_CFG_WATCH_WORDS + XIP_CPU_FENCE_CYCLES)

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

/// Suspension ///

static const struct xip_part_suspend *suspend_of(const struct xip_flash *dev,
        uint8_t kind) {
    if (kind == XIP_OP_ERASE) {
        return &dev->part.erase_suspend;
    }
    return kind == XIP_OP_PROGRAM ? &dev->part.program_suspend : NULL;
}

uint32_t xip_flash_slice_us_(const struct xip_flash *dev, uint8_t kind) {
    const struct xip_part_suspend *const s = suspend_of(dev, kind);
    if (s == NULL || s->suspend_opcode == 0u) {
        return 0;
    }
    return dev->config.slice_us > s->interval_us ? dev->config.slice_us
                                                 : s->interval_us;
}

void xip_flash_allow_suspend_(const struct xip_flash *dev, struct xip_op *op) {
    const struct xip_part_suspend *const s = suspend_of(dev, op->kind);
    op->slice_cycles = UINT32_MAX;
    if (xip_flash_slice_us_(dev, op->kind) == 0u) {
        return;
    }
    op->suspend_opcode = s->suspend_opcode;
    op->resume_opcode = s->resume_opcode;
    op->flag_opcode = s->flag_opcode;
    op->flag_mask = s->flag_mask;
    // If the caller has masked interrupts, a suspension would let none run.
    if (!xip_cpu_masked_by_caller()) {
        op->slice_cycles = dev->pace[op->kind - XIP_OP_ERASE].slice;
    }
    // After twice the declared time the suspend counts as ignored.
    op->latency_cycles = xip_flash_cycles_(dev, 2u * s->latency_max_us);
}

/// Pace ///

// The longest slice, so that the time declared for it is not above latency_us:
// conversions round up by 0.1 % at most.
static uint32_t longest_us(const struct xip_flash *dev) {
    const uint32_t around_us = dev->part.erase_suspend.latency_max_us +
            xip_flash_around_us_(dev, 0) + 2u;
    const uint32_t latency_us = dev->config.latency_us;
    uint32_t most = 0;
    if (latency_us > around_us) {
        most = latency_us - around_us;
        most -= most / 1000u;
    }
    return larger(most, xip_flash_slice_us_(dev, XIP_OP_ERASE));
}

// Ahead of the operations, since ordinary code from the flash is slow.
static void set_pace(struct xip_flash *dev, uint8_t kind) {
    const struct xip_part_suspend *const s = suspend_of(dev, kind);
    struct xip_flash_pace *const pace = &dev->pace[kind - XIP_OP_ERASE];
    const uint32_t slice =
            xip_flash_cycles_(dev, xip_flash_slice_us_(dev, kind));
    pace->slice = slice;
    pace->early = s->least_us != 0u
            ? smaller(slice, xip_flash_cycles_(dev, s->least_us))
            : slice;
    pace->longest = slice;
    pace->resume = xip_flash_cycles_(dev, 2u * s->latency_max_us);
    if (kind == XIP_OP_ERASE && dev->config.slowdown_percent != 0u) {
        pace->longest = xip_flash_cycles_(dev, longest_us(dev));
    }
}

void xip_flash_set_pace_(struct xip_flash *dev) {
    set_pace(dev, XIP_OP_ERASE);
    set_pace(dev, XIP_OP_PROGRAM);
}

/// Declared times ///

// Worst microseconds of one outage of this kind, for an operation that takes
// max_us of chip time and is suspended after slice_us; 0: never.
static uint32_t outage_us(const struct xip_flash *dev, uint8_t kind,
        uint32_t slice_us, uint32_t max_us) {
    const struct xip_part_suspend *const s = suspend_of(dev, kind);
    // A slice near UINT32_MAX: never.
    if (slice_us == 0u || slice_us > max_us ||
            s->latency_max_us > max_us - slice_us) {
        return max_us;
    }
    return xip_flash_real_us_(dev, slice_us) + s->latency_max_us;
}

// Counts the commands around the chip's own time (leave, write enable, status,
// suspend, flag, map) and the data of a page.
uint32_t xip_flash_around_us_(const struct xip_flash *dev,
        uint32_t data_bytes) {
    const uint32_t lanes = dev->part.program_lanes == 4u ? 4u : 1u;
    const uint32_t clocks = 8u * (data_bytes / lanes + 48u);
    const uint32_t cycles = clocks * xip_port_divider() + OUTAGE_CODE_CYCLES;
    return cycles / (dev->config.hclk_hz / 1000000u) + 1u;
}

// Of all outages of an operation of this kind: by slices, or early.
static uint32_t run_us(const struct xip_flash *dev, uint8_t kind, bool early) {
    const struct xip_part_suspend *const s = suspend_of(dev, kind);
    const uint32_t slice_us = xip_flash_slice_us_(dev, kind);
    if (slice_us != 0u && kind == XIP_OP_ERASE &&
            dev->config.slowdown_percent != 0u) {
        return longest_us(dev);
    }
    return early && s->least_us != 0u ? smaller(slice_us, s->least_us)
                                      : slice_us;
}

static uint32_t worst_us(const struct xip_flash *dev, bool early) {
    uint32_t worst =
            outage_us(dev, XIP_OP_PROGRAM, run_us(dev, XIP_OP_PROGRAM, early),
                    dev->part.page_max_us) +
            xip_flash_around_us_(dev, dev->part.page_bytes);
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        const struct xip_part_erase *const type = &dev->part.erase[i];
        if (xip_flash_unit_usable_(dev, i)) {
            worst = larger(worst,
                    outage_us(dev, XIP_OP_ERASE,
                            run_us(dev, XIP_OP_ERASE, early), type->max_us) +
                            xip_flash_around_us_(dev, 0));
        }
    }
    return worst;
}

uint32_t xip_flash_latency_us(const struct xip_flash *dev) {
    return larger(worst_us(dev, false), xip_flash_wake_us(dev));
}

// In any window n early runs leave n slices to pay. Half of the window belongs
// to what runs in the suspensions. Of the rest, n + 1 outages are early or cut
// by the window's end, and a longer one pays at least half of its time.
uint32_t xip_flash_latency_sporadic_us(const struct xip_flash *dev, uint32_t n,
        uint32_t window_ms) {
    const uint32_t general_us = xip_flash_latency_us(dev);
    const uint32_t most = dev->config.credits;
    const bool covered =
            n <= most && window_ms / (6u * n + 2u) >= general_us / 1000u + 1u;
    return most != 0u && covered ? worst_us(dev, true) : general_us;
}
