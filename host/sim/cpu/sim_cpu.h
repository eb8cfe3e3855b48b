/*
 * sim_cpu - the replaceable CPU core of the simulated machine
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/cpu: executes instructions and charges their time.
 *
 * A Cortex-M, as profile.h describes it, that executes Thumb code and nothing
 * else: no exceptions, no interrupt controller, no time but the cycle count. It
 * stops with a reason and leaves the rest to the core (core.c, exceptions.c).
 * core_*.c implement it; unicorn/ does so over Unicorn, which nothing outside
 * that room knows.
 *
 * Mapping changes (sim_cpu_map, sim_cpu_unmap, sim_cpu_set_state) are for
 * between two sim_cpu_run() calls. What a bus callback may call is marked "any
 * time".
 */
#ifndef SIM_CPU_H
#define SIM_CPU_H

#include "sim/cpu/mpu.h"
#include "sim/profile.h"
#include "sim/debug.h"
#include "sim/sim.h"

struct sim_cpu;

enum sim_cpu_stop {
    SIM_CPU_BOUNDARY,  // deadline or limit reached; pc not executed
    SIM_CPU_SVC,       // pc is past it
    SIM_CPU_BKPT,      // pc is at it
    SIM_CPU_HINT,      // WFI, WFE, SEV, YIELD: not executed, pc is at it
    SIM_CPU_MSR,       // MSR or MRS the core has to execute; pc is at it
    SIM_CPU_RETURN,    // branch to an EXC_RETURN value, in addr
    SIM_CPU_UNDEFINED, // pc is at the instruction, for all that follow
    SIM_CPU_STATE,     // EPSR.T is 0
    SIM_CPU_NOCP,      // coprocessor instruction, access refused
    SIM_CPU_UNALIGNED,
    SIM_CPU_DIVIDE, // division by zero with CCR.DIV_0_TRP
    SIM_CPU_FILL,   // executes RAM that still holds SIM_RAM_FILL
    SIM_CPU_FETCH,  // nothing readable at pc
    SIM_CPU_READ,   // nothing readable at addr, or a bus error there
    SIM_CPU_WRITE,
    SIM_CPU_LIMIT,    // SP would go below its limit
    SIM_CPU_SECURITY, // an instruction for the Non-secure state
    SIM_CPU_LAZY,  // FP instruction; the state of another context is not stored
    SIM_CPU_BREAK, // breakpoint of a debugger: pc not executed
    SIM_CPU_WATCHED, // pc is in the range of sim_cpu_watch_fetch; not executed
};

struct sim_cpu_exit {
    enum sim_cpu_stop why;
    uint32_t addr;
    uint32_t op;   // first halfword << 16 | second (HINT, MSR)
    uint32_t size; // of the instruction at pc, bytes
    bool denied;   // FETCH, READ, WRITE: by the MPU
    // Beside any reason: a buffered write failed, the one at late_pc.
    bool late;
    uint32_t late_addr, late_pc;
};

// The state that exceptions need. ITSTATE is part of xpsr.
struct sim_cpu_state {
    uint32_t r[13], lr, pc, xpsr, msp, psp;
    uint32_t primask, faultmask, basepri, control;
    uint32_t msplim, psplim; // 0 but on an Armv8-M
};

// Read and written by both sides while the CPU runs; the per-instruction hook
// touches nothing else of the core. cycles is the start of the running
// instruction, and its cost is added when the next one starts: so an event is
// never late for an access, and a stop never splits the accounting.
struct sim_cpu_clock {
    uint64_t cycles;
    uint64_t cost;
    uint64_t deadline; // stop before the first instruction at or after it
    uint64_t instructions;
    uint64_t limit; // stop when instructions reaches it
    uint64_t halt;  // likewise, even in an IT block
    uint64_t hash;
    uint32_t pc;      // instruction that runs or ran last
    uint32_t next_pc; // the next one unless it branches
    uint32_t mask_pc; // last instruction that raised a mask; 0: none
};

