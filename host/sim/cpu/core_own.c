/*
 * core_own - the CPU core of our own: life, registers, run loop
 *
 * SPDX-License-Identifier: MIT
 *
 * An interpreter. The cost of an instruction is charged when the next one
 * begins, and no event comes inside an IT block.
 */
#include <stdlib.h>

#include "sim/cpu/core_priv.h"

#define FNV_BASIS 0xCBF29CE484222325ull
#define XPSR_T (1u << 24)
#define WORTH_A_LOOP 4 // instructions; entering the quick loop costs some

// Found instead of a record when the page has to be looked up.
static const struct core_insn undecoded;

enum core_next core_stop_(struct sim_cpu *cpu, enum sim_cpu_stop why,
        uint32_t addr) {
    cpu->exit.why = why;
    cpu->exit.addr = addr;
    return CORE_STOP;
}

/// Registers ///

static bool uses_psp(const struct sim_cpu *cpu) {
    return cpu->ipsr == 0 && (cpu->control & CORE_CONTROL_SPSEL);
}

bool core_privileged_(const struct sim_cpu *cpu) {
    return cpu->ipsr != 0 || !(cpu->control & CORE_CONTROL_NPRIV);
}

bool sim_cpu_unprivileged(struct sim_cpu *cpu) {
    return !core_privileged_(cpu);
}

void core_set_control_(struct sim_cpu *cpu, uint32_t control) {
    const bool psp = uses_psp(cpu);
    cpu->control = control;
    if (uses_psp(cpu) != psp) {
        const uint32_t sp = cpu->r[CORE_SP];
        cpu->r[CORE_SP] = cpu->other_sp;
        cpu->other_sp = sp;
    }
}

// Without ITSTATE.
uint32_t core_xpsr_(const struct sim_cpu *cpu) {
    return (cpu->n & 0x80000000u) | (cpu->z == 0 ? 1u << 30 : 0) |
            cpu->c << 29 | (cpu->v >> 31) << 28 | cpu->q << 27 | cpu->ge << 16 |
            (cpu->thumb ? XPSR_T : 0) | cpu->ipsr;
}

static uint32_t it_to_xpsr(uint8_t it) {
    return ((uint32_t)it & 3) << 25 | ((uint32_t)it >> 2) << 10;
}

static uint8_t it_of_xpsr(uint32_t xpsr) {
    return (uint8_t)((xpsr >> 25 & 3) | (xpsr >> 10 & 0x3F) << 2);
}

void sim_cpu_get_state(struct sim_cpu *cpu, struct sim_cpu_state *state) {
    const bool psp = uses_psp(cpu);
    memcpy(state->r, cpu->r, sizeof state->r);
    state->lr = cpu->r[CORE_LR];
    state->pc = cpu->running ? cpu->clock.pc : cpu->pc;
    state->xpsr =
            core_xpsr_(cpu) | it_to_xpsr(cpu->running ? cpu->it_now : cpu->it);
    state->msp = psp ? cpu->other_sp : cpu->r[CORE_SP];
    state->psp = psp ? cpu->r[CORE_SP] : cpu->other_sp;
    state->primask = cpu->primask;
    state->faultmask = cpu->faultmask;
    state->basepri = cpu->basepri;
    state->control = cpu->control;
    state->msplim = cpu->limit_of[0];
    state->psplim = cpu->limit_of[1];
}

// B3.5.1: HFNMIENA counts for NMI, HardFault and FAULTMASK.
void core_rights_changed_(struct sim_cpu *cpu) {
    const bool negative = cpu->faultmask || cpu->ipsr == 2 || cpu->ipsr == 3;
    cpu->sp_limit = negative && cpu->config.limits_ignored
            ? 0
            : cpu->limit_of[uses_psp(cpu)];
    cpu->mpu_applies = sim_mpu_applies(&cpu->config.mpu, negative);
    const uint8_t now = cpu->mpu_applies ? 1 + core_privileged_(cpu) : 0;
    if (now != cpu->rights_of) {
        cpu->rights_of = now;
        core_forget_ways_(cpu);
    }
}

