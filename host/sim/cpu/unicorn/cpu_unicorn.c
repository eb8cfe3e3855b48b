/*
 * cpu_unicorn - the CPU core of the simulated machine over Unicorn 2.0.1
 *
 * SPDX-License-Identifier: MIT
 *
 * One UC_HOOK_CODE accounts for every instruction and stops before the one that
 * must not run yet. Rules that Unicorn 2.0.1 imposes, each with a test:
 * - never uc_emu_stop, uc_mem_protect or unmap in a bus callback: the
 *   instruction would be lost or run twice. The clock's deadline is set to 0
 *   instead and the next instruction stops;
 * - the rights of the window never change: uc_mem_protect leaves its pages in
 *   the TLB, and what flushes that clears a table that grows to 64 MB. Code is
 *   stopped by the code hook, data by a read hook that is called for the
 *   window only;
 * - a stop is refused inside an IT block: what has to happen there is deferred
 *   to its end with the registers from before the instruction;
 * - changed code needs uc_ctl_remove_cache, whose arguments are varargs and
 *   must be 64 bits wide.
 */
#include <stdlib.h>
#include <string.h>
#include <unicorn/unicorn.h>

#include "sim/cpu/unicorn/cpu_unicorn.h"

#define NEVER_EXECUTED 0xFFFFFFFEu // an `until` near the code is slow
#define FNV_BASIS 0xCBF29CE484222325ull
#define SCRATCH_BASE 0x7FFFFC00u // executable by the map; for CLREX
#define PAGE_BYTES 1024u
#define XPSR_IT 0x0600FC00u
#define CONTROL_FPCA 4u
// Of an Armv8-M only, but Unicorn has it on every core. With FPCA alone its
// next FP instruction begins a new context and loads FPSCR from FPDSCR.
#define CONTROL_SFPA 8u

static uint32_t get(struct sim_cpu *cpu, int reg) {
    return sim_cpu_reg_(cpu, reg);
}

static void set(struct sim_cpu *cpu, int reg, uint32_t value) {
    uc_reg_write(cpu->uc, reg, &value);
}

static uint32_t it_to_xpsr(uint8_t it) {
    return ((uint32_t)it & 3) << 25 | ((uint32_t)it >> 2) << 10;
}

static uint8_t it_of_xpsr(uint32_t xpsr) {
    return (uint8_t)((xpsr >> 25 & 3) | (xpsr >> 10 & 0x3F) << 2);
}

/// The bus ///

static uint64_t bus_read(uc_engine *uc, uint64_t off, unsigned size,
        void *user) {
    (void)uc;
    const struct bus_range *range = user;
    const struct sim_cpu_bus *bus = &range->cpu->bus;
    const uint32_t addr = range->base + (uint32_t)off;
    if (size <= 4) {
        return bus->read(bus->ctx, addr, size);
    }
    const uint64_t low = bus->read(bus->ctx, addr, 4);
    return low | (uint64_t)bus->read(bus->ctx, addr + 4, 4) << 32;
}

static void bus_write(uc_engine *uc, uint64_t off, unsigned size,
        uint64_t value, void *user) {
    (void)uc;
    const struct bus_range *range = user;
    const struct sim_cpu_bus *bus = &range->cpu->bus;
    const uint32_t addr = range->base + (uint32_t)off;
    bus->write(bus->ctx, addr, (uint32_t)value, size < 4 ? size : 4);
    if (size > 4) {
        bus->write(bus->ctx, addr + 4, (uint32_t)(value >> 32), 4);
    }
}

void sim_cpu_bus_error(struct sim_cpu *cpu, uint32_t addr, bool write) {
    if (cpu->deferred.why == SIM_CPU_BOUNDARY) {
        cpu->deferred.why = write ? SIM_CPU_WRITE : SIM_CPU_READ;
        cpu->deferred.addr = addr;
        cpu->deferred.size = cpu->clock.next_pc - cpu->clock.pc;
        sim_cpu_get_state(cpu, &cpu->before);
        cpu->before.pc = cpu->clock.pc;
    }
    cpu->clock.deadline = 0;
}

