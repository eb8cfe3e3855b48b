/*
 * cut_pool - the processes of a campaign, its progress and its end
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CUT_POOL_H
#define CUT_POOL_H

#include "cut/cut_walk.h"

struct cut_tally {
    uint64_t points; // of this shard
    uint64_t cut;    // run to a verdict
    uint64_t equal;  // as another one, and not run
    uint64_t faults; // of the run ones, those without a loss of power
    uint64_t verdicts[CUT_VERDICTS]; // of the run ones
    uint64_t images[8], none;        // what boots
    uint64_t second[CUT_LEVELS], second_equal[CUT_LEVELS];
    uint64_t second_ended;          // of CUT_AGAIN
    uint64_t seconds[CUT_VERDICTS]; // of both levels
    uint64_t resumed, never_resumed;
    uint64_t cut_us, other_us;
    unsigned boots_max;
    bool interrupted;
    double seconds_taken; // by the clock
};

// All of it, both levels.
uint64_t cut_tally_bad(const struct cut_tally *t);

// Forks the jobs and waits for them. SIGINT and SIGTERM end it early, with what
// was done. Returns -1, or an exit code after one line.
int cut_pool_run(struct cut_walk *w, struct cut_tally *tally);

#endif
