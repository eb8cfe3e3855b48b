/*
 * check_notes - the annotations file
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CHECK_NOTES_H
#define CHECK_NOTES_H

#include "check/check.h"

// Reads an annotations file and appends to options->notes. False: one line in
// error (file:line: what, what to do).
bool check_notes_read(const char *path, struct check_options *options,
        char *error, size_t error_size);
void check_notes_free(struct check_options *options);

#endif