/// Memory ///

static struct region *region_at(struct sim_cpu *cpu, uint32_t base) {
    for (size_t i = 0; i < cpu->region_count; i++) {
        if (cpu->region[i].base == base) {
            return &cpu->region[i];
        }
    }
    return NULL;
}

static void forget_code(struct sim_cpu *cpu) {
    cpu->code_size = 0;
    cpu->code_window = false;
}

static bool hook(struct sim_cpu *cpu, uc_hook *handle, int type, void *fn,
        uint64_t from, uint64_t to) {
    return uc_hook_add(cpu->uc, handle, type, fn, cpu, from, to) == UC_ERR_OK;
}

// Function pointers travel through void * because libunicorn wants so.
static bool hook_reads(struct sim_cpu *cpu, struct region *region) {
    void *fn = __extension__(void *) sim_cpu_on_window_read_;
    return hook(cpu, &region->reads, UC_HOOK_MEM_READ, fn, region->base,
            (uint64_t)region->base + region->size - 1);
}

bool sim_cpu_map(struct sim_cpu *cpu, enum sim_mem_kind kind, uint32_t base,
        uint32_t size, uint8_t *host) {
    const uint32_t rights =
            kind == SIM_MEM_RAM ? UC_PROT_ALL : UC_PROT_READ | UC_PROT_EXEC;
    if (cpu->region_count == MAX_REGIONS ||
            uc_mem_map_ptr(cpu->uc, base, size, rights, host) != UC_ERR_OK) {
        return false;
    }
    struct region *region = &cpu->region[cpu->region_count];
    *region = (struct region){
            .kind = kind,
            .base = base,
            .size = size,
            .host = host,
    };
    if (kind == SIM_MEM_WINDOW && !hook_reads(cpu, region)) {
        uc_mem_unmap(cpu->uc, base, size);
        return false;
    }
    cpu->region_count++;
    forget_code(cpu);
    return true;
}

bool sim_cpu_map_bus(struct sim_cpu *cpu, uint32_t base, uint32_t size) {
    if (cpu->bus_count == MAX_BUS_RANGES) {
        return false;
    }
    struct bus_range *range = &cpu->bus_range[cpu->bus_count];
    range->cpu = cpu;
    range->base = base;
    if (uc_mmio_map(cpu->uc, base, size, bus_read, range, bus_write, range) !=
            UC_ERR_OK) {
        return false;
    }
    cpu->bus_count++;
    return true;
}

void sim_cpu_unmap(struct sim_cpu *cpu, uint32_t base, uint32_t size) {
    struct region *region = region_at(cpu, base);
    if (region && region->size == size) {
        uc_mem_unmap(cpu->uc, base, size);
        if (region->kind == SIM_MEM_WINDOW) {
            uc_hook_del(cpu->uc, region->reads);
        }
        *region = cpu->region[--cpu->region_count];
        forget_code(cpu);
    }
}

void sim_cpu_invalidate(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    if (len) {
        uc_ctl_remove_cache(cpu->uc, (uint64_t)addr, (uint64_t)addr + len);
    }
}

void sim_cpu_window(struct sim_cpu *cpu, bool open) {
    cpu->window_read &= cpu->open == open;
    cpu->open = open;
    cpu->burst_word = cpu->read_end = NO_BURST;
    forget_code(cpu);
    cpu->clock.deadline = 0;
}

bool sim_cpu_window_was_read(const struct sim_cpu *cpu) {
    return cpu->window_read;
}

void sim_cpu_window_forget_read(struct sim_cpu *cpu) {
    cpu->window_read = false;
    cpu->burst_word = cpu->read_end = NO_BURST;
    forget_code(cpu);
}

void sim_cpu_window_limit(struct sim_cpu *cpu, uint32_t bytes) {
    cpu->limit = bytes;
}

