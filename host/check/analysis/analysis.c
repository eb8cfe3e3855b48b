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

// A label without a size, of a linker script: it marks the end of a section. It
// names nothing in the next one, and no data behind code.
static bool is_mark(const struct elf_image *image, const struct elf_symbol *s,
        uint32_t addr) {
    uint32_t end;
    const struct elf_section *in = elf_image_section_at(image, addr);
    if (s->function || s->object || s->size_bytes || !in) {
        return false;
    }
    return !in->execute || in != elf_image_section_at(image, s->addr) ||
            (s->name[0] == '_' &&
                    elf_image_content(image, s->addr, &end) ==
                            ELF_CONTENT_DATA);
}

const struct elf_symbol *symbol_shown(const struct elf_image *image,
        uint32_t addr) {
    const struct elf_symbol *symbol = elf_image_symbol_at(image, addr);
    return symbol && !is_mark(image, symbol, addr) ? symbol : NULL;
}

const char *shown_name(struct analysis *a, uint32_t addr) {
    const struct elf_image *image = model_image(&a->model, addr);
    const struct elf_symbol *symbol = image ? symbol_shown(image, addr) : NULL;
    const struct elf_section *section =
            image ? elf_image_section_at(image, addr) : NULL;
    const struct elf_section *copied =
            image ? NULL : model_load_image(&a->model, addr);
    return symbol    ? symbol->name
            : copied ? keep_text(a, "the load image of %s", copied->name)
            : section && !section->execute
            ? keep_text(a, "a constant in %s", section->name)
            : NULL;
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

void analysis_follow(struct analysis *a,
        bool (*kept)(const void *ctx, uint32_t addr), const void *ctx) {
    a->model.kept = kept;
    a->model.kept_ctx = ctx;
    a->model.keep_words = !kept;
    a->model.kept_lengths = kept;
}

struct formed analysis_formed(struct analysis *a,
        const struct function_extent *extent) {
    const struct formed formed = constants_of(a->constants, extent);
    a->failed |= constants_failed(a->constants);
    return formed;
}

/// Words ///

void analysis_want(struct analysis *a, uint32_t addr, uint32_t size_bytes) {
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    if (!size_bytes && (!symbol || !symbol->object)) {
        return;
    }
    struct settled_range range = {addr, size_bytes, true};
    if (!size_bytes) {
        range = (struct settled_range){symbol->addr, symbol->size_bytes, false};
    }
    size_t from = 0, known;
    while ((known = index_next(&a->wanted_index, range.addr, &from)) !=
            INDEX_NONE) {
        if (a->wanted[known].size_bytes == range.size_bytes) {
            return;
        }
    }
    struct settled_range *grown = array_more(a->wanted, a->wanted_count,
            &a->wanted_room, sizeof *grown);
    if (!grown || !index_add(&a->wanted_index, range.addr, a->wanted_count)) {
        a->wanted = grown ? grown : a->wanted;
        a->failed = true;
        return;
    }
    a->wanted = grown;
    a->wanted[a->wanted_count++] = range;
}

void analysis_want_of(struct analysis *a, const struct value *value) {
    struct value top = value_top();
    value_add_parts(&a->model.world, &top, value);
    for (unsigned i = 0; i < VALUE_CONSTS && i < top.count; i++) {
        analysis_want(a, top.v[i], 0);
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

bool analysis_by_chance(const struct analysis *a, uint32_t addr,
        uint32_t word) {
    if (!(addr & 3) || word & 0xFFFF) {
        return false;
    }
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    return !symbol || !(symbol->size_bytes & 3) || symbol->size_bytes < 4 ||
            addr - symbol->addr > symbol->size_bytes - 4;
}
