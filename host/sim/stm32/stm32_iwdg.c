/*
 * stm32_iwdg - independent watchdog
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 36. Counts LSI, exactly 32 kHz here; the part's LSI is 29.5 to 34 kHz,
 * so firmware that needs every tick works here and fails on a board.
 */
#include "sim/stm32/stm32_iwdg.h"

#include <string.h>

#define KR 0x00u
#define PR 0x04u
#define RLR 0x08u
#define SR 0x0Cu
#define WINR 0x10u

#define WINDOW_OFF 0xFFFu
#define LSI_PS (SIM_S / 32000u)
#define UPDATE_PS (5 * LSI_PS) // carrying a value to the LSI side, RM0351 36.4

static sim_time tick_ps(const struct stm32_iwdg *w) {
    const uint32_t shift = w->pr > 6 ? 6 : w->pr;
    return LSI_PS * (4u << shift);
}

static void schedule(struct stm32_iwdg *w) {
    if (w->running) {
        sim_schedule(w->soc->sim, &w->event,
                w->since + (w->count + 1) * tick_ps(w));
    } else {
        sim_cancel(w->soc->sim, &w->event);
    }
}

static uint32_t count_now(const struct stm32_iwdg *w) {
    const sim_time ticks = (sim_now(w->soc->sim) - w->since) / tick_ps(w);
    return ticks > w->count ? 0 : w->count - (uint32_t)ticks;
}

static void load(struct stm32_iwdg *w) {
    w->fed_pc = sim_pc(w->soc->sim);
    w->count = w->rlr;
    w->since = sim_now(w->soc->sim);
    schedule(w);
}

static void reload(struct stm32_iwdg *w) {
    if (w->running && w->winr != WINDOW_OFF && count_now(w) > w->winr) {
        sim_note(w->soc->sim,
                "the watchdog was reloaded before its window "
                "(counter %u, IWDG_WINR %u): it resets the MCU",
                (unsigned)count_now(w), (unsigned)w->winr);
        sim_request_reset(w->soc->sim, SIM_RESET_IWDG);
        return;
    }
    load(w);
}

void stm32_iwdg_start(struct stm32_iwdg *w) {
    if (!w->running) {
        w->running = true;
        load(w);
    }
}

static void fire(void *ctx) {
    struct stm32_iwdg *w = ctx;
    const sim_time time = (w->count + 1) * tick_ps(w);
    stm32_note_once(w->soc, &w->noted,
            "the watchdog was not fed for %u ms, which is its time (IWDG_PR "
            "%u, IWDG_RLR %u); it was started or fed last at pc 0x%08x. Feed "
            "it (AAAAh to IWDG_KR) in every wait for the chip too, or give it "
            "more time than the longest one",
            (unsigned)(time / SIM_MS), (unsigned)w->pr, (unsigned)w->count,
            (unsigned)w->fed_pc);
    sim_request_reset(w->soc->sim, SIM_RESET_IWDG);
}

static void write_key(struct stm32_iwdg *w, uint32_t key) {
    w->unlocked = key == 0x5555u;
    if (key == 0xAAAAu) {
        reload(w);
    } else if (key == 0xCCCCu) {
        stm32_iwdg_start(w);
    }
}

static bool write_register(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_iwdg *w = device;
    const sim_time now = sim_now(w->soc->sim);
    value &= mask;
    if (off == KR) {
        write_key(w, value & 0xFFFFu);
        return true;
    }
    if (off != PR && off != RLR && off != SR && off != WINR) {
        return false;
    }
    if (!w->unlocked) {
        return true; // RM0351 36.3.5: ignored without the key
    }
    if (off == PR) {
        w->count = count_now(w);
        w->since = now;
        w->pr = value & 7u;
        w->busy_until[0] = now + UPDATE_PS;
        schedule(w);
    } else if (off == RLR) {
        w->rlr = value & 0xFFFu; // counts from the next reload
        w->busy_until[1] = now + UPDATE_PS;
    } else if (off == WINR) {
        w->winr = value & 0xFFFu;
        w->busy_until[2] = now + UPDATE_PS;
        load(w); // RM0351 36.3.2: reloads too
    }
    return true;
}

static bool read_register(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    (void)mask;
    const struct stm32_iwdg *w = device;
    switch (off) {
    case KR:
        *value = 0;
        return true;
    case PR:
        *value = w->pr;
        return true;
    case RLR:
        *value = w->rlr;
        return true;
    case SR:
        *value = 0;
        for (unsigned i = 0; i < 3; i++) {
            *value |= sim_now(w->soc->sim) < w->busy_until[i] ? 1u << i : 0;
        }
        return true;
    case WINR:
        *value = w->winr;
        return true;
    default:
        return false;
    }
}

void stm32_iwdg_init(struct stm32_iwdg *w, const struct stm32_soc *soc) {
    memset(w, 0, sizeof *w);
    w->soc = soc;
    w->event = (struct sim_event){.fire = fire, .ctx = w, .at = SIM_NEVER};
}

bool stm32_iwdg_running(const struct stm32_iwdg *w) {
    return w->running;
}

void stm32_iwdg_power_off(struct stm32_iwdg *w) {
    sim_cancel(w->soc->sim, &w->event);
}

// Nothing but a reset stops it.
static void reset(void *device) {
    struct stm32_iwdg *w = device;
    sim_cancel(w->soc->sim, &w->event);
    w->unlocked = false;
    w->running = false;
    w->pr = 0;
    w->rlr = 0xFFF;
    w->winr = WINDOW_OFF;
    memset(w->busy_until, 0, sizeof w->busy_until);
}

const struct stm32_ops stm32_iwdg_ops = {
        .read = read_register,
        .write = write_register,
        .reset = reset,
};
