/*
 * stm32_tim - a timer as an up-counter with an update interrupt
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 31 and 33: time base, one-pulse mode, update event. Capture, compare
 * and master-slave modes are not modelled; the registers of a general-purpose
 * timer for them keep what is written.
 */
#include "sim/stm32/stm32_tim.h"

#include <string.h>

#define CR1 0x00u
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

#define CR1_CEN 0x1u
#define CR1_UDIS 0x2u
#define CR1_URS 0x4u
#define CR1_OPM 0x8u
#define UIF 0x1u

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
    sim_irq(t->soc->sim, t->o.irq, (t->sr & t->dier & UIF) != 0);
}

static void schedule(struct stm32_tim *t) {
    if (!counts(t)) {
        sim_cancel(t->soc->sim, &t->event);
        return;
    }
    // A count beyond ARR has to go round the whole range first.
    const uint64_t left = t->count <= t->arr
            ? (uint64_t)t->arr + 1 - t->count
            : (uint64_t)t->o.top + 1 - t->count + t->arr + 1;
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
    t->count = count;
}

static void fire(void *ctx) {
    struct stm32_tim *t = ctx;
    t->since = sim_now(t->soc->sim);
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
    t->since = sim_now(t->soc->sim);
    t->psc_now = t->psc;
    if ((t->cr1 & (CR1_URS | CR1_UDIS)) == 0) {
        t->sr |= UIF;
    }
}

static uint32_t *stored(struct stm32_tim *t, uint32_t off) {
    if (!t->o.general) {
        return NULL; // basic timers have none of these
    }
    switch (off) {
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
            return false;
        }
        *r = stm32_merge(*r, value, mask);
        break;
    }
    }
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
        if (!r) {
            return false;
        }
        *value = *r;
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