void sim_cpu_set_state(struct sim_cpu *cpu, const struct sim_cpu_state *state) {
    memcpy(cpu->r, state->r, sizeof state->r);
    cpu->r[CORE_LR] = state->lr;
    cpu->n = state->xpsr;
    cpu->z = ~state->xpsr & 1u << 30;
    cpu->c = state->xpsr >> 29 & 1;
    cpu->v = state->xpsr << 3;
    const bool is_main = sim_profile_is_main(cpu->profile);
    cpu->q = state->xpsr >> 27 & is_main;
    cpu->ge = is_main ? state->xpsr >> 16 & 15 : 0;
    cpu->ipsr = state->xpsr & 0x1FF;
    cpu->thumb = state->xpsr & XPSR_T;
    cpu->primask = state->primask & 1;
    cpu->faultmask = state->faultmask & 1;
    cpu->basepri = state->basepri & cpu->profile->priority_bits;
    cpu->control = state->control & core_control_bits_(cpu->profile) &
            ~(cpu->ipsr ? CORE_CONTROL_SPSEL : 0);
    cpu->limit_of[0] = state->msplim;
    cpu->limit_of[1] = state->psplim;
    const bool psp = uses_psp(cpu);
    cpu->r[CORE_SP] = (psp ? state->psp : state->msp) & ~3u;
    cpu->other_sp = (psp ? state->msp : state->psp) & ~3u;
    cpu->it = is_main ? it_of_xpsr(state->xpsr) : 0;
    cpu->it_now = 0;
    cpu->pc = state->pc & ~1u;
    cpu->clock.next_pc = cpu->pc;
    cpu->burst_word = cpu->read_end = CORE_NO_BURST;
    core_rights_changed_(cpu);
}

void sim_cpu_set_pc(struct sim_cpu *cpu, uint32_t pc) {
    cpu->pc = pc & ~1u;
}

void sim_cpu_get_fp(struct sim_cpu *cpu, uint32_t s[16], uint32_t *fpscr) {
    memcpy(s, cpu->s, 16 * sizeof s[0]);
    *fpscr = cpu->fpscr;
}

void sim_cpu_set_fp(struct sim_cpu *cpu, const uint32_t s[16], uint32_t fpscr) {
    memcpy(cpu->s, s, 16 * sizeof s[0]);
    cpu->fpscr = fpscr;
}

void sim_cpu_clear_exclusive(struct sim_cpu *cpu) {
    cpu->exclusive = false;
}

bool sim_cpu_in_it(const struct sim_cpu *cpu) {
    return cpu->it & 15;
}

void *sim_cpu_state(struct sim_cpu *cpu, size_t *bytes) {
    *bytes = offsetof(struct sim_cpu, code);
    return cpu;
}

void sim_cpu_restored(struct sim_cpu *cpu) {
    core_range_changed_(cpu);
    core_forget_ways_(cpu);
    core_forget_calm_(cpu);
}

/// Memory, window, traps ///

bool sim_cpu_map(struct sim_cpu *cpu, enum sim_mem_kind kind, uint32_t base,
        uint32_t size, uint8_t *host) {
    return core_map_(cpu,
            &(struct core_region){
                    .kind = kind,
                    .base = base,
                    .size = size,
                    .host = host,
            });
}

bool sim_cpu_map_bus(struct sim_cpu *cpu, uint32_t base, uint32_t size) {
    return core_map_bus_(cpu, base, size);
}

void sim_cpu_unmap(struct sim_cpu *cpu, uint32_t base, uint32_t size) {
    for (size_t i = 0; i < cpu->region_count; i++) {
        if (cpu->region[i].base == base && cpu->region[i].size == size) {
            core_unmap_(cpu, i);
            return;
        }
    }
}

void sim_cpu_invalidate(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    core_forget_(cpu, addr, len);
}

void sim_cpu_weak(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    core_weaken_(cpu, addr, len);
}

void sim_cpu_window(struct sim_cpu *cpu, bool open) {
    cpu->window_read &= cpu->open == open;
    cpu->open = open;
    cpu->code_bytes = 0; // it may be the page of the code that runs
    cpu->burst_word = cpu->read_end = CORE_NO_BURST;
    cpu->clock.deadline = 0;
}

