/*
 * stm32_tim - a timer as an up-counter: update and compare interrupts
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 31 and 33: time base, one-pulse mode, update event, and of a
 * general-purpose timer the flags of channels that compare. Their outputs,
 * capture, other directions, DMA and master-slave modes are not modelled, and
 * noted.
 */
#include "sim/stm32/stm32_tim.h"

#include <string.h>

#define CR1 0x00u
#define CR2 0x04u
#define SMCR 0x08u
#define DIER 0x0Cu
#define SR 0x10u
#define EGR 0x14u
#define CCMR1 0x18u
#define CCMR2 0x1Cu
#define CCER 0x20u
#define CNT 0x24u
#define PSC 0x28u
#define ARR 0x2Cu
#define CCR1 0x34u
#define CCR4 0x40u
#define DMAR 0x4Cu // the last one

#define CR1_CEN 0x1u
#define CR1_UDIS 0x2u
#define CR1_URS 0x4u
#define CR1_OPM 0x8u
#define CR1_NOT_UP 0x70u // DIR, CMS
#define SMCR_SMS 0x10007u
#define UIF 0x1u
#define CHANNELS 4u
#define CCIF(n) (2u << (n))
#define FLAGS 0x1Fu // UIF and CC1IF to CC4IF, UIE and CC1IE to CC4IE

// A stopped clock ticks once a second: a frequency of 0 has no period.
static uint64_t clock_hz(const struct stm32_tim *t) {
    const uint32_t hz = t->soc->clock_hz(t->soc->ctx, t->o.clock);
    return hz != 0 ? hz : 1;
}

static sim_time ticks_ps(const struct stm32_tim *t, uint64_t ticks) {
    return stm32_clocks_ps(clock_hz(t), ticks * (t->psc_now + 1ull));
}

static uint64_t ticks_in(const struct stm32_tim *t, sim_time ps) {
    return stm32_clocks_in(clock_hz(t), ps) / (t->psc_now + 1ull);
}

static bool counts(const struct stm32_tim *t) {
    return (t->cr1 & CR1_CEN) != 0 && t->arr != 0;
}

static uint32_t count_now(const struct stm32_tim *t) {
    if (!counts(t)) {
        return t->count;
    }
    const uint64_t count =
            t->count + ticks_in(t, sim_now(t->soc->sim) - t->since);
    return count > t->arr ? t->arr : (uint32_t)count;
}

static void irq_update(struct stm32_tim *t) {
    sim_irq(t->soc->sim, t->o.irq, (t->sr & t->dier & FLAGS) != 0);
}

static unsigned channels(const struct stm32_tim *t) {
    return t->o.general ? CHANNELS : 0;
}

// CCxS: 0 is an output.
static bool compares(const struct stm32_tim *t, unsigned n) {
    return (t->ccmr[n / 2] >> (n % 2 * 8) & 3u) == 0;
}

// The counter goes from one value to another, without an update between.
static void match(struct stm32_tim *t, uint32_t from, uint32_t to) {
    for (unsigned n = 0; n < channels(t); n++) {
        if (compares(t, n) && t->ccr[n] > from && t->ccr[n] <= to) {
            t->sr |= CCIF(n);
        }
    }
}

// It becomes 0. What it cannot reach matches when it overflows (RM0351 31.4.5).
static void match_update(struct stm32_tim *t, bool overflow) {
    for (unsigned n = 0; n < channels(t); n++) {
        const bool beyond = overflow && t->ccr[n] > t->arr;
        if (compares(t, n) && (t->ccr[n] == 0 || beyond)) {
            t->sr |= CCIF(n);
        }
    }
}

// A count beyond ARR has to go round the whole range first.
static uint64_t ticks_to_update(const struct stm32_tim *t) {
    return t->count <= t->arr ? (uint64_t)t->arr + 1 - t->count
                              : (uint64_t)t->o.top + 1 - t->count + t->arr + 1;
}

static void schedule(struct stm32_tim *t) {
    if (!counts(t)) {
        sim_cancel(t->soc->sim, &t->event);
        return;
    }
    uint64_t left = ticks_to_update(t);
    for (unsigned n = 0; n < channels(t); n++) {
        const bool wanted = (t->dier & ~t->sr & CCIF(n)) != 0;
        if (wanted && compares(t, n) && t->ccr[n] > t->count &&
                t->ccr[n] - t->count < left) {
            left = t->ccr[n] - t->count;
        }
    }
    sim_schedule(t->soc->sim, &t->event, t->since + ticks_ps(t, left));
}

// Keeps the part of a tick that has passed: an interrupt handler that clears
// SR in every period must not slow the timer down.
static void freeze(struct stm32_tim *t) {
    const sim_time now = sim_now(t->soc->sim);
    if (!counts(t)) {
        t->since = now;
        return;
    }
    const uint32_t count = count_now(t);
    t->since += ticks_ps(t, ticks_in(t, now - t->since));
    match(t, t->count, count);
    t->count = count;
}

static void fire(void *ctx) {
    struct stm32_tim *t = ctx;
    const sim_time now = sim_now(t->soc->sim);
    if (now < t->since + ticks_ps(t, ticks_to_update(t))) { // a compare
        freeze(t);
        schedule(t);
        irq_update(t);
        return;
    }
    match(t, t->count, t->arr);
    match_update(t, true);
    t->since = now;
    t->count = 0;
    if ((t->cr1 & CR1_UDIS) == 0) {
        t->psc_now = t->psc;
        t->sr |= UIF;
    }
    if ((t->cr1 & CR1_OPM) != 0) {
        t->cr1 &= ~CR1_CEN;
    }
    schedule(t);
    irq_update(t);
}

