/*
 * analysis - names, texts that outlive an analysis, and the walk of an image
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

void analysis_scan(struct analysis *a, const struct elf_image *image,
        const struct flow_events *events,
        bool (*mentions)(void *ctx, const struct elf_symbol *symbol,
                const struct function_extent *extent)) {
    const struct elf_symbol *symbol;
    uint32_t last = 1;
    for (size_t i = 0; (symbol = elf_image_symbol_index(image, i)); i++) {
        struct function_extent extent;
        struct flow_result result;
        if (!symbol->function || symbol->addr == last ||
                model_image(&a->model, symbol->addr) != image ||
                !model_function(&a->model, symbol->addr, &extent) ||
                !mentions(events->ctx, symbol, &extent)) {
            continue;
        }
        last = symbol->addr;
        if (!flow_function(&a->model, &extent, symbol->addr, events, &result)) {
            a->failed = true;
        }
    }
}

void analysis_scan_words(const struct elf_image *image,
        void (*found)(void *ctx, const struct elf_section *section,
                const uint8_t *section_bytes, uint32_t at, uint32_t word),
        void *ctx) {
    const struct elf_section *s;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        const uint8_t *b =
                s->zero ? NULL : elf_image_bytes(image, s->addr, s->size_bytes);
        for (uint32_t at = 0; b && at + 4 <= s->size_bytes; at++) {
            found(ctx, s, b, at, model_word_in(b + at));
        }
    }
}