bool sim_cpu_window_was_read(const struct sim_cpu *cpu) {
    return cpu->window_read;
}

void sim_cpu_window_forget_read(struct sim_cpu *cpu) {
    cpu->window_read = false;
    cpu->code_bytes = 0; // the next fetch reads it, in a burst of its own
    cpu->burst_word = cpu->read_end = CORE_NO_BURST;
}

void sim_cpu_window_limit(struct sim_cpu *cpu, uint32_t bytes) {
    cpu->limit = bytes;
    cpu->code_bytes = 0; // it may be the page of the code that runs
}

void sim_cpu_window_hole(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    cpu->hole_addr = addr;
    cpu->hole_len = len;
}

void sim_cpu_watch_fetch(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    cpu->watch_addr = addr;
    cpu->watch_len = len;
    core_range_changed_(cpu);
    cpu->code_bytes = 0; // it may be the page of the code that runs
    cpu->clock.deadline = 0;
}

void sim_cpu_window_cost(struct sim_cpu *cpu, uint32_t first_cycles,
        uint32_t next_cycles) {
    cpu->first_cycles = first_cycles;
    cpu->next_cycles = next_cycles;
}

void sim_cpu_configure(struct sim_cpu *cpu,
        const struct sim_cpu_config *config) {
    cpu->config = *config;
    core_rights_changed_(cpu);
    core_forget_ways_(cpu); // regions may be others
    cpu->clock.deadline = 0;
}

bool sim_cpu_is_exact(void) {
    return true;
}

void sim_cpu_steady(struct sim_cpu *cpu) {
    cpu->steady.told = true;
}

void sim_cpu_irq_waiting(struct sim_cpu *cpu, bool waiting) {
    cpu->irq_waiting = waiting;
}

void sim_cpu_bus_error(struct sim_cpu *cpu, uint32_t addr, bool write) {
    if (!cpu->bus_failed) {
        cpu->bus_failed = true;
        core_stop_(cpu, write ? SIM_CPU_WRITE : SIM_CPU_READ, addr);
    }
    cpu->clock.deadline = 0;
}

/// Running ///

// Of an instruction whose last word is `last`.
static inline uint64_t fetch_cycles(const struct sim_cpu *cpu, uint32_t pc,
        uint32_t last) {
    return cpu->burst_word == CORE_NO_BURST
            ? cpu->first_cycles +
                    (uint64_t)(last - (pc >> 2)) * cpu->next_cycles
            : (uint64_t)(last - cpu->burst_word) * cpu->next_cycles;
}

static inline void fetched(struct sim_cpu *cpu, uint32_t last) {
    cpu->burst_word = last;
    cpu->read_end = CORE_NO_BURST;
}

// The unit was read last, or its fetch waits for nothing; see core_calm.
static inline bool is_calm(struct core_flash *f, uint32_t unit, uint64_t now) {
    if (unit == f->code) {
        return true;
    }
    const struct core_calm *calm = &f->calm[unit % CORE_CALM_UNITS];
    if (calm->unit != unit || f->ahead == unit) {
        return false;
    }
    f->code_cache.used[calm->line] = now;
    f->code = unit;
    f->ahead = calm->ahead;
    if (calm->ahead != CORE_NO_UNIT) {
        f->ahead_at = core_flash_array_(f, now);
    }
    return true;
}

// The record at pc waits for nothing; see calm_in.
static void remember_calm(struct sim_cpu *cpu, uint32_t pc, uint32_t last) {
    const uint32_t first = pc / CORE_UNIT_BYTES;
    const struct core_calm *a = &cpu->flash.calm[first % CORE_CALM_UNITS];
    const struct core_calm *b = &cpu->flash.calm[last % CORE_CALM_UNITS];
    const bool prefetches = first == last && a->ahead != CORE_NO_UNIT;
    if (pc - cpu->code_base >= cpu->code_bytes || a->unit != first ||
            b->unit != last || a->line != b->line ||
            !(prefetches || (a->ahead & b->ahead) == CORE_NO_UNIT) ||
            cpu->calm_now == CORE_NEVER_CALM) {
        return;
    }
    struct core_insn *in = cpu->code + (pc - cpu->code_base) / 2;
    if (in->quick) {
        in->line = (uint8_t)a->line;
        in->calm_in = cpu->calm_now + prefetches;
    }
}

