/*
 * cli - exit codes and lines on stderr, for all commands
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/base: what all commands share: error lines, exit codes, numbers,
 * options, files, arrays.
 *
 * Every line begins with "xipsafe: ", or with "xipsafe COMMAND: " once the
 * command is known. A line never holds a control character, even if a file name
 * or a symbol does, so it cannot look like two lines, and no escape sequence
 * reaches the terminal.
 */
#ifndef CLI_H
#define CLI_H

#include <stdio.h>

enum cli_status {
    CLI_GOOD = 0,
    CLI_BAD = 1,     // the checked thing is bad
    CLI_TROUBLE = 2, // the tool could not do its work
    CLI_UNKNOWN = 3, // it cannot tell
};

// The name in front of each line from now on, as "sim" or "image sign". The
// text is not copied. NULL: none.
void cli_set_command(const char *name);
// "xipsafe sim --help", for a text that refers to it.
const char *cli_help_hint(void);

// Prints one line on stderr: what is wrong, where, what to do. Returns status,
// for `return cli_fail(CLI_TROUBLE, ...)`.
int cli_fail(int status, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
// The same for a line that is not a failure.
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
// cli_fail() with CLI_TROUBLE and the text for "out of memory".
int cli_no_memory(void);

// Writes one word of a command line, so that a shell takes it as it is.
void cli_put_word(FILE *file, const char *word);
// Prints a text on stdout. Returns CLI_GOOD.
int cli_print(const char *text);
// stdout has failed with this errno, which others may change before the end.
void cli_stdout_failed(int error);
// Flushes stdout. Returns status, or CLI_TROUBLE with a line on stderr if the
// output did not arrive (full disk, closed pipe).
int cli_finish(int status);

#endif
