/*
 * cut_options - the command line of `xipsafe cut`
 *
 * SPDX-License-Identifier: MIT
 *
 * What is not listed here is an option of `xipsafe sim`, with the same meaning:
 * the board, the chip, the files.
 */
#ifndef CUT_OPTIONS_H
#define CUT_OPTIONS_H

#include "cut/cut_line.h"
#include "sim/command/cmd_options.h"

#define CUT_PERCENTS_MAX 100
#define CUT_APPROVED_MAX 32
#define CUT_RANGES_MAX 8

enum cut_fault {
    CUT_POWER,     // no fault: the supply fails
    CUT_WATCHDOG,  // a reset instead, with the supply on
    CUT_NO_EFFECT, // the operation does nothing
    CUT_REFUSED,   // its write enable is ignored
    CUT_NEIGHBOUR, // it flips a bit behind its range
    CUT_FAULTS,
};
extern const char *const cut_fault_names[CUT_FAULTS];

struct cut_range {
    uint64_t from, to; // instructions: both are included; addresses: to is not
};

struct cut_options {
    struct cmd_options sim;
    char **sim_argv; // owned
    char **argv;     // as given, for "again"
    int argc;

    const char *flash; // contents of the chip; never written
    const char *approve[CUT_APPROVED_MAX];
    bool approve_is_update[CUT_APPROVED_MAX]; // --update
    unsigned approve_count;
    bool by_smp; // the file is sent by SMP, not by XMODEM

    struct cut_texts texts;
    uint32_t expects, forbids, confirms, untils, arms; // of texts
    const char *decide; // "ADDR:SIZE" or a function; NULL: the window
    bool when;          // memory says that it has decided
    uint32_t when_addr, when_value;
    bool swaps; // the running image may be moved

    uint8_t percent[CUT_PERCENTS_MAX];
    unsigned percent_count;
    unsigned tears;
    bool twice;
    uint64_t again; // points whose resumed update is cut, too
    unsigned boots; // at least so many after a cut
    const char *pc;
    struct cut_range instructions[CUT_RANGES_MAX];
    unsigned instructions_count;
    uint64_t random;
    bool operations;                  // cuts in and between them
    struct cut_range only_operations; // from 1; to 0: all of them
    bool faults[CUT_FAULTS];

    sim_time time_limit, boot_limit;
    uint64_t jobs, shard, shards, resumes; // resumes UINT64_MAX: all
    const char *state, *only;
    struct output json, svg, vcd, timeline, html;
    bool quiet;
};

// Returns -1 to go on, or an exit code.
int cut_options_parse(struct cut_options *o, int argc, char **argv);
void cut_options_free(struct cut_options *o);

#endif