// The same of internal flash.
static uint64_t flash_cycles(struct sim_cpu *cpu, uint32_t pc, uint32_t size,
        uint64_t now) {
    const uint32_t last = (pc + size - 1) / CORE_UNIT_BYTES;
    if (is_calm(&cpu->flash, pc / CORE_UNIT_BYTES, now) &&
            is_calm(&cpu->flash, last, now)) {
        remember_calm(cpu, pc, last);
        return 0;
    }
    return core_flash_fetch_(cpu, pc, last, now);
}

// The same of a record that is calm, but for what is prefetched behind it.
static inline bool prefetches_only(struct core_flash *f, uint32_t unit,
        unsigned line, uint64_t now) {
    if (unit == f->code) {
        return true;
    }
    if (unit == f->ahead) {
        return false;
    }
    f->code_cache.used[line] = now;
    f->code = unit;
    f->ahead = unit + 1;
    f->ahead_at = core_flash_array_(f, now);
    return true;
}

// What was read last, if that was by a calm record.
static inline void note_calm(struct sim_cpu *cpu, const struct core_insn *in) {
    if (in) {
        const uint32_t pc = cpu->code_base + 2 * (uint32_t)(in - cpu->code);
        cpu->flash.code = (pc + in->size - 1) / CORE_UNIT_BYTES;
        cpu->flash.ahead = CORE_NO_UNIT;
    }
}

// The instruction at pc is in an IT block, or the first behind one.
static enum core_next step_it(struct sim_cpu *cpu, const struct core_insn *in) {
    const uint8_t it = cpu->it;
    cpu->it_now = it;
    cpu->it = (it & 7) ? (uint8_t)((it & 0xE0) | (it << 1 & 0x1F)) : 0;
    if (!it) {
        return in->fn(cpu, in);
    }
    if (!(it & 15)) { // ICI
        if (!in->continues) {
            cpu->it = it;
            cpu->target = cpu->clock.pc;
            return core_stop_(cpu, SIM_CPU_STATE, 0);
        }
        cpu->resume = it >> 4;
        const enum core_next next = in->fn(cpu, in);
        cpu->resume = 0;
        return next;
    }
    if (!core_condition_(cpu, it >> 4)) {
        cpu->clock.cost = cpu->clock.cost - in->cost + 1;
        return CORE_NEXT;
    }
    if (!in->keeps_flags) {
        return in->fn(cpu, in);
    }
    const uint32_t n = cpu->n, z = cpu->z, c = cpu->c, v = cpu->v;
    const enum core_next next = in->fn(cpu, in);
    cpu->n = n;
    cpu->z = z;
    cpu->c = c;
    cpu->v = v;
    return next;
}

// Where pc is after a stop, and which instruction it belongs to.
static void settle(struct sim_cpu *cpu) {
    const struct sim_cpu_clock *clock = &cpu->clock;
    switch (cpu->exit.why) {
    case SIM_CPU_SVC:
        cpu->pc = clock->next_pc;
        break;
    case SIM_CPU_RETURN:
        cpu->pc = cpu->exit.addr & ~1u;
        break;
    case SIM_CPU_STATE:
        cpu->pc = cpu->target;
        break;
    case SIM_CPU_HINT: // done, but for the wait
        cpu->pc = clock->pc;
        break;
    default:
        cpu->pc = clock->pc;
        cpu->it = cpu->it_now;
        break;
    }
    cpu->exit.size = clock->next_pc - clock->pc;
}

