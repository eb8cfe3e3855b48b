/*
 * debug - what a debugger asks of the machine
 *
 * SPDX-License-Identifier: MIT
 *
 * The run loop asks at three points: behind an instruction, asleep, and before
 * an instruction, when all events and exceptions are dealt with. At the last
 * one the machine can be stopped and run again without any effect.
 */
#include "sim/debug.h"

#include "sim/core/sim_core.h"

bool sim_break(struct sim *sim, uint32_t addr, bool set) {
    return sim_cpu_break(sim->cpu, addr, set);
}

bool sim_watch(struct sim *sim, const struct sim_watch *watch, bool set) {
    return sim_cpu_watch(sim->cpu, watch, set);
}

void sim_touch_of(const struct sim *sim, struct sim_touch *touch) {
    *touch = sim->debug.touch;
}

// true: by an instruction. What else touches is told before the next one.
static bool is_touched(struct sim *sim) {
    struct sim_touch touch;
    if (!sim_cpu_touched(sim->cpu, &touch)) {
        return false;
    }
    sim->debug.touch = touch;
    sim->debug.touched = !touch.by_cpu;
    return touch.by_cpu;
}

void sim_set_stops(struct sim *sim, const struct sim_stops *stops) {
    sim->debug.stops = *stops;
    sim->debug.entries = sim->entries;
    sim->debug.faulted = sim->debug.passing = false;
    sim_cpu_pass(sim->cpu, SIM_NEVER, 0);
    (void)is_touched(sim); // what the debugger itself wrote
    sim->debug.touched = false;
}

void sim_fault_of(const struct sim *sim, struct sim_fault *fault) {
    *fault = sim->debug.fault;
}

unsigned sim_depth(const struct sim *sim) {
    unsigned depth = 0;
    for (unsigned w = 0; w < sim->exc_words; w++) {
        depth += (unsigned)__builtin_popcount(sim->exc.active[w]);
    }
    return depth;
}

/// Places ///

void sim_place_of(const struct sim *sim, struct sim_place *place) {
    *place = (struct sim_place){
            .instructions = sim->clock->instructions,
            .entries = sim->entries,
            .kind = sim->stopped,
            .time = sim->stopped == SIM_PLACE_ASLEEP ? sim_now(sim) : 0,
    };
}

static int compare(uint64_t a, uint64_t b) {
    return (a > b) - (a < b);
}

// An instruction lies before all of the next one; an exception that is taken
// comes behind what slept before it.
int sim_place_compare(const struct sim_place *a, const struct sim_place *b) {
    int result = compare(a->instructions, b->instructions);
    if (!result &&
            (a->kind == SIM_PLACE_BEFORE) != (b->kind == SIM_PLACE_BEFORE)) {
        return a->kind == SIM_PLACE_BEFORE ? 1 : -1;
    }
    if (!result && a->kind == SIM_PLACE_BEFORE) {
        return compare(a->entries, b->entries);
    }
    result = result ? result : compare(a->kind, b->kind);
    return result ? result : compare(a->time, b->time);
}

void sim_stop_at(struct sim *sim, const struct sim_place *place) {
    sim->debug.has_place = place != NULL;
    if (place) {
        sim->debug.place = *place;
    }
}

static bool reached(const struct sim *sim, enum sim_place_kind kind) {
    const struct sim_place *p = &sim->debug.place;
    if (!sim->debug.has_place || p->kind != kind) {
        return false;
    }
    const uint64_t done = sim->clock->instructions;
    if (done != p->instructions) {
        return done > p->instructions;
    }
    switch (kind) {
    case SIM_PLACE_BEHIND:
        return true;
    case SIM_PLACE_ASLEEP:
        return sim_now(sim) >= p->time;
    case SIM_PLACE_BEFORE:
        break;
    }
    return sim->entries >= p->entries;
}

uint64_t sim_debug_halt_(const struct sim *sim) {
    const uint64_t done = sim->clock->instructions;
    uint64_t halt = sim->stop_before;
    if (sim->debug.has_place) {
        const uint64_t place = sim->debug.place.instructions;
        const uint64_t end = place > done ? place : done + 1;
        halt = end < halt ? end : halt;
    }
    return halt;
}

void sim_pass(struct sim *sim, bool faults) {
    sim_cpu_pass(sim->cpu, sim->clock->instructions, sim_pc(sim));
    sim->debug.passing = faults;
    sim_place_of(sim, &sim->debug.passed);
}

/// Stops ///

void sim_debug_fault_(struct sim *sim, const struct sim_fault *fault) {
    struct debug *d = &sim->debug;
    const bool passed = d->passing &&
            sim->clock->instructions - d->passed.instructions <= 1 &&
            sim->entries == d->passed.entries;
    if (d->stops.faults && !d->faulted && !passed) {
        d->faulted = true;
        d->fault = *fault;
    }
}

bool sim_debug_behind_(struct sim *sim, enum sim_stop *why) {
    sim->stopped = SIM_PLACE_BEHIND;
    if (is_touched(sim)) {
        *why = SIM_STOP_WATCH;
        return true;
    }
    if (sim->debug.faulted) {
        sim->debug.faulted = false;
        *why = SIM_STOP_FAULT;
        return true;
    }
    *why = SIM_STOP_REACHED;
    return sim->clock->instructions >= sim->stop_before ||
            reached(sim, SIM_PLACE_BEHIND);
}

bool sim_debug_asleep_(struct sim *sim, enum sim_stop *why) {
    const struct sim_stops *stops = &sim->debug.stops;
    sim->stopped = SIM_PLACE_ASLEEP;
    *why = SIM_STOP_REACHED;
    if (reached(sim, SIM_PLACE_ASLEEP)) {
        return true;
    }
    *why = SIM_STOP_ASLEEP;
    return stops->asleep && stops->asleep(stops->ctx);
}

bool sim_debug_before_(struct sim *sim, enum sim_stop *why) {
    struct debug *d = &sim->debug;
    sim->stopped = SIM_PLACE_BEFORE;
    if (d->touched) {
        d->touched = false;
        *why = SIM_STOP_WATCH;
        return true;
    }
    const bool entered = (d->stops.entries && d->entries != sim->entries) ||
            (d->stops.leaves && sim_depth(sim) <= d->stops.depth);
    d->entries = sim->entries;
    *why = entered ? SIM_STOP_ENTRY : SIM_STOP_REACHED;
    return reached(sim, SIM_PLACE_BEFORE) || entered;
}
