/*
 * judge - says what is wrong with the code that an outage reaches
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/judge: what is wrong with it: reachable code, arguments,
 * memory.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include "check/check.h"
#include "elf/elf_image.h"

// Judges the images together: images[0] is the application, the others are
// what it calls at fixed addresses. Cause and fix of the findings are left to
// explain_all(). Where a mask changes and it is PROVED with all
// interrupts, these are what was judged, and interrupts_all is set. False:
// could not work, one line in error.
bool check_run(struct elf_image *const *images, size_t image_count,
        struct check_options *options, struct check_report *report, char *error,
        size_t error_size);
void check_report_free(struct check_report *report);

#endif
