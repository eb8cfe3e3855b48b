/*
 * start_code - what runs before main(), and what it copies
 *
 * SPDX-License-Identifier: MIT
 *
 * That sections are copied to where they were linked for is assumption A2, of
 * start code; the same store in any other function is one like all others, but
 * for a call with where the section and its load image begin, and its length.
 * Start code is what the reset leads to by direct branches, and not through
 * main(). Without a function of that name, it is what the reset enters, and
 * what that branches to.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/analysis/analysis.h"
#include "check/model/reset_tables.h"

/// Functions ///

#define RESET_WORD 1u

struct start_code {
    struct analysis *a;
    struct index index; // key: address of a function
    struct function_extent *functions;
    size_t count, room;
    struct function_extent from; // whose branches are looked at
};

static bool has_main(const struct model *model) {
    const struct elf_symbol *s;
    for (size_t k = 0; k < model->image_count; k++) {
        for (size_t i = 0;
                (s = elf_image_symbol_named(model->images[k], "main", &i));) {
            if (s->function) {
                return true;
            }
        }
    }
    return false;
}

static void add(struct start_code *s, uint32_t target) {
    struct function_extent extent;
    size_t from = 0;
    bool veneer = false;
    const uint32_t addr = analysis_past_veneers(s->a, target & ~1u, &veneer);
    if (analysis_is_named(s->a, addr, "main", 4) ||
            !model_function(&s->a->model, addr, &extent) ||
            index_next(&s->index, extent.entry_addr, &from) != INDEX_NONE) {
        return;
    }
    struct function_extent *grown =
            array_more(s->functions, s->count, &s->room, sizeof *grown);
    if (!grown || !index_add(&s->index, extent.entry_addr, s->count)) {
        s->functions = grown ? grown : s->functions;
        s->a->failed = true;
        return;
    }
    s->functions = grown;
    s->functions[s->count++] = extent;
}

static void add_entries(struct start_code *s) {
    const struct model *model = &s->a->model;
    struct reset_tables tables;
    uint32_t reset;
    for (size_t k = 0; k < model->image_count; k++) {
        add(s, elf_image_entry(model->images[k]));
    }
    reset_tables_find(model, &tables);
    for (size_t i = 0; i < tables.count; i++) {
        if (model_word(model, tables.addr[i] + 4 * RESET_WORD, &reset)) {
            add(s, reset);
        }
    }
}

static void on_branch(void *ctx, const struct thumb_insn *insn) {
    struct start_code *s = ctx;
    if (insn->target < s->from.entry_addr || insn->target >= s->from.end_addr) {
        add(s, insn->target);
    }
}

static struct start_code *find(struct analysis *a) {
    struct start_code *s = calloc(1, sizeof *s);
    if (!s) {
        a->failed = true;
        return NULL;
    }
    s->a = a;
    add_entries(s);
    const bool all = has_main(&a->model);
    const size_t entries = s->count;
    for (size_t i = 0; i < (all ? s->count : entries); i++) {
        s->from = s->functions[i];
        analysis_branches(a, &s->from, on_branch, s);
    }
    return s;
}

bool start_code_has(struct analysis *a, uint32_t addr) {
    size_t from = 0;
    a->start_code = a->start_code ? a->start_code : find(a);
    return a->start_code &&
            index_next(&a->start_code->index, addr, &from) != INDEX_NONE;
}

void start_code_free(struct start_code *s) {
    if (s) {
        index_free(&s->index);
        free(s->functions);
        free(s);
    }
}

/// What it copies ///

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

// All of it, by a call that looks like one of memcpy().
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

bool start_code_copies_all(const struct analysis *a, const struct value *regs,
        unsigned to) {
    const struct value *place = flow_argument(regs, to);
    bool found = false;
    for (unsigned k = 0; k < VALUE_REGISTER_ARGUMENTS && !found; k++) {
        const struct value *from = flow_argument(regs, k);
        const struct elf_section *s = section_of(a, place, from);
        found = s && is_whole(s, regs, place, from);
    }
    return found;
}

bool start_code_copies_by(struct analysis *a, uint32_t function,
        const struct value *regs, unsigned to) {
    const struct value *place = flow_argument(regs, to);
    bool found = false;
    for (unsigned k = 0; k < VALUE_REGISTER_ARGUMENTS && !found; k++) {
        const struct value *from = flow_argument(regs, k);
        const struct elf_section *s = section_of(a, place, from);
        found = s &&
                (is_whole(s, regs, place, from) || start_code_has(a, function));
    }
    return found;
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

bool start_code_lists(const struct analysis *a,
        const struct elf_section *section, const uint8_t *section_bytes,
        uint32_t at) {
    const uint8_t *b = section_bytes + at;
    bool beside = false;
    for (int32_t k = -2; k <= 2; k++) {
        const uint32_t i = at + 4 * (uint32_t)k;
        beside |= k && i < section->size_bytes &&
                i + 4 <= section->size_bytes &&
                is_boundary(a, model_word_in(b + 4 * k));
    }
    return beside && is_boundary(a, model_word_in(b)) &&
            model_constant(&a->model, section->addr + at);
}
