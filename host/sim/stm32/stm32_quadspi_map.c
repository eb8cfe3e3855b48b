/*
 * stm32_quadspi_map - QUADSPI in memory-mapped mode, its pins and its clock
 *
 * SPDX-License-Identifier: MIT
 *
 * The window is open from the CCR write that arms it (if the chip can be read)
 * until ABORT or EN=0. Silicon would map again at the next access after an
 * abort; here only another CCR write does, so that a stray access in an outage
 * is seen. BUSY is 0 until the first access, whose prefetch keeps it and nCS:
 * until then registers can be written, and the window follows them.
 *
 * SYSCLK, HPRE and PLL changes with the window open switch without a glitch
 * and the burst goes on at the new speed, which is noted. Taking the clock or
 * pins away, or resetting the controller, is a violation.
 */
#include <stdio.h>
#include <string.h>

#include "sim/stm32/stm32_quadspi_priv.h"

#define CCR_SIOO (1u << 28)

/// Pins ///

static bool uses_four_lanes(uint32_t ccr) {
    return (ccr >> 8 & 3u) == 3 || (ccr >> 10 & 3u) == 3 ||
            (ccr >> 14 & 3u) == 3 || (ccr >> 24 & 3u) == 3;
}

bool qspi_pins_ok_(const struct stm32_qspi *q, uint32_t ccr, char *text,
        size_t size) {
    const struct {
        const struct sim_pin *pin;
        const char *name;
    } need[] = {
            {&q->o.clk, "CLK"},
            {&q->o.ncs, "NCS"},
            {&q->o.io[0], "IO0"},
            {&q->o.io[1], "IO1"},
            {&q->o.io[2], "IO2"},
            {&q->o.io[3], "IO3"},
    };
    const unsigned count = uses_four_lanes(ccr) ? 6 : 4;
    for (unsigned i = 0; i < count; i++) {
        if (!q->soc->pin_is(q->soc->ctx, need[i].pin)) {
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

void stm32_qspi_pins(struct stm32_qspi *q) {
    if (q->phase == QSPI_IDLE || q->phase == QSPI_ABORT) {
        return;
    }
    char text[80];
    const bool ok = qspi_pins_ok_(q, q->ccr, text, sizeof text);
    if (ok == q->connected) {
        return;
    }
    if (q->phase != QSPI_MAPPED) {
        if (!ok) { // nCS floats up: the chip sees the frame end here
            const sim_time now = qspi_now_(q);
            if (q->in_frame) {
                nor_end(q->o.nor, q->nor_time > now ? q->nor_time : now);
            }
            q->connected = false;
        }
        return;
    }
    q->connected = ok;
    if (!ok && sim_window_is_open(q->soc->sim)) {
        const struct stm32_violation v = {.rule = SIM_RULE_WINDOW_PINS};
        stm32_violate(q->soc, &v, "took a pin away from the mapped QUADSPI: %s",
                text);
    }
    qspi_map_check_(q);
    qspi_update_(q);
}

/// The window ///

// What FSIZE lets through; 0: all of the chip.
static uint32_t limit_bytes(const struct stm32_qspi *q) {
    const uint64_t device = 2ull << (q->dcr >> 16 & 31u);
    return device < nor_part_of(q->o.nor)->size_bytes ? (uint32_t)device : 0;
}

static void open_window(struct stm32_qspi *q, const struct nor_frame *f) {
    const bool ddr = (q->ccr & QSPI_CCR_DDRM) != 0;
    const uint64_t high = (q->dcr >> 8 & 7u) + 1u;
    const uint64_t word = qspi_data_clocks_(f, ddr, 4);
    const struct sim_window_timing timing = {
            // A new burst first raises nCS for CSHT.
            .first_ps =
                    (high + qspi_header_clocks_(f, ddr) + word) * q->clock_ps,
            .next_ps = word * q->clock_ps,
    };
    sim_window_open(q->soc->sim, &timing);
    sim_window_limit(q->soc->sim, limit_bytes(q));
}

// With mode bits on the line the first read changes the chip's state (into or
// out of continuous read), so the chip must see one.
static bool first_read(struct stm32_qspi *q, struct nor_frame *f, sim_time now,
        const char **why) {
    if (f->alt_lanes == 0) {
        return true;
    }
    // Its address is unknown, so it must not be that of an operation under way.
    uint32_t off;
    uint32_t len;
    f->addr = nor_operation(q->o.nor, &off, &len) && off == 0 ? len : 0;
    qspi_begin_(q, now, f);
    (void)qspi_in_(q, now);
    qspi_end_(q, now);
    if ((q->ccr & CCR_SIOO) != 0) {
        f->has_opcode = false;
        f->opcode_lanes = 0;
        f->opcode = 0;
    }
    return nor_readable(q->o.nor, q->nor_time, f, why);
}

// The window is mapped, and the chip cannot be read: copying to RAM is no cure.
static const char *cure_of(const char *why) {
    static const char after_reset[] =
            "a reset of MCU or QUADSPI does not end it: wait until WIP is 0, "
            "or reset the chip (66h 99h), before the window is mapped";
    static const struct {
        const char *why, *cure; // how the chip's reason begins
    } cures[] = {
            {"the chip is being suspended",
                    "wait tSUS after the suspend command, or poll until WIP is "
                    "0, before the window is mapped again"},
            {"the chip is erasing since", after_reset},
            {"the chip is programming since", after_reset},
            {"the chip is erasing",
                    "wait until WIP is 0 (or suspend, and wait tSUS) before "
                    "the window is mapped again"},
            {"the chip is programming",
                    "wait until WIP is 0 (or suspend, and wait tSUS) before "
                    "the window is mapped again"},
            {"the chip is writing",
                    "wait until WIP is 0 before the window is mapped again"},
            {"quad enable",
                    "set the chip's quad enable bit before a window on four "
                    "lines is mapped"},
            {"wrong number of dummy",
                    "set CCR.DCYC to the dummy clocks of this read at the "
                    "chip's present setting"},
            {"the chip is starting up",
                    "wait the chip's power-up, wake-up (tRES1) or reset time "
                    "before the window is mapped"},
            {"the chip is in deep",
                    "send ABh and wait tRES1 before the window is mapped"},
            {"reads wrap",
                    "switch wrapped bursts off before the window is mapped"},
            {"the chip is in continuous",
                    "end continuous read before the window is mapped with an "
                    "opcode (FFh on all lines, then 66h 99h): a reset of the "
                    "MCU does not"},
            {"the chip is not in continuous",
                    "map with the opcode in each read (CCR.SIOO 0), or begin "
                    "with one whose mode bits turn continuous read on"},
            {"wrong number of",
                    "set ADSIZE and the lanes in CCR to what the chip expects "
                    "of this opcode in its present mode (3 or 4 address "
                    "bytes, QPI or not)"},
            {"the opcode does not",
                    "map with a read command that the part has"},
    };
    for (size_t i = 0; i < sizeof cures / sizeof *cures; i++) {
        if (!strncmp(why, cures[i].why, strlen(cures[i].why))) {
            return cures[i].cure;
        }
    }
    return NULL;
}

void qspi_map_check_(struct stm32_qspi *q) {
    if (q->phase != QSPI_MAPPED) {
        return;
    }
    q->window_wanted = false;
    if (!q->connected) {
        sim_window_close(q->soc->sim, "the QUADSPI pins are not connected");
        sim_window_cure(q->soc->sim,
                "switch the clock of the ports on and the pins CLK, NCS and "
                "IO0 to IO3 to QUADSPI before the window is mapped");
        return;
    }
    struct nor_frame f;
    qspi_frame_(q, &f);
    if ((q->ccr & CCR_SIOO) != 0 && f.alt_lanes == 0) {
        stm32_note_once(q->soc, &q->noted_sioo,
                "QUADSPI maps with CCR.SIOO=1 and "
                "without mode bits: no chip reads on without an instruction");
    }
    const char *why = "the chip cannot be read";
    const sim_time now = qspi_now_(q);
    q->nor_time = now > q->nor_time ? now : q->nor_time;
    if (nor_readable(q->o.nor, q->nor_time, &f, &why) &&
            first_read(q, &f, q->nor_time, &why)) {
        open_window(q, &f);
        return;
    }
    sim_window_close(q->soc->sim, why);
    sim_window_cure(q->soc->sim, cure_of(why));
    q->window_wanted = true;
}

sim_time qspi_map_event_(const struct stm32_qspi *q) {
    if (!q->window_wanted || !q->connected) {
        return SIM_NEVER;
    }
    const uint64_t until = nor_busy_until(q->o.nor);
    return until == NOR_NEVER ? SIM_NEVER : until;
}

static void check_rules(struct stm32_qspi *q) {
    if ((q->cr & QSPI_CR_TCEN) != 0) {
        const struct stm32_violation v = {
                SIM_RULE_QUADSPI_TCEN, q->o.errata, false, 0};
        stm32_violate(q->soc, &v, "entered memory-mapped mode with CR.TCEN=1");
    }
    if (q->ar_dirty || (q->ar & 3u) != 0) {
        const struct stm32_violation v = {
                SIM_RULE_QUADSPI_AR, q->o.errata, false, 0};
        stm32_violate(q->soc, &v, "entered memory-mapped mode with AR=0x%08X%s",
                (unsigned)q->ar,
                (q->ar & 3u) == 0 ? " but without an abort after it was cleared"
                                  : "");
    }
    const uint64_t device = 2ull << (q->dcr >> 16 & 31u);
    const uint32_t chip = nor_part_of(q->o.nor)->size_bytes;
    if (device != chip) {
        stm32_note_once(q->soc, &q->noted_fsize,
                "QUADSPI_DCR.FSIZE says %llu bytes, the chip has %u: mapped "
                "reads near the end fail or wrap",
                (unsigned long long)device, (unsigned)chip);
    }
}

void qspi_map_(struct stm32_qspi *q) {
    char text[80];
    check_rules(q);
    q->phase = QSPI_MAPPED;
    q->level = 0;
    q->clock_ps = qspi_clock_ps_(q);
    q->connected = qspi_pins_ok_(q, q->ccr, text, sizeof text);
    q->timeout_at = (q->cr & QSPI_CR_TCEN) == 0
            ? SIM_NEVER
            : qspi_now_(q) + q->lptr * q->clock_ps;
    if (q->connected) {
        struct nor_frame f;
        qspi_frame_(q, &f);
        const sim_time now = qspi_now_(q);
        q->nor_time = now > q->nor_time ? now : q->nor_time;
        nor_check_mapping(q->o.nor, q->nor_time, &f,
                ((q->dcr >> 8 & 7u) + 1u) * q->clock_ps);
    }
    qspi_map_check_(q);
}

void qspi_unmap_(struct stm32_qspi *q, const char *reason) {
    q->phase = QSPI_IDLE;
    q->window_wanted = false;
    q->timeout_at = SIM_NEVER;
    sim_window_close(q->soc->sim, reason);
    q->soc->window_closed(q->soc->ctx);
}

// A frame of its own: what a bus master other than the CPU has to wait for.
sim_time stm32_qspi_window_ps(const struct stm32_qspi *q, unsigned bytes) {
    struct nor_frame f;
    qspi_frame_(q, &f);
    return (qspi_header_clocks_(&f, false) +
                   qspi_data_clocks_(&f, false, bytes)) *
            q->clock_ps;
}

/// Clock, reset, power ///

void stm32_qspi_hclk(struct stm32_qspi *q, uint32_t old_hz) {
    if (q->phase != QSPI_MAPPED) {
        return;
    }
    q->clock_ps = qspi_clock_ps_(q);
    if (!sim_window_is_open(q->soc->sim)) {
        return;
    }
    const uint32_t hz = q->soc->clock_hz(q->soc->ctx, q->o.clock);
    stm32_note_once(q->soc, &q->noted_speed,
            "HCLK goes from %u to %u Hz while the QUADSPI window is open: CLK "
            "is now %u Hz. The image that owns the clock tree should set it "
            "up before the window is mapped",
            (unsigned)old_hz, (unsigned)hz,
            (unsigned)(hz / ((q->cr >> 24) + 1u)));
    struct nor_frame f;
    qspi_frame_(q, &f);
    if ((q->ccr & CCR_SIOO) != 0) {
        f.has_opcode = false;
    }
    open_window(q, &f);
}

void qspi_unclocked_(void *device, bool reset) {
    struct stm32_qspi *q = device;
    if (q->phase == QSPI_MAPPED && sim_window_is_open(q->soc->sim)) {
        const struct stm32_violation v = {
                .rule = reset ? SIM_RULE_WINDOW_CONTROLLER
                              : SIM_RULE_WINDOW_CLOCK,
        };
        if (reset) {
            stm32_violate(q->soc, &v, "reset the mapped QUADSPI by %s",
                    q->o.reset_bit);
        } else {
            stm32_violate(q->soc, &v,
                    "switched the mapped QUADSPI's clock off in %s",
                    q->o.clock_bit);
        }
    }
    const bool mapped = q->phase == QSPI_MAPPED;
    qspi_disable_(q, reset ? q->o.reset_bit : q->o.clock_bit);
    if (mapped) {
        sim_window_close(q->soc->sim,
                reset ? "QUADSPI was reset" : "the QUADSPI's clock is off");
    }
}

void stm32_qspi_power(struct stm32_qspi *q, bool on) {
    const sim_time now = qspi_now_(q);
    qspi_advance_(q, now);
    q->nor_time = now > q->nor_time ? now : q->nor_time;
    if (on) {
        nor_power_on(q->o.nor, q->nor_time);
        return;
    }
    // nCS does not rise properly: a command that was not finished never begins.
    q->in_frame = false;
    nor_power_off(q->o.nor, q->nor_time);
    stm32_qspi_stop(q);
}

void stm32_qspi_forget(struct stm32_qspi *q) {
    q->in_frame = false;
    q->phase = QSPI_IDLE;
}
