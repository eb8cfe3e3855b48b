/*
 * terminal - what a terminal can show
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/number.h"

bool terminal_moves(FILE *file) {
    const char *term = getenv("TERM");
    return isatty(fileno(file)) && !(term && !strcmp(term, "dumb"));
}

bool terminal_has_colour(FILE *file) {
    const char *no = getenv("NO_COLOR");
    return terminal_moves(file) && !(no && *no);
}

unsigned terminal_columns(FILE *file) {
    struct winsize size;
    uint64_t columns;
    if (!ioctl(fileno(file), TIOCGWINSZ, &size) && size.ws_col) {
        return size.ws_col;
    }
    const char *text = getenv("COLUMNS");
    return text && number_parse(text, 10000, &columns) && columns
            ? (unsigned)columns
            : 80;
}
