/*
 * stm32_quadspi_map - QUADSPI in memory-mapped mode, its pins and its clock
 *
 * SPDX-License-Identifier: MIT
 *
 * The window is open from the CCR write that arms it (if the chip can be read)
 * until ABORT or EN=0. Silicon would map again at the next access after an
 * abort; here only another CCR write does, so that a stray access in an outage
 * is seen. BUSY reads 1 from arming on: the prefetch of a first access keeps
 * nCS low for ever, and a driver may not count on there having been none.
 *
 * SYSCLK, HPRE and PLL changes with the window open switch without a glitch
 * and the burst goes on at the new speed: a note. Taking the clock or the pins
 * away, or resetting the controller, is a violation.
 */
#include <stdio.h>

#include "sim/stm32/sim_stm32.h"

#define CR_TCEN 0x8u
#define CCR_SIOO (1u << 28)
#define CCR_DDRM (1u << 31)

/// Pins ///

static bool uses_four_lanes(uint32_t ccr) {
    return (ccr >> 8 & 3u) == 3 || (ccr >> 10 & 3u) == 3 ||
            (ccr >> 14 & 3u) == 3 || (ccr >> 24 & 3u) == 3;
}

bool stm32_qspi_pins_ok(const struct stm32 *m, uint32_t ccr, char *text,
        size_t size) {
    const struct stm32_wiring *w = m->wiring;
    const struct {
        const struct stm32_pin *pin;
        const char *name;
    } need[] = {
            {&w->qspi_clk, "CLK"},
            {&w->qspi_ncs, "NCS"},
            {&w->qspi_io[0], "IO0"},
            {&w->qspi_io[1], "IO1"},
            {&w->qspi_io[2], "IO2"},
            {&w->qspi_io[3], "IO3"},
    };
    const unsigned count = uses_four_lanes(ccr) ? 6 : 4;
    for (unsigned i = 0; i < count; i++) {
        if (!stm32_pin_is(m, need[i].pin)) {
            char name[8];
            snprintf(text, size, "its %s pin %s is not set to AF%u",
                    need[i].name, stm32_pin_name(need[i].pin, name),
                    (unsigned)need[i].pin->af);
            return false;
        }
    }
    text[0] = '\0';
    return true;
}

void stm32_qspi_pins(struct stm32 *m) {
    struct stm32_qspi *q = &m->qspi;
    if (q->phase == QSPI_IDLE || q->phase == QSPI_ABORT) {
        return;
    }
    char text[80];
    const bool ok = stm32_qspi_pins_ok(m, q->ccr, text, sizeof text);
    if (ok == q->connected) {
        return;
    }
    if (q->phase != QSPI_MAPPED) {
        if (!ok) { // nCS floats up: the chip sees the frame end here
            const sim_time now = sim_now(m->sim);
            if (q->in_frame) {
                nor_end(m->nor, q->nor_time > now ? q->nor_time : now);
            }
            q->connected = false;
        }
        return;
    }
    q->connected = ok;
    if (!ok && sim_window_is_open(m->sim)) {
        stm32_violate(m, "window-pins", false, 0,
                "the window is open: whatever runs or is read from it "
                "needs these pins",
                "set the QUADSPI pins up once, before the window is mapped, "
                "and leave their MODER and AFR fields alone (write single "
                "fields, not the whole port)",
                "took a pin away from the mapped QUADSPI: %s", text);
    }
    stm32_qspi_map_check(m);
    stm32_qspi_settle(m);
}

/// The window ///

static void open_window(struct stm32 *m, const struct nor_frame *f) {
    const struct stm32_qspi *q = &m->qspi;
    const bool ddr = (q->ccr & CCR_DDRM) != 0;
    const uint64_t high = (q->dcr >> 8 & 7u) + 1u;
    const uint64_t word = stm32_qspi_data_clocks(f, ddr, 4);
    const struct sim_window_timing timing = {
            // A new burst first raises nCS for CSHT.
            .first_ps = (high + stm32_qspi_header_clocks(f, ddr) + word) *
                    q->clock_ps,
            .next_ps = word * q->clock_ps,
    };
    sim_window_open(m->sim, &timing);
}

// With mode bits on the line the first read changes the chip's state (into or
// out of continuous read), so the chip must see one.
static bool first_read(struct stm32 *m, struct nor_frame *f, sim_time now,
        const char **why) {
    struct stm32_qspi *q = &m->qspi;
    if (f->alt_lanes == 0) {
        return true;
    }
    // Where it reads is not known, so it must not be where an operation stands.
    uint32_t off;
    uint32_t len;
    f->addr = nor_operation(m->nor, &off, &len) && off == 0 ? len : 0;
    stm32_qspi_begin(m, now, f);
    (void)stm32_qspi_in(m, now);
    stm32_qspi_end(m, now);
    if ((q->ccr & CCR_SIOO) != 0) {
        f->has_opcode = false;
        f->opcode_lanes = 0;
        f->opcode = 0;
    }
    return nor_readable(m->nor, q->nor_time, f, why);
}

void stm32_qspi_map_check(struct stm32 *m) {
    struct stm32_qspi *q = &m->qspi;
    if (q->phase != QSPI_MAPPED) {
        return;
    }
    q->window_wanted = false;
    if (!q->connected) {
        sim_window_close(m->sim, "the QUADSPI pins are not connected");
        return;
    }
    struct nor_frame f;
    stm32_qspi_frame(m, &f);
    if ((q->ccr & CCR_SIOO) != 0 && f.alt_lanes == 0) {
        stm32_note_once(m, &q->noted_sioo,
                "QUADSPI maps with CCR.SIOO=1 and "
                "without mode bits: no chip reads on without an instruction");
    }
    const char *why = "the chip cannot be read";
    const sim_time now = sim_now(m->sim);
    q->nor_time = now > q->nor_time ? now : q->nor_time;
    if (nor_readable(m->nor, q->nor_time, &f, &why) &&
            first_read(m, &f, q->nor_time, &why)) {
        open_window(m, &f);
        return;
    }
    sim_window_close(m->sim, why);
    q->window_wanted = true;
}

