/*
 * exc_frame - exception entry, tail-chaining and return
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M ARM B1.5.6 to B1.5.8. With FPCCR.LSPEN the FP part of a frame is
 * written when an FP instruction follows; a CPU core that cannot stop there
 * gets it at entry.
 */
#include <stdio.h>
#include <string.h>

#include "base/exception_name.h"
#include "sim/core/sim_core.h"

#define FP_FRAME_CYCLES 17 // on top, when FP registers are stored or loaded
#define FRAME_WORDS 8
#define FP_FRAME_WORDS 26
#define FRAME_ALIGN (1u << 9)
#define FRAME_SFPA (1u << 20) // Armv8-M
#define RETURN_BASIC (1u << 4)
#define RETURN_SECURE 0x61u // Armv8-M: S, DCRS, ES
#define HASH_PRIME 0x100000001B3ull

static bool is_thread(const struct sim_cpu_state *state) {
    return (state->xpsr & 0x1FF) == 0;
}

static const char *name_of(unsigned number, char buffer[16]) {
    const char *name = exception_name(number);
    if (name) {
        return name;
    }
    const bool irq = number >= EXC_IRQ0;
    snprintf(buffer, 16, irq ? "IRQ %u" : "exception %u",
            irq ? number - EXC_IRQ0 : number);
    return buffer;
}

static void deactivate(struct sim *sim, unsigned number) {
    sim->exc.active[number / 32] &= ~(1u << number % 32);
    sim_trace(sim, SIM_TRACE_EXC_EXIT, number, 0, 0);
    if (sim_exc_is_(sim->exc.line, number)) { // the line is still high
        sim_exc_pend_(sim, number);
    }
}

/// Entry ///

static void vector_violation(struct sim *sim, unsigned number,
        const struct sim_cpu_state *state, uint32_t addr, bool table) {
    char buffer[16], what[200], why[300];
    const char *name = name_of(number, buffer);
    snprintf(what, sizeof what,
            table ? "took %s, whose vector is in the closed window at 0x%08x"
                  : "took %s, whose handler is in the closed window at 0x%08x",
            name, (unsigned)addr);
    snprintf(why, sizeof why, "%s: the window cannot be read",
            sim->window_reason);
    const uint32_t armed = sim->exc.armed_pc[number];
    if (armed) {
        const size_t length = strlen(why);
        snprintf(why + length, sizeof why - length,
                ". The instruction at 0x%08x enabled %s or set it pending while "
                "the window was closed already",
                (unsigned)armed, name);
    }
    // Not what was meant, perhaps.
    if (number >= EXC_PENDSV && number < SIM_EXCEPTIONS && state->basepri) {
        const size_t length = strlen(why);
        const unsigned priority = (unsigned)sim->exc.priority[number];
        snprintf(why + length, sizeof why - length,
                ". BASEPRI is 0x%02x, which does not mask its priority 0x%02x%s",
                (unsigned)state->basepri, priority,
                priority ? "" : " (it never masks priority 0)");
    }
    sim_violate_at_(sim,
            table ? SIM_RULE_WINDOW_VECTOR_TABLE
                  : SIM_RULE_WINDOW_VECTOR_HANDLER,
            addr, what, why);
    sim->stalled |= sim->options.on_violation == SIM_STALL;
}

// UpdateFPCCR(): where the FP state goes, and what a fault of that may become.
// below: it is not stored at all.
static void leave_fp(struct sim *sim, const struct sim_cpu_state *state,
        uint32_t sp, bool below) {
    const int running = sim_exc_running_(sim, state, true);
    const bool thread = is_thread(state);
    const bool v8 = sim_profile_is_v8(sim->profile);
    uint32_t fpccr = sim->scs.fpccr & (v8 ? 0xFC000000u : 0xC0000000u);
    fpccr |= FPCCR_LSPACT | (v8 ? FPCCR_S : 0);
    fpccr |= below ? FPCCR_SPLIMVIOL : 0;
    fpccr |= thread && (state->control & CONTROL_NPRIV) ? FPCCR_USER : 0;
    fpccr |= thread ? FPCCR_THREAD : 0;
    fpccr |= running > -1 ? FPCCR_HFRDY : 0;
    static const unsigned ready[][2] = {{EXC_MEM, FPCCR_MMRDY},
            {EXC_BUS, FPCCR_BFRDY}, {EXC_USAGE, FPCCR_UFRDY}};
    for (size_t i = 0; i < (v8 ? 3 : 2); i++) {
        fpccr |= sim_exc_enabled_(sim, ready[i][0]) &&
                        sim_exc_preempts_(sim, ready[i][0], running)
                ? ready[i][1]
                : 0;
    }
    sim->scs.fpccr = fpccr;
    sim->scs.fpcar = (sp + 4 * FRAME_WORDS) & ~7u;
    sim_scs_configure_(sim);
}

