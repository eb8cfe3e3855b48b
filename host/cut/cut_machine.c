/*
 * cut_machine - the machine of a campaign, and runs of it up to an event
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/cut_machine.h"

#include <stdio.h>
#include <string.h>

#include "base/cli.h"
#include "base/number.h"

#define POLL_PS (20 * SIM_US) // of --when

/// Events ///

static void on_alarm(void *ctx) {
    struct cut_machine *m = ctx;
    m->marks.rang = true;
    sim_request_stop(m->sim);
}

static void on_point(void *ctx) {
    struct cut_machine *m = ctx;
    m->marks.reached = true;
    sim_request_stop(m->sim);
}

static void on_poll(void *ctx) {
    struct cut_machine *m = ctx;
    const struct cut_options *o = m->options;
    const uint8_t *at = sim_memory(m->sim, o->when_addr, 4);
    uint32_t value = 0;
    if (at) {
        memcpy(&value, at, 4);
    }
    if (at && value == o->when_value) {
        m->marks.decided = true;
        sim_request_stop(m->sim);
        return; // until the next reset
    }
    sim_schedule(m->sim, &m->marks.poll, sim_now(m->sim) + POLL_PS);
}

// Each reset leads to a decision of its own.
static void on_reset(struct cut_machine *m) {
    m->marks.resets++;
    if (m->options->when) {
        sim_schedule(m->sim, &m->marks.poll, sim_now(m->sim) + POLL_PS);
    } else {
        sim_watch_fetch(m->sim, m->decide_addr, m->decide_bytes);
    }
}

static void on_trace(void *ctx, const struct sim_trace *e) {
    struct cut_machine *m = ctx;
    struct cut_marks *marks = &m->marks;
    if (e->kind == SIM_TRACE_RESET) {
        on_reset(m);
    } else if (e->kind == SIM_TRACE_CHIP || e->kind == SIM_TRACE_INTERNAL) {
        const bool internal = e->kind == SIM_TRACE_INTERNAL;
        if (e->c == SIM_CHIP_BEGUN) {
            marks->operations += e->a != 'S';
            marks->internal_busy += internal;
        } else if (e->c == SIM_CHIP_ENDED) {
            marks->internal_busy -= internal && marks->internal_busy;
        }
    }
    if (m->told) {
        m->told(m->told_ctx, e);
    }
    if (m->shown) {
        m->shown(m->shown_ctx, e);
    }
}

static void on_note(void *ctx, const char *line) {
    const struct cut_machine *m = ctx;
    if (m->noted) {
        m->noted(m->shown_ctx, line);
    }
}

/// Making it ///

// A function of the ELF files, or ADDR:SIZE.
static int find_decision(struct cut_machine *m) {
    const struct cut_options *o = m->options;
    const char *text = o->decide;
    if (!text) {
        m->decide_addr = o->sim.board->window.addr;
        m->decide_bytes = (uint32_t)m->files.chip_bytes;
        return -1;
    }
    if (number_parse_region(text, &m->decide_addr, &m->decide_bytes)) {
        return -1;
    }
    for (size_t i = 0; i < m->files.elfs.count; i++) {
        uint32_t bytes;
        if (elf_image_symbol(m->files.elfs.at[i], text, &m->decide_addr,
                    &bytes)) {
            m->decide_bytes = 2; // the first instruction
            return -1;
        }
    }
    return cli_fail(CLI_TROUBLE,
            "--decide '%s' is no function of the ELF files; give one, or a "
            "range, as 0x90000000:1M",
            text);
}

static struct sim_event event(void (*fire)(void *ctx), struct cut_machine *m) {
    return (struct sim_event){.fire = fire, .ctx = m, .at = SIM_NEVER};
}

static int make(struct cut_machine *m) {
    const struct cmd_options *s = &m->options->sim;
    struct sim_options machine = s->machine;
    machine.time_limit = SIM_NEVER;
    const struct chip_options chip = {
            .part = s->part,
            .array = m->files.chip,
            .window_addr = s->board->window.addr,
            .max_times = s->max_times,
            .seed = s->machine.seed,
    };
    m->sim = sim_new(&machine);
    if (!m->sim || !chip_open(&m->chip, m->sim, &chip)) {
        return cli_no_memory();
    }
    m->line.baud = s->baud;
    m->line.echo = &m->echo;
    m->line.arms = m->options->arms;
    m->line.stops =
            m->options->forbids | m->options->expects | m->options->untils;
    cut_line_init(&m->line, m->sim, &m->options->texts, m->files.send,
            m->files.send_bytes, m->options->by_smp);
    const struct sim_board_options board = {
            .board = s->board,
            .internal = m->files.internal,
            .nor = m->chip.nor,
            .peer = cut_line_peer(&m->line),
            .fifo_residue = s->fifo_residue,
    };
    m->board = sim_board_new(m->sim, &board);
    if (!m->board) {
        return cli_no_memory();
    }
    m->line.board = m->board;
    for (size_t i = 0; i < s->set_count; i++) {
        sim_board_set(m->board, s->sets[i].addr, s->sets[i].mask,
                s->sets[i].value);
    }
    m->marks = (struct cut_marks){
            .alarm = event(on_alarm, m),
            .point = event(on_point, m),
            .poll = event(on_poll, m),
            .running = CUT_NO_IMAGE,
    };
    sim_add_state(m->sim, &m->marks, sizeof m->marks);
    sim_add_trace(m->sim, on_trace, m);
    sim_set_note(m->sim, on_note, m);
    return -1;
}

int cut_machine_open(struct cut_machine *m, const struct cut_options *o) {
    memset(m, 0, sizeof *m);
    m->options = o;
    int result = cmd_files_open(&m->files, &o->sim);
    result = result >= 0 ? result : cut_images_open(&m->images, o, &m->files);
    result = result >= 0 ? result : find_decision(m);
    return result >= 0 ? result : make(m);
}

void cut_machine_close(struct cut_machine *m) {
    if (m->board) {
        sim_board_free(m->board);
    }
    chip_close(&m->chip);
    if (m->sim) {
        sim_free(m->sim);
    }
    cut_images_close(&m->images);
    cmd_files_close(&m->files);
}

/// Power ///

void cut_machine_power_on(struct cut_machine *m) {
    m->marks.decided = m->marks.rang = m->marks.reached = false;
    m->marks.resets = 0;
    m->marks.operations = 0;
    m->marks.internal_busy = 0;
    sim_cancel(m->sim, &m->marks.poll);
    chip_new_cycle(&m->chip, 0);
    sim_board_power(m->board, true);
    sim_power_on(m->sim);
    cut_line_power_on(&m->line);
}

void cut_machine_power_off(struct cut_machine *m, uint64_t tear) {
    if (m->echo) {
        char time[NUMBER_TEXT_BYTES];
        fprintf(m->echo, "\n--- power cut at %s\n",
                number_format_time(time, sim_now(m->sim)));
    }
    if (m->cut_shown) {
        m->cut_shown(m->shown_ctx);
    }
    nor_set_tear(m->chip.nor, tear);
    sim_board_tear(m->board, tear);
    cut_line_power_lost(&m->line);
    sim_board_power(m->board, false);
}

/// Running ///

void cut_machine_limit(struct cut_machine *m, sim_time limit) {
    m->marks.rang = false;
    sim_schedule(m->sim, &m->marks.alarm,
            limit == SIM_NEVER ? limit : sim_now(m->sim) + limit);
    if (limit == SIM_NEVER) {
        sim_cancel(m->sim, &m->marks.alarm);
    }
}

void cut_machine_point(struct cut_machine *m, sim_time at) {
    m->marks.reached = false;
    sim_schedule(m->sim, &m->marks.point, at);
}

static enum cut_stop decided(struct cut_machine *m) {
    struct cut_marks *marks = &m->marks;
    const uint32_t pc = sim_pc(m->sim);
    const uint32_t off = pc - m->options->sim.board->window.addr;
    marks->decided = marks->unstable = false;
    marks->decided_pc = pc;
    marks->running = CUT_NOT_COMPARED;
    if (off < m->files.chip_bytes) {
        marks->running = cut_images_find(&m->images, m->files.chip,
                m->files.chip_bytes, off, &marks->running_off);
    }
    if (marks->running >= 0) {
        marks->unstable = nor_unstable(m->chip.nor, marks->running_off,
                (uint32_t)m->images.at[marks->running].bytes);
    }
    // Texts that are expected come from what starts now.
    m->line.seen &= ~m->options->expects;
    return CUT_DECIDED;
}

enum cut_stop cut_machine_run(struct cut_machine *m) {
    struct cut_marks *marks = &m->marks;
    switch (sim_run(m->sim)) {
    case SIM_STOP_FETCH:
        return decided(m);
    case SIM_STOP_REQUEST:
        if (marks->reached) {
            marks->reached = false;
            return CUT_POINT;
        }
        if (marks->decided) {
            return decided(m);
        }
        if (marks->rang) {
            marks->rang = false;
            return CUT_LATE;
        }
        return CUT_TEXT;
    case SIM_STOP_REACHED:
        return CUT_POINT;
    case SIM_STOP_VIOLATION:
        return CUT_VIOLATION;
    case SIM_STOP_LOCKUP:
        return CUT_LOCKUP;
    default:
        return CUT_IDLE;
    }
}

uint64_t cut_machine_hash(struct cut_machine *m,
        const struct sim_snapshot *snapshot) {
    return sim_snapshot_flash_hash(snapshot) * 31 +
            nor_registers_hash(m->chip.nor);
}

void cut_machine_why(const struct cut_machine *m, enum cut_stop stop,
        char *text, size_t size) {
    const struct sim_violation *v = sim_violation_of(m->sim);
    switch (stop) {
    case CUT_VIOLATION:
        snprintf(text, size, "%s: the firmware %s",
                v ? sim_rules[v->rule].name : "?", v ? v->what : "?");
        break;
    case CUT_LOCKUP:
        snprintf(text, size, "the CPU locked up at 0x%08x",
                (unsigned)sim_pc(m->sim));
        break;
    case CUT_IDLE:
        snprintf(text, size, "the CPU sleeps for ever at 0x%08x",
                (unsigned)sim_pc(m->sim));
        break;
    case CUT_TEXT:
        snprintf(text, size, "a text of --forbid was printed");
        break;
    default:
        snprintf(text, size, "the time limit is over, at 0x%08x, %u reset%s",
                (unsigned)sim_pc(m->sim), m->marks.resets,
                m->marks.resets == 1 ? "" : "s");
        break;
    }
}

static bool all_seen(uint32_t seen, uint32_t wanted) {
    return (seen & wanted) == wanted;
}

static bool update_ended(const struct cut_machine *m) {
    const struct cut_options *o = m->options;
    if (o->untils) {
        return all_seen(m->line.ever, o->untils);
    }
    return cut_line_sent(&m->line) && m->marks.running >= 0 &&
            m->images.at[m->marks.running].sent &&
            all_seen(m->line.seen, o->expects);
}

bool cut_machine_update(struct cut_machine *m, sim_time limit,
        enum cut_stop *stop) {
    const struct cut_options *o = m->options;
    cut_machine_limit(m, limit);
    while (!update_ended(m)) {
        *stop = cut_machine_run(m);
        if (m->line.stops_failed && cut_line_failed(&m->line)) {
            cut_machine_limit(m, SIM_NEVER);
            return false;
        }
        if (*stop != CUT_DECIDED && *stop != CUT_TEXT) {
            cut_machine_limit(m, SIM_NEVER);
            return *stop == CUT_LATE && !o->untils && !m->line.sending;
        }
    }
    cut_machine_limit(m, SIM_NEVER);
    return true;
}
