/*
 * stm32_wwdg - window watchdog
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351, chapter "System window watchdog (WWDG)". The counter runs from the
 * reset on, also before WDGA is set, and so does the prescaler: the first tick
 * behind a reload is a short one. The early wakeup comes with the counter at
 * 40h, one tick before the reset.
 */
#include "sim/stm32/stm32_wwdg.h"

#include <string.h>

#define CR 0x00u
#define CFR 0x04u
#define SR 0x08u

#define T_MASK 0x7Fu
#define T6 0x40u // the counter's last value, and its bit
#define CR_WDGA 0x80u
#define CFR_W 0x7Fu
#define CFR_WDGTB_POS 7u
#define CFR_EWI 0x200u
#define CFR_MASK 0x3FFu
#define EWIF 0x1u
#define PRESCALER 4096u

static uint64_t tick_clocks(const struct stm32_wwdg *w) {
    return (uint64_t)PRESCALER << ((w->cfr >> CFR_WDGTB_POS) & 3u);
}

// A stopped clock ticks once a second, as that of a timer.
static uint64_t clock_hz(const struct stm32_wwdg *w) {
    const uint32_t hz = w->soc->clock_hz(w->soc->ctx, w->o.clock);
    return hz != 0 ? hz : 1;
}

static sim_time ticks_ps(const struct stm32_wwdg *w, uint64_t ticks) {
    return stm32_clocks_ps(clock_hz(w), ticks * tick_clocks(w));
}

static uint64_t ticks_now(const struct stm32_wwdg *w) {
    return stm32_clocks_in(clock_hz(w), sim_now(w->soc->sim) - w->since) /
            tick_clocks(w);
}

static uint32_t count_now(const struct stm32_wwdg *w) {
    return (w->count - (uint32_t)ticks_now(w)) & T_MASK;
}

void stm32_wwdg_freeze(struct stm32_wwdg *w) {
    const uint64_t ticks = ticks_now(w);
    w->count = (w->count - (uint32_t)ticks) & T_MASK;
    w->since += ticks_ps(w, ticks);
}

// Up to the early wakeup, then to the reset.
void stm32_wwdg_thaw(struct stm32_wwdg *w) {
    if (!w->running) {
        sim_cancel(w->soc->sim, &w->event);
        return;
    }
    const uint32_t ticks = w->count > T6 ? w->count - T6 : 1;
    sim_schedule(w->soc->sim, &w->event, w->since + ticks_ps(w, ticks));
}

static void irq_update(struct stm32_wwdg *w) {
    sim_irq(w->soc->sim, w->o.irq,
            (w->sr & EWIF) != 0 && (w->cfr & CFR_EWI) != 0);
}

static void fire(void *ctx) {
    struct stm32_wwdg *w = ctx;
    stm32_wwdg_freeze(w);
    if (w->count == T6) {
        w->sr |= EWIF;
        irq_update(w);
        stm32_wwdg_thaw(w);
        return;
    }
    stm32_note_once(w->soc, &w->noted,
            "the window watchdog was not fed in time (WWDG_CFR.W %u, WDGTB "
            "%u): it was started or fed last at pc 0x%08x. Feed it (a value "
            "with bits 7 and 6 to WWDG_CR) in every wait for the chip too, "
            "when its counter has come down to W",
            (unsigned)(w->cfr & CFR_W),
            (unsigned)(w->cfr >> CFR_WDGTB_POS & 3u), (unsigned)w->fed_pc);
    sim_request_reset(w->soc->sim, SIM_RESET_WWDG);
}

// A write that starts it has no window.
static bool resets(struct stm32_wwdg *w, uint32_t count, bool starts) {
    const uint32_t window = w->cfr & CFR_W;
    if (!starts && w->count > window) {
        sim_note(w->soc->sim,
                "the window watchdog was reloaded before its window (counter "
                "%u, WWDG_CFR.W %u): it resets the MCU",
                (unsigned)w->count, (unsigned)window);
        return true;
    }
    if ((count & T6) == 0) {
        sim_note(w->soc->sim,
                "WWDG_CR was written with bit 6 at 0 (0x%02x): that resets "
                "the MCU",
                (unsigned)count);
        return true;
    }
    return false;
}

static void write_cr(struct stm32_wwdg *w, uint32_t value) {
    stm32_wwdg_freeze(w);
    const bool starts = !w->running && (value & CR_WDGA) != 0;
    w->running |= starts;
    if (w->running && resets(w, value & T_MASK, starts)) {
        sim_request_reset(w->soc->sim, SIM_RESET_WWDG);
    }
    w->count = value & T_MASK;
    w->fed_pc = sim_pc(w->soc->sim);
    stm32_wwdg_thaw(w);
}

void stm32_wwdg_start(struct stm32_wwdg *w) {
    w->fed_pc = sim_pc(w->soc->sim);
    w->running = true;
    stm32_wwdg_thaw(w);
}

static uint32_t cr_now(const struct stm32_wwdg *w) {
    return count_now(w) | (w->running ? CR_WDGA : 0);
}

static bool write_register(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_wwdg *w = device;
    switch (off) {
    case CR:
        write_cr(w, stm32_merge(cr_now(w), value, mask));
        return true;
    case CFR:
        stm32_wwdg_freeze(w);
        w->cfr = (stm32_merge(w->cfr, value, mask) & CFR_MASK) |
                (w->cfr & CFR_EWI); // cleared by a reset only
        stm32_wwdg_thaw(w);
        irq_update(w);
        return true;
    case SR:
        w->sr &= stm32_merge(w->sr, value, mask);
        irq_update(w);
        return true;
    default:
        return false;
    }
}

static bool read_register(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    (void)mask;
    const struct stm32_wwdg *w = device;
    switch (off) {
    case CR:
        *value = cr_now(w);
        return true;
    case CFR:
        *value = w->cfr;
        return true;
    case SR:
        *value = w->sr;
        return true;
    default:
        return false;
    }
}

void stm32_wwdg_init(struct stm32_wwdg *w, const struct stm32_soc *soc,
        const struct stm32_wwdg_options *options) {
    memset(w, 0, sizeof *w);
    w->soc = soc;
    w->o = *options;
    w->event = (struct sim_event){.fire = fire, .ctx = w, .at = SIM_NEVER};
}

void stm32_wwdg_power_off(struct stm32_wwdg *w) {
    sim_cancel(w->soc->sim, &w->event);
}

static void reset(void *device) {
    struct stm32_wwdg *w = device;
    sim_cancel(w->soc->sim, &w->event);
    w->running = false;
    w->cfr = CFR_W;
    w->sr = 0;
    w->count = T_MASK;
    w->since = sim_now(w->soc->sim);
    irq_update(w);
}

const struct stm32_ops stm32_wwdg_ops = {
        .read = read_register,
        .write = write_register,
        .reset = reset,
};
