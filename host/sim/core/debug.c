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

#include <string.h>

#include "sim/core/sim_core.h"
#include "sim/snapshot.h"

bool sim_break(struct sim *sim, uint32_t addr, bool set) {
    return sim_cpu_break(sim->cpu, addr, set);
}

void sim_debug_changed_(struct sim *sim) {
    const struct sim_stops *stops = &sim->debug.stops;
    sim->debug.attends = sim->stop_before != SIM_NEVER ||
            sim->debug.has_place || stops->faults || stops->bkpt ||
            stops->entries || stops->leaves || stops->traces || stops->asleep ||
            sim_cpu_watches(sim->cpu);
}

bool sim_watch(struct sim *sim, const struct sim_watch *watch, bool set) {
    const bool done = sim_cpu_watch(sim->cpu, watch, set);
    sim_debug_changed_(sim);
    return done;
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
    sim->debug.traced = sim->debug.bkpt = false;
    sim_cpu_pass(sim->cpu, SIM_NEVER, 0);
    (void)is_touched(sim); // what the debugger itself wrote
    sim->debug.touched = false;
    sim_debug_changed_(sim);
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
    sim_debug_changed_(sim);
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

void sim_debug_trace_(struct sim *sim, enum sim_trace_kind kind, uint32_t c) {
    if ((sim->debug.stops.traces >> kind & 1) &&
            (kind != SIM_TRACE_CHIP || c == SIM_CHIP_BEGUN)) {
        sim->debug.traced = true;
        sim->clock->deadline = 0;
    }
}

bool sim_debug_bkpt_(struct sim *sim) {
    sim->debug.bkpt = sim->debug.stops.bkpt;
    return sim->debug.bkpt;
}

bool sim_debug_behind_(struct sim *sim, enum sim_stop *why) {
    if (is_touched(sim)) {
        *why = SIM_STOP_WATCH;
        return true;
    }
    if (sim->debug.faulted) {
        sim->debug.faulted = false;
        *why = SIM_STOP_FAULT;
        return true;
    }
    if (sim->debug.traced || sim->debug.bkpt) {
        *why = sim->debug.bkpt ? SIM_STOP_BREAK : SIM_STOP_TRACE;
        sim->debug.traced = sim->debug.bkpt = false;
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

/// State ///

const struct sim_profile *sim_core(const struct sim *sim) {
    return sim->profile;
}

void sim_get_registers(const struct sim *sim, struct sim_registers *regs) {
    struct sim_cpu_state state;
    uint32_t all[17];
    sim_registers(sim, all);
    sim_cpu_get_state(sim->cpu, &state);
    memcpy(regs->r, all, sizeof regs->r);
    regs->xpsr = all[16];
    regs->msp = state.msp;
    regs->psp = state.psp;
    regs->primask = state.primask;
    regs->basepri = state.basepri;
    regs->faultmask = state.faultmask;
    regs->control = state.control;
    regs->msplim = state.msplim;
    regs->psplim = state.psplim;
    sim_cpu_get_fp(sim->cpu, regs->s, &regs->fpscr);
    sim_cpu_get_fp_rest(sim->cpu, regs->s + 16);
}

void sim_set_registers(struct sim *sim, const struct sim_registers *regs) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    const uint32_t pc = state.pc;
    const bool psp = !(state.xpsr & 0x1FF) && (state.control & CONTROL_SPSEL);
    memcpy(state.r, regs->r, sizeof state.r);
    state.msp = psp ? regs->msp : regs->r[13];
    state.psp = psp ? regs->r[13] : regs->psp;
    state.lr = regs->r[14];
    state.pc = regs->r[15];
    state.xpsr = (regs->xpsr & ~0x1FFu) | (state.xpsr & 0x1FF);
    if (state.pc != pc) {
        state.xpsr &= ~XPSR_IT_MASK;
        sim->in_block = false;
    }
    state.primask = regs->primask;
    state.basepri = regs->basepri;
    state.faultmask = regs->faultmask;
    state.control = regs->control;
    state.msplim = regs->msplim & ~7u;
    state.psplim = regs->psplim & ~7u;
    sim_cpu_set_state(sim->cpu, &state);
    sim_cpu_set_fp(sim->cpu, regs->s, regs->fpscr);
    sim_cpu_set_fp_rest(sim->cpu, regs->s + 16);
    sim_exc_changed_(sim);
}

static bool is_on_bus(const struct sim *sim, uint32_t addr) {
    for (size_t i = 0; i < sim->mapped_count; i++) {
        if (addr - sim->mapped[i][0] < sim->mapped[i][1]) {
            return true;
        }
    }
    return false;
}

// The next access: as wide as the alignment and the rest allow.
static unsigned width(uint32_t addr, uint32_t len) {
    return addr % 4 == 0 && len >= 4 ? 4 : addr % 2 == 0 && len >= 2 ? 2 : 1;
}

static bool read_all(struct sim *sim, uint32_t addr, uint8_t *to,
        uint32_t len) {
    while (len) {
        const unsigned bytes = width(addr, len);
        const uint8_t *memory = sim_memory(sim, addr, bytes);
        uint32_t value = 0;
        if (memory) {
            memcpy(&value, memory, bytes);
        } else if (is_on_bus(sim, addr)) {
            value = sim_bus_read_(sim, addr, bytes);
        } else {
            return false;
        }
        memcpy(to, &value, bytes);
        to += bytes;
        addr += bytes;
        len -= bytes;
    }
    return true;
}

bool sim_debug_read(struct sim *sim, uint32_t addr, uint8_t *to, uint32_t len,
        bool quiet) {
    if (quiet && !sim_memory(sim, addr, len)) {
        struct sim_snapshot *before = sim_save(sim);
        if (before) {
            sim->debug.silent = true;
            const bool there = read_all(sim, addr, to, len);
            sim_restore(sim, before, true);
            sim->debug.silent = false;
            sim_snapshot_free(before);
            return there;
        }
    }
    return read_all(sim, addr, to, len);
}

bool sim_debug_write(struct sim *sim, uint32_t addr, const uint8_t *from,
        uint32_t len) {
    while (len) {
        const unsigned bytes = width(addr, len);
        uint8_t *memory = sim_memory(sim, addr, bytes);
        uint32_t value = 0;
        memcpy(&value, from, bytes);
        if (memory) {
            memcpy(memory, &value, bytes);
            sim_memory_changed(sim, addr, bytes);
        } else if (is_on_bus(sim, addr)) {
            sim_bus_write_(sim, addr, value, bytes);
        } else {
            return false;
        }
        from += bytes;
        addr += bytes;
        len -= bytes;
    }
    return true;
}

const char *sim_window_reason(const struct sim *sim) {
    return sim->window_reason;
}
