/*
 * server - gdb's remote serial protocol for the simulated machine
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/gdb: a debugger on the simulated machine: gdb's remote
 * protocol, forwards and backwards.
 *
 * One packet in, its answer out; the connection is somebody else's, so tests
 * need none. Nothing that gdb sends is trusted.
 */
#ifndef SERVER_H
#define SERVER_H

#include "board/board.h"
#include "nor/nor.h"
#include "sim/gdb/history.h"
#include "sim/gdb/packet.h"

#define GDB_TEXT_BYTES 4000

struct gdb_options {
    struct sim *sim;
    const struct board *board;
    struct nor *nor;
    bool real; // breakpoints and watchpoints as a Cortex-M4 has them
    struct history_options history; // all but sim, poll and bkpt
    // What stopped the run, for the user: a few lines.
    void (*explain)(void *ctx, enum history_stop stop, const struct history *h,
            char text[GDB_TEXT_BYTES]);
    // A change in the past cannot be had: one sentence. NULL: it can.
    const char *no_change;
    // The connection: frames to gdb, and whether it sent an interrupt.
    void (*send)(void *ctx, const char *bytes, size_t len);
    bool (*interrupted)(void *ctx);
    void *ctx;
};

struct gdb_server;

// After sim_power_on. at: runs up to this instruction first; 0: not at all.
// NULL: no memory is left, or the CPU core has no snapshots.
struct gdb_server *gdb_server_new(const struct gdb_options *options,
        uint64_t at);
void gdb_server_free(struct gdb_server *server);
// A packet without its frame; text[bytes] is 0. false: the session has ended.
bool gdb_server_take(struct gdb_server *server, const char *text, size_t bytes);
// The last frame again.
void gdb_server_repeat(struct gdb_server *server);
// gdb wants '+' and '-' for packets.
bool gdb_server_acknowledges(const struct gdb_server *server);

#endif
