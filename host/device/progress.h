/*
 * progress - how far an upload is: bytes, rate, time left
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    bool quiet, is_terminal;
    int64_t start_ms;
    size_t from; // bytes that were there before
    int step;    // last one shown
};

void progress_begin(struct progress *p, bool quiet, size_t from);
// On a terminal a bar that moves, elsewhere a line for each tenth.
void progress_show(struct progress *p, size_t done, size_t total);

// "12.3 KB/s, 1 min 05 s left" for bytes of total, in ms. Room: 64 bytes.
const char *progress_text(char *text, size_t room, size_t from, size_t done,
        size_t total, int64_t ms);

#endif
