/*
 * console - what the MCU printed, and the progress bar beside it
 *
 * SPDX-License-Identifier: MIT
 *
 * Console text goes to stdout or a file, the bar to stderr; on one terminal
 * they share the last line without damaging each other.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/command/cmd_options.h"

struct cmd_console {
    FILE *out;          // NULL: nowhere
    const char *prefix; // NULL: none
    bool at_line_start;
    bool out_is_terminal, bar_is_terminal;
    bool immediate; // a program may wait for half a line
    bool quiet;

    const struct cmd_strings *expect;
    size_t expect_met;
    const char *wait_for;       // --send-start, NULL: none or seen
    char tail[CMD_AWAITED_MAX]; // last bytes printed, for both
    size_t tail_bytes;

    char line[512]; // held back while a bar is on the terminal
    size_t line_bytes;
    bool bar_shown;
    int bar_step; // last one drawn or told
};

enum cmd_console_event {
    CMD_CONSOLE_NOTHING = 0,
    CMD_CONSOLE_START = 1, // --send-start was seen
    CMD_CONSOLE_MET = 2,   // the last --expect was seen
};

// out: an open file or NULL.
void cmd_console_init(struct cmd_console *c, const struct cmd_options *o,
        FILE *out);
// Returns a set of enum cmd_console_event.
unsigned cmd_console_put(struct cmd_console *c, uint8_t byte);
// A line of our own on stderr, between those of the MCU.
void cmd_console_say(struct cmd_console *c, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
void cmd_console_progress(struct cmd_console *c, size_t done, size_t total,
        uint64_t elapsed_ps);
// Removes the bar and ends an open line. False: the output could not be
// written, see errno.
bool cmd_console_end(struct cmd_console *c);

#endif
