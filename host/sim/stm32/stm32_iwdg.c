/*
 * stm32_iwdg - independent watchdog
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 36. Counts LSI, exactly 32 kHz here; the part's LSI is 29.5 to 34 kHz,
 * so firmware that needs every tick works here and fails on a board.
 */
#include <string.h>

#include "sim/stm32/sim_stm32.h"

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

static void schedule(struct stm32 *m) {
    struct stm32_iwdg *w = &m->iwdg;
    if (w->running) {
        sim_schedule(m->sim, &w->event, w->since + (w->count + 1) * tick_ps(w));
    } else {
        sim_cancel(m->sim, &w->event);
    }
}

static uint32_t count_now(const struct stm32 *m) {
    const struct stm32_iwdg *w = &m->iwdg;
    const sim_time ticks = (sim_now(m->sim) - w->since) / tick_ps(w);
    return ticks > w->count ? 0 : w->count - (uint32_t)ticks;
}

static void load(struct stm32 *m) {
    m->iwdg.count = m->iwdg.rlr;
    m->iwdg.since = sim_now(m->sim);
    schedule(m);
}

static void reload(struct stm32 *m) {
    struct stm32_iwdg *w = &m->iwdg;
    if (w->running && w->winr != WINDOW_OFF && count_now(m) > w->winr) {
        sim_note(m->sim,
                "the watchdog was reloaded before its window "
                "(counter %u, IWDG_WINR %u): it resets the MCU",
                (unsigned)count_now(m), (unsigned)w->winr);
        sim_request_reset(m->sim, SIM_RESET_IWDG);
        return;
    }
    load(m);
}

static void start(struct stm32 *m) {
    if (!m->iwdg.running) {
        m->iwdg.running = true;
        m->rcc.lsi_forced = true;
        load(m);
    }
}

static void fire(void *ctx) {
    struct stm32 *m = ctx;
    sim_request_reset(m->sim, SIM_RESET_IWDG);
}

static void write_key(struct stm32 *m, uint32_t key) {
    m->iwdg.unlocked = key == 0x5555u;
    if (key == 0xAAAAu) {
        reload(m);
    } else if (key == 0xCCCCu) {
        start(m);
    }
}

bool stm32_iwdg_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask) {
    (void)b;
    struct stm32_iwdg *w = &m->iwdg;
    const sim_time now = sim_now(m->sim);
    value &= mask;
    if (off == KR) {
        write_key(m, value & 0xFFFFu);
        return true;
    }
    if (off != PR && off != RLR && off != SR && off != WINR) {
        return false;
    }
    if (!w->unlocked) {
        return true; // RM0351 36.3.5: ignored without the key
    }
    if (off == PR) {
        w->count = count_now(m);
        w->since = now;
        w->pr = value & 7u;
        w->busy_until[0] = now + UPDATE_PS;
        schedule(m);
    } else if (off == RLR) {
        w->rlr = value & 0xFFFu; // counts from the next reload
        w->busy_until[1] = now + UPDATE_PS;
    } else if (off == WINR) {
        w->winr = value & 0xFFFu;
        w->busy_until[2] = now + UPDATE_PS;
        load(m); // RM0351 36.3.2: reloads too
    }
    return true;
}

bool stm32_iwdg_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value) {
    (void)b;
    (void)mask;
    const struct stm32_iwdg *w = &m->iwdg;
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
            *value |= sim_now(m->sim) < w->busy_until[i] ? 1u << i : 0;
        }
        return true;
    case WINR:
        *value = w->winr;
        return true;
    default:
        return false;
    }
}

void stm32_iwdg_init(struct stm32 *m) {
    m->iwdg.event = (struct sim_event){.fire = fire, .ctx = m, .at = SIM_NEVER};
}

// Only a reset stops it; with OPTR.IWDG_SW=0 it then starts again at once.
void stm32_iwdg_reset(struct stm32 *m, const struct stm32_block *b) {
    (void)b;
    struct stm32_iwdg *w = &m->iwdg;
    sim_cancel(m->sim, &w->event);
    w->unlocked = false;
    w->running = false;
    w->pr = 0;
    w->rlr = 0xFFF;
    w->winr = WINDOW_OFF;
    memset(w->busy_until, 0, sizeof w->busy_until);
    m->rcc.lsi_forced = false;
    if (stm32_flash_iwdg_hardware(m)) {
        start(m);
    }
}
