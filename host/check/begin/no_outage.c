/*
 * no_outage - whether what was judged can be an outage at all
 *
 * SPDX-License-Identifier: MIT
 *
 * A flash is switched off by a write to a register. If no function outside of
 * the window does that, while code in the window names registers, the functions
 * for RAM may lie in the flash: by link-time optimisation, or since no line of
 * the linker script takes them. An exception handler writes to registers, too;
 * that says nothing of an outage, so neither it counts nor what only handlers
 * call.
 */
#include <stdlib.h>

#include "check/analysis/references.h"
#include "check/begin/begin_priv.h"
#include "check/whole/whole.h"

struct no_outage {
    struct analysis *a;
    // By node.
    bool *handled; // a handler, or one calls it
    bool *outage;  // an outage may be there
};

/// Handlers ///

static void add_handler(struct no_outage *o, uint32_t word) {
    bool veneer = false;
    const uint32_t n = word & 1
            ? analysis_known_node(o->a,
                      analysis_past_veneers(o->a, word & ~1u, &veneer))
            : NO_NODE;
    if (n != NO_NODE) {
        o->handled[n] = true;
    }
}

// All that its words are known to hold, judged or not. The reset is no handler.
static void add_table(struct no_outage *o, uint32_t addr, uint32_t count) {
    const struct analysis *a = o->a;
    for (uint32_t n = 2; n < count; n++) {
        uint32_t values[VALUE_CONSTS], word;
        const unsigned known = whole_vector(a->whole, addr, n, values);
        for (unsigned i = 0; i < known; i++) {
            add_handler(o, values[i]);
        }
        if (model_word(&a->model, addr + 4 * n, &word)) {
            add_handler(o, word);
        }
        const size_t stored = a->settled
                ? settled_stores(a->settled, addr + 4 * n, values, VALUE_CONSTS)
                : 0;
        for (size_t i = 0; i < stored; i++) {
            add_handler(o, values[i]);
        }
    }
}

static void find_handlers(struct no_outage *o) {
    const struct analysis *a = o->a;
    uint32_t addr, by;
    for (size_t i = 0; i < a->node_count; i++) {
        o->handled[i] = a->nodes[i].is_handler; // by a note, too
    }
    for (size_t i = 0; i < a->table_count; i++) {
        add_table(o, a->tables[i].addr, a->tables[i].count);
    }
    for (size_t i = 0; i < a->first_count; i++) {
        add_table(o, a->first_tables[i].addr, a->first_tables[i].count);
    }
    for (size_t i = 0; whole_vtor(a->whole, i, &addr, &by); i++) {
        const uint32_t end = whole_enabled_end(a->whole, addr);
        add_table(o, addr, end > CORE_VECTORS ? end : CORE_VECTORS);
    }
}

/// Outages ///

static void on_called(void *ctx, uint32_t which, const struct thumb_insn *insn,
        bool direct) {
    struct no_outage *o = ctx;
    (void)direct;
    o->outage[which] |= model_forbidden(&o->a->model, insn->addr);
}

static void on_kept(void *ctx, uint32_t which, uint32_t at) {
    struct no_outage *o = ctx;
    (void)at;
    o->outage[which] |= !o->a->nodes[which].is_handler;
}

static void on_entered(void *ctx, uint32_t which, uint32_t at, uint32_t to) {
    (void)ctx, (void)which, (void)at, (void)to;
}

// Handlers call it, and so does code in the window.
static void find_shared(struct no_outage *o) {
    struct analysis *a = o->a;
    struct references r = {.a = a,
            .ctx = o,
            .called = on_called,
            .kept = on_kept,
            .entered = on_entered};
    for (uint32_t n = 0; n < a->node_count && !a->failed; n++) {
        if (o->handled[n]) {
            a->failed |= !references_add(&r, n, a->nodes[n].addr);
        }
    }
    references_find(&r);
    references_free(&r);
}

// What is called may be anything.
static bool any_writes(const struct no_outage *o) {
    const struct analysis *a = o->a;
    bool writes = false;
    for (size_t i = 0; i < a->node_count && !writes; i++) {
        const struct node *node = &a->nodes[i];
        writes = o->outage[i] && (node->writes_device || node->calls_unknown);
    }
    return writes;
}

