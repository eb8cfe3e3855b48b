/*
 * sim_core - declarations that the files of the machine core share
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/core: the machine around the CPU: run loop, events, bus,
 * exceptions, system registers.
 *
 * core.c       creation, reset, run loop, requests
 * events.c     time and the event queue
 * bus.c        memory map, peripherals, the window
 * exceptions.c priorities, pending state, faults (Armv7-M ARM B1.5)
 * exc_frame.c  exception entry and return
 * scs.c        NVIC, SCB and the rest of the private peripheral bus
 * store.c      stores of the CPU to flash memory
 * systick.c    SysTick and the DWT cycle counter
 * report.c     violations, trace, notes
 * snapshot.c   states that the machine can go back to
 * debug.c      what a debugger asks for
 */
#ifndef SIM_CORE_H
#define SIM_CORE_H

#include "sim/cpu/sim_cpu.h"

#define SIM_EXCEPTIONS (16 + SIM_MAX_IRQS)
#define SIM_EXC_WORDS ((SIM_EXCEPTIONS + 31) / 32)
#define SIM_MAX_MEMORIES 12
#define SIM_MAX_PERIPHS 96
#define SIM_MAX_TRACERS 8
#define SIM_MAX_BUSY 8
#define SIM_MAX_CHANGES 8
#define SIM_LOOKUPS 64 // a power of two

enum {
    EXC_NMI = 2,
    EXC_HARD = 3,
    EXC_MEM = 4,
    EXC_BUS = 5,
    EXC_USAGE = 6,
    EXC_SVC = 11,
    EXC_DEBUG = 12,
    EXC_PENDSV = 14,
    EXC_SYSTICK = 15,
    EXC_IRQ0 = 16,
};

// CFSR and HFSR, Armv7-M ARM B3.2.15, B3.2.16.
enum {
    CFSR_IACCVIOL = 1 << 0,
    CFSR_DACCVIOL = 1 << 1,
    CFSR_MUNSTKERR = 1 << 3,
    CFSR_MSTKERR = 1 << 4,
    CFSR_MLSPERR = 1 << 5,
    CFSR_MMARVALID = 1 << 7,
    CFSR_IBUSERR = 1 << 8,
    CFSR_PRECISERR = 1 << 9,
    CFSR_IMPRECISERR = 1 << 10,
    CFSR_UNSTKERR = 1 << 11,
    CFSR_STKERR = 1 << 12,
    CFSR_LSPERR = 1 << 13,
    CFSR_BFARVALID = 1 << 15,
    CFSR_UNDEFINSTR = 1 << 16,
    CFSR_INVSTATE = 1 << 17,
    CFSR_INVPC = 1 << 18,
    CFSR_NOCP = 1 << 19,
    CFSR_STKOF = 1 << 20, // Armv8-M
    CFSR_UNALIGNED = 1 << 24,
    CFSR_DIVBYZERO = 1 << 25,
    HFSR_VECTTBL = 1 << 1,
    HFSR_FORCED = 1 << 30,
    CCR_NONBASETHRDENA = 1 << 0,
    CCR_USERSETMPEND = 1 << 1,
    CCR_DIV_0_TRP = 1 << 4,
    CCR_BFHFNMIGN = 1 << 8,
    CCR_STKALIGN = 1 << 9,
    CCR_STKOFHFNMIGN = 1 << 10, // Armv8-M
    CCR_UNALIGN_TRP = 1 << 3,
    ACTLR_DISDEFWBUF = 1 << 1,
    FPCCR_LSPACT = 1 << 0,
    FPCCR_USER = 1 << 1,
    FPCCR_THREAD = 1 << 3,
    FPCCR_HFRDY = 1 << 4,
    FPCCR_MMRDY = 1 << 5,
    FPCCR_BFRDY = 1 << 6,
    FPCCR_MONRDY = 1 << 8,
    FPCCR_S = 1 << 2, // and the last three: Armv8-M
    FPCCR_SPLIMVIOL = 1 << 9,
    FPCCR_UFRDY = 1 << 10,
    FPCCR_CLRONRET = 1 << 28,
    SCR_SLEEPONEXIT = 1 << 1,
    SCR_SLEEPDEEP = 1 << 2,
    SCR_SEVONPEND = 1 << 4,
};
#define HFSR_DEBUGEVT (1u << 31)
#define CONTROL_NPRIV 1u
#define CONTROL_SPSEL 2u
#define CONTROL_FPCA 4u
#define CONTROL_SFPA 8u // Armv8-M
#define XPSR_IT_MASK 0x0600FC00u
#define FPCCR_ASPEN (1u << 31)
#define FPCCR_LSPEN (1u << 30)

