/*
 * cut_watch - pictures of one point: timeline, waveforms, a page for a browser
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CUT_WATCH_H
#define CUT_WATCH_H

#include "cut/cut_machine.h"
#include "sim/observe/html.h"
#include "sim/observe/timeline.h"
#include "sim/observe/vcd.h"

struct cut_watch {
    struct cut_machine *m;
    struct timeline *timeline; // each NULL: not wanted
    struct vcd *vcd;
    struct html *html;
    struct places *places;
};

// Before the run. False: out of memory. cut_watch_end is needed either way.
bool cut_watch_begin(struct cut_watch *w, struct cut_machine *m);
// Writes and closes those that the options want. False after a line on stderr.
bool cut_watch_write(struct cut_watch *w, struct cut_options *o,
        const char *title);
void cut_watch_end(struct cut_watch *w);

#endif