// Execution goes on at pc without EPSR.T. The fetch comes before that is seen
// (Armv8-M ARM, FetchInstr()); Armv7-M does not say.
static void stop_without_thumb(struct sim_cpu *cpu) {
    const bool fetched = core_fetchable_(cpu, cpu->pc);
    cpu->exit.why = fetched ? SIM_CPU_STATE : SIM_CPU_FETCH;
    cpu->exit.addr = cpu->pc;
}

// Between two instructions: the deadline or the limit is reached. true: the run
// ends; false: an IT block does not.
static bool ends_here(const struct sim_cpu *cpu) {
    const struct sim_cpu_clock *clock = &cpu->clock;
    // No IT block, or a multiple that goes on.
    return !(cpu->it & 15) || clock->instructions >= clock->halt;
}

// Quick functions may run: no IT block, no hole to look at.
static bool is_quiet(const struct sim_cpu *cpu) {
    return !(cpu->it | cpu->it_now) && !(cpu->in_window && cpu->hole_len);
}

static const struct core_insn *record_at(const struct sim_cpu *cpu,
        uint32_t pc) {
    return pc - cpu->code_base < cpu->code_bytes
            ? cpu->code + (pc - cpu->code_base) / 2
            : &undecoded;
}

// What the loops below keep in registers.
struct track {
    const struct core_insn *in;
    uint32_t pc;
    uint64_t cycles, instructions, hash;
    bool counted;    // the instruction
    uint64_t waited; // for it, if it is counted; is no part of cycles
};

static inline uint64_t wait_for_flash(struct sim_cpu *cpu,
        const struct track *t) {
    const bool free = t->in->calm_in == cpu->calm_now + 1 &&
            prefetches_only(&cpu->flash, t->pc / CORE_UNIT_BYTES, t->in->line,
                    t->cycles);
    return free ? 0 : flash_cycles(cpu, t->pc, t->in->size, t->cycles);
}

// FNV-1a, whose prime is 2^40 + 1B3h: a large constant would take the register
// that the hash needs.
static inline uint64_t hash_with(uint64_t hash, uint32_t pc) {
    const uint64_t mixed = hash ^ pc;
    return (mixed << 40) + mixed * 0x1B3;
}

static inline const struct core_insn *next_record(const struct core_insn *in) {
    return (const struct core_insn *)((const char *)in + in->step);
}

// The steady register, by an instruction that has waited so long for its fetch.
static void read_again(struct sim_cpu *cpu, struct track *t, uint64_t waited) {
    cpu->steady.reads++;
    cpu->steady.last = t->cycles - waited;
    t->cycles += cpu->steady.cycles;
}

// Quick functions until the fence, or one that is not quick, which may be
// counted already.
static inline __attribute__((always_inline)) void run_quick(struct sim_cpu *cpu,
        struct track *track, uint64_t fence, bool window, bool flash,
        uint32_t refill) {
    struct track t = *track;
    uint32_t last = 0; // word of the window
    uint64_t wait = 0; // for a fetch that is not calm; is in t.cycles
    uint32_t calm = cpu->calm_now;
    const struct core_insn *noted = NULL; // the calm record before this one
    while (t.cycles < fence) {
        if (flash && t.in->calm_in == calm) {
            cpu->flash.code_cache.used[t.in->line] = t.cycles;
            noted = t.in;
        } else if (!t.in->quick) {
            break;
        } else if (flash) {
            note_calm(cpu, noted);
            noted = NULL;
            wait = wait_for_flash(cpu, &t);
            calm = cpu->calm_now;
            t.cycles += wait;
        } else if (window) {
            last = (t.pc + t.in->size - 1) >> 2;
            wait = fetch_cycles(cpu, t.pc, last);
            t.cycles += wait;
        }
        t.instructions++;
        t.hash = hash_with(t.hash, t.pc);
        const enum core_next next = t.in->quick(cpu, t.in);
        if (__builtin_expect(next == CORE_SLOW, false)) {
            wait = noted == t.in ? 0 : wait;
            t.counted = true;
            t.cycles -= wait;
            t.waited = flash ? wait : 0;
            break;
        }
        if (window) {
            fetched(cpu, last);
        }
        if (__builtin_expect(next == CORE_STEADY, false)) {
            read_again(cpu, &t, noted == t.in ? 0 : wait);
        }
        t.cycles += t.in->cost;
        if (__builtin_expect(next != CORE_JUMP, true)) {
            t.pc += t.in->size;
            t.in = next_record(t.in);
            continue;
        }
        if (cpu->target != t.pc + t.in->size) {
            t.cycles += refill + core_shares_bus_(cpu, cpu->target);
            if (window) {
                cpu->burst_word = CORE_NO_BURST;
            }
        }
        t.pc = cpu->target;
        t.in = record_at(cpu, t.pc);
    }
    note_calm(cpu, noted);
    *track = t;
}

