/*
 * report - tells people and tools what was found
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/report: how to say it: text, JSON, SARIF.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "check/check.h"
#include "elf/elf_image.h"

void report_text(FILE *out, const struct check_report *report,
        const struct check_options *options, bool colour, bool verbose);
// 0, or -1 if memory ran out.
int report_json(FILE *out, const struct check_report *report,
        const struct check_options *options);
int report_sarif(FILE *out, const struct check_report *report,
        const struct check_options *options);

#endif
