/*
 * analysis - names and texts that outlive an analysis
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/analysis/analysis.h"
#include "base/array.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *symbol_name(const struct analysis *a, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    return symbol ? symbol->name : NULL;
}

const char *keep_text(struct analysis *a, const char *format, ...) {
    struct check_report *r = a->report;
    char **grown = array_one_more(r->texts, r->text_count, sizeof *grown);
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
