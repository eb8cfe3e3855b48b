/*
 * start_copies - what start code copies
 *
 * SPDX-License-Identifier: MIT
 *
 * That sections are copied to where they were linked for is assumption A2, of
 * start code. The same store in any other function is one like all others, but
 * for memcpy() of all of a section.
 */
#include "base/match.h"
#include "check/analysis/analysis.h"

// Some loops add before they copy.
#define BEFORE 8u

// Of too many the first is known.
static unsigned known_count(const struct value *v) {
    return v->count == VALUE_MANY ? 1 : v->count;
}

static uint32_t lowest(const struct value *v) {
    uint32_t low = UINT32_MAX;
    for (unsigned i = 0; i < known_count(v); i++) {
        low = v->v[i] < low ? v->v[i] : low;
    }
    return low;
}

static bool all_in(const struct value *v, uint32_t addr, uint32_t size_bytes) {
    bool all = v->count;
    for (unsigned i = 0; all && i < known_count(v); i++) {
        all = v->v[i] - (addr - BEFORE) < size_bytes + BEFORE;
    }
    return all;
}

static bool is_place(const struct value *v) {
    // Where a loop goes through code, its address is anything that was made
    // from where it began.
    return v->kind == VALUE_CONST || v->kind == VALUE_INSIDE ||
            (v->kind == VALUE_TOP && !v->tainted && v->count);
}

// The section whose load image is, or is in, `from`, where `to` is what belongs
// there; NULL: none.
static const struct elf_section *section_of(const struct analysis *a,
        const struct value *to, const struct value *from) {
    const bool words = !from->tainted &&
            (from->kind == VALUE_CONST || from->kind == VALUE_INSIDE ||
                    from->kind == VALUE_WORD_OF);
    if (!is_place(to) || !words) {
        return NULL;
    }
    const uint32_t first = lowest(from);
    const struct elf_section *s = model_load_image(&a->model, first);
    s = s ? s : model_load_image(&a->model, first + BEFORE);
    return s && all_in(to, s->addr, s->size_bytes) &&
                    // The loop ends where it has read the last word.
                    all_in(from, s->load_addr, s->size_bytes + 1) &&
                    lowest(to) - s->addr == first - s->load_addr
            ? s
            : NULL;
}

bool start_code_copies(struct analysis *a, uint32_t function,
        const struct value *to, const struct value *from) {
    return section_of(a, to, from) && start_code_has(a, function);
}

// The word is where the copy of the section ends, or its length in bytes,
// halfwords or words.
static bool ends_copy(const struct elf_section *s, uint32_t word) {
    return word == s->size_bytes || word == s->size_bytes / 2 ||
            word == s->size_bytes / 4 || word == s->addr + s->size_bytes ||
            word == s->load_addr + s->size_bytes;
}

// All of it.
static bool is_whole(const struct elf_section *s, const struct value *regs,
        const struct value *to, const struct value *from) {
    bool ends = false;
    for (unsigned k = 0; k < VALUE_REGISTER_ARGUMENTS && !ends; k++) {
        const struct value *v = flow_argument(regs, k);
        ends = value_is_const(v) && ends_copy(s, v->v[0]);
    }
    return ends && value_is_const(to) && to->v[0] == s->addr &&
            value_is_const(from) && from->v[0] == s->load_addr;
}

static bool is_memcpy(const struct analysis *a, const struct value *target) {
    static const char *const names[] = {
            "memcpy", "memmove", "__aeabi_memcpy*", "__aeabi_memmove*"};
    bool veneer = false, found = false;
    if (!value_is_const(target)) {
        return false;
    }
    const struct elf_symbol *symbol = model_symbol(&a->model,
            analysis_past_veneers(a, target->v[0] & ~1u, &veneer));
    for (size_t i = 0; symbol && i < sizeof names / sizeof names[0]; i++) {
        found |= match_name(names[i], symbol->name);
    }
    return found;
}