struct exceptions {
    uint32_t pending[SIM_EXC_WORDS], active[SIM_EXC_WORDS];
    uint32_t enabled[SIM_EXC_WORDS]; // IRQs; 4..6 by SHCSR
    uint32_t line[SIM_EXC_WORDS];    // level of each IRQ
    uint8_t priority[SIM_EXCEPTIONS];
    sim_time since[SIM_EXCEPTIONS]; // pending and enabled since
    bool event;                     // the event register of WFE
    bool waiting;                   // one is pending and enabled
    bool table_noted;               // of a table that is not aligned
    bool key_noted;                 // of a write to AIRCR
    bool itm_noted;
    bool deep_noted;                   // SLEEPDEEP
    sim_time left_at;                  // thread mode, for a handler
    uint64_t left_entries;             // struct sim.entries then
    uint32_t armed_pc[SIM_EXCEPTIONS]; // enabled or set pending while the
                                       // window was closed; 0: it was not
};

struct scs {
    uint32_t vtor, aircr, scr, ccr, cfsr, hfsr, dfsr, mmfar, bfar, cpacr;
    uint32_t actlr, demcr, fpccr, fpcar, fpdscr;
    struct sim_mpu mpu;
    uint32_t mair[2]; // Armv8-M
};

struct systick {
    uint32_t csr, rvr;
    bool countflag;
    uint64_t lost;      // zeros while its exception was still pending
    sim_time lost_at;   // the last one
    uint32_t lost_mask; // what set a mask before the first one
    uint32_t frozen;    // CVR while disabled
    uint64_t next_zero; // cycle at which it reaches 0 next
    struct sim_event event;
};

struct dwt {
    uint32_t ctrl;
    uint64_t base;   // cycle at which CYCCNT was 0, while it counts
    uint32_t frozen; // CYCCNT while it does not
};

struct memory {
    const char *name;
    enum sim_mem_kind kind;
    uint32_t base, size;
    uint8_t *host;
    bool alias;
};

struct alias_request {
    bool wanted;
    uint32_t base, size, target;
};

// Registers that are not modelled: they behave as memory. A hash table with
// open addressing; room is a power of two.
struct strays {
    struct stray {
        uint32_t addr, value;
        bool used, reported;
        bool block_reported; // of the peripheral that begins here
    } * at;
    size_t used, room;
};

struct tracer {
    sim_trace_fn *fn;
    void *ctx;
};

// What a debugger has asked for.
struct debug {
    bool attends; // any of its stops is possible; else the run loop skips them
    struct sim_stops stops;
    bool has_place;
    struct sim_place place;
    bool passing; // faults of the instruction behind `passed`
    struct sim_place passed;
    bool faulted;
    struct sim_fault fault;
    uint64_t entries; // told already
    bool touched;     // by something beside an instruction
    bool traced, bkpt;
    bool silent; // nothing is told
    struct sim_touch touch;
};

struct sim {
    struct sim_options options;
    const struct sim_profile *profile;
    const struct sim_irqs *irqs;
    unsigned irq_count; // of irqs, as far as the core has them
    struct sim_cpu *cpu;
    struct sim_cpu_clock *clock;
    struct exceptions exc;
    unsigned exc_words; // words in use for the SoC's interrupts
    struct scs scs;
    struct systick systick;
    struct dwt dwt;

    // Time: base_time was the time at base_cycles; then whole cycles of hclk.
    sim_time base_time;
    uint64_t base_cycles;
    uint32_t hclk, wanted_hclk;
    bool sleep_clock;  // HCLK in sleep
    uint64_t cycle_ps; // if it is a whole number, else 0
    struct sim_event *events;
    uint64_t due; // cycle of the first event or the time limit; 0: unknown
    uint64_t event_order;
    sim_time event_time; // while events fire, else SIM_NEVER
    sim_time floor;      // time of the last event that fired

    struct memory memory[SIM_MAX_MEMORIES];
    size_t memory_count;
    struct alias_request alias;
    struct sim_store store; // into flash memory; NULL: a bus error
    // The rest of a store of several words, which the core reports one by one
    // and which was done with the first: its instruction, next word and end.
    uint32_t rest_pc, rest_addr, rest_end;
    struct { // code changed by a bus callback
        uint32_t addr, len;
    } change[SIM_MAX_CHANGES];
    size_t change_count;
    struct sim_periph periph[SIM_MAX_PERIPHS];
    size_t periph_count;
    struct { // last lookups, by word
        uint32_t word;
        const struct sim_periph *periph;
    } lookup[SIM_LOOKUPS];
    uint32_t mapped[SIM_MAX_PERIPHS * 2][2]; // ranges the CPU sends here
    size_t mapped_count;
    struct strays strays;