struct sim_cpu_bus {
    uint32_t (*read)(void *ctx, uint32_t addr, unsigned size);
    void (*write)(void *ctx, uint32_t addr, uint32_t value, unsigned size);
    // An access to the window's hole, which goes on.
    void (*hole)(void *ctx, uint32_t addr, bool fetch);
    // One to weak memory, which goes on. false: a read gives 0.
    bool (*weak)(void *ctx, uint32_t addr, unsigned size,
            enum sim_access access);
    // A steady register was read so many times more, at last at that cycle.
    void (*again)(void *ctx, uint64_t reads, uint64_t cycle);
    void *ctx;
};

struct sim_cpu *sim_cpu_new(const struct sim_cpu_bus *bus,
        const struct sim_profile *profile);
void sim_cpu_free(struct sim_cpu *cpu);
struct sim_cpu_clock *sim_cpu_clock(struct sim_cpu *cpu);

// Registers as after power-on; no translation of RAM survives.
void sim_cpu_reset(struct sim_cpu *cpu);

bool sim_cpu_map(struct sim_cpu *cpu, enum sim_mem_kind kind, uint32_t base,
        uint32_t size, uint8_t *host);
bool sim_cpu_map_bus(struct sim_cpu *cpu, uint32_t base, uint32_t size);
void sim_cpu_unmap(struct sim_cpu *cpu, uint32_t base, uint32_t size);
void sim_cpu_invalidate(struct sim_cpu *cpu, uint32_t addr, uint32_t len);
// Pages to be told of, by bus->weak; for ever, under all their addresses. Any
// time. Unicorn tells of none.
void sim_cpu_weak(struct sim_cpu *cpu, uint32_t addr, uint32_t len);

void sim_cpu_window(struct sim_cpu *cpu, bool open); // any time
// By an instruction, since it was opened or closed.
bool sim_cpu_window_was_read(const struct sim_cpu *cpu);
void sim_cpu_window_forget_read(struct sim_cpu *cpu); // any time
// Loads that end behind so many bytes end as SIM_CPU_READ, fetches there as
// SIM_CPU_FETCH; 0: none do.
void sim_cpu_window_limit(struct sim_cpu *cpu, uint32_t bytes);
// A range of it to be told of, by bus->hole. Any time.
void sim_cpu_window_hole(struct sim_cpu *cpu, uint32_t addr, uint32_t len);
void sim_cpu_window_cost(struct sim_cpu *cpu, uint32_t first_cycles,
        uint32_t next_cycles);

// As sim_flash_timing, sim_flash_forget; Unicorn charges nothing. Any time.
void sim_cpu_flash(struct sim_cpu *cpu, const struct sim_flash_timing *timing);
void sim_cpu_flash_forget(struct sim_cpu *cpu, bool code, bool data);

// Stop before the next instruction that lies in [addr, addr + len), once; len
// 0: do not. Unicorn never does. Any time.
void sim_cpu_watch_fetch(struct sim_cpu *cpu, uint32_t addr, uint32_t len);

// Registers of the system control space that decide what instructions do.
struct sim_cpu_config {
    bool divide_trap;    // CCR.DIV_0_TRP
    bool align_trap;     // CCR.UNALIGN_TRP
    bool precise_writes; // ACTLR.DISDEFWBUF
    bool limits_ignored; // CCR.STKOFHFNMIGN
    uint8_t fpu;         // CPACR.CP10: 0 none, 1 privileged, 3 all
    bool fp_automatic;   // FPCCR.ASPEN
    bool fp_waits;       // FPCCR.LSPACT
    uint32_t fpdscr;     // modes of a new FP context
    struct sim_mpu mpu;
};
void sim_cpu_configure(struct sim_cpu *cpu,
        const struct sim_cpu_config *config);
