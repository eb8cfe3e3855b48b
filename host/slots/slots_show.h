/*
 * slots_show - the journal, the slots and the choice, as text and JSON
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SLOTS_SHOW_H
#define SLOTS_SHOW_H

#include <stdio.h>

#include "slots/decide.h"
#include "slots/journal_file.h"

struct slots_view {
    const char *path;
    const struct decide_options *options;
    const struct journal_file *journal; // NULL: the board has none
    const struct decision *decision;
};

// records: a line for each position that was claimed.
void slots_show_text(const struct slots_view *v, bool records);
// False: not written.
bool slots_show_json(const struct slots_view *v, FILE *out);

#endif
