/*
 * first_table - exceptions that come before VTOR leads to the table judged
 *
 * SPDX-License-Identifier: MIT
 *
 * The run of the whole program says where an exception may come while another
 * table is in use: where code stores to a device, enables or pends one, or
 * executes SVC.
 */
#include "check/begin/begin_priv.h"
#include "check/model/reset_tables.h"
#include "check/whole/whole.h"

enum { PENDSV = 14 };

// Code of the image sets VTOR to the table that is judged.
static bool sets_table(const struct analysis *a) {
    uint32_t addr, by;
    for (size_t i = 0; whole_vtor(a->whole, i, &addr, &by); i++) {
        if (model_stored_at(&a->model, addr) ==
                model_stored_at(&a->model, a->tables[0].addr)) {
            return true;
        }
    }
    return false;
}

static bool is_first(const struct analysis *a, uint32_t addr) {
    bool first = false;
    for (size_t i = 0; i < a->first_count; i++) {
        first |= a->first_tables[i].addr == addr;
    }
    return first;
}

// It is named by an option, and nothing sets VTOR.
static void check_unset(struct analysis *a) {
    const struct vector_table *table = &a->tables[0];
    if (!a->options->vectors || !whole_complete(a->whole) || !a->first_count ||
            is_first(a, table->addr)) {
        return;
    }
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                    .function = table->name,
                    .function_addr = table->addr,
                    .addr = table->addr,
                    .stored_in_table = true},
            NO_NODE,
            "no code that runs sets VTOR to %s, and the processor starts with "
            "another table, %s",
            table->name, a->first_tables[0].name);
}

// It is named, and code of the image sets VTOR, but never to it.
static void check_named(struct analysis *a) {
    const bool named = a->options->vectors || note_any(a, CHECK_NOTE_VECTORS);
    uint32_t addr, by;
    if (!named || !a->tables[0].count || sets_table(a)) {
        return;
    }
    if (!whole_vtor(a->whole, 0, &addr, &by)) {
        check_unset(a);
        return;
    }
    const char *name = symbol_name(a, addr);
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                    .addr = by,
                    .target_addr = addr,
                    .target_known = true,
                    .certain = true},
            NO_NODE,
            "sets VTOR to %s (0x%08x), and no code that runs sets it to the "
            "table that is judged, %s",
            name ? name : "a table", (unsigned)addr, a->tables[0].name);
}

// Exception n may come, and has a vector: in the table's object, or behind it.
static bool may_come(const struct analysis *a, const struct vector_table *table,
        uint32_t n) {
    const bool monitor = n == DEBUG_MONITOR && a->calls_monitor &&
            !reset_tables_reserved(&a->model, n);
    const bool entered = monitor || (n == SVCALL && a->calls_supervisor);
    return (entered || vector_is_judged(a, n)) &&
            (n < table->count || whole_is_vector(a->whole, table->addr, n));
}

// Word n of the table is always a vector that does not lead to the window;
// *word is 0: none.
static bool vector_is_good(const struct analysis *a,
        const struct vector_table *table, uint32_t n, uint32_t *word) {
    const uint32_t addr = table->addr + 4 * n;
    return model_constant(&a->model, addr) &&
            model_word(&a->model, addr, word) &&
            (!*word || (*word & 1 && !model_forbidden(&a->model, *word)));
}

// All its handlers were walked.
static bool is_good(const struct analysis *a,
        const struct vector_table *table) {
    bool good = !model_forbidden(&a->model, table->addr);
    for (uint32_t n = 2; good && n < VECTORS_MAX; n++) {
        uint32_t word;
        good = !may_come(a, table, n) ||
                (vector_is_good(a, table, n, &word) &&
                        (!word ||
                                analysis_known_node(a, word & ~1u) != NO_NODE));
    }
    return good;
}

// Those of the core, which code may have replaced in the table that is judged.
// An interrupt in the first table is rather a mistake: it is good if it is in
// the other one, too.
static void walk_handlers(struct analysis *a,
        const struct vector_table *table) {
    for (uint32_t n = 2; n < PENDSV; n++) {
        uint32_t word;
        if (may_come(a, table, n) && vector_is_good(a, table, n, &word) &&
                word) {
            vector_check(a, table, n, word);
        }
    }
}

// That of the reset is another one than that which is judged, and not good.
static bool first_is_bad(const struct analysis *a) {
    bool bad = !a->first_count;
    for (size_t i = 0; i < a->first_count; i++) {
        bad |= a->first_tables[i].addr != a->tables[0].addr &&
                !is_good(a, &a->first_tables[i]);
    }
    return bad;
}

static void report(struct analysis *a, const struct crossing *c) {
    const bool window = c->target & WHOLE_WINDOW_TABLE;
    finding_add(a,
            &(struct check_finding){
                    .rule = CHECK_RULE_VECTOR_RUNTIME, .addr = c->addr},
            c->node,
            window ? "an exception may come here while VTOR may lead to a "
                     "table in the window, or it is set to one"
                   : "an exception may come here, and VTOR may not have been "
                     "set to %s before: the table of the reset is in use",
            a->tables[0].name);
}

// Another table than that of the reset is judged.
static bool other_is_judged(const struct analysis *a) {
    return !model_forbidden(&a->model, a->tables[0].addr) && sets_table(a);
}

bool first_tables_reached(struct analysis *a) {
    const size_t before = a->node_count;
    bool used = false;
    for (size_t i = 0; i < a->crossing_count; i++) {
        used |= a->crossings[i].kind == CROSSING_TABLE &&
                a->crossings[i].target & WHOLE_FIRST_TABLE;
    }
    used = used && other_is_judged(a);
    for (size_t i = 0; used && i < a->first_count; i++) {
        const struct vector_table *table = &a->first_tables[i];
        if (table->addr != a->tables[0].addr &&
                !model_forbidden(&a->model, table->addr)) {
            walk_handlers(a, table);
        }
    }
    return a->node_count > before;
}

void first_tables_check(struct analysis *a) {
    check_named(a);
    if (!other_is_judged(a)) {
        return;
    }
    const bool bad = first_is_bad(a);
    for (size_t i = 0; i < a->crossing_count; i++) {
        const struct crossing *c = &a->crossings[i];
        if (c->kind == CROSSING_TABLE &&
                (bad || c->target & WHOLE_WINDOW_TABLE)) {
            report(a, c);
        }
    }
}
