/*
 * check_args - the command line of `xipsafe check`
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CHECK_ARGS_H
#define CHECK_ARGS_H

#include "base/output.h"
#include "board/board.h"
#include "check/check.h"

struct check_args {
    struct check_options options;
    const char *images[CHECK_IMAGES_MAX]; // the application first
    const char *maps[CHECK_IMAGES_MAX];   // of each, or NULL
    size_t image_count;
    size_t last_image;                    // named last: what --map belongs to
    const char *empty_notes;              // a file of --notes without a line
    const char **roots, **begins, **ends; // options.roots points here, ...
    struct board_choice board;
    struct output json, sarif;
    bool advise, verbose, colour;
};

// -1: go on; else the exit status, after --help or a line on stderr. Notes are
// read. args is to be freed in either case.
int check_args_read(struct check_args *args, int argc, char **argv);
void check_args_free(struct check_args *args);

// "ADDR:SIZE", hex or decimal, SIZE with K or M. No message.
bool check_args_region(const char *text, struct check_region *region);
// "all", "none", or numbers of interrupts and names of exceptions with commas.
// On failure *bad is where it stops making sense.
bool check_args_interrupts(const char *text, struct check_options *options,
        const char **bad);

#endif