// Most cores refill for as long: constants make the loop quicker.
static inline __attribute__((always_inline)) void run_some(struct sim_cpu *cpu,
        struct track *track, uint64_t fence) {
    if (cpu->refill != SIM_BRANCH_CYCLES) {
        run_quick(cpu, track, fence, cpu->in_window, cpu->in_flash,
                cpu->refill);
    } else if (cpu->in_window) {
        run_quick(cpu, track, fence, true, false, SIM_BRANCH_CYCLES);
    } else if (cpu->in_flash) {
        run_quick(cpu, track, fence, false, true, SIM_BRANCH_CYCLES);
    } else {
        run_quick(cpu, track, fence, false, false, SIM_BRANCH_CYCLES);
    }
}

// Until something stops it. While quick functions run, the clock in memory is
// behind. Bus callbacks read cycles and instructions, and add to cost; the hash
// they do not need.
static void run(struct sim_cpu *cpu) {
    struct sim_cpu_clock *clock = &cpu->clock;
    const struct core_insn *in = record_at(cpu, cpu->pc);
    uint64_t cycles = clock->cycles + clock->cost, deadline = clock->deadline;
    uint64_t instructions = clock->instructions, hash = clock->hash;
    const uint64_t limit = clock->limit;
    uint32_t pc = cpu->pc;
    bool quiet = is_quiet(cpu);
    clock->cost = 0;
    if (pc != clock->next_pc) {
        cycles += core_refill_(cpu, pc);
        cpu->burst_word = CORE_NO_BURST;
    }
    for (;;) {
        struct track track = {in, pc, cycles, instructions, hash, false, 0};
        if (cycles >= deadline || instructions >= limit) {
            clock->instructions = instructions;
            if (ends_here(cpu)) {
                cpu->pc = pc;
                break;
            }
            in = record_at(cpu, pc); // the window may be closed now
        } else if (quiet && limit - instructions >= WORTH_A_LOOP) {
            // Every instruction takes a cycle: no limit comes before the fence.
            const uint64_t left = limit - instructions;
            const uint64_t fence =
                    deadline - cycles < left ? deadline : cycles + left;
            run_some(cpu, &track, fence);
            in = track.in;
            pc = track.pc;
            cycles = track.cycles;
            instructions = track.instructions;
            hash = track.hash;
            if (cycles >= fence) {
                continue;
            }
        }
        if (!in->size) {
            clock->cycles = cycles;
            in = core_find_(cpu, pc);
            cycles += clock->cost; // weak memory may make it wait
            clock->cost = 0;
            quiet = is_quiet(cpu);
            if (!in) {
                const bool denied = cpu->exit.denied;
                clock->pc = clock->next_pc = pc;
                cpu->it_now = cpu->it;
                core_stop_(cpu, SIM_CPU_FETCH, pc);
                cpu->exit.denied = denied;
                settle(cpu);
                break;
            }
        }
        if (in->breaks && core_stops_before_(cpu, pc, instructions)) {
            cpu->pc = pc;
            break;
        }
        if (!track.counted) {
            instructions++;
            hash = hash_with(hash, pc);
        }
        clock->cycles = cycles;
        clock->instructions = instructions;
        clock->pc = pc;
        clock->next_pc = pc + in->size;
        clock->cost = in->cost;
        cpu->r[CORE_PC] = pc + 4;
        if (cpu->in_window) {
            const uint32_t last = (pc + in->size - 1) >> 2;
            clock->cost += fetch_cycles(cpu, pc, last);
            fetched(cpu, last);
            core_look_at_hole_(cpu, pc, true);
        } else if (cpu->in_flash) {
            clock->cost += track.counted
                    ? track.waited
                    : flash_cycles(cpu, pc, in->size, cycles);
        }
        // A store may drop its own record.
        const struct core_insn *const follows = in + in->size / 2;
        const enum core_next next =
                cpu->it | cpu->it_now ? step_it(cpu, in) : in->fn(cpu, in);
        cycles += clock->cost;
        clock->cost = 0;
        deadline = clock->deadline;
        quiet = is_quiet(cpu);
        if (next == CORE_NEXT) {
            pc = clock->next_pc;
            in = follows;
        } else if (next == CORE_JUMP) {
            pc = cpu->target;
            if (pc != clock->next_pc) {
                cycles += core_refill_(cpu, pc);
                cpu->burst_word = CORE_NO_BURST;
            }
            in = record_at(cpu, pc);
        } else {
            settle(cpu);
            break;
        }
        if (cpu->touched) {
            cpu->pc = pc;
            break;
        }
    }
    clock->cycles = cycles;
    clock->instructions = instructions;
    clock->hash = hash;
    if (cpu->exit.why == SIM_CPU_BOUNDARY || cpu->exit.why == SIM_CPU_BREAK ||
            cpu->exit.why == SIM_CPU_WATCHED) {
        clock->next_pc = pc; // the branch there is paid
    }
}

