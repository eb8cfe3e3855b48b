/*
 * split_outage - a driver in two halves that nobody has named
 *
 * SPDX-License-Identifier: MIT
 *
 * The helpers of a driver lie in RAM, and the function that calls one after the
 * other lies in flash. As long as --begin names none of them, each is taken for
 * a whole outage (A1), and what is between them is judged by nothing. That is
 * unknown where they do not look like whole outages: two that write to the same
 * controller end with different stores, or neither stores to any register more
 * than once. Those that are whole end alike, since each switches the flash on
 * again, and what they change to switch it off they have to change back.
 *
 * What looks like a controller: registers in one kilobyte that functions in RAM
 * write to and poll, and neither an exception handler nor other code in the
 * window.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/begin/begin.h"
#include "check/follow/follow.h"
#include "check/judge/judge_priv.h"
#include "check/whole/whole.h"

#define BLOCK(addr) ((addr) & ~0x3FFu) // as in window_writes.c
#define CORE_ADDR 0xE0000000u          // registers of the core itself
#define REGISTER_BYTES 4u
#define DEEPEST 6u     // calls that a last store is looked for in
#define CALLED_MAX 16u // by one function in the window
#define STEPS_MAX 64u  // of one function, to one controller

struct touch { // of a register, by a function outside the window
    uint32_t node;
    uint32_t addr, size_bytes; // of the instruction
    uint32_t reg;
    uint32_t data;
    bool known; // data is
    bool store;
};

// A function in the window, and those in RAM that it calls, in the order of the
// code.
struct caller {
    const struct elf_symbol *symbol;
    uint32_t addr; // of the first call
    uint32_t node[CALLED_MAX];
    unsigned count;
    bool told;
};

struct search {
    struct analysis *a;
    struct touch *touches;
    size_t count, room;
    struct caller *callers;
    size_t caller_count, caller_room;
    uint32_t node; // that is walked
    bool *handled; // by node: a handler, or one calls it
    bool *inside;  // by node: what the function that is asked about calls
    // Of the controller, or the one register, that is asked about.
    uint32_t block, mask;
    bool *writes;   // by node: it, or what it calls
    bool *part;     // by node: it stores to no register of the controller twice
    uint8_t *again; // by node: enum again, of that register
};
enum again { AGAIN_UNKNOWN, AGAIN_NEVER, AGAIN_MAYBE };

/// What they do ///

static void add_touch(struct search *s, const struct touch *touch) {
    struct touch *grown =
            array_more(s->touches, s->count, &s->room, sizeof *grown);
    s->a->failed |= !grown;
    if (grown) {
        s->touches = grown;
        s->touches[s->count++] = *touch;
    }
}

static void touches(struct search *s, const struct thumb_insn *insn,
        enum flow_access how, uint32_t reg, const struct value *data) {
    const bool known = data && value_is_const(data);
    if (reg < CORE_ADDR && model_device(&s->a->model, reg)) {
        add_touch(s,
                &(struct touch){s->node, insn->addr, insn->size_bytes, reg,
                        known ? data->v[0] : 0, known, how == FLOW_STORE});
    }
}

// Through a pointer, as a driver with a handle does, by the run of the whole
// program.
static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct search *s = ctx;
    const struct whole_span *spans;
    size_t count;
    (void)bytes;
    for (unsigned i = 0; addr->kind == VALUE_CONST && i < addr->count; i++) {
        touches(s, insn, how, addr->v[i], data);
    }
    if (addr->kind == VALUE_CONST || addr->kind == VALUE_STACK ||
            !followed_access(s->a, insn->addr, &spans, &count)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (spans[i].last - spans[i].first < REGISTER_BYTES) {
            touches(s, insn, how, spans[i].first, data);
        }
    }
}

// Code in internal flash is only assumed to run in an outage.
static bool is_resident(const struct analysis *a, const struct node *node) {
    const struct elf_section *section = model_section(&a->model, node->addr);
    return !model_forbidden(&a->model, node->addr) && section &&
            (node->asked || section->load_addr != section->addr);
}

static void find_touches(struct search *s) {
    const struct flow_events events = {.ctx = s, .access = on_access};
    for (uint32_t n = 0; n < s->a->node_count && !s->a->failed; n++) {
        const struct node *node = &s->a->nodes[n];
        struct flow_result result;
        s->node = n;
        if (node->extent.end_addr && is_resident(s->a, node) &&
                !flow_function(&s->a->model, &node->extent, node->addr, &events,
                        &result)) {
            s->a->failed = true;
        }
    }
}

// s->inside: the function and all that it calls.
static void look_inside(struct search *s, uint32_t node) {
    memset(s->inside, 0, s->a->node_count * sizeof *s->inside);
    s->inside[node] = true;
    analysis_mark_called(s->a, s->inside);
}

static bool is_touch(const struct search *s, size_t i, bool store) {
    return s->touches[i].store == store &&
            (s->touches[i].reg & s->mask) == s->block;
}

// s->writes. It marks what calls one that is marked.
static void find_writers(struct search *s) {
    const struct analysis *a = s->a;
    memset(s->writes, 0, a->node_count * sizeof *s->writes);
    for (size_t i = 0; i < s->count; i++) {
        s->writes[s->touches[i].node] |= is_touch(s, i, true);
    }
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < a->node_count; i++) {
            const struct node *node = &a->nodes[i];
            for (size_t k = 0; !s->writes[i] && k < node->edge_count; k++) {
                const uint32_t callee = node->edges[k].callee;
                s->writes[i] = callee != NO_NODE && s->writes[callee];
                more |= s->writes[i];
            }
        }
    }
}

static bool polls(const struct search *s) {
    bool found = false;
    for (size_t i = 0; i < s->count && !found; i++) {
        const struct touch *t = &s->touches[i];
        bool again = false;
        if (is_touch(s, i, false) && s->inside[t->node]) {
            paths_first(s->a, t->addr + t->size_bytes, &t->addr, 1, &again);
        }
        found = again;
    }
    return found;
}

/// The last store ///

struct step {
    uint32_t addr, size_bytes;
    uint32_t callee; // node, or NO_NODE: a store
    size_t touch;
    bool tail;
};

static uint32_t size_at(const struct analysis *a, uint32_t addr) {
    struct thumb_insn insn;
    const uint8_t *b = model_bytes(&a->model, addr, 4);
    return b && thumb_decode(&insn, addr, b, 4) ? insn.size_bytes : 2;
}

static unsigned steps_of(struct search *s, uint32_t n, struct step *steps) {
    const struct node *node = &s->a->nodes[n];
    unsigned count = 0;
    for (size_t i = 0; i < s->count && count < STEPS_MAX; i++) {
        const struct touch *t = &s->touches[i];
        if (t->node == n && is_touch(s, i, true)) {
            steps[count++] =
                    (struct step){t->addr, t->size_bytes, NO_NODE, i, false};
        }
    }
    for (size_t k = 0; k < node->edge_count && count < STEPS_MAX; k++) {
        const struct call_edge *e = &node->edges[k];
        if (e->callee != NO_NODE && s->writes[e->callee]) {
            steps[count++] = (struct step){
                    e->addr, size_at(s->a, e->addr), e->callee, 0, e->tail};
        }
    }
    return count;
}

// Marks the stores that may be its last ones. True: it may come back without
// any.
static bool find_last(struct search *s, uint32_t n, bool *last,
        unsigned depth) {
    struct step steps[STEPS_MAX];
    uint32_t stops[STEPS_MAX];
    unsigned stop_count = 0;
    const unsigned count = depth < DEEPEST ? steps_of(s, n, steps) : 0;
    bool *const of_callee = calloc(s->count + 1, sizeof *of_callee);
    bool *const hit = calloc(STEPS_MAX, sizeof *hit);
    if (!of_callee || !hit) {
        s->a->failed = true;
        free(of_callee);
        free(hit);
        return true;
    }
    for (unsigned i = 0; i < count; i++) {
        const uint32_t callee = steps[i].callee;
        if (callee == NO_NODE || !find_last(s, callee, of_callee, depth + 1)) {
            stops[stop_count++] = steps[i].addr;
        }
    }
    for (unsigned i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        if (!step->tail &&
                !paths_first(s->a, step->addr + step->size_bytes, stops,
                        stop_count, hit)) {
            continue;
        }
        if (step->callee == NO_NODE) {
            last[step->touch] = true;
        } else {
            find_last(s, step->callee, last, depth + 1);
        }
    }
    const bool passes =
            paths_first(s->a, s->a->nodes[n].addr, stops, stop_count, hit);
    free(of_callee);
    free(hit);
    return passes;
}

static bool same_store(const struct touch *x, const struct touch *y) {
    return x->addr == y->addr ||
            (x->reg == y->reg && x->known == y->known && x->data == y->data);
}

static bool end_alike(struct search *s, uint32_t x, uint32_t y) {
    bool *const of_x = calloc(s->count + 1, sizeof *of_x);
    bool *const of_y = calloc(s->count + 1, sizeof *of_y);
    bool alike = !of_x || !of_y;
    s->a->failed |= alike;
    if (!alike) {
        find_last(s, x, of_x, 0);
        find_last(s, y, of_y, 0);
    }
    for (size_t i = 0; i < s->count && !alike; i++) {
        for (size_t k = 0; of_x[i] && k < s->count && !alike; k++) {
            alike = of_y[k] && same_store(&s->touches[i], &s->touches[k]);
        }
    }
    free(of_x);
    free(of_y);
    return alike;
}

/// What is stored once ///

// From one store to the register that is asked about a path leads to another,
// or to the same one again.
static bool stores_again(struct search *s, uint32_t n, unsigned depth) {
    struct step steps[STEPS_MAX];
    uint32_t stops[STEPS_MAX];
    bool hit[STEPS_MAX] = {false};
    if (s->again[n] != AGAIN_UNKNOWN) {
        return s->again[n] == AGAIN_MAYBE;
    }
    s->again[n] = AGAIN_MAYBE; // of a function that calls itself
    const unsigned count = steps_of(s, n, steps);
    bool again = depth == DEEPEST || count == STEPS_MAX;
    for (unsigned i = 0; i < count; i++) {
        stops[i] = steps[i].addr;
    }
    for (unsigned i = 0; i < count && !again; i++) {
        const struct step *step = &steps[i];
        if (!step->tail) {
            paths_first(s->a, step->addr + step->size_bytes, stops, count, hit);
        }
        again = step->callee != NO_NODE &&
                stores_again(s, step->callee, depth + 1);
        for (unsigned k = 0; k < count; k++) {
            again |= hit[k];
        }
    }
    s->again[n] = again ? AGAIN_MAYBE : AGAIN_NEVER;
    return again;
}

// Of one register, and what code in the window calls.
static void find_again(struct search *s, uint32_t reg) {
    s->block = reg;
    s->mask = ~0u;
    find_writers(s);
    memset(s->again, AGAIN_UNKNOWN, s->a->node_count * sizeof *s->again);
    for (size_t k = 0; k < s->caller_count; k++) {
        const struct caller *by = &s->callers[k];
        for (unsigned i = 0; i < by->count; i++) {
            const uint32_t n = by->node[i];
            s->part[n] = s->part[n] && !(s->writes[n] && stores_again(s, n, 0));
        }
    }
}

// s->part, and s->writes of the whole controller.
static void find_parts(struct search *s, uint32_t block) {
    for (size_t n = 0; n < s->a->node_count; n++) {
        s->part[n] = true;
    }
    for (size_t i = 0; i < s->count; i++) {
        bool first = s->touches[i].store && BLOCK(s->touches[i].reg) == block;
        for (size_t k = 0; k < i && first; k++) {
            first = !s->touches[k].store ||
                    s->touches[k].reg != s->touches[i].reg;
        }
        if (first) {
            find_again(s, s->touches[i].reg);
        }
    }
    s->block = block;
    s->mask = BLOCK(~0u);
    find_writers(s);
}

// Neither calls the other one, and they are no two whole outages.
static bool are_halves(struct search *s, uint32_t x, uint32_t y) {
    look_inside(s, x);
    if (s->inside[y]) {
        return false;
    }
    look_inside(s, y);
    return !s->inside[x] && ((s->part[x] && s->part[y]) || !end_alike(s, x, y));
}

/// Controllers ///

static bool handlers_write(const struct search *s) {
    bool found = false;
    for (size_t i = 0; i < s->count && !found; i++) {
        found = is_touch(s, i, true) && s->handled[s->touches[i].node];
    }
    return found;
}

static bool window_writes(const struct search *s, const char *but) {
    const struct check_report *r = s->a->report;
    bool found = false;
    for (size_t i = 0; i < r->window_write_count && !found; i++) {
        found = r->window_writes[i].what == s->block &&
                strcmp(r->window_writes[i].function, but);
    }
    return found;
}

/// Who calls them ///

struct calls {
    const struct search *s;
    struct caller *by;
};

static void add_node(struct calls *calls, uint32_t target, uint32_t addr) {
    const struct search *s = calls->s;
    struct caller *by = calls->by;
    bool veneer = false;
    const uint32_t n = analysis_known_node(s->a,
            analysis_past_veneers(s->a, target, &veneer));
    bool known = n == NO_NODE || by->count == CALLED_MAX ||
            !is_resident(s->a, &s->a->nodes[n]);
    for (unsigned i = 0; i < by->count && !known; i++) {
        known = by->node[i] == n;
    }
    if (!known) {
        by->addr = by->count ? by->addr : addr;
        by->node[by->count++] = n;
    }
}

static void add_called(void *ctx, const struct thumb_insn *insn) {
    add_node(ctx, insn->target, insn->addr);
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    (void)how, (void)regs, (void)sp_bytes;
    for (unsigned i = 0;
            !direct && target->kind == VALUE_CONST && i < target->count; i++) {
        add_node(ctx, target->v[i] & ~1u, insn->addr);
    }
}

// By a register, as with -mlong-calls.
static void add_long_calls(struct calls *calls,
        const struct function_extent *extent) {
    struct analysis *a = calls->s->a;
    const struct formed formed = analysis_formed(a, extent);
    const struct flow_events events = {.ctx = calls, .call = on_call};
    bool any = false;
    for (size_t i = 0; i < formed.count && !any; i++) {
        any = formed.words[i] & 1 &&
                analysis_known_node(a, formed.words[i] & ~1u) != NO_NODE;
    }
    struct flow_result result;
    a->failed |= any &&
            !flow_function(&a->model, extent, extent->entry_addr, &events,
                    &result);
}

static void find_callers(struct search *s, const struct elf_image *image) {
    const struct elf_symbol *symbol;
    uint32_t last = 1;
    for (size_t i = 0; (symbol = elf_image_symbol_index(image, i)); i++) {
        struct function_extent extent;
        struct caller by = {.symbol = symbol};
        if (!symbol->function || symbol->addr == last ||
                !model_forbidden(&s->a->model, symbol->addr) ||
                analysis_known_node(s->a, symbol->addr) != NO_NODE ||
                model_image(&s->a->model, symbol->addr) != image ||
                !model_function(&s->a->model, symbol->addr, &extent)) {
            continue;
        }
        last = symbol->addr;
        struct calls calls = {s, &by};
        analysis_branches(s->a, &extent, add_called, &calls);
        add_long_calls(&calls, &extent);
        if (by.count < 2) {
            continue;
        }
        struct caller *grown = array_more(s->callers, s->caller_count,
                &s->caller_room, sizeof *grown);
        if (!grown) {
            s->a->failed = true;
            return;
        }
        s->callers = grown;
        s->callers[s->caller_count++] = by;
    }
}

/// What is told ///

static void report(struct search *s, const struct caller *by,
        const uint32_t *node, unsigned count) {
    const char **names = calloc(count + 1u, sizeof *names);
    s->a->failed |= !names;
    for (unsigned i = 0; names && i < count; i++) {
        names[i] = s->a->nodes[node[i]].name;
    }
    finding_add(s->a,
            &(struct check_finding){.rule = CHECK_RULE_SPLIT_OUTAGE,
                    .class = CHECK_UNKNOWN,
                    .function = by->symbol->name,
                    .function_addr = by->symbol->addr,
                    .addr = by->addr,
                    .candidates = names},
            NO_NODE,
            "calls %u functions outside the window that write to registers at "
            "0x%08x and do not look like whole outages; if one switches the "
            "flash off and another one on, %s is fetched from it in between",
            count, (unsigned)s->block, by->symbol->name);
}

static bool has_halves(struct search *s, const uint32_t *node, unsigned count) {
    bool polled = false, halves = false;
    for (unsigned i = 0; i < count && !polled; i++) {
        look_inside(s, node[i]);
        polled = polls(s);
    }
    for (unsigned i = 0; i < count && polled; i++) {
        for (unsigned k = 0; k < i && !halves; k++) {
            halves = are_halves(s, node[i], node[k]);
        }
    }
    return halves;
}

// --begin or --end names one of them, or one that they call.
static bool is_named(struct search *s, const uint32_t *node, unsigned count) {
    bool named = false;
    for (unsigned i = 0; i < count && s->a->ends && !named; i++) {
        look_inside(s, node[i]);
        for (size_t n = 0; n < s->a->node_count && !named; n++) {
            named = s->inside[n] &&
                    ends_is_half(s->a->ends, s->a->nodes[n].addr);
        }
    }
    return named;
}

static void judge(struct search *s, struct caller *by) {
    uint32_t node[CALLED_MAX];
    unsigned count = 0;
    for (unsigned i = 0; i < by->count; i++) {
        if (s->writes[by->node[i]]) {
            node[count++] = by->node[i];
        }
    }
    if (count > 1 && !by->told && !window_writes(s, by->symbol->name) &&
            has_halves(s, node, count) && !is_named(s, node, count)) {
        report(s, by, node, count);
        by->told = true;
    }
}

static void find(struct search *s) {
    for (size_t k = 0; k < s->a->model.image_count && !s->a->failed; k++) {
        find_callers(s, s->a->model.images[k]);
    }
    for (size_t i = 0; i < s->a->device_write_count && s->caller_count; i++) {
        find_parts(s, s->a->device_writes[i].block);
        for (size_t k = 0; k < s->caller_count && !handlers_write(s); k++) {
            judge(s, &s->callers[k]);
        }
    }
}

void split_outage_check(struct analysis *a) {
    struct search s = {.a = a,
            .handled = calloc(a->node_count + 1, sizeof *s.handled),
            .inside = calloc(a->node_count + 1, sizeof *s.inside),
            .writes = calloc(a->node_count + 1, sizeof *s.writes),
            .part = calloc(a->node_count + 1, sizeof *s.part),
            .again = calloc(a->node_count + 1, sizeof *s.again)};
    a->failed |= !s.handled || !s.inside || !s.writes || !s.part || !s.again;
    for (size_t i = 0; i < a->node_count && !a->failed; i++) {
        s.handled[i] = a->nodes[i].is_handler;
    }
    if (!a->failed && a->device_write_count) {
        analysis_mark_called(a, s.handled);
        find_touches(&s);
        find(&s);
    }
    free(s.touches);
    free(s.callers);
    free(s.handled);
    free(s.inside);
    free(s.writes);
    free(s.part);
    free(s.again);
}
