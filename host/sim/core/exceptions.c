/*
 * exceptions - priorities, masks, pending state and faults
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M ARM B1.5: which exception may interrupt which, and where a fault
 * goes. Entry and return are in exc_frame.c. The CPU below knows only the mask
 * registers.
 */
#include <stdio.h>
#include <string.h>

#include "sim/core/sim_core.h"

enum { DFSR_BKPT = 1 << 1, DEMCR_MON_EN = 1 << 16, AIRCR_PRIGROUP_SHIFT = 8 };
#define PRIORITY_IDLE 256
#define SYSTEM_MASK 0x0000FFFFu // exceptions 0..15 of word 0
#define OPTIONAL_MASK ((1u << EXC_MEM) | (1u << EXC_BUS) | (1u << EXC_USAGE))

bool sim_exc_is_(const uint32_t *set, unsigned number) {
    return set[number / 32] >> number % 32 & 1;
}

static void put(uint32_t *set, unsigned number, bool value) {
    const uint32_t bit = 1u << number % 32;
    set[number / 32] = value ? set[number / 32] | bit : set[number / 32] & ~bit;
}

bool sim_exc_enabled_(const struct sim *sim, unsigned number) {
    return sim_exc_is_(sim->exc.enabled, number);
}

/// Priorities ///

static int priority_of(const struct sim *sim, unsigned number) {
    switch (number) {
    case EXC_NMI:
        return -2;
    case EXC_HARD:
        return -1;
    default:
        return sim->exc.priority[number];
    }
}

// Without the subgroup bits, which never preempt.
static int group_of(const struct sim *sim, int priority) {
    const unsigned split = sim->scs.aircr >> AIRCR_PRIGROUP_SHIFT & 7;
    return priority < 0 ? priority : priority & ~(int)((2u << split) - 1);
}

int sim_exc_mask_(const struct sim *sim, const struct sim_cpu_state *state,
        bool with_primask) {
    int mask = PRIORITY_IDLE;
    if (state->basepri) {
        mask = group_of(sim, (int)state->basepri);
    }
    if (state->primask && with_primask) {
        mask = 0;
    }
    return state->faultmask ? -1 : mask;
}

int sim_exc_running_(const struct sim *sim, const struct sim_cpu_state *state,
        bool with_primask) {
    int running = sim_exc_mask_(sim, state, with_primask);
    for (unsigned w = 0; w < sim->exc_words; w++) {
        for (uint32_t set = sim->exc.active[w]; set; set &= set - 1) {
            const unsigned number = w * 32 + (unsigned)__builtin_ctz(set);
            const int group = group_of(sim, priority_of(sim, number));
            running = group < running ? group : running;
        }
    }
    return running;
}

unsigned sim_exc_highest_(const struct sim *sim) {
    unsigned best = 0;
    int best_priority = PRIORITY_IDLE;
    for (unsigned w = 0; w < sim->exc_words; w++) {
        uint32_t set = sim->exc.pending[w] & sim->exc.enabled[w];
        for (; set; set &= set - 1) {
            const unsigned number = w * 32 + (unsigned)__builtin_ctz(set);
            const int priority = priority_of(sim, number);
            if (priority < best_priority) { // ties: the lower number
                best_priority = priority;
                best = number;
            }
        }
    }
    return best;
}

bool sim_exc_preempts_(const struct sim *sim, unsigned number, int running) {
    return number && group_of(sim, priority_of(sim, number)) < running;
}

/// Pending ///

// The pending or enabled exceptions or a priority have changed: evaluate them
// before the next instruction, and after each one that may unmask.
void sim_exc_changed_(struct sim *sim) {
    const bool waiting = sim_exc_highest_(sim) != 0;
    sim->exc.waiting = waiting;
    sim_cpu_irq_waiting(sim->cpu, waiting);
    if (waiting) {
        sim->clock->deadline = 0;
    }
}