// What bus->read returns will not change before sim_cpu_run ends or the bus is
// used again, and reading it has no effect: the next reads of it may not be
// told. In bus->read only; Unicorn tells of all.
void sim_cpu_steady(struct sim_cpu *cpu);
// The core does lazy FP stacking and late write errors, and honours the MPU;
// Unicorn does not.
bool sim_cpu_is_exact(void);
// An interrupt waits: stop after each instruction that may unmask it.
// Any time.
void sim_cpu_irq_waiting(struct sim_cpu *cpu, bool waiting);

void sim_cpu_run(struct sim_cpu *cpu, struct sim_cpu_exit *stop);
// The running access failed: sim_cpu_run ends with SIM_CPU_READ or WRITE and
// the registers from before the instruction. Bus callbacks only.
void sim_cpu_bus_error(struct sim_cpu *cpu, uint32_t addr, bool write);

// sim_cpu_get_state: any time; a bus callback sees the state before writeback.
void sim_cpu_get_state(struct sim_cpu *cpu, struct sim_cpu_state *state);
bool sim_cpu_unprivileged(struct sim_cpu *cpu); // any time
void sim_cpu_set_state(struct sim_cpu *cpu, const struct sim_cpu_state *state);
void sim_cpu_set_pc(struct sim_cpu *cpu, uint32_t pc);
void sim_cpu_get_fp(struct sim_cpu *cpu, uint32_t s[16], uint32_t *fpscr);
void sim_cpu_set_fp(struct sim_cpu *cpu, const uint32_t s[16], uint32_t fpscr);
void sim_cpu_clear_exclusive(struct sim_cpu *cpu);
// Between two instructions of an IT block, where nothing but the next one may
// happen. After clock->halt only.
bool sim_cpu_in_it(const struct sim_cpu *cpu);

// The memory that a snapshot holds and puts back, sim_cpu_restored() behind it;
// NULL: this core cannot. Mapped regions are not part of it.
void *sim_cpu_state(struct sim_cpu *cpu, size_t *bytes);
void sim_cpu_restored(struct sim_cpu *cpu);

/// For a debugger; no part of a snapshot ///

// Execution ends as SIM_CPU_BREAK before the instruction at addr, and behind
// one that touches a watched byte. Both cost time and change nothing else: what
// is executed, and its cycles, are the same. false: no memory is left.
bool sim_cpu_break(struct sim_cpu *cpu, uint32_t addr, bool set);
bool sim_cpu_watch(struct sim_cpu *cpu, const struct sim_watch *watch,
        bool set);
bool sim_cpu_watches(const struct sim_cpu *cpu); // any
// The breakpoint at pc is passed over while so many instructions have been
// executed.
void sim_cpu_pass(struct sim_cpu *cpu, uint64_t instructions, uint32_t pc);
// Something beside an instruction touches memory: exception entry, DMA. Any
// time.
void sim_cpu_touch(struct sim_cpu *cpu, uint32_t addr, uint32_t len,
        bool write);
// s16 to s31, which no exception stacks.
void sim_cpu_get_fp_rest(struct sim_cpu *cpu, uint32_t s[16]);
void sim_cpu_set_fp_rest(struct sim_cpu *cpu, const uint32_t s[16]);
// Takes the first touch since the last call. false: there is none.
bool sim_cpu_touched(struct sim_cpu *cpu, struct sim_touch *touch);

/// timing.c: what the decoder knows of each first halfword ///

// Bits 0..7: cycles. The rest: flags that the CPU checks before it executes.
enum {
    SIM_OP_IT = 0x0100,
    SIM_OP_HINT = 0x0200,
    SIM_OP_MASK = 0x0400,  // CPS, MSR: may unmask interrupts
    SIM_OP_ALIGN = 0x1000, // faults on an address that is not a multiple of 4
    SIM_OP_DIVIDE = 0x2000,
    SIM_OP_FP = 0x4000,
    SIM_OP_RARE = 0x8000, // UDF fill, MRS, exclusives
};
#define SIM_BRANCH_CYCLES 2 // pipeline refill on top of the branch itself
void sim_op_table(uint16_t table[65536]);

#endif
