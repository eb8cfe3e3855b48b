/*
 * timeline - a picture of outages, chip operations and interrupts, as SVG
 *
 * SPDX-License-Identifier: MIT
 *
 * Records a machine's trace and draws an interesting interval of it, with the
 * erase that contains it and the whole run below. The picture carries its own
 * light background, so that it reads on white and on dark pages; nothing in it
 * is scripted or linked.
 */
#ifndef TIMELINE_H
#define TIMELINE_H

#include <stdio.h>

#include "sim/sim.h"

struct timeline;

// NULL: out of memory.
struct timeline *timeline_new(void);
void timeline_free(struct timeline *t);
// A sim_trace_fn. Stops recording when memory runs out.
void timeline_trace(void *ctx, const struct sim_trace *entry);

struct timeline_options {
    const char *title, *figures; // two lines of plain text
    const struct sim_irqs *irqs; // their names, may be NULL
    // to 0: the first slices of a large erase that was suspended, or all of
    // one that was not, with some page programs.
    sim_time from, to;
    sim_time end; // of the run
};
// The interval that will be drawn for these options.
void timeline_interval(const struct timeline *t,
        const struct timeline_options *o, sim_time *from, sim_time *to);
// False: not written, see errno.
bool timeline_write(const struct timeline *t, FILE *file,
        const struct timeline_options *o);

#endif
