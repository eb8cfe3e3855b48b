/*
 * start_code - what runs before main(), and never again
 *
 * SPDX-License-Identifier: MIT
 *
 * Start code is what a reset leads to by direct branches, if these come to
 * main(), and not through it. Else it is the function alone that the reset
 * enters, unless main() was inlined there. Nothing else enters it: a function
 * that other code calls too, or whose address is kept, is none.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/match.h"
#include "check/analysis/analysis.h"
#include "check/model/reset_tables.h"

#define RESET_WORD 1u

struct function {
    struct function_extent extent;
    bool entry;  // a reset enters it
    bool late;   // something else may
    bool passed; // and what it calls is late, too
};

struct functions {
    struct index index; // key: address
    struct function *all;
    size_t count, room;
};

struct start_code {
    struct analysis *a;
    struct functions functions, walked; // the latter from one reset
    struct function_extent from;        // whose branches are looked at
    bool comes_to_main, has_main;
    uint32_t low_addr, high_addr; // of what is read
    bool read;                    // by other code
};

static struct function *function_at(const struct functions *f, uint32_t addr) {
    size_t from = 0;
    const size_t k = index_next(&f->index, addr, &from);
    return k == INDEX_NONE ? NULL : &f->all[k];
}

static void keep(struct start_code *s, struct functions *f,
        const struct function *function) {
    const uint32_t addr = function->extent.entry_addr;
    struct function *known = function_at(f, addr);
    if (known) {
        known->entry |= function->entry;
        return;
    }
    struct function *grown =
            array_more(f->all, f->count, &f->room, sizeof *grown);
    f->all = grown ? grown : f->all;
    if (!grown || !index_add(&f->index, addr, f->count)) {
        s->a->failed = true;
        return;
    }
    f->all[f->count++] = *function;
}

static void forget(struct functions *f) {
    index_free(&f->index);
    free(f->all);
    *f = (struct functions){0};
}

static bool leaves(const struct start_code *s, const struct thumb_insn *insn) {
    return insn->target < s->from.entry_addr ||
            insn->target >= s->from.end_addr;
}

/// What a reset leads to ///

// Or a copy of it that a compiler made.
static bool is_main(const struct analysis *a, uint32_t addr) {
    const struct elf_image *image = model_image(&a->model, addr);
    const struct elf_symbol *s;
    for (size_t i = image ? elf_image_symbol_from(image, addr) : 0;
            image && (s = elf_image_symbol_index(image, i)) && s->addr == addr;
            i++) {
        if (s->function && match_copies("main", s->name)) {
            return true;
        }
    }
    return false;
}

static void enter(struct start_code *s, uint32_t target, bool entry) {
    struct function function = {.entry = entry};
    bool veneer = false;
    const uint32_t addr = analysis_past_veneers(s->a, target & ~1u, &veneer);
    if (is_main(s->a, addr)) {
        s->comes_to_main = true;
    } else if (model_function(&s->a->model, addr, &function.extent)) {
        keep(s, &s->walked, &function);
    }
}

static void on_branch(void *ctx, const struct thumb_insn *insn) {
    struct start_code *s = ctx;
    if (leaves(s, insn)) {
        enter(s, insn->target, false);
    }
}

// It may call main() by a register.
static void look_for_main(struct start_code *s) {
    const struct formed formed = analysis_formed(s->a, &s->from);
    for (size_t i = 0; i < formed.count && !s->comes_to_main; i++) {
        s->comes_to_main =
                formed.words[i] & 1 && is_main(s->a, formed.words[i] & ~1u);
    }
}

static bool on_inlined(void *ctx, const struct elf_inline *copy) {
    struct start_code *s = ctx;
    s->has_main |= copy->name && !strcmp(copy->name, "main") &&
            copy->low_addr >= s->from.entry_addr &&
            copy->low_addr < s->from.end_addr;
    return !s->has_main;
}

// It has a copy of main().
static bool has_main(struct start_code *s, const struct function *function) {
    s->from = function->extent;
    s->has_main = false;
    elf_image_inlines(model_image(&s->a->model, s->from.entry_addr), on_inlined,
            s);
    return s->has_main;
}

static void add_reset(struct start_code *s, uint32_t reset) {
    struct functions *walked = &s->walked;
    s->comes_to_main = false;
    enter(s, reset, true);
    for (size_t i = 0; i < walked->count; i++) {
        s->from = walked->all[i].extent;
        analysis_branches(s->a, &s->from, on_branch, s);
        look_for_main(s);
    }
    if (s->comes_to_main) {
        for (size_t i = 0; i < walked->count; i++) {
            keep(s, &s->functions, &walked->all[i]);
        }
    } else if (walked->count && !has_main(s, &walked->all[0])) {
        keep(s, &s->functions, &walked->all[0]);
    }
    forget(walked);
}

static void add_resets(struct start_code *s) {
    const struct model *model = &s->a->model;
    struct reset_tables tables;
    uint32_t reset;
    for (size_t k = 0; k < model->image_count; k++) {
        add_reset(s, elf_image_entry(model->images[k]));
    }
    reset_tables_find(model, &tables);
    for (size_t i = 0; i < tables.count; i++) {
        if (model_word(model, tables.addr[i] + 4 * RESET_WORD, &reset)) {
            add_reset(s, reset);
        }
    }
}

/// What else enters it ///

static void mark_late(const struct start_code *s, uint32_t addr) {
    struct function *function = function_at(&s->functions, addr & ~1u);
    if (function) {
        function->late |= !function->entry;
    }
}

static void on_late_branch(void *ctx, const struct thumb_insn *insn) {
    const struct start_code *s = ctx;
    bool veneer = false;
    if (leaves(s, insn)) {
        mark_late(s, analysis_past_veneers(s->a, insn->target, &veneer));
    }
}

static void pass_late(struct start_code *s,
        const struct function_extent *extent) {
    s->from = *extent;
    analysis_branches(s->a, extent, on_late_branch, s);
}

static void each_function(struct start_code *s,
        void (*visit)(struct start_code *s,
                const struct function_extent *extent)) {
    const struct model *model = &s->a->model;
    const struct elf_symbol *symbol;
    for (size_t k = 0; k < model->image_count; k++) {
        uint32_t last = 1;
        for (size_t i = 0;
                (symbol = elf_image_symbol_index(model->images[k], i)); i++) {
            struct function_extent extent;
            if (symbol->function && symbol->addr != last &&
                    model_image(model, symbol->addr) == model->images[k] &&
                    model_function(model, symbol->addr, &extent)) {
                last = symbol->addr;
                visit(s, &extent);
            }
        }
    }
}

static void look_for_late(struct start_code *s,
        const struct function_extent *extent) {
    const struct formed formed = analysis_formed(s->a, extent);
    for (size_t i = 0; i < formed.count; i++) {
        if (formed.words[i] & 1) {
            mark_late(s, formed.words[i]);
        }
    }
    if (!function_at(&s->functions, extent->entry_addr)) {
        pass_late(s, extent);
    }
}

static void on_address(void *ctx, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at, uint32_t word) {
    const struct start_code *s = ctx;
    (void)section, (void)section_bytes, (void)at;
    if (word & 1 && word - s->low_addr < s->high_addr - s->low_addr) {
        mark_late(s, word);
    }
}

static void find_late(struct start_code *s) {
    const struct model *model = &s->a->model;
    each_function(s, look_for_late);
    s->low_addr = UINT32_MAX;
    s->high_addr = 0;
    for (size_t i = 0; i < s->functions.count; i++) {
        const struct function_extent *e = &s->functions.all[i].extent;
        s->low_addr = e->entry_addr < s->low_addr ? e->entry_addr : s->low_addr;
        s->high_addr = e->end_addr > s->high_addr ? e->end_addr : s->high_addr;
    }
    for (size_t k = 0; s->functions.count && k < model->image_count; k++) {
        analysis_scan_words(model->images[k], on_address, s);
    }
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < s->functions.count; i++) {
            struct function *function = &s->functions.all[i];
            if (function->late && !function->passed) {
                function->passed = more = true;
                pass_late(s, &function->extent);
            }
        }
    }
}

/// What is asked ///

static struct start_code *find(struct analysis *a) {
    struct start_code *s = calloc(1, sizeof *s);
    if (!s) {
        a->failed = true;
        return NULL;
    }
    s->a = a;
    add_resets(s);
    if (s->functions.count) {
        find_late(s);
    }
    return s;
}

bool start_code_has(struct analysis *a, uint32_t addr) {
    a->start_code = a->start_code ? a->start_code : find(a);
    const struct function *function =
            a->start_code ? function_at(&a->start_code->functions, addr) : NULL;
    return function && !function->late;
}

static void look_for_read(struct start_code *s,
        const struct function_extent *extent) {
    const struct function *function =
            function_at(&s->functions, extent->entry_addr);
    const struct formed formed = analysis_formed(s->a, extent);
    const bool other = !function || function->late;
    for (size_t i = 0; other && i < formed.count && !s->read; i++) {
        s->read = formed.words[i] - s->low_addr < s->high_addr - s->low_addr;
    }
}

static void on_pointer(void *ctx, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at, uint32_t word) {
    struct start_code *s = ctx;
    (void)section_bytes;
    if (word - s->low_addr < s->high_addr - s->low_addr) {
        const struct elf_symbol *symbol =
                model_symbol(&s->a->model, section->addr + at);
        s->read |= !symbol || !symbol->function;
    }
}

bool start_code_reads(struct analysis *a, uint32_t addr, uint32_t end_addr) {
    (void)start_code_has(a, addr);
    struct start_code *s = a->start_code;
    if (!s || !s->functions.count) {
        return false;
    }
    s->low_addr = addr;
    s->high_addr = end_addr;
    s->read = false;
    each_function(s, look_for_read);
    for (size_t k = 0; !s->read && k < a->model.image_count; k++) {
        analysis_scan_words(a->model.images[k], on_pointer, s);
    }
    return !s->read;
}

void start_code_free(struct start_code *s) {
    if (s) {
        forget(&s->functions);
        free(s);
    }
}
