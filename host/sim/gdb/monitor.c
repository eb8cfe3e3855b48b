/*
 * monitor - the commands behind gdb's `monitor`
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "sim/gdb/server_priv.h"

static void help(struct gdb_server *s);

static void ok(struct gdb_server *s) {
    packet_put(&s->reply, "OK");
}

// After a command that moves the machine: gdb does not know.
static void moved(struct gdb_server *s, enum history_stop stop) {
    static char text[GDB_TEXT_BYTES];
    *text = '\0';
    s->last = stop;
    s->o.explain(s->o.ctx, stop, s->history, text);
    gdb_say_(s, "%sat instruction %" PRIu64 ", pc 0x%08" PRIx32 "%s\n", text,
            sim_instructions(s->o.sim), sim_pc(s->o.sim),
            stop == HISTORY_BEGIN ? ": the begin of history" : "");
    ok(s);
}

static void time_(struct gdb_server *s, const char *argument) {
    (void)argument;
    char text[NUMBER_TEXT_BYTES], count[NUMBER_TEXT_BYTES],
            cycles[NUMBER_TEXT_BYTES];
    gdb_say_(s, "%s since the machine was made: %s instructions, %s cycles\n",
            number_format_time(text, sim_now(s->o.sim)),
            number_format_count(count, sim_instructions(s->o.sim)),
            number_format_count(cycles, sim_cycles(s->o.sim)));
    ok(s);
}

static void window(struct gdb_server *s, const char *argument) {
    (void)argument;
    const struct board *b = s->o.board;
    if (sim_window_is_open(s->o.sim)) {
        gdb_say_(s, "the window at 0x%08" PRIx32 " can be read\n",
                b->window.addr);
    } else {
        gdb_say_(s,
                "the window at 0x%08" PRIx32 " cannot be read: %s\n"
                "`monitor back window` goes to the instruction that closed "
                "it\n",
                b->window.addr, sim_window_reason(s->o.sim));
    }
    ok(s);
}

static void chip(struct gdb_server *s, const char *argument) {
    (void)argument;
    uint32_t off = 0, len = 0;
    char left[NUMBER_TEXT_BYTES];
    const char kind = nor_suspended(s->o.nor, &off, &len);
    const uint64_t until = nor_busy_until(s->o.nor);
    const uint64_t now = sim_now(s->o.sim);
    const char *name = nor_part_of(s->o.nor)->name;
    if (kind) {
        gdb_say_(s,
                "%s: the %s of %" PRIu32 " bytes at 0x%06" PRIx32
                " is suspended\n",
                name, kind == 'E' ? "erase" : "program", len, off);
    } else if (nor_operation(s->o.nor, &off, &len)) {
        gdb_say_(s,
                "%s: %" PRIu32 " bytes at 0x%06" PRIx32
                " are erased or programmed, for another %s\n"
                "`monitor back operation` goes to the instruction that began "
                "it\n",
                name, len, off,
                until == NOR_NEVER || until < now
                        ? "while"
                        : number_format_time(left, until - now));
    } else if (until != NOR_NEVER && until > now) {
        gdb_say_(s, "%s: busy for another %s\n", name,
                number_format_time(left, until - now));
    } else {
        gdb_say_(s, "%s: idle\n", name);
    }
    ok(s);
}

static void outage(struct gdb_server *s, const char *argument) {
    struct sim_waiting w;
    sim_waiting(s->o.sim, &w);
    window(s, argument);
    s->reply.bytes = 0;
    chip(s, argument);
    gdb_say_(s,
            "PRIMASK %" PRIu32 ", FAULTMASK %" PRIu32 ", BASEPRI 0x%02" PRIx32
            ", exception %u; %zu interrupts wait\n",
            w.primask, w.faultmask, w.basepri, w.active, w.count);
}

static void statistics(struct gdb_server *s, const char *argument) {
    struct history_figures f;
    const struct nor_counters n = nor_counters(s->o.nor);
    char text[NUMBER_TEXT_BYTES];
    history_figures(s->history, &f);
    time_(s, argument);
    gdb_say_(s,
            "%" PRIu64 " exceptions taken; chip: %" PRIu64 " erases, %" PRIu64
            " programs, %" PRIu64 " status writes, busy for %s\n"
            "history: instructions %" PRIu64 " to %" PRIu64
            ", %zu snapshots, %zu KB\n",
            f.now.entries, n.erases, n.programs, n.status_writes,
            number_format_time(text, n.busy_ps), f.begin.instructions,
            f.end.instructions, f.snapshots, f.bytes / 1024);
}

static bool change(struct gdb_server *s) {
    if (!gdb_change_(s)) {
        gdb_say_(s, "%s\n", s->o.no_change);
        ok(s);
        return false;
    }
    return true;
}

static void reset(struct gdb_server *s, const char *argument) {
    (void)argument; // "halt", "init": it always halts
    if (change(s)) {
        sim_request_reset(s->o.sim, SIM_RESET_PIN);
        moved(s, history_settle(s->history));
    }
}

static void cut(struct gdb_server *s, const char *argument) {
    (void)argument;
    if (change(s)) {
        sim_power_cut(s->o.sim);
        moved(s, history_settle(s->history));
    }
}

static void go(struct gdb_server *s, const char *argument) {
    uint64_t number;
    if (s->o.real || !number_parse(argument, UINT64_MAX, &number)) {
        gdb_say_(s,
                "goto N: to the place before instruction N, forwards or "
                "backwards\n");
        ok(s);
        return;
    }
    moved(s, history_go(s->history, number));
}

static void back(struct gdb_server *s, const char *argument) {
    const unsigned traces = !strcmp(argument, "window") ? 1u << SIM_TRACE_WINDOW
            : !strcmp(argument, "operation")            ? 1u << SIM_TRACE_CHIP
            : !strcmp(argument, "reset")                ? 1u << SIM_TRACE_RESET
                                                        : 0;
    if (s->o.real || !traces) {
        gdb_say_(s,
                "back window | operation | reset: to the instruction that "
                "last opened or closed the window, began an operation of "
                "the chip, made a reset\n");
        ok(s);
        return;
    }
    moved(s, history_back_trace(s->history, traces));
}

static void interrupts(struct gdb_server *s, const char *argument) {
    const bool into = !strcmp(argument, "into");
    if (!into && strcmp(argument, "over") != 0) {
        gdb_say_(s,
                "interrupts into | over: what a step does when an "
                "interrupt comes\n");
    } else {
        history_step_into(s->history, into);
    }
    ok(s);
}

static void quit(struct gdb_server *s, const char *argument) {
    (void)argument;
    s->ended = true;
    ok(s);
}

static void say_help(struct gdb_server *s, const char *argument) {
    (void)argument;
    help(s);
}

static const struct {
    const char *name;
    void (*fn)(struct gdb_server *s, const char *argument);
    const char *text;
} commands[] = {
        {"help", say_help, "this list"},
        {"time", time_, "simulated time, instructions, cycles"},
        {"window", window, "whether the window can be read, and why not"},
        {"chip", chip, "what the flash chip is doing"},
        {"outage", outage, "window, chip, masks and waiting interrupts"},
        {"statistics", statistics, "counters, and the history that is kept"},
        {"back", back,
                "WHAT: back to what changed the window, began the operation, "
                "or made the reset"},
        {"goto", go, "N: to instruction N, forwards or backwards"},
        {"interrupts", interrupts,
                "over (default) or into: what a step does with interrupts"},
        {"reset", reset, "the reset pin; halts at the reset handler"},
        {"power-cut", cut, "cut the supply and give it back"},
        {"quit", quit, "end the simulation"},
};

static void help(struct gdb_server *s) {
    char text[GDB_TEXT_BYTES];
    size_t at = 0;
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at,
                "monitor %-11s %s\n", commands[i].name, commands[i].text);
    }
    snprintf(text + at, sizeof text - at,
            "After one that moves the machine: maintenance flush "
            "register-cache\n");
    gdb_say_(s, "%s", text);
    ok(s);
}

void gdb_monitor_(struct gdb_server *s, char *text) {
    char *argument = text + strcspn(text, " ");
    if (*argument) {
        *argument++ = '\0';
        argument += strspn(argument, " ");
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (!strcmp(text, commands[i].name)) {
            commands[i].fn(s, argument);
            return;
        }
    }
    gdb_say_(s, "unknown command '%.100s'; `monitor help` lists them\n", text);
    ok(s);
}
