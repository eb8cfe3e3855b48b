/*
 * chip - the NOR model of a run, and power cuts in its operations
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/machine/chip.h"

#include <string.h>

#include "sim/snapshot.h"

// How long an MCU stays in reset after its supply has come (STM32L476, DS10198,
// reset temporization tRSTTEMPO: typically 250 us). The chip starts up
// meanwhile. A supply that rises slowly leaves it less.
#define HEAD_START_US 250u

static void chip_report(void *ctx, const struct nor_report *report) {
    struct chip *chip = ctx;
    sim_board_nor_report(&chip->to, report);
}

static void chip_changed(void *ctx, uint32_t off, uint32_t len_bytes) {
    struct chip *chip = ctx;
    sim_board_nor_changed(&chip->to, off, len_bytes);
    for (size_t i = 0; i < 2 && chip->pages[i]; i++) {
        sim_state_changed(chip->sim, chip->pages[i] + off, len_bytes);
    }
}

// What is suspended now: reads of it through the window are garbage.
static void tell_suspended(struct chip *chip) {
    uint32_t off = 0, len = 0;
    const char kind = nor_suspended(chip->nor, &off, &len);
    sim_window_suspended(chip->sim,
            kind == 'E' ? "half erased" : "half programmed",
            chip->to.window_addr + off, kind ? len : 0);
}

// Two steps: only after the operation began is its length known.
static void cut_event(void *ctx) {
    struct chip *chip = ctx;
    if (chip->cut_planned) {
        sim_power_cut(chip->sim);
        return;
    }
    const sim_time now = sim_now(chip->sim);
    const uint64_t until = nor_busy_until(chip->nor);
    chip->cut_planned = true;
    if (until == NOR_NEVER || until <= now) {
        sim_power_cut(chip->sim);
        return;
    }
    sim_schedule(chip->sim, &chip->cut_event,
            now + (until - now) / 100 * chip->cut_percent);
}

static void chip_operation(void *ctx, char kind, uint32_t off,
        uint32_t len_bytes, uint64_t time_ps, bool begun) {
    struct chip *chip = ctx;
    sim_board_nor_operation(&chip->to, kind, off, len_bytes, time_ps, begun);
    tell_suspended(chip);
    if (!begun) {
        return;
    }
    chip->operations++;
    if (chip->cut_at && chip->operations == chip->cut_at) {
        chip->cut_planned = false;
        sim_schedule(chip->sim, &chip->cut_event, sim_now(chip->sim));
    }
}

static void chip_suspension(void *ctx, char kind, uint32_t off,
        uint64_t time_ps, bool suspended) {
    struct chip *chip = ctx;
    sim_board_nor_suspension(&chip->to, kind, off, time_ps, suspended);
    tell_suspended(chip);
}

// What a snapshot holds.
static void add_state(void *ctx, void *at, size_t bytes, bool pages) {
    struct chip *chip = ctx;
    if (pages) {
        chip->pages[chip->pages[0] ? 1 : 0] = at;
        sim_add_state_pages(chip->sim, at, bytes);
    } else {
        sim_add_state(chip->sim, at, bytes);
    }
}

bool chip_open(struct chip *chip, struct sim *sim,
        const struct chip_options *o) {
    memset(chip, 0, sizeof *chip);
    chip->sim = sim;
    chip->to =
            (struct sim_board_nor){.sim = sim, .window_addr = o->window_addr};
    chip->cut_percent = o->cut_percent;
    chip->cut_event =
            (struct sim_event){.fire = cut_event, .ctx = chip, .at = SIM_NEVER};
    const struct nor_options options = {
            .max_times = o->max_times,
            .resume_loss_percent = o->resume_loss_percent,
            .cold = true,
            .head_start_us = HEAD_START_US,
            .seed = o->seed,
            .report = chip_report,
            .changed = chip_changed,
            .operation = chip_operation,
            .suspension = chip_suspension,
            .ctx = chip,
    };
    chip->nor = nor_new(o->part, o->array, &options);
    if (!chip->nor) {
        return false;
    }
    sim_add_state(sim, chip, sizeof *chip);
    nor_state(chip->nor, add_state, chip);
    return true;
}

void chip_close(struct chip *chip) {
    if (chip->nor) {
        nor_free(chip->nor);
    }
}

void chip_new_cycle(struct chip *chip, uint64_t cut_at) {
    chip->operations = 0;
    chip->cut_at = cut_at;
    sim_cancel(chip->sim, &chip->cut_event);
}