// Armv8-M, ViolatesSPLim(): an address is below the limit of its stack. Below 0
// it wraps, and is above all limits.
static bool is_below_limit(struct sim *sim, const struct sim_cpu_state *state,
        bool psp, uint32_t addr) {
    const bool ignored = (sim->scs.ccr & CCR_STKOFHFNMIGN) &&
            sim_exc_running_(sim, state, true) < 0;
    return !ignored && addr < (psp ? state->psplim : state->msplim);
}

// The frame is below the limit: SP becomes the limit, and nothing is written.
static bool stops_at_limit(struct sim *sim, const struct sim_cpu_state *state,
        bool psp, uint32_t *sp, uint32_t bytes) {
    if (!is_below_limit(sim, state, psp, *sp - bytes)) {
        return false;
    }
    *sp = psp ? state->psplim : state->msplim;
    return true;
}

// Pushes the frame and gives EXC_RETURN. 0, or the fault: EXC_MEM, EXC_BUS, and
// EXC_USAGE for a limit of the stack.
static unsigned push_frame(struct sim *sim, struct sim_cpu_state *state,
        uint32_t *exc_return) {
    const struct sim_cpu_state before = *state;
    const bool thread = is_thread(state);
    const bool psp = thread && (state->control & CONTROL_SPSEL);
    const bool exact = sim_cpu_is_exact();
    const bool fp = (state->control & CONTROL_FPCA) &&
            (exact || (sim->scs.fpccr & FPCCR_ASPEN));
    const bool lazy = fp && exact && (sim->scs.fpccr & FPCCR_LSPEN);
    uint32_t *sp = psp ? &state->psp : &state->msp;
    const bool align = (fp || (sim->scs.ccr & CCR_STKALIGN)) && (*sp & 4);
    uint32_t frame[FP_FRAME_WORDS] = {
            state->r[0],
            state->r[1],
            state->r[2],
            state->r[3],
            state->r[12],
            state->lr,
            state->pc,
            (state->xpsr & ~FRAME_ALIGN) | (align ? FRAME_ALIGN : 0) |
                    (state->control & CONTROL_SFPA ? FRAME_SFPA : 0),
    };
    const uint32_t words = fp && !lazy ? FP_FRAME_WORDS : FRAME_WORDS;
    if (fp) {
        sim_cpu_get_fp(sim->cpu, frame + 8, frame + 24);
    }
    const uint32_t bytes =
            4 * (fp ? FP_FRAME_WORDS : FRAME_WORDS) + (align ? 4 : 0);
    const uint32_t unlimited = *sp - bytes;
    *exc_return = (thread ? psp ? 0xFFFFFFFDu : 0xFFFFFFF9u : 0xFFFFFFF1u) &
            ~(fp ? RETURN_BASIC : 0);
    if (stops_at_limit(sim, &before, psp, sp, bytes)) {
        if (lazy) {
            leave_fp(sim, &before, unlimited, true);
        }
        return EXC_USAGE;
    }
    *sp -= bytes;
    unsigned fault = 0;
    for (uint32_t i = 0; i < words; i++) {
        // The reserved word of an FP frame is not written.
        const unsigned failed =
                i == 25 ? 0 : sim_push_(sim, &before, *sp + 4 * i, frame[i]);
        fault = fault ? fault : failed;
    }
    if (exact && fp && !lazy) {
        sim->clock->cycles += FP_FRAME_CYCLES;
    }
    if (lazy) {
        leave_fp(sim, &before, *sp, false);
    }
    return fault;
}

void sim_exc_preserve_fp_(struct sim *sim) {
    struct sim_cpu_state state;
    uint32_t words[17];
    sim_cpu_get_state(sim->cpu, &state);
    sim_cpu_get_fp(sim->cpu, words, &words[16]);
    // With the rights of the code whose state it is (B1.5.7).
    struct sim_cpu_state owner = state;
    owner.xpsr &= ~0x1FFu;
    owner.control = sim->scs.fpccr & FPCCR_USER ? CONTROL_NPRIV : 0;
    unsigned fault = 0;
    // Armv8-M ARM, PreserveFPState(): no access below the limit of the stack.
    const uint32_t count = sim->scs.fpccr & FPCCR_SPLIMVIOL ? 0 : 17;
    for (uint32_t i = 0; i < count && !fault; i++) {
        fault = sim_push_(sim, &owner, sim->scs.fpcar + 4 * i, words[i]);
    }
    if (fault) {
        const uint32_t cfsr = fault == EXC_MEM ? CFSR_MLSPERR : CFSR_LSPERR;
        if (sim->scs.fpccr & FPCCR_HFRDY) {
            sim_fault_(sim, fault, cfsr);
        } else {
            sim->scs.cfsr |= cfsr;
            sim_lockup_(sim, "the FP state of HardFault or NMI has no stack");
        }
        return;
    }
    sim->clock->cycles += count ? FP_FRAME_CYCLES : 0;
    sim->scs.fpccr &= ~(uint32_t)FPCCR_LSPACT;
    sim_scs_configure_(sim);
}