void sim_cpu_weak(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    (void)cpu;
    (void)addr;
    (void)len;
}

void sim_cpu_window_hole(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    cpu->hole_addr = addr;
    cpu->hole_len = len;
}

void sim_cpu_window_cost(struct sim_cpu *cpu, uint32_t first_cycles,
        uint32_t next_cycles) {
    cpu->first_cycles = first_cycles;
    cpu->next_cycles = next_cycles;
}

void sim_cpu_configure(struct sim_cpu *cpu,
        const struct sim_cpu_config *config) {
    cpu->watch = SIM_OP_IT | SIM_OP_HINT | SIM_OP_MASK | SIM_OP_ALIGN |
            SIM_OP_RARE | (config->divide_trap ? SIM_OP_DIVIDE : 0) |
            (config->fpu != 3 ? SIM_OP_FP : 0);
}

bool sim_cpu_is_exact(void) {
    return false;
}

void sim_cpu_irq_waiting(struct sim_cpu *cpu, bool waiting) {
    cpu->irq_waiting = waiting;
}

/// Registers ///

bool sim_cpu_unprivileged(struct sim_cpu *cpu) {
    return (get(cpu, UC_ARM_REG_CONTROL) & 1) && get(cpu, UC_ARM_REG_IPSR) == 0;
}

// Unicorn accesses these registers with the program's privilege: an
// unprivileged thread reads 0. Handler mode during the access gives the
// privilege.
static bool borrow_privilege(struct sim_cpu *cpu) {
    const bool needed = sim_cpu_unprivileged(cpu);
    if (needed) {
        set(cpu, UC_ARM_REG_IPSR, 3);
    }
    return needed;
}

void sim_cpu_get_state(struct sim_cpu *cpu, struct sim_cpu_state *state) {
    for (int i = 0; i < 13; i++) {
        state->r[i] = get(cpu, UC_ARM_REG_R0 + i);
    }
    state->lr = get(cpu, UC_ARM_REG_LR);
    state->pc = cpu->running ? cpu->clock.pc : cpu->pc;
    state->xpsr = (get(cpu, UC_ARM_REG_XPSR) & ~XPSR_IT) |
            it_to_xpsr(cpu->running ? cpu->it_now : cpu->it);
    state->control = get(cpu, UC_ARM_REG_CONTROL) & 7;
    const bool borrowed = borrow_privilege(cpu);
    state->msp = get(cpu, UC_ARM_REG_MSP);
    state->psp = get(cpu, UC_ARM_REG_PSP);
    state->primask = get(cpu, UC_ARM_REG_PRIMASK) & 1;
    state->faultmask = get(cpu, UC_ARM_REG_FAULTMASK) & 1;
    state->basepri = get(cpu, UC_ARM_REG_BASEPRI) & 0xF0;
    if (borrowed) {
        set(cpu, UC_ARM_REG_IPSR, 0);
    }
}

void sim_cpu_set_state(struct sim_cpu *cpu, const struct sim_cpu_state *state) {
    // Privileged thread mode on the main stack can write all of them.
    set(cpu, UC_ARM_REG_IPSR, 3);
    set(cpu, UC_ARM_REG_CONTROL, 0);
    set(cpu, UC_ARM_REG_IPSR, 0);
    set(cpu, UC_ARM_REG_CONTROL, 0);
    set(cpu, UC_ARM_REG_MSP, state->msp & ~3u);
    set(cpu, UC_ARM_REG_PSP, state->psp & ~3u);
    set(cpu, UC_ARM_REG_PRIMASK, state->primask);
    set(cpu, UC_ARM_REG_FAULTMASK, state->faultmask);
    set(cpu, UC_ARM_REG_BASEPRI, state->basepri);
    for (int i = 0; i < 13; i++) {
        set(cpu, UC_ARM_REG_R0 + i, state->r[i]);
    }
    set(cpu, UC_ARM_REG_LR, state->lr);
    set(cpu, UC_ARM_REG_XPSR_NZCVQG, state->xpsr);
    set(cpu, UC_ARM_REG_CONTROL,
            ((state->xpsr & 0x1FF) ? state->control & 5 : state->control) |
                    (state->control & CONTROL_FPCA ? CONTROL_SFPA : 0));
    // Writes of IPSR and CONTROL leave stale translation flags, this does not.
    set(cpu, UC_ARM_REG_APSR_NZCV, state->xpsr);
    cpu->it = it_of_xpsr(state->xpsr);
    cpu->it_now = 0;
    cpu->thumb = state->xpsr & XPSR_T;
    cpu->pc = state->pc & ~1u;
    cpu->clock.next_pc = cpu->pc;
    cpu->burst_word = cpu->read_end = NO_BURST;
}

