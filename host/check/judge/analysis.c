/*
 * analysis - names and texts that outlive an analysis
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/judge/analysis.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *symbol_name(const struct analysis *a, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    return symbol ? symbol->name : NULL;
}

const char *keep_text(struct analysis *a, const char *format, ...) {
    struct check_report *r = a->report;
    char **grown = r->texts;
    if (!(r->text_count & (r->text_count - 1))) { // doubled at powers of two
        grown = realloc(grown,
                (r->text_count ? 2 * r->text_count : 1) * sizeof *grown);
    }
    if (!grown) {
        a->failed = true;
        return "?";
    }
    r->texts = grown;
    va_list args;
    va_start(args, format);
    const int length = vasprintf(&grown[r->text_count], format, args);
    va_end(args);
    if (length < 0) {
        a->failed = true;
        return "?";
    }
    return grown[r->text_count++];
}
