/*
 * crossed - holds what the walks claim against the run of the whole program
 *
 * SPDX-License-Identifier: MIT
 *
 * Who calls a function, who has an address, and what is handed over, the walks
 * know by searches, and a search can be escaped: by an address that is
 * disguised, or formed where nobody looks. The run of the whole program
 * searches for nothing. So each instruction of an outage is held against it: an
 * access that can go to the window in some run, and a target that was not
 * walked, are unknown whatever the walks say. Where the run came to no end, or
 * does not know where an instruction goes, the verdict rests on the searches,
 * and on A12.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/analysis/findings.h"
#include "check/follow/follow.h"
#include "check/whole/whole.h"

/// What was walked ///

static size_t bit_of(const struct node *node, uint32_t addr) {
    return (addr - (node->extent.entry_addr & ~1u)) / 2;
}

static bool is_inside(const struct node *node, uint32_t addr) {
    return addr >= (node->extent.entry_addr & ~1u) &&
            addr < node->extent.end_addr;
}

static void mark(struct analysis *a, struct node *node, uint32_t addr) {
    if (!node->seen) {
        node->seen = calloc(bit_of(node, node->extent.end_addr) / 8 + 1, 1);
        a->failed = a->failed || !node->seen;
    }
    if (node->seen && is_inside(node, addr)) {
        const size_t bit = bit_of(node, addr);
        node->seen[bit / 8] |= (uint8_t)(1u << bit % 8);
    }
}

static bool has_mark(const struct node *node, uint32_t addr) {
    const size_t bit = bit_of(node, addr);
    return is_inside(node, addr) && node->seen &&
            node->seen[bit / 8] >> bit % 8 & 1;
}

// By the walk of the function that it is in, or that begins there.
static bool was_walked(const struct analysis *a, uint32_t from, uint32_t addr) {
    struct function_extent extent;
    uint32_t n = analysis_known_node(a, addr);
    if (n == NO_NODE && model_function(&a->model, addr, &extent)) {
        n = analysis_known_node(a, extent.entry_addr & ~1u);
        n = n != NO_NODE && !has_mark(&a->nodes[n], addr) ? NO_NODE : n;
    }
    return n != NO_NODE || has_mark(&a->nodes[from], addr);
}

/// Each instruction ///

static bool is_access(const struct thumb_insn *insn) {
    return insn->op == THUMB_LOAD || insn->op == THUMB_STORE ||
            insn->op == THUMB_LOAD_MULTIPLE ||
            insn->op == THUMB_STORE_MULTIPLE || insn->op == THUMB_PRELOAD ||
            insn->op == THUMB_TABLE;
}

static bool is_jump(const struct thumb_insn *insn) {
    return insn->op == THUMB_BX || insn->op == THUMB_BLX ||
            insn->op == THUMB_TABLE ||
            (insn->op < THUMB_B && insn->writes >> 15 & 1);
}

static void remember(struct analysis *a, uint32_t addr, enum crossing_kind kind,
        uint32_t target) {
    struct crossing *grown = array_more(a->crossings, a->crossing_count,
            &a->crossing_room, sizeof *grown);
    if (!grown) {
        a->failed = true;
        return;
    }
    a->crossings = grown;
    a->crossings[a->crossing_count++] = (struct crossing){
            .node = a->current, .addr = addr, .kind = kind, .target = target};
}

// A byte of the window among those, which are too many to look at each.
static bool meets_window(const struct analysis *a,
        const struct whole_span *span) {
    const struct check_options *o = a->options;
    bool meets = model_forbidden(&a->model, span->first) ||
            model_forbidden(&a->model, span->last);
    for (size_t i = 0; !meets && i < o->xip_count; i++) {
        meets = o->xip[i].addr - span->first <= span->last - span->first;
    }
    for (size_t i = 0; !meets && i < o->alias_count; i++) {
        meets = model_forbidden(&a->model, o->alias[i].addr) &&
                o->alias[i].addr - span->first <= span->last - span->first;
    }
    return meets;
}

static void cross_access(struct analysis *a, uint32_t addr) {
    const struct whole_span *spans;
    size_t count;
    const enum whole_known known =
            whole_accesses(a->whole, addr, &spans, &count);
    a->searched |= known == WHOLE_SOME;
    for (size_t i = 0; i < count; i++) {
        if (meets_window(a, &spans[i])) {
            remember(a, addr, CROSSING_ACCESS, 0);
            return;
        }
    }
    if (whole_renewed(a->whole, addr)) {
        remember(a, addr, CROSSING_RENEWED, 0);
    }
}

static void cross_jump(struct analysis *a, uint32_t addr) {
    const uint32_t *targets;
    size_t count;
    const enum whole_known known =
            whole_targets(a->whole, addr, &targets, &count);
    a->searched |= known == WHOLE_SOME;
    for (size_t i = 0; i < count; i++) {
        // Others are faults, whose handlers are judged; or the return from an
        // exception (Armv7-M ARM B1.5.8).
        if (targets[i] & 1 && targets[i] < 0xF0000000u) {
            remember(a, addr, CROSSING_JUMP, targets[i] & ~1u);
        }
    }
}

// It may switch the flash off, or let an exception in, which then reads another
// table.
static void cross_tables(struct analysis *a, uint32_t addr) {
    const unsigned tables = whole_tables(a->whole, addr);
    if (tables) {
        remember(a, addr, CROSSING_TABLE, tables);
    }
}

void crossed_visit(void *ctx, const struct thumb_insn *insn) {
    struct analysis *a = ctx;
    struct node *node = analysis_here(a);
    if (!whole_complete(a->whole)) {
        a->searched = true;
        return;
    }
    if (analysis_is_over(a, insn->addr)) {
        return;
    }
    mark(a, node, insn->addr);
    if (model_forbidden(&a->model, node->addr)) {
        return; // it has to move, with all that it reads
    }
    if (is_access(insn)) {
        cross_access(a, insn->addr);
    }
    if (is_jump(insn)) {
        cross_jump(a, insn->addr);
    }
    cross_tables(a, insn->addr);
    const uint32_t behind = insn->addr + insn->size_bytes;
    if ((insn->op == THUMB_BL || insn->op == THUMB_BLX) &&
            is_inside(node, behind) && !analysis_is_over(a, behind) &&
            whole_executed(a->whole, behind)) {
        remember(a, insn->addr, CROSSING_RETURN, behind);
    }
}

/// What follows ///

// Of what an annotation says never runs in an outage.
static void count_outside(struct analysis *a, const struct crossing *c,
        uint32_t to, const struct check_note *note) {
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_CALL_UNKNOWN,
                    .addr = c->addr,
                    .target_addr = to,
                    .target_known = true,
                    .reason = note->reason},
            c->node,
            "leads to %s in the run of the whole program, and an annotation "
            "says that it never runs in an outage",
            symbol_name(a, to));
}

static bool follow(struct analysis *a, const struct crossing *c) {
    bool veneer = false;
    const uint32_t to = analysis_past_veneers(a, c->target, &veneer);
    const char *name = symbol_name(a, to);
    if (was_walked(a, c->node, c->target) || was_walked(a, c->node, to) ||
            findings_tell(a, c->addr) ||
            model_forbidden(&a->model, c->target) ||
            model_forbidden(&a->model, to)) {
        return false;
    }
    const struct check_note *outside =
            name ? note_find(a, CHECK_NOTE_OUTSIDE, name, 0) : NULL;
    if (outside) {
        count_outside(a, c, to, outside);
        return false;
    }
    a->nodes[c->node].calls_unknown = true;
    return analysis_node(a, to, c->node, "pointer", c->addr) != NO_NODE;
}

bool crossed_follow(struct analysis *a) {
    bool more = false;
    for (size_t i = 0; i < a->crossing_count; i++) {
        const struct crossing c = a->crossings[i];
        more |= c.kind == CROSSING_JUMP && follow(a, &c);
    }
    return more;
}

/// What is reported ///

static const struct {
    enum check_rule_id rule;
    const char *detail;
} reports[] = {
        [CROSSING_ACCESS] = {CHECK_RULE_LOAD_UNKNOWN,
                "may go to the window: the run of the whole program comes here "
                "with such an address"},
        [CROSSING_RENEWED] = {CHECK_RULE_LOAD_UNKNOWN,
                "goes through a pointer that code of an outage or an exception "
                "stored, of which `pointers` says nothing"},
        [CROSSING_JUMP] = {CHECK_RULE_CALL_UNKNOWN,
                "may lead to the window: the run of the whole program comes "
                "here with such a target"},
        [CROSSING_RETURN] = {CHECK_RULE_RETURN_UNKNOWN,
                "comes back in the run of the whole program, and no return was "
                "seen"},
};

static void report(struct analysis *a, const struct crossing *c) {
    const uint32_t window =
            c->kind == CROSSING_ACCESS ? followed_window(a, c->addr) : 0;
    finding_add(a,
            &(struct check_finding){.rule = reports[c->kind].rule,
                    .addr = c->addr,
                    .target_addr = window,
                    .target_known = window != 0,
                    .certain = window != 0},
            c->node, "%s", reports[c->kind].detail);
}

/// Annotations of arguments ///

// The walk judged the access by what `pointers` says of what is read through an
// argument.
static bool is_behind(const struct analysis *a, const struct crossing *c) {
    const struct node *node = &a->nodes[c->node];
    bool behind = false;
    for (size_t i = 0; i < node->access_count; i++) {
        behind |= node->accesses[i].addr == c->addr &&
                node->accesses[i].bits >= VALUE_BEHIND(0);
    }
    return behind;
}

// What the run takes from them, the verdict rests on.
static void count_notes(struct analysis *a) {
    for (size_t i = 0; i < a->options->note_count; i++) {
        a->options->notes[i].used += whole_rests_on(a->whole, i);
    }
}

static bool is_bad(struct analysis *a, const struct crossing *c) {
    switch (c->kind) {
    case CROSSING_ACCESS:
        // What always goes there is not known at run time only (A7).
        return !a->options->assume_runtime_data || followed_window(a, c->addr);
    case CROSSING_RENEWED:
        return !a->options->assume_runtime_data && is_behind(a, c);
    case CROSSING_JUMP:
        return model_forbidden(&a->model, c->target);
    default:
        return !was_walked(a, c->node, c->target);
    }
}

void crossed_check(struct analysis *a) {
    count_notes(a);
    for (size_t i = 0; i < a->crossing_count; i++) {
        const struct crossing *c = &a->crossings[i];
        if (c->kind != CROSSING_TABLE && is_bad(a, c) &&
                !findings_tell(a, c->addr)) {
            report(a, c);
        }
    }
}
