/*
 * output - a report that goes to a file or to standard output
 *
 * SPDX-License-Identifier: MIT
 *
 * The grammar of every such option: --json or --json=- is standard output,
 * --json=FILE a file. A file appears, or takes the place of an older one, when
 * all of it is written.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/temporary.h"

struct output {
    bool wanted;
    const char *path; // NULL: standard output
    FILE *file;       // while it is open
    bool live;        // a log that others read meanwhile: no temporary file
    struct temporary temporary; // what is written, until all of it is
};

// text: the option's value, NULL if it has none.
struct output output_of(const char *text);
// Of several outputs no two go to the same place, and none to an input. False
// after a line on stderr.
bool output_all_differ(const struct output *const *outputs, size_t count);
bool output_is_stdout(const struct output *o);
// Opens it if it is wanted and no input. False after a line on stderr.
bool output_open(struct output *o);
// Closes it if it is open. written: all of the report was written; if not,
// errno has the reason. False after a line on stderr.
bool output_close(struct output *o, bool written);
// Closes it if it is open, and leaves what was at its path as it was.
void output_discard(struct output *o);

#endif
