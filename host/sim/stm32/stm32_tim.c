/*
 * stm32_tim - TIM2, TIM6 and TIM7 as up-counters with an update interrupt
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 31 and 33: time base, one-pulse mode, update event. Capture, compare
 * and master-slave modes are not modelled; the registers of TIM2 for them keep
 * what is written.
 */
#include <string.h>

#include "sim/stm32/sim_stm32.h"

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

// RM0351 6.2.14: twice the bus clock unless the bus divides by 1.
static uint64_t clock_hz(const struct stm32 *m) {
    return m->rcc.pclk1 == m->rcc.hclk ? m->rcc.pclk1 : 2ull * m->rcc.pclk1;
}

// In two steps: a remainder times 10^12 does not fit 64 bits.
static sim_time ticks_ps(const struct stm32_tim *t, uint64_t ticks) {
    const uint64_t hz = clock_hz(t->m);
    const uint64_t clocks = ticks * (t->psc_now + 1ull);
    const uint64_t micro = clocks % hz * 1000000u;
    return clocks / hz * SIM_S + micro / hz * SIM_US + micro % hz * SIM_US / hz;
}

static uint64_t ticks_in(const struct stm32_tim *t, sim_time ps) {
    const uint64_t hz = clock_hz(t->m);
    const uint64_t us = ps / SIM_US;
    const uint64_t clocks = us * hz / 1000000u +
            ((us * hz % 1000000u) * SIM_US + ps % SIM_US * hz) / SIM_S;
    return clocks / (t->psc_now + 1ull);
}

static bool counts(const struct stm32_tim *t) {
    return (t->cr1 & CR1_CEN) != 0 && t->arr != 0;
}

static uint32_t count_now(const struct stm32_tim *t) {
    if (!counts(t)) {
        return t->count;
    }
    const uint64_t count =
            t->count + ticks_in(t, sim_now(t->m->sim) - t->since);
    return count > t->arr ? t->arr : (uint32_t)count;
}

static void irq_update(struct stm32_tim *t) {
    sim_irq(t->m->sim, t->irq, (t->sr & t->dier & UIF) != 0);
}

static void schedule(struct stm32_tim *t) {
    if (!counts(t)) {
        sim_cancel(t->m->sim, &t->event);
        return;
    }
    // Set behind ARR it has to go round the whole range first.
    const uint64_t left = t->count <= t->arr
            ? (uint64_t)t->arr + 1 - t->count
            : (uint64_t)t->top + 1 - t->count + t->arr + 1;
    sim_schedule(t->m->sim, &t->event, t->since + ticks_ps(t, left));
}

// Keeps the part of a tick that has passed: an interrupt handler that clears
// SR in every period must not slow the timer down.
static void freeze(struct stm32_tim *t) {
    const sim_time now = sim_now(t->m->sim);
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
    t->since = sim_now(t->m->sim);
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
    t->since = sim_now(t->m->sim);
    t->psc_now = t->psc;
    if ((t->cr1 & (CR1_URS | CR1_UDIS)) == 0) {
        t->sr |= UIF;
    }
}

static uint32_t *stored(struct stm32_tim *t, uint32_t off) {
    if (t->irq != STM32_IRQ_TIM2) {
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

bool stm32_tim_write(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t value, uint32_t mask) {
    struct stm32_tim *t = &m->tim[b->index];
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
        t->count = stm32_merge(t->count, value, mask) & t->top;
        break;
    case PSC:
        t->psc = stm32_merge(t->psc, value, mask) & 0xFFFFu;
        break;
    case ARR:
        t->arr = stm32_merge(t->arr, value, mask) & t->top;
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

bool stm32_tim_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value) {
    (void)mask;
    struct stm32_tim *t = &m->tim[b->index];
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

void stm32_tim_freeze(struct stm32 *m) {
    for (unsigned i = 0; i < STM32_TIMERS; i++) {
        if (counts(&m->tim[i])) {
            freeze(&m->tim[i]);
        }
    }
}

void stm32_tim_thaw(struct stm32 *m) {
    for (unsigned i = 0; i < STM32_TIMERS; i++) {
        if (counts(&m->tim[i])) {
            schedule(&m->tim[i]);
        }
    }
}

void stm32_tim_init(struct stm32 *m) {
    static const unsigned irq[STM32_TIMERS] = {
            STM32_IRQ_TIM2, STM32_IRQ_TIM6, STM32_IRQ_TIM7};
    for (unsigned i = 0; i < STM32_TIMERS; i++) {
        struct stm32_tim *t = &m->tim[i];
        t->m = m;
        t->irq = irq[i];
        t->top = i == 0 ? 0xFFFFFFFFu : 0xFFFFu;
        t->event = (struct sim_event){.fire = fire, .ctx = t, .at = SIM_NEVER};
    }
}

void stm32_tim_reset(struct stm32 *m, const struct stm32_block *b) {
    struct stm32_tim *t = &m->tim[b->index];
    sim_cancel(m->sim, &t->event);
    t->cr1 = 0;
    t->dier = 0;
    t->sr = 0;
    t->psc = 0;
    t->psc_now = 0;
    t->arr = t->top;
    t->count = 0;
    t->since = sim_now(m->sim);
    memset(t->ccr, 0, sizeof t->ccr);
    memset(t->ccmr, 0, sizeof t->ccmr);
    t->ccer = 0;
    irq_update(t);
}
