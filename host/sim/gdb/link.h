/*
 * link - a TCP connection from gdb, on the loopback interface only
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LINK_H
#define LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gdb_link {
    int listener, fd; // -1: none
    uint16_t port;
    uint8_t buffer[4096];
    size_t at, bytes;
    bool closed;
};

// Listens; port 0: any that is free, see link->port. false: one line is on
// stderr.
bool gdb_link_open(struct gdb_link *link, uint16_t port);
// Waits for a connection, and listens no longer.
bool gdb_link_accept(struct gdb_link *link);
// The next byte. wait: until there is one. -1: none now, or closed.
int gdb_link_take(struct gdb_link *link, bool wait);
void gdb_link_send(struct gdb_link *link, const void *bytes, size_t len);
void gdb_link_close(struct gdb_link *link);

#endif
