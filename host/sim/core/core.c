/*
 * core - creation, reset and run loop of the simulated machine
 *
 * SPDX-License-Identifier: MIT
 *
 * sim_run() alternates between the CPU and the boundary: all requests of
 * callbacks and events are carried out there, between two instructions, in one
 * fixed order. Nothing depends on where the CPU was stopped for other reasons,
 * so the trace does not depend on the length of a slice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/sim_core.h"

#define DEFAULT_SLICE 100000000ull
#define DEFAULT_HCLK 4000000u
#define PPB_BYTES 0x00100000u

/// Life ///

static void map_own(struct sim *sim, uint32_t base, uint32_t size) {
    if (sim_cpu_map_bus(sim->cpu, base, size)) {
        sim->mapped[sim->mapped_count][0] = base;
        sim->mapped[sim->mapped_count][1] = size;
        sim->mapped_count++;
    }
}

struct sim *sim_new(const struct sim_options *options) {
    struct sim *sim = calloc(1, sizeof *sim);
    if (!sim) {
        return NULL;
    }
    sim->options = *options;
    if (sim->options.slice_instructions == 0) {
        sim->options.slice_instructions = DEFAULT_SLICE;
    }
    const struct sim_cpu_bus bus = {
            .read = sim_bus_read_,
            .write = sim_bus_write_,
            .hole = sim_bus_hole_,
            .weak = sim_bus_weak_,
            .again = sim_bus_again_,
            .ctx = sim,
    };
    sim->profile = options->core ? options->core : sim_profile_at(0);
    sim->cpu = sim_cpu_new(&bus, sim->profile);
    if (!sim->cpu) {
        free(sim);
        return NULL;
    }
    sim->clock = sim_cpu_clock(sim->cpu);
    sim->stop_before = SIM_NEVER;
    if (!sim_snapshots_init_(sim)) {
        sim_cpu_free(sim->cpu);
        free(sim);
        return NULL;
    }
    sim_start_clock_(sim, DEFAULT_HCLK);
    sim->event_time = SIM_NEVER;
    sim->window_reason = "it has not been opened yet";
    sim_set_irqs(sim, NULL);
    sim_systick_init_(sim);
    map_own(sim, SIM_PPB_ADDR, PPB_BYTES);
    if (sim->profile->bit_band) { // aliases
        map_own(sim, 0x22000000, 0x02000000);
        map_own(sim, 0x42000000, 0x02000000);
    }
    return sim;
}

void sim_free(struct sim *sim) {
    if (sim) {
        sim_cpu_free(sim->cpu);
        sim_snapshots_free_(sim);
        free(sim->strays.at);
        free(sim);
    }
}

// State that a reset discards. A stop requested at the same time still takes
// effect.
static void forget_state(struct sim *sim) {
    sim->lockup = sim->reset_request = sim->stalled = false;
    sim->fetch_watched = false;
    sim->in_block = false;
    sim->sleep = AWAKE;
    sim_apply_memory_(sim); // drop translations of changed code
}

// The vectors the CPU starts with (Armv7-M ARM B1.5.5).
static void fetch_reset_vectors(struct sim *sim) {
    struct sim_cpu_state state = {.lr = UINT32_MAX, .xpsr = 1u << 24};
    uint32_t pc = 0;
    if (!sim_load_(sim, sim->scs.vtor, &state.msp) ||
            !sim_load_(sim, sim->scs.vtor + 4, &pc)) {
        sim_cpu_set_state(sim->cpu, &state);
        sim_lockup_(sim, "the reset vectors cannot be read");
        return;
    }
    state.pc = pc & ~1u;
    state.xpsr = pc & 1 ? 1u << 24 : 0;
    sim_cpu_set_state(sim->cpu, &state);
}

static void reset(struct sim *sim, enum sim_reset kind) {
    if (kind != SIM_RESET_POWER_ON && sim->observer.reset) {
        sim->observer.reset(sim->observer.ctx, kind);
    }
    forget_state(sim);
    if (kind == SIM_RESET_POWER_ON) {
        for (size_t i = 0; i < sim->memory_count; i++) {
            const struct memory *memory = &sim->memory[i];
            if (memory->kind == SIM_MEM_RAM && !memory->alias) {
                memset(memory->host, SIM_RAM_FILL, memory->size);
            }
        }
    }
    sim_cpu_reset(sim->cpu);
    sim_systick_reset_(sim);
    sim_exc_reset_(sim);
    sim_scs_reset_(sim);
    sim_strays_reset_(sim);
    sim_window_close(sim, "after a reset the window is closed");
    sim_trace(sim, SIM_TRACE_RESET, kind, 0, 0);
    for (size_t i = 0; i < sim->periph_count; i++) {
        const struct sim_periph *periph = &sim->periph[i];
        if (periph->reset) {
            periph->reset(periph->ctx, kind);
        }
    }
    sim_apply_hclk_(sim);
    fetch_reset_vectors(sim);
}

void sim_power_on(struct sim *sim) {
    sim->has_violation = false;
    sim->power_cut = sim->stop_request = sim->stop_violation = false;
    sim->clock->cost = 0;
    reset(sim, SIM_RESET_POWER_ON);
}

/// Requests ///

void sim_request_reset(struct sim *sim, enum sim_reset kind) {
    if (!sim->reset_request) {
        sim->reset_request = true;
        sim->reset_kind = kind;
    }
    sim->clock->deadline = 0;
}

void sim_request_stop(struct sim *sim) {
    sim->stop_request = true;
    sim->clock->deadline = 0;
}

void sim_power_cut(struct sim *sim) {
    sim->power_cut = true;
    sim->clock->deadline = 0;
}

/// The boundary ///

// No event, no request: what most ends of a slice find.
static bool is_calm(const struct sim *sim) {
    return sim->clock->cycles < sim->due && !sim->power_cut &&
            !sim->stop_violation && !sim->reset_request && !sim->lockup &&
            !sim->stop_request && !sim->fetch_watched && !sim->alias.wanted &&
            !sim->change_count && sim->wanted_hclk == sim->hclk;
}

// Everything due before the next instruction. true: sim_run returns *why.
static bool boundary(struct sim *sim, enum sim_stop *why) {
    if (is_calm(sim)) {
        return false;
    }
    do {
        if (sim->power_cut) {
            *why = SIM_STOP_POWER_CUT;
            return true;
        }
        if (sim->stop_violation) {
            *why = SIM_STOP_VIOLATION;
            return true;
        }
        if (sim->reset_request) {
            reset(sim, sim->reset_kind);
        }
        if (sim->lockup) {
            *why = SIM_STOP_LOCKUP;
            return true;
        }
        if (sim->stop_request) {
            sim->stop_request = false;
            *why = SIM_STOP_REQUEST;
            return true;
        }
        if (sim->fetch_watched) {
            sim->fetch_watched = false;
            *why = SIM_STOP_FETCH;
            return true;
        }
        sim_apply_hclk_(sim);
        sim_apply_memory_(sim);
    } while (sim_fire_events_(sim));
    *why = SIM_STOP_TIME;
    return sim_now(sim) >= sim->options.time_limit;
}

// Advance to the next event. false: none is scheduled.
static bool skip_time(struct sim *sim) {
    if (!sim->events) {
        return false;
    }
    sim_set_deadline_(sim);
    const uint64_t now = sim->clock->cycles;
    if (sim->clock->deadline > now) {
        sim->clock->cycles = sim->clock->deadline;
        if (!sim->stalled) {
            sim_dwt_slept_(sim, sim->clock->deadline - now);
        }
    }
    return true;
}

/// Sleep ///

static void wake(struct sim *sim) {
    sim->sleep = AWAKE;
    sim_trace(sim, SIM_TRACE_SLEEP, 0, 0, 0);
}

// WFI ends with an exception that would interrupt if PRIMASK were clear; WFE
// with the event register, or an exception that does interrupt (Armv7-M ARM
// B1.5.17, B1.5.18).
static bool wakes(struct sim *sim) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    const bool wfe = sim->sleep == SLEEP_WFE;
    if (wfe && sim->exc.event) {
        sim->exc.event = false;
        return true;
    }
    return sim_exc_preempts_(sim, sim_exc_highest_(sim),
            sim_exc_running_(sim, &state, wfe));
}

static void note_deep_sleep(struct sim *sim) {
    if ((sim->scs.scr & SCR_SLEEPDEEP) == 0 || sim->exc.deep_noted) {
        return;
    }
    sim->exc.deep_noted = true;
    sim_note(sim,
            "the core sleeps at pc 0x%08x with SCR.SLEEPDEEP set: deep sleep "
            "is not modelled. Here all clocks go on; on a chip SysTick and "
            "most clocks stop, and it wakes up on another clock or by a reset",
            (unsigned)sim_pc(sim));
}

static void hint(struct sim *sim, const struct sim_cpu_exit *stop) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    sim_cpu_set_pc(sim->cpu, state.pc + stop->size);
    const uint32_t number =
            stop->size == 2 ? stop->op >> 20 & 0xF : stop->op & 0xF;
    switch (number) {
    case 2: // WFE
        if (sim->exc.event) {
            sim->exc.event = false;
            return;
        }
        sim->sleep = SLEEP_WFE;
        break;
    case 3:
        sim->sleep = SLEEP_WFI;
        break;
    case 4: // SEV
        sim->exc.event = true;
        return;
    default:
        return;
    }
    if (wakes(sim)) {
        sim->sleep = AWAKE; // not worth a line in the trace
    } else {
        note_deep_sleep(sim);
        sim_trace(sim, SIM_TRACE_SLEEP, 1, 0, 0);
    }
}

/// Why the CPU stopped ///

// MSR BASEPRI with bits that do not exist, MRS CONTROL with a bit that only
// Unicorn has (see special_register in cpu_hook.c).
static void special_register(struct sim *sim, const struct sim_cpu_exit *stop) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    const uint32_t sysm = stop->op & 0xFF;
    const bool privileged =
            (state.xpsr & 0x1FF) || !(state.control & CONTROL_NPRIV);
    if (sysm == 0x14) {
        const uint32_t rd = stop->op >> 8 & 0xF;
        if (rd < 13) {
            state.r[rd] = state.control;
        }
    } else if (privileged) {
        const uint32_t rn = stop->op >> 16 & 0xF;
        const uint32_t value = (rn < 13 ? state.r[rn] : state.lr) & 0xF0;
        if (sysm == 17 ||
                (value && (value < state.basepri || !state.basepri))) {
            state.basepri = value;
        }
    }
    state.pc += stop->size;
    sim_cpu_set_state(sim->cpu, &state);
}

static void behind_violation(struct sim *sim, const char *action,
        uint32_t addr) {
    char what[200];
    snprintf(what, sizeof what,
            "%s 0x%08x, which is behind the %u bytes that the controller maps",
            action, (unsigned)addr, (unsigned)sim->window_limit);
    sim_violate_at_(sim, SIM_RULE_WINDOW_BEHIND, addr, what, NULL);
}

static void window_violation(struct sim *sim, enum sim_rule rule,
        const char *action, uint32_t addr) {
    char what[200], why[300];
    snprintf(what, sizeof what, "%s 0x%08x in the closed window", action,
            (unsigned)addr);
    snprintf(why, sizeof why, "%s: the window cannot be read",
            sim->window_reason);
    sim_violate_at_(sim, rule, addr, what, why);
    sim->stalled |= sim->options.on_violation == SIM_STALL;
}

// A violation raises a fault only if the options request it.
static bool fault_follows(const struct sim *sim) {
    return !sim->stop_violation && !sim->stalled;
}

static void fetch_failed(struct sim *sim, uint32_t addr, bool denied) {
    if (denied) {
        sim_fault_(sim, EXC_MEM, CFSR_IACCVIOL);
        return;
    }
    if (sim_in_closed_window_(sim, addr)) {
        window_violation(sim, SIM_RULE_WINDOW_FETCH,
                "fetched an instruction at", addr);
    } else if (sim_window_is_behind(sim, addr, 2)) {
        behind_violation(sim, "fetched an instruction at", addr);
    }
    if (!fault_follows(sim)) {
        return;
    }
    // Execute-never by the default memory map (Armv7-M ARM B3.1).
    const bool never =
            (addr >= 0x40000000u && addr < 0x60000000u) || addr >= 0xA0000000u;
    if (never) {
        sim_fault_(sim, EXC_MEM, CFSR_IACCVIOL);
    } else {
        sim_fault_(sim, EXC_BUS, CFSR_IBUSERR);
    }
}

// A store to flash memory: the device decides what it does.
static bool stored(struct sim *sim, uint32_t addr) {
    const struct memory *memory = sim_memory_at_(sim, addr);
    return sim->store.store && memory && memory->kind == SIM_MEM_FLASH &&
            sim_store_to_flash_(sim);
}

static void access_failed(struct sim *sim, const struct sim_cpu_exit *stop) {
    sim->fault_addr = stop->addr;
    if (stop->denied) {
        sim->scs.mmfar = stop->addr;
        sim_fault_(sim, EXC_MEM, CFSR_DACCVIOL | CFSR_MMARVALID);
        return;
    }
    if (stop->why == SIM_CPU_READ && sim_in_closed_window_(sim, stop->addr)) {
        window_violation(sim, SIM_RULE_WINDOW_READ, "read", stop->addr);
    } else if (stop->why == SIM_CPU_READ &&
            sim_window_is_behind(sim, stop->addr, 4)) {
        behind_violation(sim, "read", stop->addr);
    }
    if (!fault_follows(sim)) {
        return;
    }
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    sim->scs.bfar = stop->addr;
    if ((sim->scs.ccr & CCR_BFHFNMIGN) &&
            sim_exc_running_(sim, &state, true) <= -1) {
        // Ignored: the value read is unknown, and the status says so.
        sim->scs.cfsr |= CFSR_PRECISERR | CFSR_BFARVALID;
        sim_cpu_set_pc(sim->cpu, state.pc + stop->size);
        return;
    }
    sim_fault_(sim, EXC_BUS, CFSR_PRECISERR | CFSR_BFARVALID);
}

static void fill_executed(struct sim *sim, uint32_t addr) {
    char what[200];
    snprintf(what, sizeof what, "executed RAM at 0x%08x that was never written",
            (unsigned)addr);
    if (sim_violate_at_(sim, SIM_RULE_RAM_NOT_COPIED, addr, what, NULL)) {
        sim->stalled |= sim->options.on_violation == SIM_STALL;
    }
    if (fault_follows(sim)) {
        sim_fault_(sim, EXC_USAGE, CFSR_UNDEFINSTR);
    }
}

// The same from a core that buffers writes: the instruction is done.
static bool stored_late(struct sim *sim, const struct sim_cpu_exit *stop) {
    const struct memory *memory = sim_memory_at_(sim, stop->late_addr);
    return sim->store.store && memory && memory->kind == SIM_MEM_FLASH &&
            sim_store_late_(sim, stop->late_addr, stop->late_pc);
}

static void handle(struct sim *sim, const struct sim_cpu_exit *stop) {
    if (stop->late && !stored_late(sim, stop)) {
        sim_fault_late_(sim, stop->late_addr, stop->late_pc);
    }
    switch (stop->why) {
    case SIM_CPU_BOUNDARY:
    case SIM_CPU_BREAK:
        break;
    case SIM_CPU_SVC:
        sim_exc_svc_(sim);
        break;
    case SIM_CPU_BKPT:
        sim_exc_bkpt_(sim);
        break;
    case SIM_CPU_HINT:
        hint(sim, stop);
        break;
    case SIM_CPU_MSR:
        special_register(sim, stop);
        break;
    case SIM_CPU_RETURN:
        sim_exc_return_(sim, stop->addr);
        break;
    case SIM_CPU_UNDEFINED:
        sim_fault_(sim, EXC_USAGE, CFSR_UNDEFINSTR);
        break;
    case SIM_CPU_STATE:
        sim_fault_(sim, EXC_USAGE, CFSR_INVSTATE);
        break;
    case SIM_CPU_LIMIT:
        sim_fault_(sim, EXC_USAGE, CFSR_STKOF);
        break;
    case SIM_CPU_SECURITY:
        sim_note(sim,
                "0x%08x: the Non-secure state is not modelled; the instruction "
                "is undefined here",
                (unsigned)sim_pc(sim));
        sim_fault_(sim, EXC_USAGE, CFSR_UNDEFINSTR);
        break;
    case SIM_CPU_NOCP:
        sim_fault_(sim, EXC_USAGE, CFSR_NOCP);
        break;
    case SIM_CPU_UNALIGNED:
        sim_fault_(sim, EXC_USAGE, CFSR_UNALIGNED);
        break;
    case SIM_CPU_DIVIDE:
        sim_fault_(sim, EXC_USAGE, CFSR_DIVBYZERO);
        break;
    case SIM_CPU_FILL:
        fill_executed(sim, stop->addr);
        break;
    case SIM_CPU_FETCH:
        fetch_failed(sim, stop->addr, stop->denied);
        break;
    case SIM_CPU_WRITE:
        if (stored(sim, stop->addr)) {
            break;
        }
        access_failed(sim, stop);
        break;
    case SIM_CPU_READ:
        access_failed(sim, stop);
        break;
    case SIM_CPU_LAZY:
        sim_exc_preserve_fp_(sim);
        break;
    case SIM_CPU_WATCHED:
        sim->fetch_watched = true;
        break;
    }
}

// The slice is over, and that is all: whatever needs the boundary changes the
// deadline, since a slice may be as long as the run.
static bool goes_on(const struct sim *sim, const struct sim_cpu_exit *stop) {
    return stop->why == SIM_CPU_BOUNDARY && sim->clock->deadline == sim->due &&
            sim->clock->cycles < sim->due && !sim->debug.attends;
}

static enum sim_cpu_stop run_cpu(struct sim *sim) {
    struct sim_cpu_clock *clock = sim->clock;
    struct sim_cpu_exit stop;
    clock->halt = sim->debug.attends ? sim_debug_halt_(sim) : SIM_NEVER;
    if (sim->due) {
        clock->deadline = sim->due;
    } else {
        sim_set_deadline_(sim);
    }
    sim->in_cpu = true;
    do {
        clock->limit = clock->instructions + sim->options.slice_instructions;
        clock->limit = clock->halt < clock->limit ? clock->halt : clock->limit;
        sim_cpu_run(sim->cpu, &stop);
    } while (goes_on(sim, &stop));
    sim->in_cpu = false;
    sim->in_block =
            (stop.why == SIM_CPU_BOUNDARY || stop.why == SIM_CPU_BREAK) &&
            sim_cpu_in_it(sim->cpu);
    if (stop.why != SIM_CPU_BOUNDARY || stop.late) {
        handle(sim, &stop);
    }
    return stop.why;
}

void sim_stop_before(struct sim *sim, uint64_t instruction) {
    sim->stop_before = instruction;
    sim_debug_changed_(sim);
}

void sim_watch_fetch(struct sim *sim, uint32_t addr, uint32_t len) {
    sim_cpu_watch_fetch(sim->cpu, addr, len);
}

// The core sleeps. true: sim_run returns *why.
static bool sleeps(struct sim *sim, enum sim_stop *why) {
    if (sim_debug_asleep_(sim, why)) {
        return true;
    }
    if (!sim->stalled && wakes(sim)) {
        wake(sim);
        return false;
    }
    *why = SIM_STOP_IDLE;
    return !skip_time(sim);
}

enum sim_stop sim_run(struct sim *sim) {
    enum sim_stop why;
    sim->due = 0; // the time limit may be another
    for (;;) {
        sim->stopped = SIM_PLACE_BEHIND;
        if (sim->debug.attends && sim_debug_behind_(sim, &why)) {
            return why;
        }
        if (!sim->in_block) { // where nothing happens but the next instruction
            if (boundary(sim, &why)) {
                return why;
            }
            if (sim->stalled || sim->sleep != AWAKE) {
                if (sleeps(sim, &why)) {
                    return why;
                }
                continue;
            }
            if (sim->exc.waiting && sim_exc_dispatch_(sim)) {
                continue;
            }
        }
        if (sim->debug.attends && sim_debug_before_(sim, &why)) {
            return why;
        }
        if (run_cpu(sim) == SIM_CPU_BREAK) {
            sim->stopped = SIM_PLACE_BEFORE;
            return SIM_STOP_BREAK;
        }
    }
}
