/*
 * timeline_priv - what the recorder and the drawing of timeline share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TIMELINE_PRIV_H
#define TIMELINE_PRIV_H

#include "cmd_measure.h"
#include "timeline.h"

struct timeline_span {
    sim_time from, to; // to SIM_NEVER: still open
    uint32_t off;
    char kind; // 'E', 'P', 'S'; 0 for an outage
};

struct timeline_point {
    sim_time at;
    uint32_t what; // exception number, 1 for a lost byte, enum sim_reset
};

struct timeline_spans {
    struct timeline_span *at;
    size_t count, room;
};

struct timeline_points {
    struct timeline_point *at;
    size_t count, room;
};

struct timeline {
    struct timeline_spans outages, operations;
    struct timeline_points exceptions, bytes, resets;
    bool full; // memory ran out: the rest is missing
    bool window_used;
};

#endif
