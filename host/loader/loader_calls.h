/*
 * loader_calls - the calls of debug probes, and what is wrong with the answers
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LOADER_CALLS_H
#define LOADER_CALLS_H

#include "loader/loader_probe.h"

struct loader_run {
    struct loader_board board;
    struct nor_part part; // board.part, whose erase times change
    const struct loader_file *file;
    bool whole; // a chip erase takes as long as the part needs
    bool quiet;
    bool silent;        // the next run says nothing, and counts for itself
    unsigned wrong;     // findings, over all runs
    unsigned run_wrong; // of the last run
    // Of the run.
    struct loader_probe probe;
    uint8_t *want; // contents that the chip should have
    char call[120];
    bool ended; // no further call is possible
};

// Calls everything at one address. linked: the program is visible where it is
// linked, too. Returns -1, or the exit code after a line
// on stderr.
int loader_calls(struct loader_run *run, uint32_t base, bool linked);

#endif
