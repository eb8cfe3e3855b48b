/*
 * xip_outage - conditions of an outage, one operation through all its outages
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_cpu.h"
#include "xip_flash_priv.h"

// Handlers above the ceiling included, an outage does not take longer than this
// beside what its polls have counted.
#define CODE_CYCLES_MAX 0x1000000u

// Longest time for which an outage is held back, apart from the time that the
// hooks take beyond a wrap of the cycle counter.
#define HOLD_MAX_US 10000000u

// 32-bit arithmetic throughout: a 64-bit division alone costs a boot program
// 600 bytes. The clock counts in whole kHz, rounded up: 0.1 % at most.
uint32_t xip_flash_cycles_(const struct xip_flash *dev, uint32_t us) {
    const uint32_t khz = (dev->config.hclk_hz + 999u) / 1000u;
    if (us / 1000u >= UINT32_MAX / khz - 1u) {
        return UINT32_MAX;
    }
    return us / 1000u * khz + (us % 1000u * khz + 999u) / 1000u + 1u;
}

uint32_t xip_flash_real_us_(const struct xip_flash *dev, uint32_t us) {
    const uint32_t khz = dev->config.hclk_hz / 1000u;
    const uint32_t cycles = xip_flash_cycles_(dev, us);
    return cycles / khz * 1000u + (cycles % khz * 1000u) / khz;
}

uint16_t xip_flash_gap_cycles_(const struct xip_flash *dev, uint32_t us) {
    const uint32_t cycles = xip_flash_cycles_(dev, us);
    return cycles < UINT16_MAX ? (uint16_t)cycles : UINT16_MAX;
}

/// Surroundings ///

// A word that differs from its value: every look behind the mask fails.
void xip_flash_watch_nothing_(struct xip_flash *dev) {
    dev->watch[0].reg = &dev->config.window_addr;
    dev->watch[0].value = ~dev->config.window_addr;
}

static int surroundings_ok(struct xip_flash *dev) {
    if (!xip_cpu_context_ok()) {
        return XIP_ERR_CONTEXT;
    }
    dev->bad_exception = (uint16_t)xip_cpu_bad_vector(dev->config.ceiling);
    if (dev->bad_exception != 0u) {
        return XIP_ERR_VECTOR;
    }
    return xip_soc_dma_in_window() >= 0 ? XIP_ERR_DMA : 0;
}

// Interrupts run meanwhile: what counts is written down first and judged then.
// A change in between is seen by one of the two, one that comes later by
// resident code, which compares behind the mask. So units and resumes are not
// checked here again: that costs more than the comparison.
int xip_flash_outage_allowed_(struct xip_flash *dev) {
    struct xip_watch *const end = &dev->watch[XIP_CFG_WATCH_WORDS];
    xip_cpu_counter_start(); // changes a register that is watched
    struct xip_watch *next =
            xip_cpu_watch(dev->watch, end, dev->config.ceiling);
    next = xip_soc_watch(next, end);
    int err = XIP_ERR_CONFIG;
    if (next != end) {
        next->reg = NULL;
        err = surroundings_ok(dev);
    }
    if (err != 0) {
        xip_flash_watch_nothing_(dev);
    }
    return err;
}

// SysTick and cycle counter, sampled together before an outage.
struct tick_sample {
    uint32_t left, cycles;
    bool masked, pending; // by the caller; before the outage
};

static struct tick_sample sample_tick(void) {
    const uint32_t mask = xip_cpu_mask(0);
    // Each of the reads may wait for a burst from the flash: SysTick's time is
    // taken as the middle of the two around it.
    const uint32_t before = xip_cpu_cycles();
    const uint32_t left = xip_cpu_systick();
    const uint32_t between = (xip_cpu_cycles() - before) / 2u;
    const bool pending = xip_cpu_tick_pending();
    xip_cpu_unmask(0, mask);
    return (struct tick_sample){
            left, before + between, xip_cpu_tick_masked(), pending};
}

// Core cycles from the start of the outage to SysTick's next wrap. Before it
// ordinary code ran, and a wrap in that time was served.
static uint32_t left_at_start(const struct xip_resident *r,
        struct tick_sample sample, uint32_t period) {
    const uint32_t gap = r->end_cycles - r->outage_cycles - sample.cycles;
    return gap <= sample.left ? sample.left - gap
                              : period - (gap - sample.left) % period;
}

// Wraps in `cycles`, of which `left` are before the first.
static uint32_t wraps(uint32_t cycles, uint32_t left, uint32_t period) {
    return cycles < left ? 0u : 1u + (cycles - left) / period;
}

// One wrap stays pending and is served afterwards; any others are lost. While
// the caller masks the tick itself, that is one for all outages of a call, and
// ordinary code between them loses ticks as well.
static void account_ticks(struct xip_flash *dev, struct tick_sample sample,
        uint32_t cycles) {
    const uint32_t period = xip_cpu_tick_cycles(dev->config.ceiling);
    if (period == 0u) {
        return;
    }
    const struct xip_resident *const r = &dev->resident;
    const uint32_t left = left_at_start(r, sample, period);
    uint32_t count = wraps(cycles, left, period);
    const uint32_t start = r->end_cycles - r->outage_cycles;
    bool pending = sample.masked && sample.pending;
    if (sample.masked && dev->tick_followed == 0u) {
        count += wraps(start - sample.cycles, sample.left, period);
    } else if (sample.masked) {
        count += wraps(start - dev->tick_end_cycles, dev->tick_left_cycles,
                period);
        pending = dev->tick_was_pending != 0u;
    }
    const uint32_t lost = count != 0u && !pending ? count - 1u : count;
    dev->tick_followed = sample.masked ? 1u : 0u;
    dev->tick_was_pending = pending || count != 0u ? 1u : 0u;
    dev->tick_end_cycles = r->end_cycles;
    dev->tick_left_cycles =
            cycles < left ? left - cycles : period - (cycles - left) % period;
    if (lost != 0u) {
        dev->stats.lost_ticks += lost;
        if (dev->hooks.lost_ticks != NULL) {
            dev->hooks.lost_ticks(dev->config.hook_ctx, lost);
        }
    }
}

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static void account(struct xip_flash *dev, uint8_t kind,
        struct tick_sample sample) {
    struct xip_flash_stats *const s = &dev->stats;
    const struct xip_resident *const r = &dev->resident;
    uint32_t cycles = r->outage_cycles;
    // A handler above the ceiling has written to the counter: what the polls
    // have counted is right.
    const uint32_t polled = r->spent_cycles + r->repeated_cycles;
    if (cycles > polled && cycles - polled > CODE_CYCLES_MAX &&
            kind != XIP_OP_SLEEP) {
        cycles = polled;
    }
    const uint32_t wait = smaller(r->wait_cycles, cycles);

    s->outages++;
    s->wait_cycles[kind] = larger(s->wait_cycles[kind], wait);
    s->wait_max_cycles = larger(s->wait_max_cycles, wait);
    if (kind == XIP_OP_SLEEP) { // its length says nothing
        s->sleeps++;
        return;
    }
    s->masked_cycles += cycles;
    s->outage_max_cycles = larger(s->outage_max_cycles, cycles);
    account_ticks(dev, sample, cycles);
}

// Commands sent in this outage; one that resumes has sent its own before.
static void account_commands(struct xip_flash_stats *s, const struct xip_op *op,
        uint32_t repeat_before, bool resumed) {
    const uint32_t sent = repeat_before - op->repeat + (resumed ? 0u : 1u);
    if (op->kind == XIP_OP_ERASE) {
        s->erases += sent;
    } else if (op->kind == XIP_OP_PROGRAM) {
        s->programs += sent;
    }
}

static void account_busy(struct xip_flash *dev) {
    const uint32_t busy = dev->resident.spent_cycles;
    dev->stats.busy_cycles += busy;
    dev->stats.busy_max_cycles = larger(dev->stats.busy_max_cycles, busy);
}

/// Running ///

int xip_flash_outage_(struct xip_flash *dev, struct xip_op *op) {
    dev->resident.repeated_cycles = 0;
    xip_cpu_counter_start();
    const struct tick_sample sample = sample_tick();
    const bool resumed = dev->resident.suspended != 0u;
    const uint32_t spent_before = resumed ? dev->resident.spent_cycles : 0u;
    const uint32_t repeat = op->repeat;
    xip_flash_choose_slice_(dev, op);
    const int err = dev->run(&dev->resident, op, dev->watch);
    if (err == XIP_RUN_HELD) {
        return err;
    }
    account(dev, op->kind, sample);
    account_commands(&dev->stats, op, repeat, resumed);
    dev->stats.busy_cycles += dev->resident.repeated_cycles;
    if (err == XIP_RUN_SUSPENDED) { // only dev->op can be
        dev->stats.suspensions++;
        xip_flash_account_run_(dev, &dev->op, spent_before);
    } else if (op->kind == XIP_OP_ERASE || op->kind == XIP_OP_PROGRAM) {
        account_busy(dev);
    }
    if (err == XIP_ERR_TIMEOUT && dev->resident.suspended == 0u) {
        dev->stats.recoveries++;
    }
    return err;
}

static void yield(const struct xip_flash *dev) {
    // attach works before a scheduler runs.
    if (dev->hooks.yield != NULL && dev->ready != 0u) {
        dev->hooks.yield(dev->config.hook_ctx);
    }
}

// For how long the outage of an operation has been held back.
struct hold {
    uint32_t last, cycles;
};

static void hold_begin(struct hold *hold) {
    hold->last = xip_cpu_cycles();
    hold->cycles = 0;
}

static bool hold_over(const struct xip_flash *dev, struct hold *hold) {
    xip_cpu_counter_start(); // hooks have run
    const uint32_t now = xip_cpu_cycles();
    const uint32_t passed = now - hold->last;
    const uint32_t room = UINT32_MAX - hold->cycles;
    hold->cycles += passed < room ? passed : room;
    hold->last = now;
    return hold->cycles >= xip_flash_cycles_(dev, HOLD_MAX_US);
}

// Other code has changed the vectors or DMA. Wait until an outage is allowed
// again, if need be with the operation suspended; the flash can be read.
static int hold_back(struct xip_flash *dev, struct hold *hold) {
    for (bool first = true;; first = false) {
        const int err = xip_flash_outage_allowed_(dev);
        dev->stats.held_back += err != 0 || first ? 1u : 0u;
        const bool over = hold_over(dev, hold);
        if (over && (err == 0 || dev->resident.suspended != 0u)) {
            return XIP_ERR_HELD;
        }
        if (err == 0 || over) {
            return err;
        }
        yield(dev);
    }
}

int xip_flash_run_(struct xip_flash *dev, struct xip_op *op) {
    struct hold hold;
    hold_begin(&hold);
    for (;;) {
        int err = xip_flash_outage_(dev, op);
        if (err == XIP_RUN_HELD) {
            err = hold_back(dev, &hold);
            if (err != 0) {
                return err;
            }
        } else if (err == XIP_RUN_SUSPENDED) {
            yield(dev);
            hold_begin(&hold);
        } else {
            return err;
        }
    }
}

void xip_flash_mark_dirty_(struct xip_flash *dev) {
    dev->dirty_off = dev->op.addr;
    dev->dirty_bytes = dev->op_bytes;
}

// With no time left and no suspend opcode the operation is late at once, and
// resident code resets the chip.
int xip_flash_end_suspended_(struct xip_flash *dev) {
    if (dev->resident.suspended == 0u) {
        return 0;
    }
    int err = xip_flash_outage_allowed_(dev);
    if (err != 0) {
        return err;
    }
    dev->op.suspend_opcode = 0;
    dev->op.slice_cycles = UINT32_MAX;
    dev->op.timeout_cycles = 0;
    dev->resident.spent_cycles = 0;
    err = xip_flash_run_(dev, &dev->op);
    return dev->resident.suspended != 0u ? err : 0;
}