void sim_cpu_set_pc(struct sim_cpu *cpu, uint32_t pc) {
    cpu->pc = pc & ~1u;
}

void sim_cpu_get_fp(struct sim_cpu *cpu, uint32_t s[16], uint32_t *fpscr) {
    for (int i = 0; i < 8; i++) {
        uint64_t pair = 0;
        uc_reg_read(cpu->uc, UC_ARM_REG_D0 + i, &pair);
        s[2 * i] = (uint32_t)pair;
        s[2 * i + 1] = (uint32_t)(pair >> 32);
    }
    *fpscr = get(cpu, UC_ARM_REG_FPSCR);
}

void sim_cpu_set_fp(struct sim_cpu *cpu, const uint32_t s[16], uint32_t fpscr) {
    for (int i = 0; i < 8; i++) {
        const uint64_t pair = s[2 * i] | (uint64_t)s[2 * i + 1] << 32;
        uc_reg_write(cpu->uc, UC_ARM_REG_D0 + i, &pair);
    }
    set(cpu, UC_ARM_REG_FPSCR, fpscr);
}

void sim_cpu_flash(struct sim_cpu *cpu, const struct sim_flash_timing *timing) {
    (void)cpu;
    (void)timing;
}

void sim_cpu_flash_forget(struct sim_cpu *cpu, bool code, bool data) {
    (void)cpu;
    (void)code;
    (void)data;
}

// The exclusive monitor cannot be accessed from outside: CLREX on a page of our
// own.
void sim_cpu_watch_fetch(struct sim_cpu *cpu, uint32_t addr, uint32_t len) {
    (void)cpu;
    (void)addr;
    (void)len;
}

void sim_cpu_clear_exclusive(struct sim_cpu *cpu) {
    if (!cpu->exclusive) {
        return;
    }
    cpu->exclusive = false;
    const struct sim_cpu_clock saved = cpu->clock;
    cpu->clock.deadline = SIM_NEVER;
    cpu->clock.limit = SIM_NEVER;
    cpu->internal = true;
    uc_emu_start(cpu->uc, SCRATCH_BASE | 1, SCRATCH_BASE + 4, 0, 0);
    cpu->internal = false;
    cpu->clock = saved;
}

bool sim_cpu_in_it(const struct sim_cpu *cpu) {
    (void)cpu;
    return false; // does not stop there
}

void *sim_cpu_state(struct sim_cpu *cpu, size_t *bytes) {
    (void)cpu;
    *bytes = 0;
    return NULL;
}

void sim_cpu_restored(struct sim_cpu *cpu) {
    (void)cpu;
}

/// Running ///

static void take_deferred(struct sim_cpu *cpu) {
    cpu->exit.why = cpu->deferred.why;
    cpu->exit.addr = cpu->deferred.addr;
    cpu->exit.size = cpu->deferred.size;
    cpu->deferred.why = SIM_CPU_BOUNDARY;
    cpu->running = false;
    sim_cpu_set_state(cpu, &cpu->before);
}

