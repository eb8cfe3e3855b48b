/*
 * sim - the simulated machine: time, events, bus, interrupts, window, trace
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim: the contract of the simulated machine: time, events,
 * memory, interrupts, window, violations and their rules.
 *
 * The interface of the machine for peripherals, boards and the command line.
 * The CPU core behind it (sim_cpu.h) can be replaced. One thread; nothing here
 * reads a host clock or a random source, so the same inputs give the same
 * trace.
 *
 * Peripheral callbacks run in the middle of an instruction: they may change
 * their own state, schedule events, set interrupt lines and request (never
 * perform) window changes, resets and stops, which take effect before the next
 * instruction.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/rules.h"

typedef uint64_t sim_time; // picoseconds since the machine was made; runs on
#define SIM_NS 1000ull
#define SIM_US 1000000ull
#define SIM_MS 1000000000ull
#define SIM_S 1000000000000ull
#define SIM_NEVER UINT64_MAX

struct sim;

/// Life ///

// A violation that does not stop the run: it is reported once, and the machine
// goes on as the chip would.
struct sim_allow {
    const char *rule; // "nor-too-fast"; no access to the closed window
    const char *text; // has to be in the report, NULL: any
};

struct sim_profile; // sim/profile.h

struct sim_options {
    const struct sim_profile *core; // NULL: a Cortex-M4
    uint64_t seed;
    uint64_t slice_instructions; // longest run of the CPU core; 0: default
    sim_time time_limit;         // SIM_NEVER: none
    bool strict; // an access to a register that is not modelled stops
    // What an access to the closed window, or another violation, does.
    enum { SIM_STOP, SIM_FAULT, SIM_STALL } on_violation;
    const struct sim_allow *allow; // outlives the machine
    size_t allow_count;
};

struct sim *sim_new(const struct sim_options *options);
void sim_free(struct sim *sim);

enum sim_reset {
    SIM_RESET_POWER_ON, // RAM holds SIM_RAM_FILL, everything reset
    SIM_RESET_PIN,
    SIM_RESET_SOFTWARE, // AIRCR.SYSRESETREQ
    SIM_RESET_IWDG,
    SIM_RESET_WWDG,
};

// Why sim_run returned.
enum sim_stop {
    SIM_STOP_TIME,      // time limit
    SIM_STOP_VIOLATION, // see sim_violation_of
    SIM_STOP_LOCKUP,    // fault at HardFault priority; see violation as well
    SIM_STOP_POWER_CUT, // requested by sim_power_cut
    SIM_STOP_REQUEST,   // sim_request_stop: a peer or option is satisfied
    SIM_STOP_IDLE,      // asleep, and no event is scheduled
    SIM_STOP_REACHED,   // before the instruction of sim_stop_before
    SIM_STOP_BREAK,     // these six for a debugger, see debug.h
    SIM_STOP_WATCH,
    SIM_STOP_FAULT,
    SIM_STOP_ENTRY,
    SIM_STOP_TRACE,
    SIM_STOP_ASLEEP,
    SIM_STOP_FETCH, // before the instruction of sim_watch_fetch
};

// Power on (all peripherals reset, CPU fetches its vectors). Call first, and
// after a power cut.
void sim_power_on(struct sim *sim);
enum sim_stop sim_run(struct sim *sim);
// sim_run ends before the instruction of that number, counted as
// sim_instructions() does: so many have been executed then. SIM_NEVER: none.
// Exact in an IT block too, but with Unicorn, which stops behind it.
void sim_stop_before(struct sim *sim, uint64_t instruction);

// sim_run ends before the next instruction that lies in [addr, addr + len):
// once, and again after another call. len 0: it does not. Any time. Unicorn
// never stops there.
void sim_watch_fetch(struct sim *sim, uint32_t addr, uint32_t len);

/// Memory ///

enum sim_mem_kind { SIM_MEM_FLASH, SIM_MEM_RAM, SIM_MEM_WINDOW };

// Map host memory at [base, base + size), multiples of 1 KB. SIM_MEM_RAM is
// filled with SIM_RAM_FILL at power-on and kept over other resets;
// SIM_MEM_FLASH and SIM_MEM_WINDOW are read-only for the CPU. An instruction
// fetched from RAM that still holds the fill is a violation ("not copied").
void sim_add_memory(struct sim *sim, const char *name, enum sim_mem_kind kind,
        uint32_t base, uint32_t size, uint8_t *host);
enum sim_access { SIM_ACCESS_READ, SIM_ACCESS_FETCH, SIM_ACCESS_WRITE };
// Stores of the CPU to SIM_MEM_FLASH, its alias included, go to `store`, before
// the instruction ends: word by word, addr without the alias. false: a bus
// error. Without this call every one is. FP registers are not stored.
struct sim_store {
    bool (*store)(void *ctx, uint32_t addr, uint32_t value, unsigned size);
    // Before a read or fetch of weak memory, as the bus sees it, and behind a
    // write; may be NULL. false: a read gives 0.
    bool (*weak)(void *ctx, uint32_t addr, uint32_t len,
            enum sim_access access);
    void *ctx;
};
void sim_set_store(struct sim *sim, const struct sim_store *store);
// [addr, addr + len) of flash memory or RAM is weak from now on, and what
// shares 1 KB with it: its device is told of accesses. Unicorn does not tell.
void sim_weak_memory(struct sim *sim, uint32_t addr, uint32_t len);
// A bus master beside the CPU reads there. false: it gets 0.
bool sim_weak_read(struct sim *sim, uint32_t addr, unsigned size);
// Make [base, base + size) show the memory at target (alias at 0, MEMRMP).
void sim_set_alias(struct sim *sim, uint32_t base, uint32_t size,
        uint32_t target);
#define SIM_RAM_FILL 0xDEu // DEDEh is UDF: an undefined instruction

// Host pointer to [addr, addr + len), or NULL. Reaches the window even if it is
// closed.
uint8_t *sim_memory(struct sim *sim, uint32_t addr, uint32_t len);
// Memory was changed without the CPU: drop its translations.
void sim_memory_changed(struct sim *sim, uint32_t addr, uint32_t len);

// What reads of SIM_MEM_FLASH cost: the array gives 8 bytes a read, and keeps
// the last ones of code and of data. Without a call they cost nothing.
#define SIM_FLASH_CODE_LINES 32u
#define SIM_FLASH_DATA_LINES 8u
struct sim_flash_timing {
    unsigned wait_states; // of a read; 0: the rest does not matter
    bool prefetch;        // of the 8 bytes that follow those of the last fetch
    bool code_cache;      // SIM_FLASH_CODE_LINES of 4 times 8 bytes
    bool data_cache;      // SIM_FLASH_DATA_LINES
};
// Any time. What a cache holds stays while it is off.
void sim_flash_timing(struct sim *sim, const struct sim_flash_timing *timing);
void sim_flash_forget(struct sim *sim, bool code, bool data);

/// Peripherals ///

#define SIM_PPB_ADDR 0xE0000000u // the core's own registers, Armv7-M ARM B3.1

struct sim_periph {
    const char *name;
    uint32_t base, size;
    uint32_t slow_bytes; // from base: behind a bridge, three cycles more
    // off from base; size 1, 2 or 4. value right-justified.
    uint32_t (*read)(void *ctx, uint32_t off, unsigned size);
    void (*write)(void *ctx, uint32_t off, uint32_t value, unsigned size);
    void (*reset)(void *ctx, enum sim_reset kind); // may be NULL
    // "USART2_ISR"; may be NULL.
    void (*register_name)(void *ctx, uint32_t off, char *text, size_t size);
    void *ctx;
};
void sim_add_periph(struct sim *sim, const struct sim_periph *periph);
// "USART2_ISR (0x4000441c)", or the address alone. Returns text.
#define SIM_REGISTER_BYTES 64
const char *sim_register_name(struct sim *sim, uint32_t addr,
        char text[SIM_REGISTER_BYTES]);

// A register that is not modelled behaves as memory: the word that holds addr,
// 0 after every reset, valid until the next call.
uint32_t *sim_register(struct sim *sim, uint32_t addr);
// Reports once that the running access reached such a register. With `strict`
// it stops the run.
void sim_unmodelled(struct sim *sim, const char *periph, uint32_t addr,
        bool write);
// The same for a peripheral of which nothing is modelled: one report for all of
// it. periph is its name, or NULL for a range of which not even that is known.
void sim_unmodelled_block(struct sim *sim, const char *periph, uint32_t base,
        uint32_t addr, bool write);
// Does the clock of a sleeping core run? The cycle counter of the DWT counts
// only then. At first it does not.
void sim_sleep_clock(struct sim *sim, bool runs);
// The running access answers with a bus error.
void sim_bus_error(struct sim *sim);
// The same by a device that refuses the value: what that means and what to do,
// static text, for a report of the fault.
void sim_refuse(struct sim *sim, const char *why, const char *fix);
// Of the last refusal, if it was at addr.
bool sim_refused(const struct sim *sim, uint32_t addr, const char **why,
        const char **fix);
// The running read has no effect, and reads the same until an event fires or
// the CPU uses a peripheral: polling becomes quicker, and nothing else changes.
void sim_steady(struct sim *sim);
// The running access takes `ps` longer.
void sim_stall(struct sim *sim, sim_time ps);

/// Time and events ///

sim_time sim_now(const struct sim *sim); // exact inside callbacks too
uint64_t sim_cycles(const struct sim *sim);
void sim_set_hclk(struct sim *sim, uint32_t hz); // from the next instruction

struct sim_event {
    void (*fire)(void *ctx);
    void *ctx;
    sim_time at;    // SIM_NEVER: not scheduled
    uint64_t order; // ties fire in the order they were scheduled
    struct sim_event *next;
};
// Replaces an earlier schedule. In the past: fires before the next instruction.
void sim_schedule(struct sim *sim, struct sim_event *event, sim_time at);
void sim_cancel(struct sim *sim, struct sim_event *event);

/// CPU lines ///

// The interrupts of a SoC. `name` has `count` entries, NULL: without a name.
#define SIM_MAX_IRQS 240 // of a Cortex-M4 or M7
struct sim_irqs {
    unsigned count;
    const char *const *name; // NULL: none has a name
};
// Before the first power-on; *irqs must outlive the machine. Without a call
// there are SIM_DEFAULT_IRQS, nameless.
#define SIM_DEFAULT_IRQS 96
void sim_set_irqs(struct sim *sim, const struct sim_irqs *irqs);
const struct sim_irqs *sim_irqs(const struct sim *sim);

void sim_irq(struct sim *sim, unsigned irq, bool level); // a level
void sim_nmi(struct sim *sim, bool level);
void sim_request_reset(struct sim *sim, enum sim_reset kind);
void sim_request_stop(struct sim *sim); // of events that are due, none more
void sim_power_cut(struct sim *sim);    // now: sim_run returns POWER_CUT

/// The window ///

// Read cost of the open window, from the controller's settings.
struct sim_window_timing {
    sim_time first_ps; // new burst: command, address, mode, dummy, first word
    sim_time next_ps;  // each further 32-bit word of the burst
};
void sim_window_open(struct sim *sim, const struct sim_window_timing *timing);
// reason: static text for the report, "QUADSPI is in command mode".
void sim_window_close(struct sim *sim, const char *reason);
bool sim_window_is_open(const struct sim *sim);
// Since it was opened: by an instruction, a vector, or a bus master that said
// so.
bool sim_window_was_read(const struct sim *sim);
void sim_window_tell_read(struct sim *sim);
// As if it had been opened only now.
void sim_window_forget_read(struct sim *sim);
// Loads and fetches that end behind so many bytes of the open window are bus
// errors; 0: none are. sim_window_open lifts the limit.
void sim_window_limit(struct sim *sim, uint32_t bytes);
// For bus masters beside the CPU.
bool sim_window_is_behind(struct sim *sim, uint32_t addr, unsigned size);
// What to do about the reason for which it was closed, for the report. Until
// the next open or close; NULL: what the rule says.
void sim_window_cure(struct sim *sim, const char *cure);
// Reads of this range give garbage: the operation on it is suspended. state:
// static text, "half erased". len_bytes 0: none is.
void sim_window_suspended(struct sim *sim, const char *state, uint32_t addr,
        uint32_t len_bytes);
// For bus masters beside the CPU: addr is in that range, and nothing was
// reported yet since it was suspended.
bool sim_window_spoils(struct sim *sim, uint32_t addr);

/// Violations ///

struct sim_violation {
    enum sim_rule rule;
    uint32_t pc;   // filled by sim_violate
    uint32_t addr; // what was touched; valid with has_addr
    bool has_addr;
    sim_time time;         // filled by sim_violate
    uint64_t instructions; // the same: executed so far
    char what[200];        // "fetched an instruction at 0x90001234"
    char why[300];     // "QUADSPI is in command mode: ..."; empty: the rule's
    char fix[300];     // empty: the rule's
    uint32_t regs[17]; // r0..r15, xPSR at that point; filled by sim_violate
};
// Record the first one; the run stops before the next instruction (or a fault
// is delivered, per on_violation).
void sim_violate(struct sim *sim, const struct sim_violation *violation);
const struct sim_violation *sim_violation_of(const struct sim *sim); // or NULL
// How often a rule was broken since sim_new; of these, how often allowed.
uint64_t sim_violations(const struct sim *sim, enum sim_rule rule);
uint64_t sim_violations_allowed(const struct sim *sim, enum sim_rule rule);

// r0..r12, sp, lr, pc, xPSR.
void sim_registers(const struct sim *sim, uint32_t regs[17]);
uint32_t sim_pc(const struct sim *sim);
unsigned sim_exception(const struct sim *sim); // IPSR; 0: a thread

/// Faults, resets, waits ///

struct sim_fault {
    unsigned exception;  // taken for it: HardFault, BusFault, ...; 0: lockup
    bool nested;         // in the handler of another fault
    uint32_t cfsr, hfsr; // what this one has set
    // What was accessed, with CFSR.BFARVALID, MMARVALID or IMPRECISERR.
    uint32_t bfar;
    uint32_t late_pc;  // with IMPRECISERR: of the store
    uint32_t regs[17]; // of the instruction, as they are stacked
    sim_time time;
    uint64_t instructions; // executed so far
};
struct sim_observer {
    void (*fault)(void *ctx, const struct sim_fault *fault); // before its entry
    // Before the reset changes anything; not at power-on.
    void (*reset)(void *ctx, enum sim_reset kind);
    // Code in the window was interrupted; the vector table and the handler
    // are in the internal flash. Once for each exception.
    void (*other_handler)(void *ctx, unsigned number, uint32_t handler,
            uint32_t pc);
    void *ctx;
};
void sim_observe(struct sim *sim, const struct sim_observer *observer);
// HardFault, BusFault, ...: the handler that runs; 0: none.
unsigned sim_active_fault(const struct sim *sim);
uint32_t sim_vtor(const struct sim *sim);

#define SIM_WAITING_MAX 8
struct sim_waiting {
    bool asleep, stalled;
    uint32_t primask, faultmask, basepri;
    uint32_t mask_pc;      // last instruction that set one of them; 0: none
    unsigned active;       // exception that runs, 0: none
    sim_time active_since; // it was set pending last
    struct {
        unsigned number;
        sim_time since;
    } pending[SIM_WAITING_MAX]; // and enabled
    size_t count;
    // Interrupts that a device requests and the NVIC does not enable; none if
    // such a request is an event (SCR.SEVONPEND).
    struct {
        unsigned number;
        sim_time since;
    } disabled[SIM_WAITING_MAX];
    size_t disabled_count;
    uint32_t last_read; // last register that was read; 0: none
    // Thread mode has not executed since, and how many handlers were entered.
    sim_time handlers_since;
    uint64_t entries;
    // A register that is read just now and gave one value all the time; count
    // 0: none is.
    uint32_t poll_addr, poll_value;
    uint64_t poll_count;
    sim_time poll_since;
};
void sim_waiting(const struct sim *sim, struct sim_waiting *waiting);

// SysTick counted to 0 while its exception was still pending: the handler runs
// once for both.
struct sim_ticks_lost {
    uint64_t count;   // since the machine was made
    sim_time at;      // of the last one
    uint32_t mask_pc; // last instruction that set a mask before the first one
};
void sim_ticks_lost(const struct sim *sim, struct sim_ticks_lost *lost);

// A device says what keeps it busy, for a run that waits for ever, or what was
// left on by mistake, for any run.
enum sim_busy { SIM_BUSY_NO, SIM_BUSY_WAITS, SIM_BUSY_LEFT };
typedef enum sim_busy sim_busy_fn(void *ctx, char *text, size_t size);
void sim_add_busy(struct sim *sim, sim_busy_fn *fn, void *ctx);
// Of the i-th device that is.
enum sim_busy sim_busy(const struct sim *sim, size_t i, char *text,
        size_t size);

/// Trace ///

enum sim_trace_kind {
    SIM_TRACE_WINDOW,    // a: 1 open, 0 closed
    SIM_TRACE_CHIP,      // a: 'E', 'P', 'S'; b: offset; c: enum sim_chip
    SIM_TRACE_EXC_ENTER, // a: exception number; b: latency in ns from the
                         // moment it was pending and enabled to the first
                         // instruction of the handler (stacking included)
    SIM_TRACE_EXC_EXIT,  // a: exception number
    SIM_TRACE_UART_TX,   // a: byte, MCU to line
    SIM_TRACE_UART_RX,   // a: byte, line to MCU; b: 1 lost (overrun)
    SIM_TRACE_RESET,     // a: enum sim_reset
    SIM_TRACE_SLEEP,     // a: 1 WFI, 0 awake
    SIM_TRACE_PIN,       // a: port << 8 | pin; b: level
    SIM_TRACE_VIOLATION, // a: enum sim_rule; b: pc; c: 1 allowed
    SIM_TRACE_INTERNAL,  // flash of the MCU; a: 'E', 'P'; b: offset; c: enum
                         // sim_chip
};
enum sim_chip {
    SIM_CHIP_ENDED,
    SIM_CHIP_BEGUN,
    SIM_CHIP_SUSPENDED,
    SIM_CHIP_RESUMED, // or ended, if it is aborted while suspended
};
struct sim_trace {
    // When it happened. The chip's events are reported when the machine notices
    // them, so one can be older than the entry before it.
    sim_time time;
    enum sim_trace_kind kind;
    uint32_t a, b, c;
};
typedef void sim_trace_fn(void *ctx, const struct sim_trace *entry);
void sim_add_trace(struct sim *sim, sim_trace_fn *fn, void *ctx);
void sim_trace(struct sim *sim, enum sim_trace_kind kind, uint32_t a,
        uint32_t b, uint32_t c);
// For events that happened earlier and are noticed now.
void sim_trace_at(struct sim *sim, sim_time at, enum sim_trace_kind kind,
        uint32_t a, uint32_t b, uint32_t c);

// FNV-1a over every executed PC and exception: equal runs, equal numbers.
uint64_t sim_trace_hash(const struct sim *sim);
uint64_t sim_instructions(const struct sim *sim);

// A line for the user about the simulation itself ("register not modelled").
void sim_note(struct sim *sim, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
void sim_set_note(struct sim *sim, void (*fn)(void *ctx, const char *line),
        void *ctx);

#endif
