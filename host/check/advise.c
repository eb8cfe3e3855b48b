/*
 * advise - debugger advice and linker lines for an image
 *
 * SPDX-License-Identifier: MIT
 */
#include "check.h"

void advise(FILE *out, struct elf_image *const *images, size_t image_count,
        const struct check_report *report,
        const struct check_options *options) {
    (void)images;
    (void)image_count;
    (void)report;
    (void)options;
    fputs("\nNo advice yet.\n", out);
}