static bool is_kind(struct sim *sim, uint32_t addr, enum sim_mem_kind kind) {
    const struct memory *memory = sim_memory_at_(sim, addr);
    return memory && memory->kind == kind;
}

// A boot program's handler, perhaps, that runs in an application.
static void tell_handler(struct sim *sim, unsigned number, uint32_t entry,
        uint32_t vector) {
    const uint32_t bit = 1u << number % 32;
    if (!sim->observer.other_handler || number < EXC_SVC ||
            (sim->told_handler[number / 32] & bit) ||
            !is_kind(sim, vector, SIM_MEM_FLASH) ||
            !is_kind(sim, entry, SIM_MEM_FLASH)) {
        return;
    }
    const uint32_t pc = sim_pc(sim);
    if (is_kind(sim, pc, SIM_MEM_WINDOW)) {
        sim->told_handler[number / 32] |= bit;
        sim->observer.other_handler(sim->observer.ctx, number, vector & ~1u,
                pc);
    }
}

// Armv7-M B3.2.5: a table is aligned to a power of two that holds it; else the
// core may join VTOR and the offset otherwise than by adding.
static void check_table(struct sim *sim, unsigned number) {
    const uint32_t vtor = sim->scs.vtor;
    if (sim->exc.table_noted || (vtor | 4 * number) == vtor + 4 * number) {
        return;
    }
    uint32_t bytes = 128;
    while (bytes < 4 * (16 + sim->irqs->count)) {
        bytes *= 2;
    }
    char buffer[16];
    sim->exc.table_noted = true;
    sim_note(sim,
            "VTOR is 0x%08x and %s is taken: the vector table of this MCU "
            "has to be aligned to %u bytes (Armv7-M B3.2.5). The simulator "
            "adds the offset; a chip may take 0x%08x for the vector's address",
            (unsigned)vtor, name_of(number, buffer), (unsigned)bytes,
            (unsigned)(vtor | 4 * number));
}

// ExceptionTaken(). The frame is on the stack already.
static void take(struct sim *sim, unsigned number, struct sim_cpu_state *state,
        uint32_t exc_return, unsigned cycles) {
    const uint32_t entry = sim->scs.vtor + 4 * number;
    uint32_t vector = 0;
    check_table(sim, number);
    if (!sim_load_(sim, entry, &vector)) {
        if (sim_in_closed_window_(sim, entry)) {
            vector_violation(sim, number, state, entry, true);
        }
        sim->scs.hfsr |= HFSR_VECTTBL;
        sim_tell_fault_(sim, EXC_HARD, 0, HFSR_VECTTBL);
        if (number == EXC_HARD || number == EXC_NMI) {
            sim_lockup_(sim, "the vector of HardFault or NMI is unreadable");
        } else if (!sim->stop_violation && !sim->stalled) {
            take(sim, EXC_HARD, state, exc_return, cycles);
        }
        return;
    }
    if (entry - sim->suspended.addr < sim->suspended.len) {
        sim_bus_hole_(sim, entry, false);
    }
    if (sim_in_closed_window_(sim, vector)) {
        vector_violation(sim, number, state, vector & ~1u, false);
    }
    tell_handler(sim, number, entry, vector);
    sim->clock->cycles += cycles;
    if (sim_memory_at_(sim, entry)->kind == SIM_MEM_WINDOW) {
        sim->clock->cycles += sim_cycles_in_(sim, sim->window_timing.first_ps);
        sim_window_tell_read(sim);
    }
    const sim_time waited = sim_exc_is_(sim->exc.pending, number)
            ? sim_now(sim) - sim->exc.since[number]
            : 0;
    sim_trace(sim, SIM_TRACE_EXC_ENTER, number, (uint32_t)(waited / SIM_NS), 0);
    sim->clock->hash = (sim->clock->hash ^ number) * HASH_PRIME;
    sim->entries++;
    sim->exc.active[number / 32] |= 1u << number % 32;
    sim->exc.pending[number / 32] &= ~(1u << number % 32);
    state->xpsr =
            (state->xpsr & 0xF80F0000u) | number | (vector & 1 ? 1u << 24 : 0);
    state->lr = exc_return;
    state->pc = vector & ~1u;
    state->control &= ~(CONTROL_SPSEL | CONTROL_FPCA | CONTROL_SFPA);
    sim_cpu_set_state(sim->cpu, state);
    sim_cpu_clear_exclusive(sim->cpu);
    sim_exc_changed_(sim);
}

