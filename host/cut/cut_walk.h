/*
 * cut_walk - goes forward through a run and cuts it at its points
 *
 * SPDX-License-Identifier: MIT
 *
 * At each point: a snapshot, the cut, boots and verdict, and back to the
 * snapshot. So the run itself is executed once for all points of a process.
 */
#ifndef CUT_WALK_H
#define CUT_WALK_H

#include "cut/cut_table.h"

struct cut_walk {
    struct cut_machine *m;
    const struct cut_plan *plan;
    struct cut_shared *shared;
    // Every so-manieth point tries to resume, and cuts what was begun again. 0:
    // none does.
    uint32_t stride, again_stride;
};

// Takes points until there are none left, or a stop is asked for. False: the
// run did not reach one of them, or memory is out.
bool cut_walk_all(struct cut_walk *w);
// The points of one shard.
bool cut_walk_is_ours(const struct cut_options *o, size_t point);

// In a point's name, before that of the second level.
extern const char cut_level_marks[CUT_LEVELS + 1];

// One point, and one of the second level behind it ("/op3@50", NULL: none),
// from power-on and without snapshots. False: there is no such point.
bool cut_walk_one(struct cut_walk *w, size_t point, const char *second,
        struct cut_outcome *outcome);

#endif
