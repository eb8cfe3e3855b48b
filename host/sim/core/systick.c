/*
 * systick - SysTick and the DWT cycle counter (Armv7-M ARM B3.3, C1.8.8)
 *
 * SPDX-License-Identifier: MIT
 *
 * Neither ticks: both follow from the cycle counter when they are read.
 * SysTick has an event at each zero, which sets COUNTFLAG and pends the
 * exception.
 */
#include "sim/core/sim_core.h"

enum {
    CSR_ENABLE = 1 << 0,
    CSR_TICKINT = 1 << 1,
    CSR_CLKSOURCE = 1 << 2,
    CSR_COUNTFLAG = 1 << 16,
    DWT_CYCCNTENA = 1 << 0,
    DEMCR_TRCENA = 1 << 24,
};

/// SysTick ///

static uint64_t divider(const struct systick *tick) {
    return tick->csr & CSR_CLKSOURCE ? 1 : 8; // STM32: HCLK/8
}

static bool runs(const struct systick *tick) {
    return (tick->csr & CSR_ENABLE) && tick->next_zero != SIM_NEVER;
}

static void schedule(struct sim *sim) {
    struct systick *tick = &sim->systick;
    if (!runs(tick)) {
        sim_cancel(sim, &tick->event);
        return;
    }
    // Rounded up, or the event would come a cycle early.
    sim_time at = sim_time_of_(sim, tick->next_zero);
    while (sim_cycles_of_(sim, at) < tick->next_zero) {
        at++;
    }
    sim_schedule(sim, &tick->event, at);
}

// A count of 0 reloads first: RVR + 1 ticks until it is 0 again.
static void start(struct sim *sim, uint32_t count) {
    struct systick *tick = &sim->systick;
    const uint64_t ticks = count ? count
            : tick->rvr          ? tick->rvr + 1ull
                                 : SIM_NEVER;
    tick->next_zero = ticks == SIM_NEVER
            ? SIM_NEVER
            : sim->clock->cycles + ticks * divider(tick);
}

static uint32_t count_now(const struct sim *sim) {
    const struct systick *tick = &sim->systick;
    if (!runs(tick)) {
        return tick->frozen;
    }
    const uint64_t now = sim->clock->cycles;
    if (tick->next_zero <= now) {
        return 0; // its event is due at this very boundary
    }
    const uint64_t left =
            (tick->next_zero - now + divider(tick) - 1) / divider(tick);
    return left > tick->rvr && left == tick->rvr + 1ull
            ? 0
            : (uint32_t)left & 0xFFFFFF;
}

static void on_zero(void *ctx) {
    struct sim *sim = ctx;
    struct systick *tick = &sim->systick;
    tick->countflag = true;
    if (tick->csr & CSR_TICKINT) {
        if (sim_exc_is_(sim->exc.pending, EXC_SYSTICK)) {
            if (tick->lost++ == 0) {
                tick->lost_mask = sim->clock->mask_pc;
            }
            tick->lost_at = sim_now(sim);
        }
        sim_exc_pend_(sim, EXC_SYSTICK);
    }
    if (tick->rvr == 0) { // reload of 0 stops the counter
        tick->next_zero = SIM_NEVER;
        tick->frozen = 0;
    } else {
        tick->next_zero += (tick->rvr + 1ull) * divider(tick);
    }
    schedule(sim);
}

void sim_ticks_lost(const struct sim *sim, struct sim_ticks_lost *lost) {
    *lost = (struct sim_ticks_lost){
            .count = sim->systick.lost,
            .at = sim->systick.lost_at,
            .mask_pc = sim->systick.lost_mask,
    };
}

uint32_t sim_systick_read_(struct sim *sim, uint32_t off) {
    struct systick *tick = &sim->systick;
    uint32_t value = 0;
    switch (off) {
    case 0x0:
        value = tick->csr | (tick->countflag ? CSR_COUNTFLAG : 0);
        tick->countflag = false;
        break;
    case 0x4:
        value = tick->rvr;
        break;
    case 0x8:
        value = count_now(sim);
        break;
    case 0xC: // RM0351 4.4.4: 1 ms for HCLK/8 = 10 MHz
        value = 0x4000270Fu;
        break;
    default:
        break;
    }
    return value;
}

void sim_systick_write_(struct sim *sim, uint32_t off, uint32_t value) {
    struct systick *tick = &sim->systick;
    switch (off) {
    case 0x0:
        tick->frozen = count_now(sim);
        tick->csr = value & 7;
        if (tick->csr & CSR_ENABLE) {
            start(sim, tick->frozen);
        }
        break;
    case 0x4:
        tick->rvr = value & 0xFFFFFF;
        if ((tick->csr & CSR_ENABLE) && tick->next_zero == SIM_NEVER) {
            start(sim, 0);
        }
        break;
    case 0x8: // any value clears it, without an exception
        tick->countflag = false;
        tick->frozen = 0;
        if (tick->csr & CSR_ENABLE) {
            start(sim, 0);
        }
        break;
    default:
        break;
    }
    schedule(sim);
}

void sim_systick_rebase_(struct sim *sim) {
    schedule(sim);
}

void sim_systick_init_(struct sim *sim) {
    sim->systick.event = (struct sim_event){
            .fire = on_zero,
            .ctx = sim,
            .at = SIM_NEVER,
    };
}

void sim_systick_reset_(struct sim *sim) {
    struct systick *tick = &sim->systick;
    sim_cancel(sim, &tick->event);
    tick->csr = tick->rvr = tick->frozen = 0;
    tick->countflag = false;
    tick->next_zero = SIM_NEVER;
}

/// DWT cycle counter ///

static bool counts(const struct sim *sim) {
    return (sim->dwt.ctrl & DWT_CYCCNTENA) && (sim->scs.demcr & DEMCR_TRCENA);
}

uint32_t sim_cyccnt_(const struct sim *sim) {
    return counts(sim) ? (uint32_t)(sim->clock->cycles - sim->dwt.base)
                       : sim->dwt.frozen;
}

void sim_cyccnt_set_(struct sim *sim, uint32_t value) {
    sim->dwt.base = sim->clock->cycles - value;
    sim->dwt.frozen = value;
}

// The counter is in the domain of HCLK, which stops in sleep; SysTick has FCLK.
void sim_dwt_slept_(struct sim *sim, uint64_t cycles) {
    if (!sim->sleep_clock) {
        sim->dwt.base += cycles;
    }
}

void sim_sleep_clock(struct sim *sim, bool runs) {
    sim->sleep_clock = runs;
}

void sim_dwt_configure_(struct sim *sim, uint32_t ctrl, uint32_t demcr) {
    const uint32_t value = sim_cyccnt_(sim);
    sim->dwt.ctrl = ctrl;
    sim->scs.demcr = demcr;
    sim_cyccnt_set_(sim, value);
}
