/*
 * begin - where an outage begins: in functions that were named, and by vectors
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/begin: where an outage begins: roots, halves of a driver,
 * vectors.
 */
#ifndef BEGIN_H
#define BEGIN_H

#include "check/analysis/analysis.h"

// Each makes roots. False: one line in error.
bool roots_find(struct analysis *a);
// At the end: whether any of them can be an outage.
void no_outage_check(struct analysis *a);
// At the end: functions that may have been meant for RAM.
void inlined_away_check(struct analysis *a);
// What runs between the functions of --begin and --end.
bool ends_check(struct analysis *a);
// Of the function that is walked: which code of it runs only behind the end,
// or before the beginning.
void ends_enter(struct analysis *a);
// At the end: true if one of them is entered in an outage, though that was not
// known when it was walked. Then all has to be judged again.
bool ends_entered(struct analysis *a);
void ends_free(struct analysis *a);
// The tables in use; the first one becomes that of the analysis.
bool vectors_check(struct analysis *a);
// The vectors of instructions that were reached: SVC, BKPT. False: none that
// was not judged before.
bool vectors_reached(struct analysis *a);
// Handlers of the table of the reset, which is in use in an outage. False: none
// that was not walked before.
bool first_tables_reached(struct analysis *a);
// At the end: exceptions that come while another table is in use than the one
// that is judged.
void first_tables_check(struct analysis *a);

/// Of a driver in two halves ///

// A path leads from the instruction at addr out of its function, and past none
// of the instructions at stops; hit: which of those it comes to first.
bool paths_first(struct analysis *a, uint32_t addr, const uint32_t *stops,
        size_t count, bool *hit);
// --begin or --end names the function at addr.
bool ends_is_half(const struct ends *e, uint32_t addr);

#endif