// Firmware lets the exception come in an outage, by a register of the core.
static void arm(struct sim *sim, unsigned number) {
    if (sim->in_access && sim->access_addr >> 12 == 0xE000E &&
            !sim->window_open) {
        sim->exc.armed_pc[number] = sim_pc(sim);
    }
}

void sim_exc_pend_(struct sim *sim, unsigned number) {
    if (!sim_exc_is_(sim->exc.pending, number)) {
        put(sim->exc.pending, number, true);
        sim->exc.since[number] = sim_now(sim);
        arm(sim, number);
        sim->exc.event |= (sim->scs.scr & SCR_SEVONPEND) != 0;
    }
    sim_exc_changed_(sim);
}

void sim_exc_unpend_(struct sim *sim, unsigned number) {
    // A line that is still high pends again at once, unless its handler runs.
    const bool again = sim_exc_is_(sim->exc.line, number) &&
            !sim_exc_is_(sim->exc.active, number);
    put(sim->exc.pending, number, again);
    sim_exc_changed_(sim);
}

void sim_exc_enable_(struct sim *sim, unsigned number, bool enable) {
    if (enable && !sim_exc_enabled_(sim, number)) {
        sim->exc.since[number] = sim_now(sim);
        arm(sim, number);
    }
    put(sim->exc.enabled, number, enable);
    sim_exc_changed_(sim);
}

void sim_set_irqs(struct sim *sim, const struct sim_irqs *irqs) {
    static const struct sim_irqs none = {.count = SIM_DEFAULT_IRQS};
    sim->irqs = irqs && irqs->count <= SIM_MAX_IRQS ? irqs : &none;
    sim->irq_count = sim->irqs->count < sim->profile->interrupts
            ? sim->irqs->count
            : sim->profile->interrupts;
    sim->exc_words = (EXC_IRQ0 + sim->irq_count + 31) / 32;
}

const struct sim_irqs *sim_irqs(const struct sim *sim) {
    return sim->irqs;
}

static void drive(struct sim *sim, unsigned number, bool level) {
    const bool rises = level && !sim_exc_is_(sim->exc.line, number);
    put(sim->exc.line, number, level);
    if (rises) {
        sim_exc_pend_(sim, number);
    }
}

void sim_irq(struct sim *sim, unsigned irq, bool level) {
    if (irq >= sim->irqs->count) {
        sim_note(sim, "interrupt line %u does not exist", irq);
        return;
    }
    if (irq < sim->irq_count) { // else an input that the core does not have
        drive(sim, EXC_IRQ0 + irq, level);
    }
}

void sim_nmi(struct sim *sim, bool level) {
    drive(sim, EXC_NMI, level);
}

void sim_exc_reset_(struct sim *sim) {
    uint32_t line[SIM_EXC_WORDS];
    memcpy(line, sim->exc.line, sizeof line);
    memset(&sim->exc, 0, sizeof sim->exc);
    memcpy(sim->exc.line, line, sizeof line); // peripherals drive them
    sim->exc.enabled[0] = SYSTEM_MASK & ~OPTIONAL_MASK;
    sim_cpu_irq_waiting(sim->cpu, false);
}

unsigned sim_exception(const struct sim *sim) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    return state.xpsr & 0x1FF;
}

/// Faults ///

unsigned sim_active_fault(const struct sim *sim) {
    for (unsigned number = EXC_HARD; number <= EXC_USAGE; number++) {
        if (sim_exc_is_(sim->exc.active, number)) {
            return number;
        }
    }
    return 0;
}

void sim_tell_fault_(struct sim *sim, unsigned exception, uint32_t cfsr,
        uint32_t hfsr) {
    struct sim_fault fault = {
            .exception = exception,
            .nested = sim_active_fault(sim) != 0,
            .cfsr = cfsr,
            .hfsr = hfsr,
            .bfar = sim->fault_addr,
            .late_pc = sim->late_pc,
            .time = sim_now(sim),
            .instructions = sim->clock->instructions,
    };
    sim_registers(sim, fault.regs);
    sim_debug_fault_(sim, &fault);
    if (sim->observer.fault) {
        sim->observer.fault(sim->observer.ctx, &fault);
    }
}

