/*
 * cmd_options - the command line of `xipsafe sim`
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "part/part_model.h"
#include "base/output.h"
#include "sim/line/console.h"
#include "sim/machine/sim_board.h"

#define CMD_LIST_MAX 32 // of one repeatable option

enum cmd_uart {
    CMD_UART_OUT,   // to stdout; nothing to the MCU
    CMD_UART_STDIO, // stdout and stdin
    CMD_UART_NONE,
    CMD_UART_PTY,
    CMD_UART_FILE,
};

struct cmd_strings {
    const char *at[CMD_LIST_MAX];
    size_t count;
};

// Strings point into argv.
struct cmd_options {
    struct board_choice choice;
    const struct board *board; // of choice
    const struct nor_part *part;
    struct part_model model; // of --part sfdp:FILE
    const char *flash;
    struct cmd_strings internal, load, symbols, expect;
    bool start; // without a boot program
    uint32_t start_addr;

    enum cmd_uart uart;
    struct output uart_file;
    const char *uart_prefix;
    uint32_t baud;

    const char *send, *send_start;
    bool send_fault;
    uint64_t send_fault_at, send_fault_every; // every 0: once

    sim_time time_limit;         // 0: not given
    sim_time power_cut;          // after power-on; 0: not given
    uint64_t power_cut_op;       // 0: not given
    uint64_t power_cut_internal; // the same
    unsigned power_cut_percent;
    uint64_t tear;
    bool tear_given;
    uint64_t power_cycles;
    bool cycles_given;

    struct sim_options machine; // seed, slice, strict, on_violation, allow
    struct sim_allow allow[CMD_LIST_MAX];
    const char *expect_violation, *expect_fault; // NULL: not given
    bool max_times, fifo_residue;
    unsigned resume_loss_percent; // 0: 100
    struct board_set *sets;
    size_t set_count, set_room;

    struct output json, timeline, html, trace, vcd;
    bool zoom, zoom_worst; // to the times below; to the longest wait
    sim_time zoom_from, zoom_to;
    bool summary, quiet;

    bool gdb, gdb_real;
    uint16_t gdb_port; // 0: any
    uint64_t gdb_at;   // instructions; 0: not given
    char **argv;       // all of the command line
    int argc;
};

// Fills *o. Returns -1 to go on, or the exit code with which to end (after
// --help, --list, or one line about what is wrong).
int cmd_options_parse(struct cmd_options *o, int argc, char **argv);
// The option that says when the power is cut; NULL: none does.
const char *cmd_options_cut(const struct cmd_options *o);
void cmd_options_free(struct cmd_options *o);

#endif
