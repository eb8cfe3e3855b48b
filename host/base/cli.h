/*
 * cli - what every subcommand shares: exit codes and the one-line error
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CLI_H
#define CLI_H

enum cli_status {
    CLI_GOOD = 0,
    CLI_BAD = 1,     // the checked thing is bad
    CLI_TROUBLE = 2, // the tool could not do its work
    CLI_UNKNOWN = 3, // it cannot tell
};

// Prints "xipsafe: ..." and a newline on stderr: what, where, what to do.
// Returns status, for `return cli_fail(CLI_TROUBLE, ...)`.
int cli_fail(int status, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

// Flushes stdout. Returns status, or CLI_TROUBLE with a line on stderr if the
// output did not arrive (full disk, closed pipe).
int cli_finish(int status);

#endif
