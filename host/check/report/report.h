/*
 * report - tells people and tools what was found, why, and what to do
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/report: how to say it: causes and cures, text, JSON,
 * SARIF, advice.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "check/check.h"
#include "elf/elf_image.h"

// Fills cause and fix, and frees those that were there. They stay NULL if
// memory ran out.
void report_explain(struct check_finding *finding);
// The same for all findings of a report, those that annotations cover too.
void report_explain_all(struct check_report *report);

void report_text(FILE *out, const struct check_report *report,
        const struct check_options *options, bool colour, bool verbose);
// 0, or -1 if memory ran out.
int report_json(FILE *out, const struct check_report *report,
        const struct check_options *options);
int report_sarif(FILE *out, const struct check_report *report,
        const struct check_options *options);
// Debugger advice for these images and the linker lines that would move what
// was found.
void report_advise(FILE *out, struct elf_image *const *images,
        size_t image_count, const struct check_report *report,
        const struct check_options *options);

#endif
