/*
 * console - the output of the MCU, and the progress bar beside it
 *
 * SPDX-License-Identifier: MIT
 *
 * Console text goes to stdout or a file, the bar to stderr; on one terminal
 * they share the last line and do not overwrite each other.
 */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CONSOLE_AWAITED_MAX 255 // bytes of an expected text

struct console_options {
    FILE *out;                 // NULL: nowhere
    const char *prefix;        // before each line; NULL: none
    bool immediate;            // the reader may need half a line
    bool quiet;                // no lines of our own, no bar
    const char *const *expect; // texts to wait for, in this order
    size_t expect_count;
    const char *wait_for; // a text that starts the sender; NULL: none
};

struct cmd_console {
    size_t expect_met;
    bool wait_met;                  // wait_for was seen
    char tail[CONSOLE_AWAITED_MAX]; // last bytes printed, for both
    size_t tail_bytes;
    uint64_t outputs; // bytes and lines so far

    // What is above is the state of a snapshot; the rest is of the host.

    struct console_options options;
    uint64_t told; // outputs that were made
    bool at_line_start;
    bool out_is_terminal, bar_is_terminal;

    char line[512]; // held back while a bar is on the terminal
    size_t line_bytes;
    bool bar_shown;
    int bar_step; // last one drawn or printed
};

enum cmd_console_event {
    CMD_CONSOLE_NOTHING = 0,
    CMD_CONSOLE_START = 1, // wait_for was seen
    CMD_CONSOLE_MET = 2,   // the last expected text was seen
    CMD_CONSOLE_OLD = 4,   // the byte was put out before the run went back
};

void cmd_console_init(struct cmd_console *c,
        const struct console_options *options);
// The next output. false: it was made before the run went back, and must not be
// made again.
bool cmd_console_is_new(struct cmd_console *c);
// The run has gone back, and what follows is another future.
void cmd_console_forget_future(struct cmd_console *c);
// Returns a set of enum cmd_console_event.
unsigned cmd_console_put(struct cmd_console *c, uint8_t byte);
// A line of the simulator on stderr, between those of the MCU.
void cmd_console_say(struct cmd_console *c, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
void cmd_console_progress(struct cmd_console *c, size_t done, size_t total,
        uint64_t elapsed_ps);
// Removes the bar and ends an open line. False: the output could not be
// written, see errno.
bool cmd_console_end(struct cmd_console *c);

#endif
