/*
 * client - SMP requests and their answers
 *
 * SPDX-License-Identifier: MIT
 *
 * A request is repeated when no answer comes, with the same number, so that a
 * late answer to the first one counts and a second one is recognised.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "device/line.h"
#include "xip_cbor.h"
#include "xip_smp_uart.h"

#define CLIENT_PACKET_MAX 2048u

struct client {
    struct line line;
    struct xip_smp_uart uart;
    uint8_t received[CLIENT_PACKET_MAX + XIP_SMP_UART_AROUND_BYTES];
    uint8_t sequence;
    uint8_t version;       // of the protocol, 0 or 1 in its header
    uint32_t packet_bytes; // largest that the device takes
    int64_t timeout_ms;
    unsigned repeated; // requests in all
};

enum client_op { CLIENT_READ = 0, CLIENT_WRITE = 2 };

struct client_request {
    enum client_op op;
    unsigned group, command;
    const uint8_t *map; // a CBOR map
    size_t map_bytes;
    int64_t timeout_ms; // of one try; 0: that of the client
    unsigned tries;     // 0: 4
};

// Good until the next request.
struct client_answer {
    struct xip_cbor map;
    unsigned group;      // of the request
    unsigned code;       // of the protocol, 0: good
    unsigned group_code; // of the group, 0: good or none
};

// Opens the port and finds out whether somebody answers. CLI_GOOD, or a status
// after a line on stderr.
int client_open(struct client *c, const char *path, uint32_t baud,
        int64_t timeout_ms);
void client_close(struct client *c);

// Sends a request and waits for its answer. CLI_GOOD with an answer, which may
// hold a code; otherwise a status after a line on stderr.
int client_ask(struct client *c, const struct client_request *request,
        struct client_answer *answer);

// One line on stderr for an answer with a code, `what` could not be done.
// Returns CLI_BAD.
int client_refused(const struct client *c, const char *what,
        const struct client_answer *answer);
// The answer has a code.
bool client_has_code(const struct client_answer *answer);
// "not supported".
bool client_not_supported(const struct client_answer *answer);

#endif