// The pc after a stop, and the instruction that it belongs to.
static void settle(struct sim_cpu *cpu) {
    cpu->pc = get(cpu, UC_ARM_REG_PC);
    cpu->thumb = get(cpu, UC_ARM_REG_XPSR) & XPSR_T;
    switch (cpu->exit.why) {
    case SIM_CPU_BOUNDARY:
        break;
    case SIM_CPU_SVC:
        cpu->pc = cpu->clock.next_pc;
        break;
    case SIM_CPU_STATE:
    case SIM_CPU_RETURN:
        break;
    case SIM_CPU_FETCH:
        if (cpu->fetch_fault) {
            break;
        }
        // fall through
    default:
        cpu->exit.size = cpu->clock.next_pc - cpu->clock.pc;
        cpu->pc = cpu->clock.pc;
        cpu->it = cpu->it_now;
        break;
    }
}

// The same instruction may find the window closed when it is translated or when
// it runs: both cases must give the same time and order of events.
static void settle_fetch(struct sim_cpu *cpu) {
    struct sim_cpu_clock *clock = &cpu->clock;
    sim_cpu_step_over_(cpu, cpu->pc);
    if (cpu->pc != clock->next_pc) {
        clock->cycles += SIM_BRANCH_CYCLES;
        clock->next_pc = cpu->pc;
        cpu->burst_word = cpu->read_end = NO_BURST;
    }
    cpu->exit.addr = cpu->pc;
    clock->pc = cpu->pc;
    cpu->it_now = cpu->it;
    if (clock->cycles >= clock->deadline ||
            clock->instructions >= clock->limit) {
        cpu->exit.why = SIM_CPU_BOUNDARY;
    }
}

void sim_cpu_steady(struct sim_cpu *cpu) {
    (void)cpu;
}

void sim_cpu_run(struct sim_cpu *cpu, struct sim_cpu_exit *stop) {
    cpu->exit = (struct sim_cpu_exit){.why = SIM_CPU_BOUNDARY};
    cpu->fetch_fault = false;
    cpu->skipped = false;
    if (cpu->thumb) {
        cpu->running = true;
        const uc_err err =
                uc_emu_start(cpu->uc, cpu->pc | 1, NEVER_EXECUTED, 0, 0);
        if (err != UC_ERR_OK && cpu->exit.why == SIM_CPU_BOUNDARY &&
                !cpu->skipped) {
            cpu->exit.why = SIM_CPU_UNDEFINED;
        }
        settle(cpu);
        cpu->running = false;
    } else {
        cpu->exit.why = SIM_CPU_STATE;
    }
    cpu->clock.cycles += cpu->clock.cost;
    cpu->clock.cost = 0;
    if (cpu->fetch_fault) {
        settle_fetch(cpu);
    }
    if (cpu->deferred.why != SIM_CPU_BOUNDARY) {
        take_deferred(cpu);
    }
    *stop = cpu->exit;
}

/// Life ///

struct sim_cpu_clock *sim_cpu_clock(struct sim_cpu *cpu) {
    return &cpu->clock;
}

void sim_cpu_reset(struct sim_cpu *cpu) {
    uc_context_restore(cpu->uc, cpu->pristine);
    cpu->it = cpu->it_now = 0;
    cpu->exclusive = false;
    cpu->thumb = true;
    cpu->deferred.why = SIM_CPU_BOUNDARY;
    cpu->burst_word = cpu->read_end = NO_BURST;
    forget_code(cpu);
    for (size_t i = 0; i < cpu->region_count; i++) {
        if (cpu->region[i].kind == SIM_MEM_RAM) {
            sim_cpu_invalidate(cpu, cpu->region[i].base, cpu->region[i].size);
        }
    }
}

