/*
 * vcd - the machine's trace as waveforms, in the format of IEEE 1364 clause 18
 *
 * SPDX-License-Identifier: MIT
 *
 * GTKWave and similar programs open it. Only events that occurred become
 * signals, and these are known at the end: until then the changes are in a
 * temporary file. Texts (the running function, the chip's operation) are
 * variables of the type `string`, an extension that GTKWave reads.
 */
#ifndef VCD_H
#define VCD_H

#include <stdio.h>

#include "sim/sim.h"

struct vcd;

// NULL: out of memory, or no temporary file (errno).
struct vcd *vcd_new(void);
void vcd_free(struct vcd *vcd);
// A sim_trace_fn.
void vcd_trace(void *ctx, const struct sim_trace *entry);
// What runs after the event that was traced last. name stays valid.
void vcd_function(struct vcd *vcd, const char *name);

struct vcd_options {
    const char *board, *part;          // for a comment
    const struct sim_irqs *irqs;       // their names, may be NULL
    const struct sim_waiting *waiting; // pending at the end, may be NULL
    sim_time end;                      // of the run
};
// Once. False: not written, see errno.
bool vcd_write(struct vcd *vcd, FILE *file, const struct vcd_options *o);
// A save file of GTKWave for the same waveforms: all signals in groups, the
// whole run in sight, the marker at `marker`. False: not written, see errno.
bool vcd_write_view(const struct vcd *vcd, FILE *file,
        const struct vcd_options *o, sim_time marker);

#endif
