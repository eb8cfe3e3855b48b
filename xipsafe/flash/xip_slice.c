/*
 * xip_slice - how long an operation runs before a suspension; declared times
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_cpu.h"
#include "xip_flash_priv.h"

// Cycles that the code of one outage takes itself, status polls included, and
// the second look at the surroundings: a load from a register a word.
#define OUTAGE_CODE_CYCLES (2800u + 14u * XIP_CFG_WATCH_WORDS)

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

static uint32_t slice_cycles(const struct xip_flash *dev, uint8_t kind) {
    return xip_flash_cycles_(dev, xip_flash_slice_us_(dev, kind));
}

void xip_flash_allow_suspend_(const struct xip_flash *dev, struct xip_op *op) {
    const struct xip_part_suspend *const s = suspend_of(dev, op->kind);
    const uint32_t slice_us = xip_flash_slice_us_(dev, op->kind);
    op->slice_cycles = UINT32_MAX;
    if (slice_us == 0u) {
        return;
    }
    op->suspend_opcode = s->suspend_opcode;
    op->resume_opcode = s->resume_opcode;
    op->flag_opcode = s->flag_opcode;
    op->flag_mask = s->flag_mask;
    // If the caller has masked interrupts, a suspension would let none run.
    if (!xip_cpu_masked_by_caller()) {
        op->slice_cycles = slice_cycles(dev, op->kind);
    }
    // After twice the declared time the suspend counts as ignored.
    op->latency_cycles = xip_flash_cycles_(dev, 2u * s->latency_max_us);
}

// A background poll ends with its slice even if none waits: it has no credit.
void xip_flash_choose_slice_(struct xip_flash *dev, struct xip_op *op) {
    const struct xip_part_suspend *const s = suspend_of(dev, op->kind);
    if (s == NULL || op->slice_cycles == UINT32_MAX) {
        return;
    }
    if (dev->resident.suspended == 0u) {
        dev->owed = 0;
    }
    const uint32_t slice = slice_cycles(dev, op->kind);
    op->slice_cycles = slice;
    if (s->least_us != 0u && dev->resident.always_suspend == 0u &&
            dev->owed < dev->config.credits) {
        op->slice_cycles = smaller(slice, xip_flash_cycles_(dev, s->least_us));
    }
}

// The cost of a suspension does not count against the deadline: after a resume
// the chip makes no progress at first. No table says for how long, only that a
// slice brings some: an eighth of it is counted, and the deadline moves by the
// rest. An early run brings none, and none is counted: the next long run after
// a resume pays for it. A run that ended before its time, early or not: the
// chip has ignored the resume, or the flag does not clear. Each such run uses
// up an eighth of the time, so that a few of them end the operation. The pages
// that are left of a run get a new deadline.
void xip_flash_account_run_(struct xip_flash *dev, struct xip_op *op,
        uint32_t spent_before) {
    uint32_t *const spent = &dev->resident.spent_cycles;
    const uint32_t slice = slice_cycles(dev, op->kind);
    const uint32_t ran = *spent - spent_before;
    op->repeat = 0;
    if (ran < op->slice_cycles) {
        *spent += op->timeout_cycles / 8u;
    } else if (ran < slice) {
        *spent = spent_before;
        dev->owed++;
        dev->stats.early++;
    } else {
        const uint32_t cost = slice - slice / 8u;
        op->timeout_cycles += smaller(cost, UINT32_MAX - op->timeout_cycles);
        // Of a run that was not resumed nothing is owed.
        dev->owed -= (uint8_t)smaller(dev->owed, ran / slice);
    }
    if (*spent > op->timeout_cycles) { // at the next look it is late
        *spent = op->timeout_cycles;
    }
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
        if (xip_flash_unit_usable_(dev, type)) {
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
