/*
 * cmd_fault - faults, resets and endless waits of a run, for the report
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CMD_FAULT_H
#define CMD_FAULT_H

#include "fault/fault_words.h"
#include "nor/nor.h"
#include "sim/command/cmd_files.h"
#include "sim/line/console.h"

struct cmd_fault_reset {
    sim_time at;
    enum sim_reset kind;
    bool by_fault; // asked for by the handler of a fault
};

struct cmd_fault {
    // Set by the caller.
    struct sim *sim;
    struct nor *nor;
    const struct cmd_files *files;
    const struct cmd_options *options;
    struct cmd_console *console;

    // The first fault of those that are handled now, or were last.
    struct sim_fault first;
    struct cmd_stack stack;
    struct fault_text text; // what it means, as the machine was then
    uint64_t count;         // all; first is valid from 1 on
    uint32_t exceptions;    // a bit for each that was taken; bit 0: lockup
    uint32_t cfsr, hfsr;    // all that was set
    // The last two resets by a watchdog or by the handler of a fault.
    struct cmd_fault_reset reset[2];
    uint64_t resets;
    // And by software otherwise, and where it asked for the last one.
    sim_time asked_at[2];
    uint32_t asked_pc;
    uint64_t asked;
    // Notes about those, and about others in an operation of the chip.
    unsigned reset_notes[2];
    unsigned erases; // that reach running code
};

// Watches the machine from now on.
void cmd_fault_watch(struct cmd_fault *f);
// Was there a fault of this name: an exception ("busfault"), "lockup", or a bit
// of CFSR or HFSR ("invstate")?
bool cmd_fault_seen(const struct cmd_fault *f, const char *name);
bool cmd_fault_name_is_known(const char *name);

// The run has ended in the handler of a fault, or in a lockup.
bool cmd_fault_ended(const struct cmd_fault *f, enum sim_stop stop);
// Or in that of NMI, which nothing masks.
bool cmd_fault_ended_in_nmi(const struct cmd_fault *f, enum sim_stop stop);
// It only resets itself, again and again.
bool cmd_fault_loops(const struct cmd_fault *f);
// The same without a fault or a watchdog. A line of it.
bool cmd_fault_asks(const struct cmd_fault *f);
void cmd_fault_asks_text(const struct cmd_fault *f, char *text, size_t size);

// An erase of the chip has begun: does it reach code that runs?
void cmd_fault_erase(struct cmd_fault *f);

// To stderr: the fault, or the lockup that it ended in (NULL: it did not); what
// the core waits for.
void cmd_fault_report(const struct cmd_fault *f,
        const struct sim_violation *lockup);
// idle: no event will come.
void cmd_fault_waiting(struct cmd_fault *f, bool all, bool idle);
void cmd_fault_ticks(struct cmd_fault *f);
// What it means, as the machine is now.
void cmd_fault_describe(const struct cmd_fault *f,
        const struct sim_fault *fault, struct fault_text *text);
const char *cmd_fault_exception(const struct sim_fault *fault);

#endif