// A frame that could not be written is a fault that may overtake the exception
// it belongs to.
static unsigned derived(struct sim *sim, unsigned fault, unsigned number,
        const struct sim_cpu_state *state) {
    const uint32_t cfsr = fault == EXC_MEM ? CFSR_MSTKERR
            : fault == EXC_USAGE           ? CFSR_STKOF
                                           : CFSR_STKERR;
    sim->scs.cfsr |= cfsr;
    if (!sim_exc_enabled_(sim, fault)) {
        sim->scs.hfsr |= HFSR_FORCED;
        sim_tell_fault_(sim, EXC_HARD, cfsr, HFSR_FORCED);
        if (number == EXC_NMI) {
            sim_exc_pend_(sim, EXC_HARD);
            return number;
        }
        // Also if it is one: it runs, with a frame that is not there
        // (Cortex-M3 TRM 5.12.1).
        return EXC_HARD;
    }
    sim_tell_fault_(sim, fault, cfsr, 0);
    sim_exc_pend_(sim, fault);
    const unsigned best = sim_exc_highest_(sim);
    return sim_exc_preempts_(sim, best, sim_exc_running_(sim, state, true))
            ? best
            : number;
}

bool sim_exc_dispatch_(struct sim *sim) {
    const unsigned waiting = sim_exc_highest_(sim);
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    if (!sim_exc_preempts_(sim, waiting, sim_exc_running_(sim, &state, true))) {
        return false;
    }
    uint32_t exc_return;
    unsigned number = waiting;
    const struct sim_cpu_state before = state;
    if (is_thread(&state)) {
        sim->exc.left_at = sim_now(sim);
        sim->exc.left_entries = sim->entries;
    }
    const unsigned fault = push_frame(sim, &state, &exc_return);
    if (fault) {
        number = derived(sim, fault, waiting, &before);
    }
    if (number) {
        take(sim, number, &state, exc_return, sim->profile->entry_cycles);
    }
    return true;
}

/// Return ///

static void chain(struct sim *sim, struct sim_cpu_state *state,
        uint32_t exc_return) {
    if (!sim->lockup) {
        take(sim, sim_exc_highest_(sim), state, exc_return,
                sim->profile->tail_cycles);
    }
}

// A fault of the return itself: nothing was unstacked, its handler is chained.
static void refuse(struct sim *sim, struct sim_cpu_state *state,
        uint32_t exc_return, unsigned number, uint32_t cfsr) {
    sim_cpu_set_state(sim->cpu, state); // FAULTMASK may be clear now
    sim_fault_(sim, number, cfsr);
    chain(sim, state, exc_return | 0xF0000000u);
}

static bool return_is_valid(const struct sim *sim, uint32_t exc_return,
        unsigned number) {
    unsigned nested = 0;
    for (unsigned w = 0; w < sim->exc_words; w++) {
        nested += (unsigned)__builtin_popcount(sim->exc.active[w]);
    }
    if (!sim_exc_is_(sim->exc.active, number) ||
            (exc_return & 0x0FFFFFE0) != 0x0FFFFFE0) {
        return false;
    }
    switch (exc_return & 0xF) {
    case 0x1:
        return nested > 1;
    case 0x9:
    case 0xD:
        return nested == 1 || (sim->scs.ccr & CCR_NONBASETHRDENA);
    default:
        return false;
    }
}

// With the rights of the code that is returned to.
static unsigned read_frame(struct sim *sim, const struct sim_cpu_state *state,
        uint32_t exc_return, uint32_t *frame) {
    const bool fp =
            !(exc_return & RETURN_BASIC) && !(sim->scs.fpccr & FPCCR_LSPACT);
    const uint32_t words = fp ? FP_FRAME_WORDS : FRAME_WORDS;
    const uint32_t sp = (exc_return & 0xF) == 0xD ? state->psp : state->msp;
    struct sim_cpu_state to = *state;
    to.xpsr = (exc_return & 0xF) == 1 ? EXC_IRQ0 : 0;
    for (uint32_t i = 0; i < words; i++) {
        const unsigned fault = sim_pop_(sim, &to, sp + 4 * i, &frame[i]);
        if (fault) {
            return fault;
        }
    }
    return 0;
}

