/*
 * timeline_priv - declarations that recorder and drawing of timeline share
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TIMELINE_PRIV_H
#define TIMELINE_PRIV_H

#include "sim/observe/measure.h"
#include "sim/observe/timeline.h"

struct timeline_span {
    sim_time from, to; // to SIM_NEVER: still open
    uint32_t off;
    char kind;              // 'E', 'P', 'S'; 0 for an outage
    bool resumed, suspends; // of a run of the chip: how it began and ended
};

struct timeline_point {
    sim_time at;
    uint32_t what; // exception number, 1 for a lost byte, enum sim_reset
    uint32_t wait_ns, run_ns; // of an exception: before entry, until its exit
    bool in_outage;           // of an exception: when it was entered
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
    struct timeline_spans outages;
    struct timeline_spans operations; // including suspensions
    struct timeline_spans runs;       // the chip works
    struct timeline_points exceptions, bytes, resets;
    bool full; // memory ran out: the rest is missing
    bool window_used;
    size_t entered[CMD_EXCEPTIONS]; // the last entry in exceptions, plus 1
};

// The first large erase and the operations after it: the subject of the
// picture.
void timeline_subject_(const struct timeline *t,
        const struct timeline_options *o, sim_time *from, sim_time *to);

/// Drawing ///

#define WIDTH 960
#define PLOT_X 132.0
#define PLOT_W 804.0
#define PLOT_R (PLOT_X + PLOT_W)

#define INK "#24292f"
#define GREY "#57606a"
#define GRID "#d8dee4"
#define OPEN "#cdeadf"
#define OUTAGE "#c93a4f"
#define ERASE "#d9780a"
#define PROGRAM "#6f4fc4"
#define SUSPENDED "#f7dfc0"
#define WAITS "#9dbfe0"
#define BYTES "#4d7a35"
#define BACKGROUND "#f6dbdf" // an outage, behind what runs in it

#define LABEL "font-size=\"12.5\" fill=\"" INK "\""
#define SMALL "font-size=\"10.5\" fill=\"" GREY "\""
#define OVER \
    "font-size=\"10.5\" fill=\"" OUTAGE "\" stroke=\"#ffffff\" " \
    "stroke-width=\"3\" paint-order=\"stroke\""
#define INSIDE "font-size=\"11\" fill=\"#ffffff\""

struct view {
    FILE *file;
    sim_time from, to;
};

enum anchor { LEFT, MIDDLE, RIGHT };

double timeline_x_(const struct view *v, sim_time at);
// How a run of the chip began and ended, at the ends of its span.
void timeline_resumed_(FILE *file, double x, double y);
void timeline_suspends_(FILE *file, double x, double y);
// Mean width of a character at 11 px, generous.
double timeline_text_width_(const char *text);
void timeline_text_(FILE *file, double x, double y, enum anchor anchor,
        const char *style, const char *text);
void timeline_axis_(const struct view *v, double top, double bottom,
        double label_y, unsigned ticks_about);
void timeline_row_label_(FILE *file, double y, const char *name,
        const char *below);

// A strip with the chip's share of time over *v; the part of it that the
// drawing above it shows, which ends at above_y, is marked.
#define STRIP_H 34.0
void timeline_strip_(const struct timeline *t, const struct view *v,
        const struct view *shown, double above_y, double y, const char *name);
// Two rows; returns the y below them.
double timeline_legend_(FILE *file, double y);

#endif
