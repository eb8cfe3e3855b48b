/*
 * check_run - the analysis
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "check.h"

bool check_run(struct elf_image *const *images, size_t image_count,
        struct check_options *options, struct check_report *report, char *error,
        size_t error_size) {
    (void)images;
    (void)image_count;
    (void)options;
    memset(report, 0, sizeof *report);
    snprintf(error, error_size, "check: the analysis is not built in");
    return false;
}

void check_report_free(struct check_report *report) {
    memset(report, 0, sizeof *report);
}
