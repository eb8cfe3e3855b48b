/*
 * debug - stops of the simulated machine for a debugger
 *
 * SPDX-License-Identifier: MIT
 *
 * Breakpoints and watchpoints end sim_run() and change nothing: the same
 * instructions are executed in the same cycles. A place names each point at
 * which the machine can stop, so that a run from an earlier snapshot can be
 * stopped at the very same one. With Unicorn there are no such stops.
 */
#ifndef DEBUG_H
#define DEBUG_H

#include "sim/sim.h"

/// Breakpoints, watchpoints ///

struct sim_watch {
    uint32_t addr, len;
    bool read, write; // what it looks for
};
struct sim_touch {
    struct sim_watch watch;
    bool write;
    bool by_cpu; // not DMA, exception entry, or another device
    uint32_t pc; // with by_cpu: the instruction
};

// sim_run returns SIM_STOP_BREAK before the instruction at addr, SIM_STOP_WATCH
// behind one that touches watched bytes. As many as wanted; false: no memory is
// left.
bool sim_break(struct sim *sim, uint32_t addr, bool set);
bool sim_watch(struct sim *sim, const struct sim_watch *watch, bool set);
// Of the last SIM_STOP_WATCH.
void sim_touch_of(const struct sim *sim, struct sim_touch *touch);

// What else ends sim_run.
struct sim_stops {
    bool faults;  // SIM_STOP_FAULT: before a fault is taken
    bool entries; // SIM_STOP_ENTRY: before the first instruction of a handler
    bool leaves;  // the same once no more exceptions than `depth` are active
    unsigned depth;
    unsigned traces; // SIM_STOP_TRACE: behind what made such an entry, a bit
                     // for each kind; of the chip: the begin of an operation
    bool bkpt;       // SIM_STOP_BREAK at a BKPT instruction, and no fault
    // The core sleeps or stalls: called before each jump in time. true:
    // SIM_STOP_ASLEEP. NULL: nobody asks.
    bool (*asleep)(void *ctx);
    void *ctx;
};
// Ends what sim_pass() began.
void sim_set_stops(struct sim *sim, const struct sim_stops *stops);
// Of the last SIM_STOP_FAULT.
void sim_fault_of(const struct sim *sim, struct sim_fault *fault);
// The next instruction is executed although there is a breakpoint. faults: a
// fault of it is taken.
void sim_pass(struct sim *sim, bool faults);

/// Places ///

struct sim_place {
    uint64_t instructions; // executed so far
    uint64_t entries;      // exceptions taken so far
    enum sim_place_kind {
        SIM_PLACE_BEHIND, // an instruction; events and exceptions come next
        SIM_PLACE_ASLEEP, // at `time`
        SIM_PLACE_BEFORE, // an instruction, and nothing comes before it
    } kind;
    sim_time time; // of SIM_PLACE_ASLEEP
};

// Where the last sim_run ended.
void sim_place_of(const struct sim *sim, struct sim_place *place);
// Negative, 0 or positive, as strcmp.
int sim_place_compare(const struct sim_place *a, const struct sim_place *b);
// sim_run ends at the first place of that kind that is not before it, as
// SIM_STOP_REACHED. NULL: nowhere.
void sim_stop_at(struct sim *sim, const struct sim_place *place);

// Exceptions that are active: 0 in a thread.
unsigned sim_depth(const struct sim *sim);

/// State ///

struct sim_registers {
    uint32_t r[16]; // with SP, LR and PC
    uint32_t xpsr, msp, psp;
    uint32_t primask, basepri, faultmask, control;
    uint32_t msplim, psplim; // 0 but on an Armv8-M
    uint32_t s[32], fpscr;
};
// The core that has them.
const struct sim_profile *sim_core(const struct sim *sim);
void sim_get_registers(const struct sim *sim, struct sim_registers *regs);
// IPSR stays: the exception that runs cannot be changed so.
void sim_set_registers(struct sim *sim, const struct sim_registers *regs);

// Memory and registers as the bus has them; the window even if it is closed.
// Between two runs. quiet: a read changes nothing and tells nothing. false: all
// or a part of it is nowhere.
bool sim_debug_read(struct sim *sim, uint32_t addr, uint8_t *to, uint32_t len,
        bool quiet);
bool sim_debug_write(struct sim *sim, uint32_t addr, const uint8_t *from,
        uint32_t len);
// Why the window is closed.
const char *sim_window_reason(const struct sim *sim);

#endif