static void generate_update(struct stm32_tim *t) {
    t->count = 0;
    match_update(t, false);
    t->since = sim_now(t->soc->sim);
    t->psc_now = t->psc;
    if ((t->cr1 & (CR1_URS | CR1_UDIS)) == 0) {
        t->sr |= UIF;
    }
}

static uint32_t *stored(struct stm32_tim *t, uint32_t off) {
    if (off == CR2) {
        return &t->cr2;
    }
    if (!t->o.general) {
        return NULL; // basic timers have none of these
    }
    switch (off) {
    case SMCR:
        return &t->smcr;
    case CCMR1:
        return &t->ccmr[0];
    case CCMR2:
        return &t->ccmr[1];
    case CCER:
        return &t->ccer;
    default:
        return off >= CCR1 && off <= CCR4 ? &t->ccr[(off - CCR1) / 4] : NULL;
    }
}

// HAL looks at registers of channels, whatever timer it has.
static bool is_reserved(const struct stm32_tim *t, uint32_t off) {
    return !t->o.general && off <= DMAR;
}

static void note_unmodelled(struct stm32_tim *t) {
    const bool captures = !compares(t, 0) || !compares(t, 1) ||
            !compares(t, 2) || !compares(t, 3);
    const char *what = (t->cr1 & CR1_NOT_UP) != 0
            ? "counting down (CR1.DIR, CMS): it counts up"
            : (t->dier & ~FLAGS) != 0
            ? "a DMA request or trigger (DIER): it never comes"
            : captures ? "capture (CCMR.CCxS): it never comes"
            : (t->smcr & SMCR_SMS) != 0
            ? "a slave mode (SMCR.SMS): it counts its own clock"
            : NULL;
    if (what) {
        stm32_note_once(t->soc, &t->noted,
                "a timer is set up at pc 0x%08x for what is not modelled: %s",
                (unsigned)sim_pc(t->soc->sim), what);
    }
}

static bool write_register(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_tim *t = device;
    freeze(t);
    switch (off) {
    case CR1:
        t->cr1 = stm32_merge(t->cr1, value, mask) & 0xBFFu;
        break;
    case DIER:
        t->dier = stm32_merge(t->dier, value, mask);
        break;
    case SR:
        t->sr &= value | ~mask; // cleared by writing 0
        break;
    case EGR:
        if ((value & mask & 1u) != 0) {
            generate_update(t);
        }
        break;
    case CNT:
        t->count = stm32_merge(t->count, value, mask) & t->o.top;
        break;
    case PSC:
        t->psc = stm32_merge(t->psc, value, mask) & 0xFFFFu;
        break;
    case ARR:
        t->arr = stm32_merge(t->arr, value, mask) & t->o.top;
        break;
    default: {
        uint32_t *r = stored(t, off);
        if (!r) {
            return is_reserved(t, off);
        }
        *r = stm32_merge(*r, value, mask);
        break;
    }
    }
    note_unmodelled(t);
    schedule(t);
    irq_update(t);
    return true;
}

static bool read_register(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    (void)mask;
    struct stm32_tim *t = device;
    switch (off) {
    case CR1:
        *value = t->cr1;
        return true;
    case DIER:
        *value = t->dier;
        return true;
    case SR:
        freeze(t);
        *value = t->sr;
        return true;
    case EGR:
        *value = 0;
        return true;
    case CNT:
        *value = count_now(t);
        return true;
    case PSC:
        *value = t->psc;
        return true;
    case ARR:
        *value = t->arr;
        return true;
    default: {
        const uint32_t *r = stored(t, off);
        if (!r && !is_reserved(t, off)) {
            return false;
        }
        *value = r ? *r : 0;
        return true;
    }
    }
}

/// Life ///

void stm32_tim_freeze(struct stm32_tim *t) {
    if (counts(t)) {
        freeze(t);
    }
}

void stm32_tim_thaw(struct stm32_tim *t) {
    if (counts(t)) {
        schedule(t);
    }
}

void stm32_tim_power_off(struct stm32_tim *t) {
    sim_cancel(t->soc->sim, &t->event);
}

void stm32_tim_init(struct stm32_tim *t, const struct stm32_soc *soc,
        const struct stm32_tim_options *options) {
    memset(t, 0, sizeof *t);
    t->soc = soc;
    t->o = *options;
    t->event = (struct sim_event){.fire = fire, .ctx = t, .at = SIM_NEVER};
}

static void reset(void *device) {
    struct stm32_tim *t = device;
    sim_cancel(t->soc->sim, &t->event);
    t->cr1 = 0;
    t->cr2 = 0;
    t->smcr = 0;
    t->dier = 0;
    t->sr = 0;
    t->psc = 0;
    t->psc_now = 0;
    t->arr = t->o.top;
    t->count = 0;
    t->since = sim_now(t->soc->sim);
    memset(t->ccr, 0, sizeof t->ccr);
    memset(t->ccmr, 0, sizeof t->ccmr);
    t->ccer = 0;
    irq_update(t);
}

const struct stm32_ops stm32_tim_ops = {
        .read = read_register,
        .write = write_register,
        .reset = reset,
};
