/*
 * model_set - objects beside each other that code walks from a label of the
 * linker script
 *
 * SPDX-License-Identifier: MIT
 *
 * `start = .; KEEP(*(SORT(.drivers.*))) end = .;` makes an array of objects
 * that source files define by themselves. Its label is where the first of them
 * is.
 */
#include "check/model/model.h"

#define PADDING_MAX 8u
#define LEAST_ELEMENT 8u
#define MOST_OBJECTS 4096u

static const struct elf_symbol *object_at(const struct model *model,
        uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(model, addr);
    return symbol && symbol->object && addr - symbol->addr < symbol->size_bytes
            ? symbol
            : NULL;
}

// One of them may be an array of the others.
static bool are_alike(const struct elf_symbol *a, const struct elf_symbol *b) {
    const uint32_t x = a->size_bytes, y = b->size_bytes;
    const uint32_t less = x < y ? x : y, more = x < y ? y : x;
    return x == y || (less >= LEAST_ELEMENT && more % less == 0);
}

static const struct elf_symbol *next_of(const struct model *model,
        const struct elf_symbol *of) {
    const uint32_t end = of->addr + of->size_bytes;
    const struct elf_symbol *next = NULL;
    for (uint32_t gap = 0; !next && gap < PADDING_MAX; gap++) {
        next = object_at(model, end + gap);
    }
    return next && next->addr >= end && are_alike(of, next) &&
                    model_section(model, next->addr) ==
                            model_section(model, of->addr)
            ? next
            : NULL;
}

static const struct elf_symbol *before(const struct model *model,
        const struct elf_symbol *of) {
    const struct elf_symbol *found = NULL;
    for (uint32_t gap = 1; !found && gap <= PADDING_MAX; gap++) {
        found = object_at(model, of->addr - gap);
    }
    return found && next_of(model, found) == of ? found : NULL;
}

static bool has_label(const struct model *model, uint32_t addr) {
    const struct elf_image *image = model_image(model, addr);
    const struct elf_symbol *s;
    bool has = false;
    for (size_t i = elf_image_symbol_from(image, addr);
            !has && (s = elf_image_symbol_index(image, i)) && s->addr == addr;
            i++) {
        // Those of compilers, as mapping symbols are, name no memory.
        has = !s->size_bytes && !s->object && !s->function && *s->name != '$' &&
                *s->name != '.';
    }
    return has;
}

bool model_set(const struct model *model, uint32_t addr, uint32_t *start,
        uint32_t *end) {
    const struct elf_symbol *first = object_at(model, addr);
    if (!first) {
        return false;
    }
    const struct elf_symbol *last = first, *s = first;
    bool labelled = has_label(model, first->addr);
    for (unsigned i = 0; i < MOST_OBJECTS && (s = before(model, s)); i++) {
        first = has_label(model, s->addr) || !labelled ? s : first;
        labelled |= has_label(model, s->addr);
    }
    s = last;
    for (unsigned i = 0; i < MOST_OBJECTS && (s = next_of(model, s)); i++) {
        last = s;
    }
    if (!labelled || first == last) {
        return false;
    }
    *start = first->addr;
    *end = last->addr + last->size_bytes;
    return true;
}
