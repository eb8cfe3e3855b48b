/*
 * callers - what an outage's functions are called with, by all code
 *
 * SPDX-License-Identifier: MIT
 *
 * A function that reads through an argument is safe if every caller passes an
 * address outside the window. The callers are all known if nothing but calls
 * leads to the function: references.h says. Code that never runs in an outage
 * counts as well, since it may begin one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/analysis/references.h"
#include "check/follow/renewed.h"
#include "check/judge/judge_priv.h"
#include "check/whole/whole.h"

#define ALL_BITS 0xFFFFu
#define SP 13u
#define PC 15u

// A call from code that is no node of the graph, or runs in no outage.
struct site {
    uint32_t callee; // node
    uint32_t addr;   // of the instruction
    bool has_args;
    bool inside;      // of a walk that began behind the first instruction
    int32_t sp_bytes; // stack in use there; -1: unknown
    struct value args[VALUE_ARGUMENTS];
};

// A call that is seen in the code. The walk has to meet it, too.
struct seen {
    uint32_t callee; // node
    uint32_t addr;   // of the instruction
};

struct callers {
    struct analysis *a;
    struct site *sites;
    size_t site_count, site_room;
    struct seen *seen;
    size_t seen_count, seen_room;
    struct index met; // calls, by the instruction
    // By node.
    bool *taken;      // its address is kept somewhere
    bool *called;     // some call was found
    uint16_t *noted;  // bits that an annotation answers for
    const char **why; // the first reason for args_bad
    struct renewed renewed;
};

static bool wanted(const struct callers *c, uint32_t n) {
    return n != NO_NODE &&
            (c->a->nodes[n].args_read || c->a->nodes[n].args_handed ||
                    c->a->nodes[n].args_called || c->a->nodes[n].undecided ||
                    (c->renewed.wanted && c->a->nodes[n].args_stored) ||
                    note_names(c->a, CHECK_NOTE_POINTERS, c->a->nodes[n].name));
}

// Stack in use, by what SP holds; -1: unknown.
static int32_t stack_used(const struct value *sp) {
    return sp->kind == VALUE_STACK && sp->count ? -(int32_t)sp->v[0] : -1;
}

static void add_site(struct callers *c, uint32_t callee, uint32_t addr,
        bool inside, const struct value *args) {
    struct site *grown =
            array_more(c->sites, c->site_count, &c->site_room, sizeof *grown);
    if (!grown) {
        c->a->failed = true;
        return;
    }
    c->sites = grown;
    struct site *site = &c->sites[c->site_count++];
    *site = (struct site){callee, addr, args != NULL, inside,
            args ? stack_used(&args[SP]) : -1, {{0}}};
    if (args) {
        for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
            site->args[k] = *flow_argument(args, k);
        }
    }
    c->called[callee] = true;
}

/// What leads to a function ///

static void see(struct callers *c, uint32_t n, uint32_t addr) {
    struct seen *grown =
            array_more(c->seen, c->seen_count, &c->seen_room, sizeof *grown);
    if (!grown) {
        c->a->failed = true;
        return;
    }
    c->seen = grown;
    c->seen[c->seen_count++] = (struct seen){n, addr};
}

static void on_called(void *ctx, uint32_t which, const struct thumb_insn *insn,
        bool direct) {
    (void)direct;
    see(ctx, which, insn->addr);
}

static void on_kept(void *ctx, uint32_t which, uint32_t at) {
    struct callers *c = ctx;
    (void)at;
    c->taken[which] = true;
}

// A walk knows what happens from there on only if it is a place of its own.
static void on_entered(void *ctx, uint32_t which, uint32_t at, uint32_t to) {
    struct callers *c = ctx;
    const char *name = symbol_name(c->a, at);
    c->taken[which] = true;
    if (analysis_known_node(c->a, to) != NO_NODE) {
        return;
    }
    finding_add(c->a,
            &(struct check_finding){.rule = CHECK_RULE_NO_SYMBOLS, .addr = to},
            which,
            "%s (0x%08x) leads to 0x%08x, behind the first instruction, and "
            "what is true there is not known",
            name ? name : "code without a symbol", (unsigned)at, (unsigned)to);
}

static void on_met(void *ctx, uint32_t which, uint32_t by,
        const struct thumb_insn *insn, const struct value *regs) {
    struct callers *c = ctx;
    c->a->failed |= !index_add(&c->met, insn->addr, which);
    const uint32_t n = analysis_known_node(c->a, by);
    if (n == NO_NODE || analysis_node_is_over(&c->a->nodes[n], insn->addr)) {
        add_site(c, which, insn->addr, by != references_function_of(c->a, by),
                regs);
    }
}

/// What callers pass ///

// The bits of the caller's arguments that the callee's argument k, or what is
// behind it, depends on; ALL_BITS + 1: it may be an address in the window.
#define BAD (ALL_BITS + 1u)

#define OBJECTS_DEEP 8u

static bool stays(struct analysis *a, const struct elf_symbol *object) {
    return model_constant(&a->model, object->addr) ||
            note_find(a, CHECK_NOTE_CONST, object->name, 0);
}

// So do all objects of a set.
static bool all_stay(struct analysis *a, uint32_t start, uint32_t end) {
    const struct elf_symbol *object;
    bool all = true;
    for (uint32_t at = start; all && at < end; at++) {
        object = model_symbol(&a->model, at);
        const bool inside = object && object->object &&
                at - object->addr < object->size_bytes;
        all = !inside || stays(a, object);
        at = inside ? object->addr + object->size_bytes - 1 : at;
    }
    return all;
}

// No word of the object is an address in the window, and none becomes one; so
// with the objects that it points to.
static bool good_object(struct analysis *a, uint32_t addr, unsigned depth) {
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    if (depth == OBJECTS_DEEP || !symbol || !symbol->object ||
            !stays(a, symbol)) {
        return false;
    }
    uint32_t start = symbol->addr, end = start + symbol->size_bytes;
    if (model_set(&a->model, addr, &start, &end) && !all_stay(a, start, end)) {
        return false;
    }
    for (uint32_t at = start; at + 4 <= end; at += 4) {
        uint32_t word;
        if (!model_word(&a->model, at, &word) ||
                model_forbidden(&a->model, word)) {
            return false;
        }
        const struct elf_symbol *to =
                word > VALUE_NUMBER_MAX ? model_symbol(&a->model, word) : NULL;
        if (to && to->object && to->addr != symbol->addr &&
                !good_object(a, word, depth + 1)) {
            return false;
        }
    }
    return true;
}

// Reading at the constants stays in memory that is known to be readable. 0 is
// no address by convention.
static bool readable(const struct analysis *a, const struct value *v) {
    for (unsigned i = 0; i < v->count; i++) {
        if (v->v[i] > VALUE_NUMBER_MAX && !memory_readable(a, v->v[i])) {
            return false;
        }
    }
    return true;
}

// What is stored there may be in some frame.
static bool in_stack(const struct analysis *a, const struct value *v) {
    for (unsigned i = 0; i < v->count; i++) {
        if (model_in_stack(&a->model, v->v[i])) {
            return true;
        }
    }
    return false;
}

// The window, or an alias of it, is where small numbers lead.
static bool low_window(const struct analysis *a) {
    const struct check_options *o = a->options;
    bool low = false;
    for (size_t i = 0; i < o->xip_count; i++) {
        low |= o->xip[i].addr <= VALUE_NUMBER_MAX;
    }
    for (size_t i = 0; i < o->alias_count; i++) {
        low |= o->alias[i].addr <= VALUE_NUMBER_MAX;
    }
    return low;
}

// It leads to the frame that the callee will have: there it may be the address
// that the callee returns to. Where none is known, it is in the caller's (A3).
static bool below_stack(const struct value *v, int32_t sp_bytes) {
    return (v->count || value_is_range(v)) && sp_bytes >= 0 &&
            (int32_t)v->v[0] < -sp_bytes;
}

static uint32_t depends(const struct callers *c, const struct value *v,
        bool behind, int32_t sp_bytes) {
    uint32_t addr;
    if (value_forbidden(&c->a->model.world, v, &addr)) {
        // What is certain was reported where it is passed.
        return v->kind == VALUE_TOP || v->kind == VALUE_INITIAL || behind ? BAD
                                                                          : 0;
    }
    switch (v->kind) {
    case VALUE_CONST:
    case VALUE_INSIDE:
        for (unsigned i = 0; behind && i < v->count; i++) {
            if (v->v[i] > VALUE_NUMBER_MAX && !good_object(c->a, v->v[i], 0)) {
                return BAD;
            }
        }
        return behind || (readable(c->a, v) && !in_stack(c->a, v)) ? 0 : BAD;
    case VALUE_NUMBER:
        return low_window(c->a) && !behind ? BAD : 0;
    case VALUE_STACK:
        return behind || below_stack(v, sp_bytes) ? BAD : 0;
    case VALUE_INITIAL: {
        const char *object = symbol_name(c->a, v->v[1]);
        return !behind && object && note_find(c->a, CHECK_NOTE_CONST, object, 0)
                ? 0
                : BAD;
    }
    case VALUE_PARAM:
        return behind ? arguments_behind(v->v[0]) : v->v[0];
    default:
        return BAD;
    }
}

// The value is an index of another argument, if anything.
static bool is_number(const struct callers *c, uint32_t caller,
        const struct value *v) {
    uint32_t most;
    if (v->kind == VALUE_PARAM) {
        return caller != NO_NODE && v->v[0] &&
                !(v->v[0] & ~(uint32_t)c->a->nodes[caller].args_number);
    }
    return value_small(v, &most) && (v->kind == VALUE_NUMBER || most);
}

// It is an address, or may be one: more than an index of another argument.
static bool is_address(const struct callers *c, uint32_t caller,
        const struct value *v) {
    if (v->kind == VALUE_PARAM) {
        return caller == NO_NODE || v->v[0] & c->a->nodes[caller].args_address;
    }
    bool small = v->kind == VALUE_CONST || v->kind == VALUE_NUMBER;
    for (unsigned i = 0; v->kind == VALUE_CONST && i < v->count; i++) {
        small &=
                v->v[i] <= VALUE_NUMBER_MAX || 0u - v->v[i] <= VALUE_NUMBER_MAX;
    }
    return !small;
}

// Two addresses, or one with itself, make another one. An annotation answers
// for each that it names, and not for their sum; of what is behind one it says
// nothing else, so that may be an index.
static bool bad_sum(const struct callers *c, uint32_t n, uint32_t added,
        uint32_t repeated) {
    const uint32_t addresses = added & c->a->nodes[n].args_address;
    const uint32_t open = addresses & ~(uint32_t)c->noted[n];
    const uint32_t own = addresses & (VALUE_BEHIND(0) - 1);
    return (open | own) & repeated || own & (own - 1) ||
            (open && addresses & (addresses - 1));
}

// Else it has no end: the code behind it follows, as a veneer of the linker.
static bool jumps_at(const struct analysis *a, uint32_t addr) {
    struct thumb_insn insn;
    uint32_t room = 4;
    const uint8_t *bytes = model_bytes(&a->model, addr, room);
    if (!bytes) {
        room = 2;
        bytes = model_bytes(&a->model, addr, room);
    }
    return bytes && thumb_decode(&insn, addr, bytes, room) &&
            (insn.writes >> PC & 1 || insn.op == THUMB_BL ||
                    insn.op == THUMB_BLX);
}

static bool blame(struct callers *c, uint32_t n, uint32_t bit,
        uint32_t call_addr, const struct value *v) {
    struct analysis *a = c->a;
    struct node *node = &a->nodes[n];
    uint32_t addr;
    if (node->args_bad & bit || c->noted[n] & bit) {
        return false;
    }
    node->args_bad |= (uint16_t)bit;
    if (c->why[n] || !(node->args_read & bit)) {
        return true;
    }
    const char *caller = symbol_name(a, call_addr);
    caller = caller ? caller : "code without a symbol";
    if (v && value_forbidden(&a->model.world, v, &addr)) {
        const char *name = shown_name(a, addr);
        c->why[n] = keep_text(a, "%s passes the address of %s in flash", caller,
                name ? name : "something");
    } else {
        c->why[n] = keep_text(a,
                jumps_at(a, call_addr)
                        ? "%s, at 0x%08x, passes what is not known"
                        : "%s runs on into it behind 0x%08x, with what is not "
                          "known",
                caller, (unsigned)call_addr);
    }
    return true;
}

// Argument k is a number, or an address.
static bool pass_kind(struct callers *c, uint32_t caller, uint32_t callee,
        unsigned k, const struct value *args) {
    struct node *node = &c->a->nodes[callee];
    const uint16_t bit = (uint16_t)VALUE_ARGUMENT(k);
    const uint16_t before[] = {node->args_number, node->args_address};
    if (c->noted[callee] & bit) {
        return false;
    }
    if (args && is_number(c, caller, &args[k])) {
        node->args_number |= bit;
    }
    if (!args || is_address(c, caller, &args[k])) {
        node->args_address |= bit;
    }
    return before[0] != node->args_number || before[1] != node->args_address;
}

static bool pass_harm(struct callers *c, uint32_t caller, uint32_t callee,
        unsigned k, const struct value *v) {
    struct node *node = &c->a->nodes[callee];
    const struct node *by = caller == NO_NODE ? NULL : &c->a->nodes[caller];
    const uint16_t before = node->args_harm;
    if (!(c->noted[callee] & VALUE_ARGUMENT(k)) &&
            (!v || renewed_harm(c->a, by, v) == RENEWED_ALL)) {
        node->args_harm |= (uint16_t)VALUE_ARGUMENT(k);
    }
    return before != node->args_harm;
}

// caller: its node, or NO_NODE: of its own arguments nothing is known.
static bool pass(struct callers *c, uint32_t caller, uint32_t callee,
        uint32_t call_addr, const struct value *args, int32_t sp_bytes) {
    bool changed = false;
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        for (int behind = 0; behind < 2; behind++) {
            const uint32_t bit = behind ? VALUE_BEHIND(k) : VALUE_ARGUMENT(k);
            const uint32_t on =
                    args ? depends(c, &args[k], behind != 0, sp_bytes) : BAD;
            const uint32_t bad =
                    caller == NO_NODE ? ALL_BITS : c->a->nodes[caller].args_bad;
            if (on == BAD || on & bad ||
                    (caller != NO_NODE && args[k].kind == VALUE_PARAM &&
                            bad_sum(c, caller, args[k].v[2], args[k].v[3]))) {
                changed |= blame(c, callee, bit, call_addr,
                        args ? &args[k] : NULL);
            }
        }
        changed |= pass_kind(c, caller, callee, k, args);
        changed |= pass_harm(c, caller, callee, k, args ? &args[k] : NULL);
        renewed_passed(&c->renewed, caller != NO_NODE, callee, k,
                args ? &args[k] : NULL);
    }
    return changed;
}

static void propagate(struct callers *c) {
    struct analysis *a = c->a;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t n = 0; n < a->node_count; n++) {
            for (size_t i = 0; i < a->nodes[n].edge_count; i++) {
                const struct call_edge *e = &a->nodes[n].edges[i];
                if (wanted(c, e->callee)) {
                    changed |= pass(c, n, e->callee, e->addr,
                            e->has_args ? e->args : NULL, e->sp_bytes);
                }
            }
        }
    }
}

// What annotations say of what is read through arguments, as far as it is not
// stored meanwhile.
static void take_renewed(struct callers *c) {
    struct analysis *a = c->a;
    for (uint32_t n = 0; n < a->node_count; n++) {
        // It may be called with anything.
        c->renewed.unclear[n] |= c->called[n] && !c->taken[n] ? 0 : UINT8_MAX;
    }
    while (c->renewed.wanted && renewed_find(&c->renewed, c->noted)) {
        for (uint32_t n = 0; n < a->node_count; n++) {
            if (c->renewed.by[n]) {
                c->why[n] = keep_text(a,
                        "what is read through an argument may have been stored "
                        "meanwhile, at 0x%08x, of which `pointers` says nothing",
                        (unsigned)c->renewed.by[n]);
            }
        }
        propagate(c);
    }
    a->failed |= c->renewed.failed;
}

// `pointers` says that the argument never leads to the window, and a call that
// runs hands over an address there.
static void refute(struct analysis *a, const struct node *callee,
        const struct value *argument, uint32_t call_addr) {
    if (argument->kind == VALUE_CONST && argument->count == 1 &&
            (!whole_complete(a->whole) ||
                    whole_executed(a->whole, call_addr))) {
        notes_refute(a, CHECK_NOTE_POINTERS, callee->name,
                "a call hands over an address in the window", call_addr);
    }
}

// Flash code that runs before an outage hands a constant to what reads it.
static void handed_over(struct callers *c, const struct site *site) {
    struct analysis *a = c->a;
    const struct node *callee = &a->nodes[site->callee];
    for (unsigned k = 0; site->has_args && k < VALUE_ARGUMENTS; k++) {
        uint32_t addr;
        const uint32_t bit = VALUE_ARGUMENT(k);
        if (site->args[k].kind == VALUE_TOP ||
                !value_forbidden(&a->model.world, &site->args[k], &addr)) {
            continue;
        }
        if (c->noted[site->callee] & bit) {
            refute(a, callee, &site->args[k], site->addr);
            continue;
        }
        if (!((callee->args_read | callee->args_handed) & bit)) {
            continue;
        }
        const char *name = shown_name(a, addr);
        const char *caller = symbol_name(a, site->addr);
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_ADDRESS,
                        .function = callee->name,
                        .function_addr = callee->addr,
                        .addr = callee->addr,
                        .target_addr = addr,
                        .target_known = true,
                        .stored_in_table = true},
                site->callee,
                "%s (0x%08x) passes the address of %s to it, and it %s",
                caller ? caller : "?", (unsigned)site->addr,
                name ? name : "something in flash",
                callee->args_read & bit ? "reads through it"
                                        : "hands it to an unknown function");
    }
}

/// Annotations and results ///

static uint16_t bits_noted(struct analysis *a, const struct node *node) {
    const struct check_note *note =
            note_find(a, CHECK_NOTE_POINTERS, node->name, 0);
    uint32_t bits = 0;
    for (char **t = note ? note->targets : NULL; t && *t; t++) {
        const unsigned k = (unsigned)((*t)[1] - '0');
        bits |= (*t)[2] == '*' ? VALUE_BEHIND(k) : VALUE_ARGUMENT(k);
    }
    return (uint16_t)bits;
}

static void begin(struct callers *c) {
    struct analysis *a = c->a;
    for (uint32_t n = 0; n < a->node_count; n++) {
        a->nodes[n].args_bad = a->nodes[n].args_number = 0;
        a->nodes[n].args_harm = 0;
        c->noted[n] = wanted(c, n) ? bits_noted(a, &a->nodes[n]) : 0;
        // What is behind an argument is not looked at.
        a->nodes[n].args_address = arguments_behind(ALL_BITS) | c->noted[n];
    }
}

// Functions whose callers are not all known.
static void strangers(struct callers *c) {
    struct analysis *a = c->a;
    for (uint32_t n = 0; n < a->node_count; n++) {
        for (size_t i = 0; i < a->nodes[n].edge_count; i++) {
            const uint32_t callee = a->nodes[n].edges[i].callee;
            if (callee != NO_NODE) {
                c->called[callee] = true;
            }
        }
    }
    for (uint32_t n = 0; n < a->node_count; n++) {
        if (!wanted(c, n) || (c->called[n] && !c->taken[n])) {
            continue;
        }
        a->nodes[n].args_bad |= (uint16_t)~c->noted[n];
        a->nodes[n].args_harm |= (uint16_t)~c->noted[n];
        a->nodes[n].args_address = ALL_BITS;
        c->why[n] = c->taken[n] ? "its address is kept, so it may be called "
                                  "with anything"
                                : "no call of it was found";
    }
}

// For contexts.c.
static void tell_callers(struct callers *c) {
    struct analysis *a = c->a;
    for (uint32_t n = 0; n < a->node_count; n++) {
        a->nodes[n].callers_known =
                wanted(c, n) && c->called[n] && !c->taken[n];
    }
    a->caller_count = 0;
    for (size_t i = 0; i < c->site_count && !a->failed; i++) {
        const struct site *s = &c->sites[i];
        struct known_caller *grown = array_more(a->callers, a->caller_count,
                &a->caller_room, sizeof *grown);
        if (!grown) {
            a->failed = true;
            return;
        }
        a->callers = grown;
        const uint32_t function = references_function_of(a, s->addr);
        a->callers[a->caller_count++] =
                (struct known_caller){s->callee, function, s->addr};
        if (!function || !s->has_args || s->inside) {
            a->nodes[s->callee].callers_known = false;
        }
    }
}

static void scan(struct callers *c) {
    struct analysis *a = c->a;
    struct references r = {.a = a,
            .ctx = c,
            .called = on_called,
            .kept = on_kept,
            .entered = on_entered,
            .met = on_met};
    for (uint32_t n = 0; n < a->node_count && !a->failed; n++) {
        a->failed |= wanted(c, n)
                ? !references_add(&r, n, a->nodes[n].addr)
                : !references_add_inside(&r, n, a->nodes[n].addr);
    }
    references_find(&r);
    references_free(&r);
    for (uint32_t n = 0; n < a->node_count; n++) {
        for (size_t i = 0; i < a->nodes[n].edge_count; i++) {
            a->failed |= !index_add(&c->met, a->nodes[n].edges[i].addr, n);
        }
    }
    // Code that no walk reached: behind a computed goto, for an exception.
    for (size_t i = 0; i < c->seen_count && !a->failed; i++) {
        size_t from = 0;
        if (index_next(&c->met, c->seen[i].addr, &from) == INDEX_NONE) {
            add_site(c, c->seen[i].callee, c->seen[i].addr, false, NULL);
        }
    }
}

// Each that it goes through may be a number.
static bool is_index(const struct node *node, uint16_t bits) {
    return bits && !(bits & (uint16_t)~node->args_number) &&
            !(bits & node->args_bad);
}

static bool is_unknown(const struct callers *c, uint32_t n,
        const struct unknown_access *access) {
    const struct node *node = &c->a->nodes[n];
    return !access->bits || access->bits & node->args_bad ||
            is_index(node, access->bits) ||
            renewed_deep(&c->renewed, n, access->bits, access->deep) ||
            bad_sum(c, n, access->added, access->repeated);
}

// By what the callers pass, and what they have on their stacks.
static void decide(struct callers *c) {
    struct analysis *a = c->a;
    for (uint32_t n = 0; n < a->node_count; n++) {
        struct node *node = &a->nodes[n];
        for (size_t i = 0; i < node->access_count; i++) {
            node->undecided |= is_unknown(c, n, &node->accesses[i]);
        }
    }
    contexts_find(a);
}

// Those of r0 to r3 by which it is unknown, and where it reads behind one,
// those that are stored: maybe there.
static uint16_t named_arguments(const struct callers *c, uint32_t n,
        const struct unknown_access *access) {
    const struct node *node = &c->a->nodes[n];
    const uint16_t bad = access->bits & node->args_bad;
    const uint16_t bits = bad ? bad : access->bits;
    const uint16_t stored = bits >= VALUE_BEHIND(0)
            ? node->args_stored & (VALUE_BEHIND(0) - 1)
            : 0;
    return (bits | stored) & 0x0F0Fu;
}

// Those at an instruction that an annotation names are a finding of their own:
// else it would cover the others, too.
static void report_named(struct callers *c, uint32_t n,
        const struct unknown_access *access) {
    finding_add(c->a,
            &(struct check_finding){.rule = CHECK_RULE_LOAD_UNKNOWN,
                    .addr = access->addr,
                    .by_arguments = named_arguments(c, n, access)},
            n,
            access->count == 1
                    ? "%u load or store through a pointer whose value is unknown"
                    : "%u loads and stores through pointers whose value is "
                      "unknown",
            access->count);
}

// One that goes to the window whenever it is seen.
static void report_certain(struct callers *c, uint32_t n,
        const struct unknown_access *access) {
    finding_add(c->a,
            &(struct check_finding){.rule = CHECK_RULE_LOAD_UNKNOWN,
                    .addr = access->addr,
                    .target_addr = followed_window(c->a, access->addr),
                    .target_known = true,
                    .certain = true},
            n, "goes to the window only, in the run of the whole program");
}

static void report(struct callers *c, uint32_t n) {
    struct analysis *a = c->a;
    struct node *node = &a->nodes[n];
    if (flow_is_switch_helper(&a->model, node->addr)) {
        // The call was judged with the table.
        return;
    }
    unsigned count = 0, places = 0;
    uint32_t addr = 0, last = 0;
    bool numbers = false, sums = false;
    uint16_t arguments = 0;
    for (size_t i = 0; i < node->access_count; i++) {
        const struct unknown_access *access = &node->accesses[i];
        if (is_unknown(c, n, access) && !access->good) {
            findings_told(a, access->addr);
            // What always goes there is not known at run time only (A7).
            if (followed_window(a, access->addr)) {
                report_certain(c, n, access);
                continue;
            }
            if (!a->options->assume_runtime_data &&
                    note_at(a, CHECK_RULE_LOAD_UNKNOWN, node->name, node->addr,
                            access->addr)) {
                report_named(c, n, access);
                continue;
            }
            arguments |= named_arguments(c, n, access);
            numbers |= is_index(node, access->bits);
            sums |= bad_sum(c, n, access->added, access->repeated);
            addr = count ? addr : access->addr;
            places += !count || access->addr != last;
            last = access->addr;
            count += access->count;
        }
    }
    if (!count) {
        return;
    }
    if (a->options->assume_runtime_data) {
        a->report->unknown_loads += count;
        a->report->unknown_functions++;
        a->report->assumed |= 1u << ASSUME_RUNTIME_DATA;
        return;
    }
    const size_t before = a->report->finding_count;
    finding_add(a,
            &(struct check_finding){.rule = CHECK_RULE_LOAD_UNKNOWN,
                    .addr = addr,
                    .count = places,
                    .by_arguments = arguments},
            n,
            count == 1 ? "%u load or store through a pointer whose value is "
                         "unknown%s%s"
                       : "%u loads and stores through pointers whose value is "
                         "unknown%s%s",
            count, node->args_bad && c->why[n] ? ": " : "",
            node->args_bad && c->why[n] ? c->why[n]
                    : numbers ? ": a caller passes a number, and no address"
                    : sums    ? ": a sum of arguments, of which more than one "
                                "may be an address"
                              : "");
    if (a->report->finding_count > before) {
        a->report->unknown_loads += count;
        a->report->unknown_functions++;
    }
}

/// Arguments that are called ///

#define PASSED_DEEP 4u

// All that is passed to node n as argument k. False: it is not known.
static bool passed(const struct callers *c, uint32_t n, unsigned k,
        struct known_argument *sum, unsigned depth);

static bool add_passed(const struct callers *c, uint32_t caller,
        const struct value *v, struct known_argument *sum, unsigned depth) {
    for (unsigned i = 0; v->kind == VALUE_CONST && i < v->count; i++) {
        unsigned at = 0;
        while (at < sum->count && sum->values[at] < v->v[i]) {
            at++;
        }
        if (at < sum->count && sum->values[at] == v->v[i]) {
            continue;
        }
        if (sum->count == VALUE_CONSTS) {
            return false;
        }
        memmove(&sum->values[at + 1], &sum->values[at],
                (sum->count - at) * sizeof sum->values[0]);
        sum->values[at] = v->v[i];
        sum->count++;
    }
    if (v->kind != VALUE_PARAM || v->v[1] || caller == NO_NODE) {
        return v->kind == VALUE_CONST;
    }
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        if (v->v[0] >> k & 1 && !passed(c, caller, k, sum, depth + 1)) {
            return false;
        }
    }
    return v->v[0] < VALUE_BEHIND(0);
}

static bool passed(const struct callers *c, uint32_t n, unsigned k,
        struct known_argument *sum, unsigned depth) {
    const struct analysis *a = c->a;
    if (depth == PASSED_DEEP || !wanted(c, n) || c->taken[n] || !c->called[n]) {
        return false;
    }
    for (size_t i = 0; i < c->site_count; i++) {
        const struct site *s = &c->sites[i];
        if (s->callee == n &&
                (!s->has_args ||
                        !add_passed(c, NO_NODE, &s->args[k], sum, depth))) {
            return false;
        }
    }
    for (uint32_t m = 0; m < a->node_count; m++) {
        for (size_t i = 0; i < a->nodes[m].edge_count; i++) {
            const struct call_edge *e = &a->nodes[m].edges[i];
            if (e->callee == n &&
                    (!e->has_args ||
                            !add_passed(c, m, &e->args[k], sum, depth))) {
                return false;
            }
        }
    }
    return sum->count != 0;
}

static void find_called(struct callers *c) {
    struct analysis *a = c->a;
    a->argument_found_count = 0;
    for (uint32_t n = 0; n < a->node_count; n++) {
        for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
            struct known_argument sum = {.function = a->nodes[n].addr, .k = k};
            if (!(a->nodes[n].args_called >> k & 1) ||
                    !passed(c, n, k, &sum, 0)) {
                continue;
            }
            struct known_argument *grown =
                    array_more(a->arguments_found, a->argument_found_count,
                            &a->argument_found_room, sizeof *grown);
            if (!grown) {
                a->failed = true;
                return;
            }
            a->arguments_found = grown;
            a->arguments_found[a->argument_found_count++] = sum;
        }
    }
}

void callers_check(struct analysis *a) {
    const size_t count = a->node_count ? a->node_count : 1;
    struct callers c = {.a = a,
            .taken = calloc(count, sizeof *c.taken),
            .called = calloc(count, sizeof *c.called),
            .noted = calloc(count, sizeof *c.noted),
            .why = calloc(count, sizeof *c.why)};
    const bool renewed = renewed_begin(&c.renewed, a);
    if (renewed && c.taken && c.called && c.noted && c.why) {
        begin(&c);
        scan(&c);
        strangers(&c);
        for (size_t i = 0; i < c.site_count; i++) {
            const struct site *s = &c.sites[i];
            pass(&c, NO_NODE, s->callee, s->addr, s->has_args ? s->args : NULL,
                    s->sp_bytes);
            handed_over(&c, s);
        }
        propagate(&c);
        take_renewed(&c);
        find_called(&c);
        tell_callers(&c);
        decide(&c);
        for (uint32_t n = 0; n < a->node_count; n++) {
            report(&c, n);
        }
    } else {
        a->failed = true;
    }
    renewed_free(&c.renewed);
    free(c.taken);
    free(c.called);
    free(c.noted);
    free(c.why);
    free(c.sites);
    free(c.seen);
    index_free(&c.met);
}