// The section that the call copies to argument k, if that is not its length.
static const struct elf_section *copied_to(const struct analysis *a,
        const struct value *regs, unsigned to, bool whole) {
    const struct value *place = flow_argument(regs, to);
    for (unsigned k = 0; k < VALUE_REGISTER_ARGUMENTS; k++) {
        const struct value *from = flow_argument(regs, k);
        const struct elf_section *s = section_of(a, place, from);
        if (s && (!whole || is_whole(s, regs, place, from))) {
            return s;
        }
    }
    return NULL;
}

// Argument `of` is the place, or the length that was computed from addresses.
static bool copies_with(const struct analysis *a, const struct value *regs,
        unsigned of, bool whole, unsigned *to) {
    const struct value *v = flow_argument(regs, of);
    const struct elf_section *s = copied_to(a, regs, of, whole);
    *to = of;
    for (unsigned k = 0; !s && v->distance && value_is_const(v) &&
            k < VALUE_REGISTER_ARGUMENTS;
            k++) {
        s = copied_to(a, regs, k, whole);
        s = s && ends_copy(s, v->v[0]) ? s : NULL;
        *to = k;
    }
    return s;
}

bool start_code_copies_all(const struct analysis *a, const struct value *target,
        const struct value *regs, unsigned argument) {
    unsigned to;
    return copies_with(a, regs, argument, true, &to) && is_memcpy(a, target);
}

bool start_code_copies_by(struct analysis *a, uint32_t function,
        const struct value *target, const struct value *regs,
        unsigned argument) {
    unsigned to;
    return (copies_with(a, regs, argument, false, &to) &&
                   start_code_has(a, function) &&
                   (is_memcpy(a, target) ||
                           !flow_keeps(&a->model, target, to))) ||
            start_code_copies_all(a, target, regs, argument);
}

static bool is_boundary(const struct analysis *a, uint32_t word) {
    const struct elf_section *s;
    for (size_t k = 0; k < a->model.image_count; k++) {
        for (size_t i = 0; (s = elf_image_section(a->model.images[k], i));
                i++) {
            if (s->size_bytes &&
                    (word == s->addr || word == s->load_addr ||
                            word == s->addr + s->size_bytes ||
                            word == s->load_addr + s->size_bytes)) {
                return true;
            }
        }
    }
    return false;
}

// The object that the word is in, or what lies between two others.
static void bounds_of(const struct analysis *a,
        const struct elf_section *section, uint32_t addr, uint32_t *low,
        uint32_t *high) {
    const struct elf_image *image = model_image(&a->model, addr);
    const struct elf_symbol *symbol;
    *low = section->addr;
    *high = section->addr + section->size_bytes;
    size_t i = image ? elf_image_symbol_from(image, addr + 1) : 0;
    symbol = image ? elf_image_symbol_index(image, i) : NULL;
    *high = symbol && symbol->addr < *high ? symbol->addr : *high;
    symbol = i-- ? elf_image_symbol_index(image, i) : NULL;
    if (symbol && symbol->addr >= *low) {
        const uint32_t end = symbol->addr + symbol->size_bytes;
        *low = end <= addr ? end : symbol->addr;
        *high = end > addr ? end : *high;
    }
}

bool start_code_lists(struct analysis *a, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at) {
    const uint8_t *b = section_bytes + at;
    bool beside = false;
    for (int32_t k = -2; k <= 2; k++) {
        const uint32_t i = at + 4 * (uint32_t)k;
        beside |= k && i < section->size_bytes &&
                i + 4 <= section->size_bytes &&
                is_boundary(a, model_word_in(b + 4 * k));
    }
    const uint32_t addr = section->addr + at;
    if (!beside || !is_boundary(a, model_word_in(b)) ||
            !model_constant(&a->model, addr)) {
        return false;
    }
    uint32_t low, high;
    bounds_of(a, section, addr, &low, &high);
    return start_code_reads(a, low, high);
}
