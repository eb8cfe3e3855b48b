/*
 * cli - what every subcommand shares: exit codes and the one-line error
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int cli_fail(int status, const char *format, ...) {
    char line[1000];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    // A name with a line feed or an escape sequence must not look like ours.
    for (char *c = line; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f) {
            *c = '?';
        }
    }
    fflush(stdout);
    fprintf(stderr, "xipsafe: %s\n", line);
    return status;
}

int cli_finish(int status) {
    if (fflush(stdout) || ferror(stdout)) {
        return cli_fail(CLI_TROUBLE,
                "standard output: %s; the output above is incomplete",
                strerror(errno));
    }
    return status;
}
