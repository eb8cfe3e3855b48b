/*
 * fake_line - device/line.h over an SMP server in the same process
 *
 * SPDX-License-Identifier: MIT
 *
 * What is written is handed to a function, and its answer is read back. A
 * deadline is over at once when there is nothing to read, so lost packets cost
 * no time.
 */
#ifndef FAKE_LINE_H
#define FAKE_LINE_H

#include <stdbool.h>
#include <stdint.h>

// A packet in, its answer out; 0: none.
typedef uint32_t fake_server(const uint8_t *req, uint32_t req_bytes,
        uint8_t *rsp, uint32_t cap);

struct fake_line {
    fake_server *server;                // NULL: nobody is there
    unsigned requests;                  // that reached it
    unsigned lose_request, lose_answer; // each so-many-th one; 0: none
    unsigned repeat_answer;
    bool noise; // text between the lines
    int64_t now_ms;
};

extern struct fake_line fake_line;

void fake_line_open(fake_server *server);

#endif
