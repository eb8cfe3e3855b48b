/*
 * cmd_gdb - `xipsafe sim --gdb`: a session of the debugger
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CMD_GDB_H
#define CMD_GDB_H

#include "base/cli.h"
#include "sim/command/cmd_fault.h"
#include "sim/line/peer.h"

struct cmd_gdb {
    struct sim *sim;
    const struct board *board;
    struct nor *nor;
    const struct cmd_options *options;
    const struct cmd_fault *fault;
    struct cmd_console *console;
    struct cmd_peer *peer;
    bool (*power_again)(void *ctx); // the supply was cut; false: for good
    void *ctx;
};

// Waits for gdb, and serves it until it goes.
enum cli_status cmd_gdb_run(const struct cmd_gdb *gdb);

#endif