static bool open_engine(struct sim_cpu *cpu) {
    if (uc_open(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS, &cpu->uc) !=
            UC_ERR_OK) {
        return false;
    }
    if (uc_ctl_set_cpu_model(cpu->uc, UC_CPU_ARM_CORTEX_M4) != UC_ERR_OK ||
            uc_context_alloc(cpu->uc, &cpu->pristine) != UC_ERR_OK) {
        return false;
    }
    static const struct {
        int type;
        void *fn;
    } hooks[] = {
            {UC_HOOK_CODE, __extension__(void *) sim_cpu_on_code_},
            {UC_HOOK_INTR, __extension__(void *) sim_cpu_on_interrupt_},
            {UC_HOOK_INSN_INVALID, __extension__(void *) sim_cpu_on_invalid_},
            {UC_HOOK_MEM_INVALID,
                    __extension__(void *) sim_cpu_on_invalid_memory_},
    };
    for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++) {
        uc_hook handle;
        if (!hook(cpu, &handle, hooks[i].type, hooks[i].fn, 1, 0)) {
            return false;
        }
    }
    static const uint8_t clrex[] = {0xBF, 0xF3, 0x2F, 0x8F, 0x00, 0xBF};
    memcpy(cpu->scratch, clrex, sizeof clrex);
    return uc_mem_map_ptr(cpu->uc, SCRATCH_BASE, PAGE_BYTES, UC_PROT_EXEC,
                   cpu->scratch) == UC_ERR_OK &&
            uc_context_save(cpu->uc, cpu->pristine) == UC_ERR_OK;
}

// A Cortex-M4 whatever the profile says.
struct sim_cpu *sim_cpu_new(const struct sim_cpu_bus *bus,
        const struct sim_profile *profile) {
    (void)profile;
    struct sim_cpu *cpu = calloc(1, sizeof *cpu);
    if (!cpu) {
        return NULL;
    }
    cpu->bus = *bus;
    cpu->thumb = true;
    cpu->clock.hash = FNV_BASIS;
    cpu->clock.deadline = SIM_NEVER;
    cpu->clock.limit = SIM_NEVER;
    cpu->burst_word = cpu->read_end = NO_BURST;
    cpu->scratch = aligned_alloc(4096, 4096);
    sim_op_table(cpu->table);
    sim_cpu_configure(cpu, &(struct sim_cpu_config){.fpu = 0});
    if (!cpu->scratch || !open_engine(cpu)) {
        sim_cpu_free(cpu);
        return NULL;
    }
    return cpu;
}

/// No debugger: there are no snapshots to go back to ///

bool sim_cpu_break(struct sim_cpu *cpu, uint32_t addr, bool set) {
    (void)cpu;
    (void)addr;
    return !set;
}

bool sim_cpu_watch(struct sim_cpu *cpu, const struct sim_watch *watch,
        bool set) {
    (void)cpu;
    (void)watch;
    return !set;
}

void sim_cpu_pass(struct sim_cpu *cpu, uint64_t instructions, uint32_t pc) {
    (void)cpu;
    (void)instructions;
    (void)pc;
}

void sim_cpu_touch(struct sim_cpu *cpu, uint32_t addr, uint32_t len,
        bool write) {
    (void)cpu;
    (void)addr;
    (void)len;
    (void)write;
}

bool sim_cpu_watches(const struct sim_cpu *cpu) {
    (void)cpu;
    return false;
}

void sim_cpu_get_fp_rest(struct sim_cpu *cpu, uint32_t s[16]) {
    (void)cpu;
    memset(s, 0, 16 * sizeof s[0]);
}

void sim_cpu_set_fp_rest(struct sim_cpu *cpu, const uint32_t s[16]) {
    (void)cpu;
    (void)s;
}

bool sim_cpu_touched(struct sim_cpu *cpu, struct sim_touch *touch) {
    (void)cpu;
    (void)touch;
    return false;
}

void sim_cpu_free(struct sim_cpu *cpu) {
    if (!cpu) {
        return;
    }
    if (cpu->pristine) {
        uc_context_free(cpu->pristine);
    }
    if (cpu->uc) {
        uc_close(cpu->uc);
    }
    free(cpu->scratch);
    free(cpu);
}
