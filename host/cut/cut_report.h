/*
 * cut_report - what a campaign has found: text, JSON, a picture
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CUT_REPORT_H
#define CUT_REPORT_H

#include "cut/cut_pool.h"

// On stdout, or on stderr if JSON goes there.
void cut_report_text(const struct cut_walk *w, const struct cut_tally *t);
// False: not written.
bool cut_report_json(const struct cut_walk *w, const struct cut_tally *t,
        FILE *file);
// Outcome over time of cut, as SVG.
bool cut_report_svg(const struct cut_walk *w, const struct cut_tally *t,
        FILE *file);
// The command that runs one point alone.
void cut_report_again(const struct cut_options *o, const char *point,
        FILE *file);
// The command that opens the debugger where power comes back after this cut,
// with so many instructions executed.
void cut_report_debug(const struct cut_options *o, const struct cut_point *p,
        uint64_t executed, FILE *file);

#endif
