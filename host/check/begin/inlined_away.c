/*
 * inlined_away - functions that may have been inlined into flash altogether
 *
 * SPDX-License-Identifier: MIT
 *
 * A static function for RAM that is inlined wherever it is called leaves no
 * symbol, and debug information does not have its section. What can be seen:
 * it is declared in a file that has functions for RAM, and its copy calls one.
 * That is a warning, since such a function may as well be one of the flash. It
 * is unknown if the copy writes to a register before that call and after it,
 * where code of an outage writes, too: then it may switch the flash off and
 * on.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/match.h"
#include "check/begin/begin_priv.h"

#define BLOCK(addr) ((addr) & ~0x3FFu) // as in window_writes.c

struct search {
    struct analysis *a;
    struct elf_image *image;
    const char **files; // where functions outside the window are declared
    size_t file_count, file_room;
    struct elf_inline *copies;
    size_t count, room;
    // Of the function that is walked.
    struct step *steps;
    size_t step_count, step_room;
};

// A store to registers, or (block 0) a call of a function outside the window.
struct step {
    uint32_t addr, block;
    uint32_t callee; // node
};

/// Copies ///

static const char *base_of(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool has_ram_functions(const struct search *s, const char *file) {
    bool found = false;
    for (size_t i = 0; i < s->file_count && !found; i++) {
        found = match_files(s->files[i], file);
    }
    return found;
}

// The function is left, and says where it was meant to be.
static bool is_left(const struct search *s, const struct elf_inline *copy) {
    uint32_t addr;
    return elf_image_copied(s->image, copy, NULL, NULL, &addr);
}

static bool on_copy(void *ctx, const struct elf_inline *copy) {
    struct search *s = ctx;
    if (!copy->name || !copy->decl_file ||
            !model_forbidden(&s->a->model, copy->low_addr) ||
            !has_ram_functions(s, copy->decl_file) || is_left(s, copy)) {
        return true;
    }
    struct elf_inline *grown =
            array_more(s->copies, s->count, &s->room, sizeof *grown);
    if (!grown) {
        s->a->failed = true;
        return false;
    }
    s->copies = grown;
    s->copies[s->count++] = *copy;
    return true;
}

/// What they do ///

static bool is_controller(const struct analysis *a, uint32_t block) {
    bool found = false;
    for (size_t i = 0; i < a->device_write_count && !found; i++) {
        found = a->device_writes[i].block == block;
    }
    return found;
}

static void add_step(struct search *s, uint32_t addr, uint32_t block,
        uint32_t callee) {
    struct step *grown =
            array_more(s->steps, s->step_count, &s->step_room, sizeof *grown);
    if (!grown) {
        s->a->failed = true;
        return;
    }
    s->steps = grown;
    s->steps[s->step_count++] = (struct step){addr, block, callee};
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct search *s = ctx;
    const bool known = addr->kind == VALUE_CONST || addr->kind == VALUE_INSIDE;
    (void)bytes, (void)data;
    for (unsigned i = 0; how == FLOW_STORE && known && i < addr->count; i++) {
        if (is_controller(s->a, BLOCK(addr->v[i]))) {
            add_step(s, insn->addr, BLOCK(addr->v[i]), NO_NODE);
        }
    }
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct search *s = ctx;
    bool veneer = false;
    (void)how, (void)regs, (void)sp_bytes;
    if (!direct || !value_is_const(target)) {
        return;
    }
    const uint32_t to =
            analysis_past_veneers(s->a, target->v[0] & ~1u, &veneer);
    const uint32_t callee = analysis_known_node(s->a, to);
    if (callee != NO_NODE && !model_forbidden(&s->a->model, to)) {
        add_step(s, insn->addr, 0, callee);
    }
}

static bool same_function(const struct elf_inline *x,
        const struct elf_inline *y) {
    return x->decl_line == y->decl_line && !strcmp(x->name, y->name) &&
            !strcmp(x->decl_file, y->decl_file);
}

static bool in_copies(const struct search *s, const struct elf_inline *of,
        uint32_t addr) {
    bool found = false;
    for (size_t i = 0; i < s->count && !found; i++) {
        found = same_function(&s->copies[i], of) &&
                addr - s->copies[i].low_addr <
                        s->copies[i].high_addr - s->copies[i].low_addr;
    }
    return found;
}

static int by_addr(const void *x, const void *y) {
    const struct step *a = x, *b = y;
    return (a->addr > b->addr) - (a->addr < b->addr);
}

static void report(struct search *s, const struct elf_inline *copy,
        const struct step *call, bool writes) {
    finding_add(s->a,
            &(struct check_finding){.rule = CHECK_RULE_INLINED,
                    .class = writes ? CHECK_UNKNOWN : CHECK_WARNING,
                    .addr = call->addr,
                    .target = keep_text(s->a, "%s", copy->name)},
            NO_NODE,
            writes ? "%s, declared in %s as functions for RAM are, was inlined "
                     "here; it writes to registers of an outage before it calls "
                     "%s and after that, and goes on in flash in between"
                   : "%s, declared in %s as functions for RAM are, was inlined "
                     "here, in flash, and calls %s; if it was meant for RAM, "
                     "it runs in flash",
            copy->name, base_of(copy->decl_file),
            s->a->nodes[call->callee].name);
}

// Of one function, in its copies in the function that was walked.
static void judge(struct search *s, const struct elf_inline *copy) {
    const struct step *call = NULL, *between = NULL;
    bool writes = false;
    for (size_t i = 0; i < s->step_count && !writes; i++) {
        const struct step *step = &s->steps[i];
        if (!in_copies(s, copy, step->addr)) {
            continue;
        }
        if (!step->block) {
            call = call ? call : step;
            between = step;
            continue;
        }
        for (size_t k = 0; between && k < i && !writes; k++) {
            writes = s->steps[k].block == step->block &&
                    s->steps[k].addr < between->addr &&
                    in_copies(s, copy, s->steps[k].addr);
        }
    }
    if (call) {
        report(s, copy, writes ? between : call, writes);
    }
}

static void end_function(struct search *s) {
    if (s->step_count) {
        qsort(s->steps, s->step_count, sizeof *s->steps, by_addr);
    }
    for (size_t i = 0; i < s->count && s->step_count; i++) {
        bool first = true;
        for (size_t k = 0; k < i && first; k++) {
            first = !same_function(&s->copies[k], &s->copies[i]);
        }
        if (first) {
            judge(s, &s->copies[i]);
        }
    }
    s->step_count = 0;
}

static bool has_copies(void *ctx, const struct elf_symbol *symbol,
        const struct function_extent *extent) {
    struct search *s = ctx;
    bool found = false;
    (void)symbol;
    end_function(s);
    for (size_t i = 0; i < s->count && !found; i++) {
        found = s->copies[i].low_addr >= (extent->entry_addr & ~1u) &&
                s->copies[i].low_addr < extent->end_addr;
    }
    return found;
}

static void find(struct search *s) {
    const struct flow_events events = {
            .ctx = s, .access = on_access, .call = on_call};
    elf_image_inlines(s->image, on_copy, s);
    if (s->count) {
        analysis_scan(s->a, s->image, &events, has_copies);
        end_function(s);
    }
}

// Functions that a linker folded are declared in several.
static void add_files(struct search *s, const struct node *node) {
    const char *file;
    for (size_t i = 0; (file = elf_image_declared(node->image, node->addr, i));
            i++) {
        if (has_ram_functions(s, file)) {
            continue;
        }
        const char **grown = array_more(s->files, s->file_count, &s->file_room,
                sizeof *grown);
        if (!grown) {
            s->a->failed = true;
            return;
        }
        s->files = grown;
        s->files[s->file_count++] = file;
    }
}

void inlined_away_check(struct analysis *a) {
    struct search s = {.a = a};
    for (size_t i = 0; i < a->node_count && !a->failed; i++) {
        const struct node *node = &a->nodes[i];
        if (node->image && !node->is_handler &&
                !model_forbidden(&a->model, node->addr)) {
            add_files(&s, node);
        }
    }
    for (size_t k = 0; k < a->model.image_count && !a->failed; k++) {
        s.image = a->model.images[k];
        s.count = 0;
        find(&s);
    }
    free(s.files);
    free(s.copies);
    free(s.steps);
}
