/*
 * explain - why a finding is one, and what to do
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/explain: causes and cures of findings, and advice.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdio.h>

#include "check/check.h"
#include "elf/elf_image.h"

// Fills cause and fix, and frees those that were there. They stay NULL if
// memory ran out.
void explain_finding(struct check_finding *finding);
// The same for all findings of a report, those that annotations cover too.
void explain_all(struct check_report *report);
// Debugger advice for these images and the linker lines that would move what
// was found.
void explain_advise(FILE *out, struct elf_image *const *images,
        size_t image_count, const struct check_report *report,
        const struct check_options *options);

#endif