// Armv8-M: what a handler leaves in FP registers is not for others.
static void clear_fp(struct sim *sim, const struct sim_cpu_state *state) {
    static const uint32_t zero[16];
    if ((sim->scs.fpccr & FPCCR_CLRONRET) && (state->control & CONTROL_FPCA) &&
            !(sim->scs.fpccr & FPCCR_LSPACT)) {
        sim_cpu_set_fp(sim->cpu, zero, 0);
    }
}

static void unstack(struct sim *sim, struct sim_cpu_state *state,
        uint32_t exc_return, const uint32_t *frame) {
    const bool psp = (exc_return & 0xF) == 0xD;
    const bool fp = !(exc_return & RETURN_BASIC);
    uint32_t *sp = psp ? &state->psp : &state->msp;
    const bool aligned =
            (fp || (sim->scs.ccr & CCR_STKALIGN)) && (frame[7] & FRAME_ALIGN);
    *sp += 4 * (fp ? FP_FRAME_WORDS : FRAME_WORDS);
    *sp |= aligned ? 4 : 0;
    for (int i = 0; i < 4; i++) {
        state->r[i] = frame[i];
    }
    state->r[12] = frame[4];
    state->lr = frame[5];
    state->pc = frame[6];
    state->xpsr = frame[7] & ~FRAME_ALIGN;
    const bool sfpa = sim_profile_is_v8(sim->profile) && frame[7] & FRAME_SFPA;
    clear_fp(sim, state);
    state->control = (state->control & CONTROL_NPRIV) |
            (psp ? CONTROL_SPSEL : 0) | (fp ? CONTROL_FPCA : 0) |
            (sfpa ? CONTROL_SFPA : 0);
    if (fp && !(sim->scs.fpccr & FPCCR_LSPACT)) {
        sim_cpu_set_fp(sim->cpu, frame + 8, frame[24]);
        sim->clock->cycles += sim_cpu_is_exact() ? FP_FRAME_CYCLES : 0;
    } else if (fp) { // never stored: still in the registers
        sim->scs.fpccr &= ~(uint32_t)FPCCR_LSPACT;
        sim_scs_configure_(sim);
    }
}

void sim_exc_return_(struct sim *sim, uint32_t exc_return) {
    struct sim_cpu_state state;
    sim_cpu_get_state(sim->cpu, &state);
    if (is_thread(&state)) {
        // An ordinary branch there, into execute-never system space.
        sim_cpu_set_pc(sim->cpu, exc_return);
        sim_fault_(sim, EXC_MEM, CFSR_IACCVIOL);
        return;
    }
    const unsigned number = state.xpsr & 0x1FF;
    if (sim_profile_is_v8(sim->profile) &&
            (exc_return & RETURN_SECURE) != RETURN_SECURE) {
        sim_note(sim,
                "EXC_RETURN %08x is for the Non-secure state, which is not "
                "modelled: an INVPC here",
                (unsigned)exc_return);
    }
    const bool valid = return_is_valid(sim, exc_return, number);
    deactivate(sim, number);
    if (number != EXC_NMI) {
        state.faultmask = 0;
    }
    sim->exc.event = true;
    if (!valid) {
        refuse(sim, &state, exc_return, EXC_USAGE, CFSR_INVPC);
        return;
    }
    const int running = sim_exc_running_(sim, &state, true);
    if (sim_exc_preempts_(sim, sim_exc_highest_(sim), running)) {
        chain(sim, &state, exc_return);
        return;
    }
    uint32_t frame[FP_FRAME_WORDS] = {0};
    const unsigned fault = read_frame(sim, &state, exc_return, frame);
    if (fault) {
        refuse(sim, &state, exc_return, fault,
                fault == EXC_MEM ? CFSR_MUNSTKERR : CFSR_UNSTKERR);
        return;
    }
    const bool to_thread = (exc_return & 0xF) != 1;
    if (to_thread != ((frame[7] & 0x1FF) == 0)) {
        refuse(sim, &state, exc_return, EXC_USAGE, CFSR_INVPC);
        return;
    }
    unstack(sim, &state, exc_return, frame);
    sim_cpu_set_state(sim->cpu, &state);
    sim_cpu_clear_exclusive(sim->cpu);
    sim->clock->cycles += sim->profile->return_cycles;
    sim_exc_changed_(sim);
    if (to_thread && (sim->scs.scr & SCR_SLEEPONEXIT)) {
        sim->sleep = SLEEP_WFI;
        sim_trace(sim, SIM_TRACE_SLEEP, 1, 0, 0);
    }
}
