/*
 * history - the simulated machine forwards and backwards
 *
 * SPDX-License-Identifier: MIT
 *
 * Going back is going to a snapshot and executing again what came behind it. A
 * change from outside (a written register, a reset) is no part of that, so a
 * new stretch of history begins with it: it starts from a snapshot of its own,
 * and no run crosses its border.
 *
 * Snapshots get rarer with their distance from where the machine is now; where
 * it goes back to, new ones are made.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "sim/debug.h"
#include "sim/sim.h"

struct history_options {
    struct sim *sim;
    uint64_t every;   // instructions from one snapshot to the next; 0: default
    size_t max_bytes; // of snapshots; 0: default
    size_t max_count; // 0: default
    // The supply was cut: gives it back. false: the run ends. What it changes
    // has to be the state of a snapshot.
    bool (*power_cut)(void *ctx);
    // What was told of the future is no longer so.
    void (*forget_future)(void *ctx);
    bool bkpt; // BKPT instructions are HISTORY_BREAK
    // Asked every few milliseconds. true: HISTORY_INTERRUPT.
    bool (*poll)(void *ctx);
    void *ctx;
};

enum history_stop {
    HISTORY_DONE, // as far as was asked for
    HISTORY_BREAK,
    HISTORY_WATCH,
    HISTORY_FAULT,     // before the instruction that faults
    HISTORY_VIOLATION, // before the instruction that breaks the rule
    HISTORY_LOCKUP,
    HISTORY_BEGIN, // of the history
    HISTORY_INTERRUPT,
    HISTORY_TIME, // the limit of simulated time
    HISTORY_IDLE, // asleep, and no event is scheduled
    HISTORY_OFF,  // without power
};

struct history;

// After sim_power_on. NULL: no memory is left, or no snapshots can be made.
struct history *history_new(const struct history_options *options);
void history_free(struct history *h);

// An interrupt that comes in a step runs to its end, unless `into` is set or
// there is a breakpoint in its handler.
void history_step_into(struct history *h, bool into);
enum history_stop history_step(struct history *h);
// While pc is in [from, to).
enum history_stop history_step_range(struct history *h, uint32_t from,
        uint32_t to);
enum history_stop history_continue(struct history *h);
// Until so many instructions were executed. To an earlier one: there at once.
enum history_stop history_go(struct history *h, uint64_t instructions);
enum history_stop history_back_step(struct history *h);
enum history_stop history_back_continue(struct history *h);
// To the instruction that last made such a trace entry; traces as in struct
// sim_stops.
enum history_stop history_back_trace(struct history *h, unsigned traces);
// After a change that events and exceptions follow from, as a reset: to the
// next instruction.
enum history_stop history_settle(struct history *h);

// Of the last HISTORY_WATCH, HISTORY_FAULT, HISTORY_VIOLATION or _LOCKUP.
const struct sim_touch *history_touch(const struct history *h);
const struct sim_fault *history_fault(const struct history *h);
const struct sim_violation *history_violation(const struct history *h);

// The state is changed from outside, at this place. true: this cut a future.
bool history_change(struct history *h);
// There is a future that was executed already.
bool history_is_past(const struct history *h);

struct history_figures {
    struct sim_place now, begin, end;
    size_t snapshots, bytes;
};
void history_figures(const struct history *h, struct history_figures *figures);

#endif