static bool is_outage(struct no_outage *o) {
    const struct analysis *a = o->a;
    find_handlers(o);
    analysis_mark_called(a, o->handled);
    for (size_t i = 0; i < a->node_count; i++) {
        o->outage[i] = a->nodes[i].why_root && !o->handled[i];
    }
    analysis_mark_called(a, o->outage);
    if (any_writes(o)) {
        return true;
    }
    find_shared(o);
    analysis_mark_called(a, o->outage);
    return any_writes(o);
}

/// Code in the window ///

struct device_user {
    struct analysis *a;
    bool exact; // what it can form does not count
    bool found;
};

// Registers of peripherals; the core's own, from 0xE0000000 on, switch no flash
// off.
#define CORE_ADDR 0xE0000000u

static void name(struct device_user *user, const struct value *v) {
    const bool known = v->kind == VALUE_CONST || v->kind == VALUE_INSIDE;
    for (unsigned i = 0; known && i < v->count; i++) {
        user->found |=
                v->v[i] < CORE_ADDR && model_device(&user->a->model, v->v[i]);
    }
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    (void)insn, (void)bytes;
    if (how == FLOW_STORE) {
        name(ctx, addr);
        if (data) {
            name(ctx, data);
        }
    }
}

// Functions outside the window were judged by themselves.
static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct device_user *user = ctx;
    bool veneer = false;
    (void)insn, (void)how, (void)direct, (void)sp_bytes;
    const bool judged = value_is_const(target) &&
            !model_forbidden(&user->a->model,
                    analysis_past_veneers(user->a, target->v[0] & ~1u,
                            &veneer));
    for (unsigned i = 0; i < 4 && !judged; i++) {
        name(user, &regs[i]);
    }
}

static bool forms_register(const struct device_user *user,
        const struct formed *formed) {
    const struct check_options *o = user->a->options;
    bool found = formed_near(formed, 0x40000000u, 0x20000000u) ||
            formed_near(formed, 0xA0000000u,
                    CORE_ADDR - 0xA0000000u - FORMED_MOVES);
    for (size_t i = 0; i < o->device_count; i++) {
        const struct check_region *r = &o->devices[i];
        found |= formed_near(formed, r->addr, r->size_bytes);
    }
    return found;
}

static bool mentions_device(void *ctx, const struct elf_symbol *symbol,
        const struct function_extent *extent) {
    struct device_user *user = ctx;
    (void)symbol;
    if (user->found ||
            !model_forbidden(&user->a->model, extent->entry_addr & ~1u)) {
        return false;
    }
    const struct formed formed = analysis_formed(user->a, extent);
    const bool forms = forms_register(user, &formed);
    user->found = forms && !user->exact;
    return forms && user->exact;
}

// Code in the window may write to a device.
static bool window_uses_device(struct analysis *a, bool exact) {
    struct device_user user = {.a = a, .exact = exact};
    const struct flow_events events = {
            .ctx = &user, .access = on_access, .call = on_call};
    for (size_t k = 0; k < a->model.image_count && !user.found; k++) {
        analysis_scan(a, a->model.images[k], &events, mentions_device);
    }
    return user.found;
}

static bool has_handlers_only(const struct no_outage *o) {
    bool only = true;
    for (size_t i = 0; i < o->a->node_count && only; i++) {
        only = !o->a->nodes[i].why_root || o->handled[i];
    }
    return only;
}

void no_outage_check(struct analysis *a) {
    const struct check_options *options = a->options;
    bool judged = options->root_count || options->begin_count || a->failed;
    // Then that may be why: a section for RAM that was left in flash.
    for (size_t i = 0; i < a->report->finding_count && !judged; i++) {
        judged = a->report->findings[i].class == CHECK_VIOLATION;
    }
    if (judged) {
        return;
    }
    struct no_outage o = {.a = a,
            .handled = calloc(a->node_count + 1, sizeof *o.handled),
            .outage = calloc(a->node_count + 1, sizeof *o.outage)};
    a->failed = !o.handled || !o.outage;
    const bool handlers = !a->failed && has_handlers_only(&o);
    if (!a->failed && !is_outage(&o) && window_uses_device(a, !handlers)) {
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_NO_OUTAGE,
                        .addr = elf_image_entry(a->model.images[0])},
                NO_NODE,
                "%s: if something switches the flash off, it is code in flash",
                handlers
                        ? "only exception handlers lie outside the window"
                        : "of the functions outside the window none writes to "
                          "a register, but for exception handlers, and code in "
                          "flash does");
    }
    free(o.handled);
    free(o.outage);
}
