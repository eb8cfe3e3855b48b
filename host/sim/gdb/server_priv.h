/*
 * server_priv - what the files of the server share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SERVER_PRIV_H
#define SERVER_PRIV_H

#include "sim/gdb/describe.h"
#include "sim/gdb/points.h"
#include "sim/gdb/server.h"

struct gdb_server {
    struct gdb_options o;
    struct history *history;
    struct points points;
    struct packet_reply reply;
    char frame[PACKET_FRAME_BYTES];
    size_t frame_bytes;
    bool no_ack, ended;
    enum history_stop last;
    bool cut; // a future, since the last stop
    struct describe_set registers;
    char target[DESCRIBE_BYTES], memory[DESCRIBE_BYTES];
    size_t target_bytes, memory_bytes;
};

// A line on gdb's console, while it waits for the machine or for a monitor
// command.
void gdb_say_(struct gdb_server *s, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
// The machine is changed. false: it must not be; the console has the reason.
bool gdb_change_(struct gdb_server *s);
// monitor.c: `monitor TEXT`; the reply is made.
void gdb_monitor_(struct gdb_server *s, char *text);

#endif
