/*
 * report - violations, trace and notes
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/core/sim_core.h"

void sim_registers(const struct sim *sim, uint32_t regs[17]) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    for (int i = 0; i < 13; i++) {
        regs[i] = state.r[i];
    }
    const bool psp = !(state.xpsr & 0x1FF) && (state.control & CONTROL_SPSEL);
    regs[13] = psp ? state.psp : state.msp;
    regs[14] = state.lr;
    regs[15] = state.pc;
    regs[16] = state.xpsr;
}

uint32_t sim_pc(const struct sim *sim) {
    struct sim_cpu_state state;
    if (sim->in_cpu) {
        return sim->clock->pc;
    }
    sim_cpu_get_state(sim->cpu, &state);
    return state.pc;
}

static void say(struct sim *sim, const char *label,
        const struct sim_violation *entry) {
    sim_note(sim, "%s%s: %s at pc 0x%08x: %s", label,
            sim_rules[entry->rule].name, entry->what, (unsigned)entry->pc,
            entry->why);
}

static void complete(struct sim *sim, struct sim_violation *entry) {
    sim_registers(sim, entry->regs);
    entry->pc = entry->regs[15];
    entry->time = sim_now(sim);
    entry->instructions = sim->clock->instructions;
    if (!entry->why[0]) {
        snprintf(entry->why, sizeof entry->why, "%s",
                sim_rules[entry->rule].why);
    }
    if (!entry->fix[0]) {
        snprintf(entry->fix, sizeof entry->fix, "%s",
                sim_rules[entry->rule].cure);
    }
}

void sim_record_(struct sim *sim, struct sim_violation *entry) {
    complete(sim, entry);
    sim->violations[entry->rule]++;
    sim_trace(sim, SIM_TRACE_VIOLATION, entry->rule, entry->pc, 0);
    if (!sim->has_violation) {
        sim->violation = *entry;
        sim->has_violation = true;
    }
}

static bool is_allowed(const struct sim *sim,
        const struct sim_violation *entry) {
    const char *name = sim_rules[entry->rule].name;
    for (size_t i = 0; i < sim->options.allow_count; i++) {
        const struct sim_allow *allow = &sim->options.allow[i];
        if (strcmp(allow->rule, name) == 0 &&
                (!allow->text || strstr(entry->what, allow->text) ||
                        strstr(entry->why, allow->text))) {
            return true;
        }
    }
    return false;
}

static bool violate(struct sim *sim, const struct sim_violation *violation) {
    struct sim_violation entry = *violation;
    complete(sim, &entry);
    if (is_allowed(sim, &entry)) {
        sim->violations[entry.rule]++;
        sim_trace(sim, SIM_TRACE_VIOLATION, entry.rule, entry.pc, 1);
        if (!sim->allowed[entry.rule]++) {
            say(sim, "allowed, and counted from now on: ", &entry);
        }
        return false;
    }
    sim_record_(sim, &entry);
    switch (sim->options.on_violation) {
    case SIM_STOP:
        sim->stop_violation = true;
        break;
    case SIM_FAULT:
        say(sim, "", &entry);
        sim_bus_error(sim);
        break;
    case SIM_STALL:
        say(sim, "", &entry);
        // Outside an access there is nothing that could wait.
        sim->stalled |= sim->in_access;
        break;
    }
    sim->clock->deadline = 0;
    return true;
}

void sim_violate(struct sim *sim, const struct sim_violation *violation) {
    (void)violate(sim, violation);
}

bool sim_violate_at_(struct sim *sim, enum sim_rule rule, uint32_t addr,
        const char *what, const char *why) {
    struct sim_violation violation = {
            .rule = rule,
            .addr = addr,
            .has_addr = true,
    };
    snprintf(violation.what, sizeof violation.what, "%s", what);
    snprintf(violation.why, sizeof violation.why, "%s", why ? why : "");
    const bool closed = !sim->window_open &&
            (rule == SIM_RULE_WINDOW_FETCH || rule == SIM_RULE_WINDOW_READ);
    if (closed && sim->window_cure) {
        snprintf(violation.fix, sizeof violation.fix, "%s", sim->window_cure);
    }
    return violate(sim, &violation);
}

uint64_t sim_violations(const struct sim *sim, enum sim_rule rule) {
    return sim->violations[rule];
}

uint64_t sim_violations_allowed(const struct sim *sim, enum sim_rule rule) {
    return sim->allowed[rule];
}

const struct sim_violation *sim_violation_of(const struct sim *sim) {
    return sim->has_violation ? &sim->violation : NULL;
}

/// Faults, resets, waits ///

void sim_observe(struct sim *sim, const struct sim_observer *observer) {
    sim->observer = *observer;
}

uint32_t sim_vtor(const struct sim *sim) {
    return sim->scs.vtor;
}

#define POLL_CYCLES 10000u // between two reads of a poll

static void find_disabled(const struct sim *sim, struct sim_waiting *waiting) {
    size_t count = 0;
    for (unsigned i = EXC_IRQ0;
            i < sim->exc_words * 32 && count < SIM_WAITING_MAX; i++) {
        if (sim_exc_is_(sim->exc.line, i) && !sim_exc_enabled_(sim, i)) {
            waiting->disabled[count].number = i;
            waiting->disabled[count++].since = sim->exc.since[i];
        }
    }
    waiting->disabled_count = count;
}

void sim_waiting(const struct sim *sim, struct sim_waiting *waiting) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    *waiting = (struct sim_waiting){
            .asleep = sim->sleep != AWAKE,
            .stalled = sim->stalled,
            .primask = state.primask,
            .faultmask = state.faultmask,
            .basepri = state.basepri,
            .mask_pc = sim->clock->mask_pc,
            .active = state.xpsr & 0x1FF,
            .last_read = sim->last_read,
    };
    waiting->active_since = sim->exc.since[waiting->active];
    waiting->handlers_since = sim->exc.left_at;
    waiting->entries = sim->entries - sim->exc.left_entries;
    if (sim->clock->cycles - sim->poll.last < POLL_CYCLES) {
        waiting->poll_addr = sim->poll.addr;
        waiting->poll_value = sim->poll.value;
        waiting->poll_count = sim->poll.count;
        waiting->poll_since = sim->poll.since;
    }
    const unsigned end = sim->exc_words * 32;
    for (unsigned i = 0; i < end && waiting->count < SIM_WAITING_MAX; i++) {
        if (sim_exc_is_(sim->exc.pending, i) && sim_exc_enabled_(sim, i)) {
            waiting->pending[waiting->count].number = i;
            waiting->pending[waiting->count++].since = sim->exc.since[i];
        }
    }
    if (!(sim->scs.scr & SCR_SEVONPEND)) {
        find_disabled(sim, waiting);
    }
}

void sim_add_busy(struct sim *sim, sim_busy_fn *fn, void *ctx) {
    if (sim->busy_count < SIM_MAX_BUSY) {
        sim->busy[sim->busy_count].fn = fn;
        sim->busy[sim->busy_count++].ctx = ctx;
    }
}

enum sim_busy sim_busy(const struct sim *sim, size_t i, char *text,
        size_t size) {
    for (size_t k = 0; k < sim->busy_count; k++) {
        const enum sim_busy how = sim->busy[k].fn(sim->busy[k].ctx, text, size);
        if (how != SIM_BUSY_NO && i-- == 0) {
            return how;
        }
    }
    return SIM_BUSY_NO;
}

/// Trace ///

void sim_add_trace(struct sim *sim, sim_trace_fn *fn, void *ctx) {
    if (sim->tracer_count < SIM_MAX_TRACERS) {
        sim->tracer[sim->tracer_count++] = (struct tracer){fn, ctx};
    }
}

void sim_trace(struct sim *sim, enum sim_trace_kind kind, uint32_t a,
        uint32_t b, uint32_t c) {
    sim_trace_at(sim, sim_now(sim), kind, a, b, c);
}

void sim_trace_at(struct sim *sim, sim_time at, enum sim_trace_kind kind,
        uint32_t a, uint32_t b, uint32_t c) {
    sim_debug_trace_(sim, kind, c);
    if (!sim_snapshots_tell_trace_(sim) || !sim->tracer_count) {
        return;
    }
    const struct sim_trace entry = {
            .time = at,
            .kind = kind,
            .a = a,
            .b = b,
            .c = c,
    };
    for (size_t i = 0; i < sim->tracer_count; i++) {
        sim->tracer[i].fn(sim->tracer[i].ctx, &entry);
    }
}

uint64_t sim_trace_hash(const struct sim *sim) {
    return sim->clock->hash;
}

uint64_t sim_instructions(const struct sim *sim) {
    return sim->clock->instructions;
}

/// Notes ///

void sim_note(struct sim *sim, const char *format, ...) {
    char line[512];
    va_list args;
    if (!sim_snapshots_tell_note_(sim)) {
        return;
    }
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (sim->note) {
        sim->note(sim->note_ctx, line);
    }
}

void sim_set_note(struct sim *sim, void (*fn)(void *ctx, const char *line),
        void *ctx) {
    sim->note = fn;
    sim->note_ctx = ctx;
}