void sim_cpu_run(struct sim_cpu *cpu, struct sim_cpu_exit *stop) {
    if (cpu->exit.why != SIM_CPU_BOUNDARY || cpu->exit.late) {
        cpu->exit = (struct sim_cpu_exit){.why = SIM_CPU_BOUNDARY};
    }
    if (cpu->thumb) {
        cpu->bus_failed = false;
        cpu->running = true;
        run(cpu);
        core_forget_steady_(cpu);
        cpu->running = false;
        cpu->it_now = 0;
    }
    if (!cpu->thumb) {
        stop_without_thumb(cpu);
    }
    cpu->clock.cycles += cpu->clock.cost;
    cpu->clock.cost = 0;
    *stop = cpu->exit;
}

/// Life ///

struct sim_cpu_clock *sim_cpu_clock(struct sim_cpu *cpu) {
    return &cpu->clock;
}

void sim_cpu_reset(struct sim_cpu *cpu) {
    const struct sim_cpu_state state = {.xpsr = XPSR_T};
    sim_cpu_set_state(cpu, &state);
    memset(cpu->s, 0, sizeof cpu->s);
    cpu->fpscr = 0;
    cpu->exclusive = false;
    for (size_t i = 0; i < cpu->region_count; i++) {
        if (cpu->region[i].kind == SIM_MEM_RAM) {
            core_forget_(cpu, cpu->region[i].base, cpu->region[i].size);
        }
    }
}

struct sim_cpu *sim_cpu_new(const struct sim_cpu_bus *bus,
        const struct sim_profile *profile) {
    struct sim_cpu *cpu = calloc(1, sizeof *cpu);
    if (!cpu) {
        return NULL;
    }
    cpu->bus = *bus;
    cpu->profile = profile;
    cpu->refill = profile->refill_cycles;
    cpu->shared_bytes = profile->shared_bus ? 0x40000000u : 0;
    cpu->thumb = true;
    cpu->calm_now = 2;
    cpu->clock.hash = FNV_BASIS;
    cpu->clock.deadline = SIM_NEVER;
    cpu->clock.limit = SIM_NEVER;
    cpu->clock.halt = SIM_NEVER;
    cpu->pass_at = SIM_NEVER;
    cpu->burst_word = cpu->read_end = CORE_NO_BURST;
    core_flash_init_(cpu);
    core_forget_ways_(cpu);
    return cpu;
}

void sim_cpu_free(struct sim_cpu *cpu) {
    if (cpu) {
        core_free_pages_(cpu);
        free(cpu->points.breaks);
        free(cpu->points.watches);
        free(cpu);
    }
}