    bool in_access; // a bus callback runs: addr and direction of it
    uint32_t access_addr;
    bool access_write;
    bool in_cpu; // the CPU runs: mapping changes have to wait

    bool window_open, window_read; // the latter: not by an instruction
    const char *window_reason, *window_cure;
    uint32_t window_limit; // bytes of it that are mapped; 0: all
    struct sim_window_timing window_timing;
    struct { // the unit whose operation is suspended
        const char *state;
        uint32_t addr, len;
        bool reported;
    } suspended;

    struct snapshots *snapshots; // snapshot.c
    uint64_t traces, notes;      // so many came
    uint64_t stop_before;
    bool in_block;    // stopped there, between instructions of an IT block
    uint64_t entries; // exceptions taken since sim_new
    enum sim_place_kind stopped; // where sim_run ended
    struct debug debug;          // no part of a snapshot

    // Requests for the next instruction boundary.
    bool power_cut, stop_request, stop_violation, lockup, fetch_watched;
    bool reset_request;
    enum sim_reset reset_kind;
    bool stalled; // endless wait for the bus, until a reset
    enum { AWAKE, SLEEP_WFI, SLEEP_WFE } sleep;

    bool has_violation;
    struct sim_violation violation;
    uint64_t violations[SIM_RULES], allowed[SIM_RULES];
    struct {
        sim_busy_fn *fn;
        void *ctx;
    } busy[SIM_MAX_BUSY];
    size_t busy_count;
    struct sim_observer observer;
    uint32_t told_handler[SIM_EXC_WORDS];
    uint32_t last_read;
    // A register that gives the same value again and again.
    struct {
        uint32_t addr, value;
        uint64_t count, last; // reads; cycle of the last one
        sim_time since;
    } poll;
    uint32_t fault_addr, late_pc; // of the fault that is told next
    struct {
        uint32_t addr;
        const char *why, *fix; // NULL: no device has refused anything
    } refused;
    struct tracer tracer[SIM_MAX_TRACERS];
    size_t tracer_count;
    void (*note)(void *ctx, const char *line);
    void *note_ctx;
};

// events.c
sim_time sim_time_of_(const struct sim *sim, uint64_t cycles);
// The first cycle that is not before time; the cycles of a span, rounded up.
uint64_t sim_cycles_of_(const struct sim *sim, sim_time time);
uint64_t sim_cycles_in_(const struct sim *sim, sim_time span);
void sim_start_clock_(struct sim *sim, uint32_t hz);
void sim_apply_hclk_(struct sim *sim);
bool sim_fire_events_(struct sim *sim); // true: at least one fired
void sim_set_deadline_(struct sim *sim);

// bus.c
uint32_t sim_bus_read_(void *ctx, uint32_t addr, unsigned size);
void sim_bus_write_(void *ctx, uint32_t addr, uint32_t value, unsigned size);
void sim_bus_hole_(void *ctx, uint32_t addr, bool fetch);
bool sim_bus_weak_(void *ctx, uint32_t addr, unsigned size,
        enum sim_access access);
void sim_bus_again_(void *ctx, uint64_t reads, uint64_t cycle);
// Where the memory lies that an alias shows at addr.
uint32_t sim_without_alias_(const struct sim *sim, uint32_t addr);
struct memory *sim_memory_at_(struct sim *sim, uint32_t addr);
// As the CPU: false for addresses that it cannot reach, including the closed
// window.
bool sim_load_(struct sim *sim, uint32_t addr, uint32_t *value);
// A word of the stack, by exception entry and return. state: the rights of the
// access. 0, or the fault: EXC_MEM, EXC_BUS.
unsigned sim_push_(struct sim *sim, const struct sim_cpu_state *state,
        uint32_t addr, uint32_t value);
unsigned sim_pop_(struct sim *sim, const struct sim_cpu_state *state,
        uint32_t addr, uint32_t *value);
bool sim_in_closed_window_(struct sim *sim, uint32_t addr);
void sim_apply_memory_(struct sim *sim); // aliases and changed code
void sim_window_costs_(struct sim *sim);
void sim_strays_reset_(struct sim *sim); // to 0; no second report

// store.c
// Executes the store at pc, to flash memory. false: it has no effect, and is a
// bus error.
bool sim_store_to_flash_(struct sim *sim);
// The same of the one at pc, which is done but for the memory at addr.
bool sim_store_late_(struct sim *sim, uint32_t addr, uint32_t pc);