sim_time stm32_qspi_map_event(const struct stm32 *m) {
    const struct stm32_qspi *q = &m->qspi;
    if (!q->window_wanted || !q->connected) {
        return SIM_NEVER;
    }
    const uint64_t until = nor_busy_until(m->nor);
    return until == NOR_NEVER ? SIM_NEVER : until;
}

static void check_rules(struct stm32 *m) {
    struct stm32_qspi *q = &m->qspi;
    if ((q->cr & CR_TCEN) != 0) {
        stm32_violate(m, "quadspi-tcen", false, 0,
                "with the time-out counter, reads in memory-mapped mode can "
                "fail or return wrong data (ES0250)",
                "clear QUADSPI_CR.TCEN before mapping",
                "entered memory-mapped mode with CR.TCEN=1");
    }
    if (q->ar_dirty || (q->ar & 3u) != 0) {
        stm32_violate(m, "quadspi-ar", false, 0,
                "the last indirect command left an address with AR[1:0] not "
                "0: the first mapped read then returns wrong data (ES0250)",
                "after a command without address phase write AR=0, then "
                "abort and wait for ABORT=0 and BUSY=0, then map",
                "entered memory-mapped mode with AR=0x%08X%s", (unsigned)q->ar,
                (q->ar & 3u) == 0 ? " but without an abort after it was cleared"
                                  : "");
    }
    const uint64_t device = 2ull << (q->dcr >> 16 & 31u);
    const uint32_t chip = nor_part_of(m->nor)->size_bytes;
    if (device != chip) {
        stm32_note_once(m, &q->noted_fsize,
                "QUADSPI_DCR.FSIZE says %llu bytes, the chip has %u: mapped "
                "reads near the end fail or wrap",
                (unsigned long long)device, (unsigned)chip);
    }
}

void stm32_qspi_map(struct stm32 *m) {
    struct stm32_qspi *q = &m->qspi;
    char text[80];
    check_rules(m);
    q->phase = QSPI_MAPPED;
    q->level = 0;
    q->clock_ps = SIM_S * ((q->cr >> 24) + 1u) / m->rcc.hclk;
    q->connected = stm32_qspi_pins_ok(m, q->ccr, text, sizeof text);
    stm32_qspi_map_check(m);
}

void stm32_qspi_unmap(struct stm32 *m, const char *reason) {
    m->qspi.phase = QSPI_IDLE;
    m->qspi.window_wanted = false;
    sim_window_close(m->sim, reason);
}

/// Clock, reset, power ///

void stm32_qspi_hclk(struct stm32 *m, uint32_t old_hz) {
    struct stm32_qspi *q = &m->qspi;
    if (q->phase != QSPI_MAPPED) {
        return;
    }
    q->clock_ps = SIM_S * ((q->cr >> 24) + 1u) / m->rcc.hclk;
    if (!sim_window_is_open(m->sim)) {
        return;
    }
    stm32_note_once(m, &q->noted_speed,
            "HCLK goes from %u to %u Hz while the "
            "QUADSPI window is open: CLK is now %u Hz. The image that owns "
            "the clock tree should set it up before the window is mapped",
            (unsigned)old_hz, (unsigned)m->rcc.hclk,
            (unsigned)(m->rcc.hclk / ((q->cr >> 24) + 1u)));
    struct nor_frame f;
    stm32_qspi_frame(m, &f);
    if ((q->ccr & CCR_SIOO) != 0) {
        f.has_opcode = false;
    }
    open_window(m, &f);
}

void stm32_qspi_unclocked(struct stm32 *m, bool reset) {
    struct stm32_qspi *q = &m->qspi;
    if (q->phase == QSPI_MAPPED && sim_window_is_open(m->sim)) {
        stm32_violate(m, reset ? "window-controller" : "window-clock", false, 0,
                reset ? "the reset takes the controller out of memory-mapped "
                        "mode while the window is open: nothing in it can "
                        "be read"
                      : "without its clock the controller cannot read "
                        "the flash while the window is open",
                "leave the QUADSPI alone in whatever starts while the window "
                "is open (SystemInit, HAL_QSPI_MspInit, HAL_DeInit of an "
                "application that runs from it)",
                reset ? "reset the mapped QUADSPI by RCC_AHB3RSTR.QSPIRST"
                      : "switched the mapped QUADSPI's clock off "
                        "in RCC_AHB3ENR");
    }
    const bool mapped = q->phase == QSPI_MAPPED;
    stm32_qspi_stop(m);
    if (mapped) {
        sim_window_close(m->sim,
                reset ? "QUADSPI was reset" : "the QUADSPI's clock is off");
    }
}

void stm32_qspi_power(struct stm32 *m, bool on) {
    struct stm32_qspi *q = &m->qspi;
    const sim_time now = sim_now(m->sim);
    stm32_qspi_advance(m, now);
    q->nor_time = now > q->nor_time ? now : q->nor_time;
    if (on) {
        nor_power_on(m->nor, q->nor_time);
        return;
    }
    // nCS does not rise in order: what was not finished does not begin.
    q->in_frame = false;
    nor_power_off(m->nor, q->nor_time);
    stm32_qspi_stop(m);
}