void sim_lockup_(struct sim *sim, const char *why) {
    sim_tell_fault_(sim, 0, 0, 0);
    struct sim_violation entry = {.rule = SIM_RULE_LOCKUP};
    snprintf(entry.what, sizeof entry.what, "the CPU locked up");
    snprintf(entry.why, sizeof entry.why, "%s (CFSR 0x%08x, HFSR 0x%08x)", why,
            (unsigned)sim->scs.cfsr, (unsigned)sim->scs.hfsr);
    sim_record_(sim, &entry);
    sim->lockup = true;
}

// Escalates to HardFault, or to lockup. hfsr has the reason.
static void escalate(struct sim *sim, int running, uint32_t cfsr,
        uint32_t hfsr) {
    sim->scs.hfsr |= hfsr;
    sim_tell_fault_(sim, EXC_HARD, cfsr, hfsr);
    if (running <= -1) {
        sim_lockup_(sim, "a fault at the priority of HardFault or NMI");
        return;
    }
    sim_exc_pend_(sim, EXC_HARD);
}

// A synchronous exception always preempts the running code, or escalates: so
// the next dispatch takes it, or a more urgent one, before pc runs again.
static void raise(struct sim *sim, unsigned number, bool enabled, uint32_t cfsr,
        uint32_t hfsr) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    const int running = sim_exc_running_(sim, &state, true);
    if (enabled && sim_exc_preempts_(sim, number, running)) {
        if (number <= EXC_USAGE) {
            sim_tell_fault_(sim, number, cfsr, 0);
        }
        sim_exc_pend_(sim, number);
    } else {
        escalate(sim, running, cfsr, hfsr);
    }
}

void sim_fault_(struct sim *sim, unsigned number, uint32_t cfsr) {
    sim->scs.cfsr |= cfsr;
    raise(sim, number, sim_exc_enabled_(sim, number), cfsr, HFSR_FORCED);
}

// A buffered write has failed: the BusFault is asynchronous, so it waits if it
// may not interrupt, and becomes a HardFault only if it is disabled (B1.5.14).
void sim_fault_late_(struct sim *sim, uint32_t addr, uint32_t pc) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    sim->scs.cfsr |= CFSR_IMPRECISERR;
    if ((sim->scs.ccr & CCR_BFHFNMIGN) &&
            sim_exc_running_(sim, &state, true) <= -1) {
        return;
    }
    const bool enabled = sim_exc_enabled_(sim, EXC_BUS);
    const unsigned number = enabled ? EXC_BUS : EXC_HARD;
    sim->scs.hfsr |= enabled ? 0 : HFSR_FORCED;
    sim->fault_addr = addr;
    sim->late_pc = pc;
    sim_tell_fault_(sim, number, CFSR_IMPRECISERR, enabled ? 0 : HFSR_FORCED);
    sim_exc_pend_(sim, number);
}

void sim_exc_svc_(struct sim *sim) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    const int running = sim_exc_running_(sim, &state, true);
    if (!sim_exc_preempts_(sim, EXC_SVC, running)) {
        sim_cpu_set_pc(sim->cpu, state.pc - 2); // HardFault of this one
    }
    raise(sim, EXC_SVC, true, 0, HFSR_FORCED);
}

void sim_exc_bkpt_(struct sim *sim) {
    if (sim_debug_bkpt_(sim)) {
        return;
    }
    sim->scs.dfsr |= DFSR_BKPT;
    raise(sim, EXC_DEBUG, sim->scs.demcr & DEMCR_MON_EN, 0, HFSR_DEBUGEVT);
}