// exceptions.c
void sim_exc_reset_(struct sim *sim);
void sim_exc_pend_(struct sim *sim, unsigned number);
void sim_exc_unpend_(struct sim *sim, unsigned number);
void sim_exc_enable_(struct sim *sim, unsigned number, bool enable);
bool sim_exc_is_(const uint32_t *set, unsigned number);
bool sim_exc_enabled_(const struct sim *sim, unsigned number);
void sim_exc_changed_(struct sim *sim);
unsigned sim_exc_highest_(const struct sim *sim); // pending, enabled; 0: none
bool sim_exc_preempts_(const struct sim *sim, unsigned number, int running);
// One waits. true: it was entered.
bool sim_exc_dispatch_(struct sim *sim);
void sim_exc_return_(struct sim *sim, uint32_t exc_return);
void sim_exc_svc_(struct sim *sim);
void sim_exc_bkpt_(struct sim *sim);
// PreserveFPState(): what lazy stacking has left, before an FP instruction.
void sim_exc_preserve_fp_(struct sim *sim);
// Of a buffered write.
void sim_fault_late_(struct sim *sim, uint32_t addr, uint32_t pc);
// A fault of the instruction at pc: sets status and pends, or locks up.
void sim_fault_(struct sim *sim, unsigned number, uint32_t cfsr);
void sim_lockup_(struct sim *sim, const char *why);
// Execution priority of Armv7-M ARM B1.5.4: -2..255, 256 in an idle thread.
// sim_exc_mask_: by the mask registers alone.
int sim_exc_mask_(const struct sim *sim, const struct sim_cpu_state *state,
        bool with_primask);
int sim_exc_running_(const struct sim *sim, const struct sim_cpu_state *state,
        bool with_primask);

// Tells the observer. exception 0: a lockup.
void sim_tell_fault_(struct sim *sim, unsigned exception, uint32_t cfsr,
        uint32_t hfsr);

// scs.c
uint32_t sim_ppb_read_(struct sim *sim, uint32_t addr, unsigned size);
void sim_ppb_write_(struct sim *sim, uint32_t addr, uint32_t value,
        unsigned size);
void sim_scs_reset_(struct sim *sim);
// Tells the CPU of registers that decide what instructions do.
void sim_scs_configure_(struct sim *sim);

// systick.c
void sim_systick_init_(struct sim *sim);
void sim_systick_reset_(struct sim *sim);
void sim_systick_rebase_(struct sim *sim); // hclk has changed
uint32_t sim_systick_read_(struct sim *sim, uint32_t off);
void sim_systick_write_(struct sim *sim, uint32_t off, uint32_t value);
uint32_t sim_cyccnt_(const struct sim *sim);
void sim_cyccnt_set_(struct sim *sim, uint32_t value);
void sim_dwt_slept_(struct sim *sim, uint64_t cycles); // asleep
void sim_dwt_configure_(struct sim *sim, uint32_t ctrl, uint32_t demcr);

// snapshot.c
bool sim_snapshots_init_(struct sim *sim);
void sim_snapshots_free_(struct sim *sim);
void sim_snapshots_memory_(struct sim *sim, const struct memory *memory);
// Bytes at host were changed, but by the CPU.
void sim_snapshots_dirty_(struct sim *sim, const uint8_t *host, uint32_t len);
// The next trace entry, the next note: false if it was told before the run went
// back.
bool sim_snapshots_tell_trace_(struct sim *sim);
bool sim_snapshots_tell_note_(struct sim *sim);

// debug.c
// A stop was set or taken back, sim->stop_before too.
void sim_debug_changed_(struct sim *sim);
void sim_debug_trace_(struct sim *sim, enum sim_trace_kind kind, uint32_t c);
// A BKPT instruction is reached. true: the run stops.
bool sim_debug_bkpt_(struct sim *sim);
// A fault is raised.
void sim_debug_fault_(struct sim *sim, const struct sim_fault *fault);
// sim_run ends here: between two instructions, asleep, or before the next one.
bool sim_debug_behind_(struct sim *sim, enum sim_stop *why);
bool sim_debug_asleep_(struct sim *sim, enum sim_stop *why);
bool sim_debug_before_(struct sim *sim, enum sim_stop *why);
// The CPU must not execute more instructions than these.
uint64_t sim_debug_halt_(const struct sim *sim);

// report.c
void sim_record_(struct sim *sim, struct sim_violation *entry); // stops nothing
// As sim_violate; false: it is allowed. why NULL: the rule's.
bool sim_violate_at_(struct sim *sim, enum sim_rule rule, uint32_t addr,
        const char *what, const char *why);

#endif
