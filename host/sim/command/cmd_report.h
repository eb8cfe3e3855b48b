/*
 * cmd_report - the results of `xipsafe sim`: violation, table, JSON
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include <stdio.h>

#include "base/cli.h"
#include "sim/command/cmd_files.h"
#include "sim/observe/measure.h"
#include "sim/line/peer.h"
#include "sim/observe/call_stack.h"

struct cmd_result {
    const char *text; // "expected texts seen", "time limit", ...
    enum sim_stop stop;
    enum cli_status exit;
    unsigned power_cuts;
};

struct cmd_fault;

struct cmd_report {
    const struct cmd_options *options;
    const struct cmd_files *files;
    struct sim *sim;
    struct sim_board *board;
    struct nor *nor;
    const struct cmd_peer *peer;
    const struct cmd_measure *measure;
    const struct cmd_stack *stack; // of the violation
    const struct cmd_fault *fault;
    struct cmd_result result;
};

// Parts of reports, to stderr. text is wrapped behind the label.
void cmd_report_title(const char *kind, const char *name, sim_time time);
void cmd_report_wrapped(const char *label, const char *text);
void cmd_report_stack(const char *label, const struct cmd_stack *stack);
// The command that opens the debugger at an instruction. Nothing if input from
// outside would be missing.
void cmd_report_debug(const struct cmd_options *o, uint64_t instructions);
// "ldr r3, [r2, #4]"; empty: there is no memory.
void cmd_report_code(struct sim *sim, uint32_t pc, char *text, size_t size);

// text, with the function and line behind each "pc 0x..." that is known, and
// behind "The instruction at 0x...".
void cmd_report_name_places(const struct elf_list *elfs, struct sim *sim,
        const char *text, char *out, size_t size);

// The violation (there must be one) with its call stack, to stderr.
void cmd_report_violation(const struct cmd_report *r);
// How often each rule was broken, to stderr.
void cmd_report_counts(const struct cmd_report *r);
// The table, to stdout.
void cmd_report_summary(const struct cmd_report *r);
// False: not written, see errno.
bool cmd_report_json(const struct cmd_report *r, FILE *file);

#endif
