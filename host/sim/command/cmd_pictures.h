/*
 * cmd_pictures - what `xipsafe sim` draws of a run: SVG, page, waveforms
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CMD_PICTURES_H
#define CMD_PICTURES_H

#include "sim/command/cmd_files.h"
#include "sim/line/peer.h"
#include "sim/observe/html.h"
#include "sim/observe/measure.h"
#include "sim/observe/timeline.h"
#include "sim/observe/vcd.h"

struct cmd_pictures {
    // Set by the caller.
    const struct cmd_files *files;
    const struct cmd_peer *peer;
    const struct cmd_measure *measure;
    struct sim *sim;

    struct timeline *timeline;
    struct vcd *vcd;
    struct html *html;
    struct places *places;
};

// Before the first event. Returns -1, or the exit code after one line on
// stderr. cmd_pictures_free is needed either way.
int cmd_pictures_begin(struct cmd_pictures *p, const struct cmd_options *o);
void cmd_pictures_trace(struct cmd_pictures *p, const struct sim_trace *e);
void cmd_pictures_power_cut(struct cmd_pictures *p);
// Writes and closes those that are wanted. False after a line on stderr.
bool cmd_pictures_write(struct cmd_pictures *p, struct cmd_options *o);
void cmd_pictures_free(struct cmd_pictures *p);

#endif
