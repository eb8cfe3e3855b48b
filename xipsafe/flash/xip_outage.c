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

// Longest time for which an outage is held back, apart from the time that hooks
// take beyond a wrap of the cycle counter, or in which they sleep: it stands
// still then.
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

static int fence_ok(struct xip_flash *dev) {
    int err = 0;
#if XIP_CFG_FENCE
    const struct xip_flash_config *const c = &dev->config;
    if (c->fence != 0u) {
        err = dev->part.size_bytes > dev->fence_bytes
                ? XIP_ERR_CONFIG
                : xip_cpu_fence_check(c->fence, c->window_addr,
                          dev->fence_bytes);
    }
    if (err == XIP_ERR_VECTOR) {
        dev->bad_exception = 4; // MemManage
    }
#else
    (void)dev;
#endif
    return err;
}

static int surroundings_ok(struct xip_flash *dev) {
    if (!xip_cpu_context_ok()) {
        return XIP_ERR_CONTEXT;
    }
    dev->bad_exception = (uint16_t)xip_cpu_bad_vector(dev->config.ceiling);
    if (dev->bad_exception != 0u) {
        return XIP_ERR_VECTOR;
    }
    const int err = fence_ok(dev);
    if (err != 0) {
        return err;
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

static void report_lost(struct xip_flash *dev, uint32_t lost) {
    if (lost != 0u) {
        dev->stats.lost_ticks += lost;
        if (dev->hooks.lost_ticks != NULL) {
            dev->hooks.lost_ticks(dev->config.hook_ctx, lost);
        }
    }
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
    report_lost(dev, lost);
}

// The last unit is read back after its outage, under the caller's mask, too.
void xip_flash_end_ticks_(struct xip_flash *dev) {
    const uint32_t period = xip_cpu_tick_cycles(dev->config.ceiling);
    if (dev->tick_followed == 0u || period == 0u || !xip_cpu_tick_masked()) {
        return;
    }
    const uint32_t count = wraps(xip_cpu_cycles() - dev->tick_end_cycles,
            dev->tick_left_cycles, period);
    report_lost(dev,
            count != 0u && dev->tick_was_pending == 0u ? count - 1u : count);
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
    if (kind == XIP_OP_SLEEP) {
        s->sleeps++;
        // Its length says nothing where the core slept, and a tick that comes
        // then ends it. One that waited before, under the caller's mask, kept
        // the core awake.
        dev->tick_followed = 0;
        if (sample.masked && sample.pending) {
            account_ticks(dev, sample, cycles);
        }
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

/// Slices ///

static const struct xip_flash_pace *pace_of(const struct xip_flash *dev,
        uint8_t kind) {
    const bool known = kind == XIP_OP_ERASE || kind == XIP_OP_PROGRAM;
    return known ? &dev->pace[kind - XIP_OP_ERASE] : NULL;
}

// Has the slow-down of such operations a limit?
static bool limited(const struct xip_flash *dev, uint8_t kind) {
    return dev->config.slowdown_percent != 0u && kind == XIP_OP_ERASE;
}

// How many suspensions runs in advance pay for.
#define ADVANCE 4u
// Bound of each share of the cost of a suspension, so that the sums fit at 1 %.
#define LOSS_MAX (UINT32_MAX / 100u / (ADVANCE + 4u) / 4u)

static uint32_t limited_slice(const struct xip_flash *dev,
        const struct xip_flash_pace *pace) {
    const uint32_t advance = ADVANCE * dev->price_cycles;
    const uint32_t due = dev->due_cycles - smaller(dev->due_cycles, advance);
    return larger(pace->slice, smaller(due, pace->longest));
}

// A background poll ends with its slice even if none waits: it has no credit.
static void choose_slice(struct xip_flash *dev, struct xip_op *op) {
    const struct xip_flash_pace *const pace = pace_of(dev, op->kind);
    if (pace == NULL || op->slice_cycles == UINT32_MAX) {
        return;
    }
    if (dev->resident.suspended == 0u) {
        dev->owed = 0;
    }
    op->slice_cycles = pace->slice;
    if (limited(dev, op->kind)) {
        op->slice_cycles = limited_slice(dev, pace);
    } else if (dev->owed < dev->config.credits &&
            dev->resident.always_suspend == 0u) {
        op->slice_cycles = pace->early;
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
static void account_suspension(struct xip_flash *dev, struct xip_op *op,
        uint32_t spent_before) {
    uint32_t *const spent = &dev->resident.spent_cycles;
    const uint32_t ran = *spent - spent_before;
    uint32_t slice = op->slice_cycles;
    if (dev->config.credits != 0u) {
        slice = larger(slice, pace_of(dev, op->kind)->slice);
    }
    op->repeat = 0;
    if (ran >= slice) {
        const uint32_t cost = slice - slice / 8u;
        op->timeout_cycles += smaller(cost, UINT32_MAX - op->timeout_cycles);
        if (dev->owed != 0u) {
            dev->owed -= (uint8_t)smaller(dev->owed, ran / slice);
        }
    } else if (ran >= op->slice_cycles) {
        *spent = spent_before;
        dev->owed++;
        dev->stats.early++;
    } else {
        *spent += op->timeout_cycles / 8u;
    }
    if (*spent > op->timeout_cycles) { // at the next look it is late
        *spent = op->timeout_cycles;
    }
}

// Each suspension costs the time around the run, what the part loses at the
// beginning of the next one, and the ordinary code, of which not all is
// measured; handlers between two outages are no part of it.
static void account_cost(struct xip_flash *dev, uint32_t ran,
        uint32_t code_cycles, bool suspended) {
    dev->due_cycles -= smaller(dev->due_cycles, ran);
    if (!suspended) {
        return;
    }
    const uint32_t resume = smaller(dev->pace[0].resume, LOSS_MAX);
    const uint32_t cost = resume +
            smaller(dev->resident.outage_cycles - ran, LOSS_MAX) +
            smaller(code_cycles, LOSS_MAX);
    const uint32_t price =
            (cost + cost / 8u) * 100u / dev->config.slowdown_percent + resume;
    dev->price_cycles = price;
    dev->due_cycles = smaller(dev->due_cycles + price, (ADVANCE + 1u) * price);
}

/// Running ///

int xip_flash_outage_(struct xip_flash *dev, struct xip_op *op) {
    dev->resident.repeated_cycles = 0;
    xip_cpu_counter_start();
    const struct tick_sample sample = sample_tick();
    const bool resumed = dev->resident.suspended != 0u;
    const uint32_t spent_before = resumed ? dev->resident.spent_cycles : 0u;
    const uint32_t repeat = op->repeat;
    if ((dev->config.credits | dev->config.slowdown_percent) != 0u) {
        choose_slice(dev, op);
    }
    const int err = dev->run(&dev->resident, op, dev->watch);
    const uint32_t back = xip_cpu_cycles(); // from the handlers
    if (err == XIP_RUN_HELD) {
        return err;
    }
    account(dev, op->kind, sample);
    account_commands(&dev->stats, op, repeat, resumed);
    dev->stats.busy_cycles += dev->resident.repeated_cycles;
    const uint32_t ran = dev->resident.spent_cycles - spent_before;
    if (err == XIP_RUN_SUSPENDED) { // only dev->op can be
        dev->stats.suspensions++;
        account_suspension(dev, &dev->op, spent_before);
    } else if (op->kind == XIP_OP_ERASE || op->kind == XIP_OP_PROGRAM) {
        account_busy(dev);
    }
    if (err == XIP_ERR_TIMEOUT && dev->resident.suspended == 0u) {
        dev->stats.recoveries++;
    }
    if (limited(dev, op->kind)) {
        const struct xip_resident *const r = &dev->resident;
        const uint32_t before =
                r->end_cycles - r->outage_cycles - sample.cycles;
        account_cost(dev, ran, before + (xip_cpu_cycles() - back),
                err == XIP_RUN_SUSPENDED);
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
