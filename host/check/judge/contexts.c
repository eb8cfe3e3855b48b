/*
 * contexts - what is unknown in a function by itself, where it is called
 *
 * SPDX-License-Identifier: MIT
 *
 * A pointer in a structure on the caller's stack, what a callee returned or put
 * into a variable of its caller: one function does not show it. So a function
 * with accesses or calls that are unknown is walked again, with its callees,
 * and then as its callers call it, if all of them are known. An access counts
 * as good if it is good each time; a call, if all targets are known each
 * time.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "check/judge/judge_priv.h"

#define SP 13u
#define CHAIN 4u          // functions, the one that is asked about included
#define CALLERS 16u       // of one function
#define ENTERED 64u       // calls in a chain
#define WALKS 48u         // for one function
#define STEPS_ALL 150000u // instructions, for all functions

struct chain {
    uint32_t addr[CHAIN]; // the outermost caller first
    unsigned count;
};

// What an access or a call does each time it is met.
struct context {
    uint32_t addr; // of the instruction
    bool call;
    bool good;          // it never goes to the window
    struct value value; // of a call: all targets
};

// One walk of the outermost function.
struct visit {
    struct analysis *a;
    const struct chain *chain;
    int place[16]; // in the chain, of each function that is being walked, or -1
    unsigned depth;
    uint32_t entered[ENTERED]; // calls of the next function in the chain
    unsigned entered_count;
    bool failed;
    struct context *list;
    size_t count, room;
};

struct search {
    struct analysis *a;
    unsigned walks;
};

/// What a value is good for ///

static bool good_place(const struct analysis *a, uint32_t addr, bool store) {
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    if (model_forbidden(&a->model, addr) || !memory_readable(a, addr) ||
            a->model.image_count > 1) {
        return false;
    }
    // What stores to code, vectors and registers do is judged elsewhere.
    return !store ||
            (symbol && symbol->object && !model_device(&a->model, addr) &&
                    model_image(&a->model, addr) &&
                    !model_in_function(&a->model, addr) &&
                    !model_in_stack(&a->model, addr) &&
                    addr - a->tables[0].section_addr >= 4 * a->tables[0].count);
}

static bool good_access(const struct analysis *a, const struct value *v,
        bool store) {
    // The frame of an exception is above the stack pointer of the handler.
    if (v->kind == VALUE_STACK) {
        const int32_t last = (int32_t)(v->v[0] + (v->count ? 0 : v->v[2]));
        return !store ||
                ((v->count || value_is_range(v)) && last < 0 && !v->v[1]);
    }
    bool good = (v->kind == VALUE_CONST || v->kind == VALUE_INSIDE) &&
            v->count && !v->loose;
    for (unsigned i = 0; good && i < v->count; i++) {
        // A null pointer beside others is none, by convention.
        const bool null =
                !v->v[i] && v->count > 1 && !model_forbidden(&a->model, 0);
        good = null || good_place(a, v->v[i], store);
    }
    return good;
}

static bool good_target(const struct analysis *a, const struct value *v) {
    bool good = v->kind == VALUE_CONST && v->count;
    for (unsigned i = 0; good && i < v->count; i++) {
        const struct elf_symbol *symbol =
                model_symbol(&a->model, v->v[i] & ~1u);
        const bool null = !v->v[i] && v->count > 1;
        good = null ||
                (v->v[i] & 1 && symbol && symbol->function &&
                        symbol->addr == (v->v[i] & ~1u) &&
                        !model_forbidden(&a->model, symbol->addr));
    }
    return good;
}

/// A walk ///

static struct context *context_of(struct visit *v, uint32_t addr, bool call) {
    for (size_t i = 0; i < v->count; i++) {
        if (v->list[i].addr == addr && v->list[i].call == call) {
            return &v->list[i];
        }
    }
    struct context *grown =
            array_more(v->list, v->count, &v->room, sizeof *grown);
    if (!grown) {
        v->a->failed = true;
        return NULL;
    }
    v->list = grown;
    v->list[v->count] =
            (struct context){.addr = addr, .call = call, .good = true};
    return &v->list[v->count++];
}

static void record(struct visit *v, uint32_t addr, bool call, bool good,
        const struct value *value) {
    struct context *c = context_of(v, addr, call);
    if (c) {
        c->value = value_join(&v->a->model.world, &c->value, value);
        c->good &= good && (!call || good_target(v->a, &c->value));
    }
}

static bool asked(const struct visit *v) {
    return v->place[v->depth] == (int)v->chain->count - 1;
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct visit *v = ctx;
    (void)bytes, (void)data;
    if (asked(v)) {
        record(v, insn->addr, false, good_access(v->a, addr, how == FLOW_STORE),
                addr);
    }
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct visit *v = ctx;
    (void)how, (void)regs, (void)sp_bytes;
    // What is returned to was overwritten.
    v->failed |= (insn->op == THUMB_LOAD_MULTIPLE || insn->op == THUMB_LOAD) &&
            insn->rn == SP && !good_target(v->a, target);
    if (asked(v) && !direct) {
        record(v, insn->addr, true, good_target(v->a, target), target);
    }
}

// A store changed the address that something returns to.
static void on_unknown(void *ctx, uint32_t addr, enum check_rule_id rule,
        const char *detail) {
    struct visit *v = ctx;
    (void)addr, (void)detail;
    v->failed |= rule == CHECK_RULE_RETURN_UNKNOWN;
}

// The function that follows in the chain, if it is that which is called; past
// the linker's veneers, which count as their caller.
static int next_place(struct visit *v, uint32_t callee) {
    const int here = v->place[v->depth];
    bool veneer = false;
    if (here < 0 || here + 1 >= (int)v->chain->count) {
        return -1;
    }
    if (callee == v->chain->addr[here + 1]) {
        return here + 1;
    }
    return analysis_past_veneers(v->a, callee, &veneer) ==
                            v->chain->addr[here + 1] &&
                    veneer
            ? here
            : -1;
}

static bool entered(const struct visit *v, uint32_t addr) {
    for (unsigned i = 0; i < v->entered_count; i++) {
        if (v->entered[i] == addr) {
            return true;
        }
    }
    return false;
}

static void on_inlined(void *ctx, const struct thumb_insn *insn,
        uint32_t callee, enum flow_inlined how) {
    struct visit *v = ctx;
    if (how == FLOW_INLINED_LEAVE) {
        v->depth--;
        return;
    }
    const int place = next_place(v, callee);
    if (how == FLOW_INLINED_NOT) {
        v->failed |= place >= 0;
        return;
    }
    if (v->depth + 1 == sizeof v->place / sizeof v->place[0]) {
        v->failed = true; // deeper than flow.c goes
        return;
    }
    if (place >= 0 && v->entered_count == ENTERED) {
        v->failed = true;
    } else if (place >= 0 && !entered(v, insn->addr)) {
        v->entered[v->entered_count++] = insn->addr;
    }
    v->place[++v->depth] = place;
}

// Each call of a function in the chain by the one before was walked into.
static bool all_entered(const struct visit *v) {
    const struct analysis *a = v->a;
    for (unsigned i = 0; i + 1 < v->chain->count; i++) {
        const uint32_t caller = v->chain->addr[i];
        const uint32_t n = analysis_known_node(a, v->chain->addr[i + 1]);
        const uint32_t m = analysis_known_node(a, caller);
        for (size_t k = 0; m != NO_NODE && k < a->nodes[m].edge_count; k++) {
            const struct call_edge *e = &a->nodes[m].edges[k];
            if (e->callee == n && !entered(v, e->addr)) {
                return false;
            }
        }
        for (size_t k = 0; k < a->caller_count; k++) {
            const struct known_caller *c = &a->callers[k];
            if (c->callee == n && c->function == caller &&
                    !entered(v, c->addr)) {
                return false;
            }
        }
    }
    return true;
}

static bool walk(struct search *s, struct visit *v) {
    struct analysis *a = s->a;
    const struct flow_events events = {.ctx = v,
            .access = on_access,
            .call = on_call,
            .inlined = on_inlined,
            .unknown = on_unknown,
            .traces = true};
    const uint32_t addr = v->chain->addr[0];
    struct function_extent extent;
    struct flow_result result;
    if (s->walks == WALKS || a->context_steps >= STEPS_ALL ||
            !model_function(&a->model, addr, &extent)) {
        return false;
    }
    s->walks++;
    if (!flow_function(&a->model, &extent, addr, &events, &result)) {
        a->failed = true;
        return false;
    }
    a->context_steps += result.instructions + result.inlined_steps;
    return !v->failed && all_entered(v);
}

/// Callers ///

// Adds one by one. False: too many.
static bool add_caller(uint32_t *list, unsigned *count, uint32_t addr) {
    for (unsigned i = 0; i < *count; i++) {
        if (list[i] == addr) {
            return true;
        }
    }
    if (*count == CALLERS) {
        return false;
    }
    list[(*count)++] = addr;
    return true;
}

// All functions that call the one at addr. False: they are not known.
static bool callers_of(const struct analysis *a, uint32_t addr, uint32_t *list,
        unsigned *count) {
    const uint32_t n = analysis_known_node(a, addr);
    bool good = n != NO_NODE && a->nodes[n].callers_known;
    *count = 0;
    for (uint32_t m = 0; good && m < a->node_count; m++) {
        for (size_t i = 0; good && i < a->nodes[m].edge_count; i++) {
            good = a->nodes[m].edges[i].callee != n ||
                    add_caller(list, count, a->nodes[m].addr);
        }
    }
    for (size_t i = 0; good && i < a->caller_count; i++) {
        good = a->callers[i].callee != n ||
                add_caller(list, count, a->callers[i].function);
    }
    return good && *count;
}

static struct context *same(const struct visit *v, const struct context *c) {
    for (size_t i = 0; i < v->count; i++) {
        if (v->list[i].addr == c->addr && v->list[i].call == c->call) {
            return &v->list[i];
        }
    }
    return NULL;
}

// What one more caller makes of it. False: it may be anything.
static bool add_visit(struct visit *all, const struct visit *one) {
    for (size_t i = 0; i < one->count; i++) {
        const struct context *c = &one->list[i];
        record(all, c->addr, c->call, c->good, &c->value);
    }
    return !all->a->failed;
}

static bool resolve(struct search *s, const struct chain *chain,
        struct visit *found);

static bool by_callers(struct search *s, const struct chain *chain,
        struct visit *found) {
    uint32_t callers[CALLERS];
    unsigned count;
    if (chain->count == CHAIN ||
            !callers_of(s->a, chain->addr[0], callers, &count)) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        struct chain longer = {.addr = {callers[i]}, .count = chain->count + 1};
        memcpy(&longer.addr[1], chain->addr,
                chain->count * sizeof chain->addr[0]);
        struct visit one = {.a = s->a, .chain = &longer};
        const bool good = resolve(s, &longer, &one) && add_visit(found, &one);
        free(one.list);
        if (!good) {
            return false;
        }
    }
    return true;
}

// What the last function of the chain does if it is called so. False: unknown.
static bool resolve(struct search *s, const struct chain *chain,
        struct visit *found) {
    found->place[0] = 0;
    const bool walked = walk(s, found);
    bool good = walked;
    for (size_t i = 0; i < found->count; i++) {
        good &= found->list[i].good;
    }
    if (good) {
        return true;
    }
    struct visit above = {.a = s->a, .chain = chain};
    const bool known = by_callers(s, chain, &above);
    for (size_t i = 0; known && walked && i < found->count; i++) {
        const struct context *c = same(&above, &found->list[i]);
        if (!found->list[i].good && c) {
            found->list[i] = *c;
        } else if (!c) {
            // No caller calls it so that it comes there.
            found->list[i].good = true;
            found->list[i].value = (struct value){.kind = VALUE_NONE};
        }
    }
    if (known && !walked) {
        free(found->list);
        found->list = above.list;
        found->count = above.count;
        found->room = above.room;
        return true;
    }
    free(above.list);
    return walked;
}

/// All functions ///

static void keep_call(struct analysis *a, const struct context *c,
        uint32_t function) {
    struct known_call *grown = array_more(a->calls_found, a->call_found_count,
            &a->call_found_room, sizeof *grown);
    if (!grown) {
        a->failed = true;
        return;
    }
    a->calls_found = grown;
    a->calls_found[a->call_found_count++] = (struct known_call){
            .function = function, .addr = c->addr, .targets = c->value};
}

static void keep(struct analysis *a, struct node *node, const struct visit *v) {
    for (size_t i = 0; i < v->count; i++) {
        const struct context *c = &v->list[i];
        if (c->good && c->call) {
            keep_call(a, c, node->addr);
        }
        for (size_t k = 0; !c->call && k < node->access_count; k++) {
            if (node->accesses[k].addr == c->addr) {
                node->accesses[k].good = c->good;
            }
        }
    }
}

void contexts_find(struct analysis *a) {
    a->call_found_count = 0;
    a->context_steps = 0;
    for (uint32_t n = 0; n < a->node_count && !a->failed; n++) {
        struct node *node = &a->nodes[n];
        if (!node->undecided || !node->extent.end_addr) {
            continue;
        }
        const struct chain chain = {.addr = {node->addr}, .count = 1};
        struct search search = {.a = a};
        struct visit found = {.a = a, .chain = &chain};
        if (resolve(&search, &chain, &found)) {
            keep(a, node, &found);
        }
        free(found.list);
    }
}

bool contexts_same(const struct analysis *a) {
    bool same = a->call_count == a->call_found_count;
    for (size_t i = 0; same && i < a->call_count; i++) {
        const struct known_call *b = &a->calls_found[i];
        const struct known_call *c = &a->calls[i];
        same = b->function == c->function && b->addr == c->addr &&
                value_equal(&b->targets, &c->targets);
    }
    return same;
}

void contexts_take(struct analysis *a, bool none) {
    free(a->calls);
    a->calls = a->calls_found;
    a->call_count = none ? 0 : a->call_found_count;
    a->calls_found = NULL;
    a->call_found_count = a->call_found_room = 0;
}

const struct known_call *contexts_call(struct analysis *a, uint32_t addr) {
    for (size_t i = 0; i < a->call_count; i++) {
        if (a->calls[i].addr == addr &&
                a->calls[i].function == analysis_here(a)->addr) {
            return &a->calls[i];
        }
    }
    return NULL;
}
