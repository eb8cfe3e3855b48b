/*
 * ends - outages that begin in one function and end in another
 *
 * SPDX-License-Identifier: MIT
 *
 * A split driver has one function that switches the flash off and another that
 * switches it on again (--begin, --end). What calls the first runs in the
 * outage from there on. Code in flash cannot: the return to it already is the
 * violation. A resident caller is a root, and begins an outage itself if it may
 * return before the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/index.h"
#include "base/match.h"
#include "check/analysis/references.h"
#include "check/begin/begin_priv.h"

static void add_opener(struct ends *e, uint32_t addr, bool named, bool may) {
    for (size_t i = 0; i < e->opener_count; i++) {
        if (e->openers[i].addr == addr) {
            return;
        }
    }
    struct opener *grown = array_more(e->openers, e->opener_count,
            &e->opener_room, sizeof *grown);
    if (!grown) {
        e->a->failed = true;
        return;
    }
    const char *name = symbol_name(e->a, addr);
    e->openers = grown;
    e->openers[e->opener_count++] =
            (struct opener){addr, name ? name : "?", named, may};
}

/// Callers ///

static bool ends_anywhere(const struct ends *e);
static void add_caller(struct ends_callers *c, uint32_t addr);

static void returns_to(const struct ends *e, const struct opener *o,
        uint32_t function, uint32_t addr) {
    struct analysis *a = e->a;
    const bool may = o->may || (!o->named && ends_anywhere(e));
    const char *detail =
            "%s returns to it before the outage ends, and it lies in flash";
    if (o->named) {
        detail = "%s begins an outage and returns to it, and it lies in flash";
    } else if (may) {
        detail = "%s may return to it before the outage ends, and it lies in "
                 "flash";
    }
    finding_add(a,
            &(struct check_finding){
                    .rule = may ? CHECK_RULE_RETURN_UNKNOWN : CHECK_RULE_CODE,
                    .function = symbol_name(a, function),
                    .function_addr = function,
                    .addr = addr,
                    .target_addr = function,
                    .target_known = true},
            NO_NODE, detail, o->name);
}

static void kept(const struct ends *e, const struct opener *o, uint32_t addr) {
    const char *name = symbol_name(e->a, addr);
    finding_add(e->a,
            &(struct check_finding){.rule = CHECK_RULE_CALL_UNKNOWN,
                    .function = o->name,
                    .function_addr = o->addr,
                    .addr = o->addr},
            NO_NODE,
            "%s (0x%08x) keeps the address of %s, so it is not known what runs "
            "between it and the end of the outage",
            name ? name : "something", (unsigned)addr, o->name);
}

// The code at addr calls o, jumps to it or is a copy of it; `behind` it what
// calls goes on, 0: nowhere.
static void called(struct ends *e, size_t opener, uint32_t addr,
        uint32_t behind) {
    struct analysis *a = e->a;
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    const struct opener o = e->openers[opener];
    struct function_extent extent;
    if (!symbol || !model_function(&a->model, addr, &extent)) {
        kept(e, &o, addr);
        return;
    }
    const bool flash = model_forbidden(&a->model, addr);
    if (!flash) {
        analysis_root(a, symbol->addr,
                keep_text(a, "calls %s, which begins an outage", o.name));
        add_caller(&e->direct, symbol->addr & ~1u);
    }
    bool may_end = false;
    if (flash && behind) {
        returns_to(e, &o, symbol->addr, addr);
    } else if (!behind ||
            paths_may_return(e, behind, behind == addr ? 0 : addr, 0,
                    &may_end)) {
        add_opener(e, symbol->addr, false, o.may || may_end);
    }
}

static void on_called(void *ctx, uint32_t which, const struct thumb_insn *insn,
        bool direct) {
    struct ends *e = ctx;
    if (direct) {
        called(e, which, insn->addr,
                insn->op == THUMB_BL ? insn->addr + insn->size_bytes : 0);
    } else {
        kept(e, &e->openers[which], insn->addr);
    }
}

static void on_kept(void *ctx, uint32_t which, uint32_t at) {
    const struct ends *e = ctx;
    kept(e, &e->openers[which], at);
}

static void on_entered(void *ctx, uint32_t which, uint32_t at, uint32_t to) {
    (void)to;
    on_kept(ctx, which, at);
}

// Of the openers from the first one on. Adds others.
static void find_callers(struct ends *e, size_t first) {
    struct references r = {.a = e->a,
            .ctx = e,
            .called = on_called,
            .kept = on_kept,
            .entered = on_entered};
    const size_t count = e->opener_count;
    for (size_t i = first; i < count && !e->a->failed; i++) {
        e->a->failed |=
                !references_add(&r, (uint32_t)i, e->openers[i].addr & ~1u);
    }
    references_find(&r);
    references_free(&r);
}

/// Who calls them ///

static bool is_among(const struct ends_callers *c, uint32_t addr) {
    for (size_t i = 0; i < c->count; i++) {
        if (c->function[i] == addr) {
            return true;
        }
    }
    return false;
}

static void add_caller(struct ends_callers *c, uint32_t addr) {
    if (is_among(c, addr)) {
        return;
    }
    uint32_t *grown =
            array_more(c->function, c->count, &c->room, sizeof *grown);
    c->a->failed |= !grown;
    if (grown) {
        c->function = grown;
        c->function[c->count++] = addr;
    }
}

static void on_caller(void *ctx, uint32_t which, const struct thumb_insn *insn,
        bool direct) {
    struct ends_callers *c = ctx;
    const uint32_t from = references_function_of(c->a, insn->addr);
    (void)which;
    c->kept |= !direct || !from;
    if (direct && from && !model_forbidden(&c->a->model, from)) {
        add_caller(c, from & ~1u);
    }
}

static void on_caller_kept(void *ctx, uint32_t which, uint32_t at) {
    struct ends_callers *c = ctx;
    (void)which, (void)at;
    c->kept = true;
}

static void on_caller_entered(void *ctx, uint32_t which, uint32_t at,
        uint32_t to) {
    (void)to;
    on_caller_kept(ctx, which, at);
}

// Adds to functions those that call them, and their callers.
static void find_all_callers(struct ends_callers *c) {
    for (size_t i = 0; i < c->count && !c->a->failed;) {
        struct references r = {.a = c->a,
                .ctx = c,
                .called = on_caller,
                .kept = on_caller_kept,
                .entered = on_caller_entered};
        for (const size_t count = c->count; i < count; i++) {
            c->a->failed |= !references_add(&r, (uint32_t)i, c->function[i]);
        }
        references_find(&r);
        references_free(&r);
    }
}

bool ends_around(const struct ends *e, uint32_t addr) {
    return is_among(&e->around, addr);
}

// An exception, or what is called through a pointer, may end an outage.
static bool ends_anywhere(const struct ends *e) {
    struct ends_callers c = {.a = e->a};
    for (size_t i = 0; i < e->closer_count; i++) {
        add_caller(&c, e->closers[i] & ~1u);
    }
    find_all_callers(&c);
    free(c.function);
    return c.kept;
}

/// Copies ///

static void add_copy(struct ends *e, uint32_t addr, size_t opener) {
    struct copy *grown =
            array_more(e->copies, e->copy_count, &e->copy_room, sizeof *grown);
    e->a->failed |= !grown;
    if (grown) {
        e->copies = grown;
        e->copies[e->copy_count++] = (struct copy){addr, opener};
    }
}

static void add_end_copy(struct ends *e, const struct elf_inline *copy) {
    struct check_region *grown = array_more(e->end_copies, e->end_copy_count,
            &e->end_copy_room, sizeof *grown);
    e->a->failed |= !grown;
    if (grown) {
        e->end_copies = grown;
        e->end_copies[e->end_copy_count++] = (struct check_region){
                copy->low_addr, copy->high_addr - copy->low_addr};
    }
}

// Where the rest of it is a function of its own, a copy may be a part.
static bool is_whole(const struct ends *e, const char *name) {
    const struct elf_symbol *s;
    const size_t length = strcspn(name, ".");
    for (size_t k = 0; k < e->a->model.image_count; k++) {
        for (size_t i = 0;
                (s = elf_image_symbol_index(e->a->model.images[k], i)); i++) {
            if (!strncmp(s->name, name, length) &&
                    !strncmp(s->name + length, ".part.", 6)) {
                return false;
            }
        }
    }
    return true;
}

static enum elf_copy copy_of(struct ends *e, const struct elf_inline *copy,
        uint32_t addr) {
    struct elf_image *image = model_image(&e->a->model, addr);
    return image ? elf_image_copy_at(image, addr, copy) : ELF_COPY_NO;
}

static void look_for_end(struct ends *e, const struct elf_inline *copy) {
    bool found = false;
    for (size_t i = 0; i < e->closer_count && !found; i++) {
        const char *name = symbol_name(e->a, e->closers[i]);
        found = name && is_whole(e, name) &&
                copy_of(e, copy, e->closers[i] & ~1u) == ELF_COPY_YES;
    }
    if (found) {
        add_end_copy(e, copy);
    }
}

// Of what was named, inlined into another function: one in flash is a violation
// by itself.
static bool on_copy(void *ctx, const struct elf_inline *copy) {
    struct ends *e = ctx;
    if (copy->name) {
        look_for_end(e, copy);
    }
    const struct elf_symbol *in = model_symbol(&e->a->model, copy->low_addr);
    for (size_t i = 0; i < e->opener_count && copy->name && in; i++) {
        const struct opener *o = &e->openers[i];
        if (!model_forbidden(&e->a->model, copy->low_addr) &&
                in->addr != o->addr &&
                copy_of(e, copy, o->addr & ~1u) != ELF_COPY_NO) {
            add_copy(e, copy->low_addr, i);
            add_caller(&e->around, in->addr & ~1u);
            break;
        }
    }
    return true;
}

// Without debug information they cannot be found, and the report says so.
static void find_copies(struct ends *e) {
    for (size_t i = 0; e->opener_count && i < e->a->model.image_count; i++) {
        elf_image_inlines(e->a->model.images[i], on_copy, e);
    }
}

/// What was asked ///

static unsigned add_matching(struct ends *e, const char *pattern, bool end) {
    unsigned count = 0;
    const struct elf_symbol *s;
    for (size_t k = 0; k < e->a->model.image_count; k++) {
        for (size_t i = 0;
                (s = elf_image_symbol_index(e->a->model.images[k], i)); i++) {
            // A copy of what ends an outage may be a part of it.
            const bool is_it = end ? match_name(pattern, s->name)
                                   : match_copies(pattern, s->name);
            // A call of a veneer is one of the function.
            if (!s->code || s->absolute || !is_it ||
                    analysis_is_veneer(e->a, s)) {
                continue;
            }
            count++;
            analysis_root(e->a, s->addr,
                    end ? "ends an outage" : "begins an outage");
            if (!end) {
                add_opener(e, s->addr, true, false);
                continue;
            }
            uint32_t *grown = array_more(e->closers, e->closer_count,
                    &e->closer_room, sizeof *grown);
            if (!grown) {
                e->a->failed = true;
                return count;
            }
            e->closers = grown;
            e->closers[e->closer_count++] = s->addr;
        }
    }
    return count;
}

static bool add_all(struct ends *e, const char *const *names, size_t count,
        bool end) {
    for (size_t i = 0; i < count; i++) {
        if (!add_matching(e, names[i], end)) {
            snprintf(e->a->error, e->a->error_size,
                    "no function matches --%s %s; it may have been inlined or "
                    "dropped by the linker (nm lists what is left)",
                    end ? "end" : "begin", names[i]);
            return false;
        }
    }
    return true;
}

// Of annotations, those that name no function are reported as unused.
static void add_noted(struct ends *e) {
    for (size_t i = 0; i < e->a->options->note_count; i++) {
        struct check_note *note = &e->a->options->notes[i];
        const bool end = note->kind == CHECK_NOTE_ENDS;
        if ((end || note->kind == CHECK_NOTE_BEGINS) && !note->refused) {
            note->used += add_matching(e, note->place, end);
        }
    }
}

bool ends_check(struct analysis *a) {
    const struct check_options *o = a->options;
    struct ends *e = calloc(1, sizeof *e);
    a->failed = a->failed || !e;
    if (!e) {
        return true;
    }
    e->a = e->around.a = e->direct.a = a;
    a->ends = e;
    for (size_t i = 0; i < a->node_count; i++) {
        a->nodes[i].asked = o->root_count != 0; // no others are there yet
    }
    const bool good = add_all(e, o->begins, o->begin_count, false) &&
            add_all(e, o->ends, o->end_count, true);
    add_noted(e);
    if (good) {
        for (size_t i = 0; i < e->opener_count; i++) {
            add_caller(&e->around, e->openers[i].addr & ~1u);
        }
        find_copies(e);
        find_all_callers(&e->around);
        e->nested = e->around.kept;
    }
    for (size_t i = 0; good && i < e->copy_count; i++) {
        const struct copy c = e->copies[i];
        called(e, c.opener, c.addr, c.addr);
    }
    for (size_t i = 0; good && i < e->opener_count && !a->failed;) {
        const size_t count = e->opener_count;
        find_callers(e, i);
        i = count;
    }
    return good;
}

/// Functions that an outage begins in ///

// Of an opener, or of what ends an outage: that is judged from its entry on.
bool ends_is_half(const struct ends *e, uint32_t addr) {
    bool found = false;
    for (size_t i = 0; i < e->opener_count; i++) {
        found |= e->openers[i].named && (e->openers[i].addr & ~1u) == addr;
    }
    for (size_t i = 0; i < e->closer_count; i++) {
        found |= (e->closers[i] & ~1u) == addr;
    }
    return found;
}

// A copy of an opener is in it: where that begins is not exact.
static bool has_copy(const struct ends *e, const struct node *node) {
    const uint32_t from = node->extent.entry_addr & ~1u;
    bool found = false;
    for (size_t i = 0; i < e->copy_count; i++) {
        found |= e->copies[i].addr - from < node->extent.end_addr - from;
    }
    return found;
}

static bool was_entered(const struct analysis *a, uint32_t addr) {
    bool found = false;
    for (size_t i = 0; i < a->entered_count; i++) {
        found |= a->entered[i] == addr;
    }
    return found;
}

bool ends_enters_on(const struct ends *e, const struct node *node) {
    // Without debug information no copies are seen.
    return is_among(&e->direct, node->addr) && ends_around(e, node->addr) &&
            !node->asked && !node->is_handler &&
            !model_forbidden(&e->a->model, node->addr) &&
            !ends_is_half(e, node->addr) && !has_copy(e, node) &&
            !was_entered(e->a, node->addr) && node->image &&
            elf_image_defined(node->image, node->addr);
}

// An instruction that was judged leads there, or an exception does.
static bool is_entered(const struct analysis *a, uint32_t n) {
    bool found = a->nodes[n].is_handler;
    for (size_t i = 0; i < a->node_count && !found; i++) {
        const struct node *node = &a->nodes[i];
        for (size_t k = 0; k < node->edge_count && !found; k++) {
            found = node->edges[k].callee == n;
        }
    }
    for (size_t i = 0; i < a->crossing_count && !found; i++) {
        bool veneer = false;
        const struct crossing *c = &a->crossings[i];
        found = c->kind == CROSSING_JUMP &&
                analysis_past_veneers(a, c->target, &veneer) ==
                        a->nodes[n].addr;
    }
    return found;
}

bool ends_entered(struct analysis *a) {
    bool more = false;
    for (size_t n = 0; n < a->node_count && !a->failed; n++) {
        if (!a->nodes[n].enters_on || !is_entered(a, (uint32_t)n)) {
            continue;
        }
        uint32_t *grown = array_more(a->entered, a->entered_count,
                &a->entered_room, sizeof *grown);
        if (!grown) {
            a->failed = true;
            return false;
        }
        a->entered = grown;
        a->entered[a->entered_count++] = a->nodes[n].addr;
        more = true;
    }
    return more;
}

void ends_free(struct analysis *a) {
    if (a->ends) {
        free(a->ends->openers);
        free(a->ends->closers);
        free(a->ends->copies);
        free(a->ends->around.function);
        free(a->ends->direct.function);
        free(a->ends->end_copies);
        index_free(&a->ends->walked);
        free(a->ends);
        a->ends = NULL;
    }
}
