/*
 * renewed - pointers that an outage stores where `pointers` speaks of what is
 * read
 *
 * SPDX-License-Identifier: MIT
 *
 * `pointers F r0 r0*` says what r0* reads when the outage begins. What code of
 * the outage or an exception stores there may lead to the window, unless it is
 * a number that is small, an address elsewhere, or an argument that is good
 * itself. Where the run of the whole program knows what such stores do, it
 * decides (crossed.c). Here, a store through an argument counts as one to what
 * r0* reads, and one through a pointer that was read there as one to what lies
 * further behind, but for a copy of an argument: that counts as one to both.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/analysis/findings.h"
#include "check/follow/renewed.h"
#include "check/whole/whole.h"

#define BEHIND_DEEP 2u

/// What is stored ///

// The arguments that it was made from.
static uint32_t bits_of(const struct value *data) {
    return data->kind == VALUE_PARAM ? data->v[0]
            : data->chosen           ? data->taint
                                     : 0;
}

// Of what is behind an argument, the callers know whether it is good.
static bool made_of_bad(const struct node *node, uint32_t bits) {
    const uint32_t bad = (node->args_harm & VALUE_OWN) |
            (node->args_bad & ~(uint32_t)VALUE_OWN);
    return bits & bad;
}

enum renewed_harm renewed_harm(const struct analysis *a,
        const struct node *node, const struct value *data) {
    const uint32_t bits = bits_of(data);
    uint32_t addr;
    switch (data->chosen ? VALUE_PARAM : data->kind) {
    case VALUE_NUMBER:
    case VALUE_STACK:
    case VALUE_RETURN:
    case VALUE_CALLER:
        return RENEWED_NOTHING;
    case VALUE_CONST:
    case VALUE_INSIDE:
        return value_forbidden(&a->model.world, data, &addr) ? RENEWED_ALL
                                                             : RENEWED_NOTHING;
    case VALUE_PARAM:
        if ((bits && (!node || made_of_bad(node, bits))) ||
                (!data->chosen && data->v[2] & VALUE_OWN)) {
            return RENEWED_ALL;
        }
        return node && value_behind(bits) & node->args_bad ? RENEWED_BEHIND
                                                           : RENEWED_NOTHING;
    default:
        return RENEWED_ALL;
    }
}

// Of an object, or of a label that is all there is.
static uint32_t start_of(const struct renewed *r, uint32_t addr) {
    const uint32_t at = model_stored_at(&r->a->model, addr);
    const struct elf_image *image = model_image(&r->a->model, at);
    const struct elf_symbol *symbol = model_symbol(&r->a->model, at);
    const size_t next = image ? elf_image_symbol_from(image, at + 1) : 0;
    if (!symbol && next) {
        symbol = elf_image_symbol_index(image, next - 1);
    }
    return symbol ? symbol->addr : at;
}

static bool same_object(const struct renewed *r, uint32_t a, uint32_t b) {
    return start_of(r, a) == start_of(r, b);
}

// It is passed as what an annotation names.
static bool is_named(const struct renewed *r, uint32_t addr) {
    bool named = false;
    for (size_t i = 0; !named && i < r->object_count; i++) {
        const struct passed_object *o = &r->objects[i];
        named = r->named[o->node] & VALUE_ARGUMENT(o->k) &&
                same_object(r, o->addr, addr);
    }
    return named;
}

// It is stored through v, which the node has: `here`, or one pointer further.
static bool stores(const struct renewed *r, uint32_t n, const struct value *v,
        bool here, uint32_t by) {
    struct renewing *of = &r->nodes[n];
    const struct renewing before = *of;
    switch (v->kind) {
    case VALUE_PARAM:
        of->here |= here ? (uint8_t)v->v[0] : 0;
        of->beyond |= (uint8_t)(v->v[0] >> VALUE_ARGUMENTS);
        of->beyond |= here ? 0 : (uint8_t)v->v[0];
        break;
    case VALUE_CONST:
    case VALUE_INSIDE:
        for (uint32_t i = 0; here && i < v->count; i++) {
            of->anywhere |= is_named(r, v->v[i]);
        }
        break;
    case VALUE_NUMBER:
    case VALUE_STACK:
        break;
    default:
        of->anywhere = true;
        break;
    }
    const bool changed = before.here != of->here ||
            before.beyond != of->beyond || before.anywhere != of->anywhere;
    of->by = changed ? by : of->by;
    return changed;
}

static void own_stores(const struct renewed *r, uint32_t n) {
    const struct node *node = &r->a->nodes[n];
    for (size_t i = 0; i < node->store_count; i++) {
        const struct noted_store *s = &node->stores[i];
        const enum renewed_harm harm = renewed_harm(r->a, node, &s->data);
        const uint32_t bits = bits_of(&s->data);
        const bool argument = bits && bits < VALUE_BEHIND(0);
        if (harm == RENEWED_NOTHING) {
            continue;
        }
        stores(r, n, &s->to, harm == RENEWED_ALL, s->addr);
        if (harm == RENEWED_ALL && argument && s->to.kind == VALUE_PARAM) {
            r->nodes[n].here |= (uint8_t)(s->to.v[0] >> VALUE_ARGUMENTS);
        }
    }
}

// A callee stores through its arguments.
static bool inherit(const struct renewed *r, uint32_t n,
        const struct call_edge *e) {
    const struct renewing callee = r->nodes[e->callee];
    bool changed = false;
    for (unsigned k = 0; e->has_args && k < VALUE_ARGUMENTS; k++) {
        if (callee.here & VALUE_ARGUMENT(k)) {
            changed |= stores(r, n, &e->args[k], true, callee.by);
        }
        if (callee.beyond & VALUE_ARGUMENT(k) &&
                e->args[k].kind == VALUE_PARAM) {
            changed |= stores(r, n, &e->args[k], false, callee.by);
        }
    }
    return changed;
}

/// What arguments may lead to ///

// The caller's own arguments, passed on.
static bool pass_on(const struct renewed *r, uint32_t n,
        const struct call_edge *e) {
    bool changed = false;
    for (unsigned k = 0; e->has_args && k < VALUE_ARGUMENTS; k++) {
        const struct value *v = &e->args[k];
        const uint8_t bit = (uint8_t)VALUE_ARGUMENT(k);
        if (v->kind != VALUE_PARAM) {
            continue;
        }
        const uint8_t own = (uint8_t)v->v[0];
        if (r->named[e->callee] & bit && own & ~r->named[n]) {
            r->named[n] |= own;
            changed = true;
        }
        if (own & r->unclear[n] && !(r->unclear[e->callee] & bit)) {
            r->unclear[e->callee] |= bit;
            changed = true;
        }
    }
    return changed;
}

static void find_named(const struct renewed *r, const uint16_t *noted) {
    const struct analysis *a = r->a;
    for (uint32_t n = 0; n < a->node_count; n++) {
        r->named[n] |= (uint8_t)(noted[n] >> VALUE_ARGUMENTS);
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t n = 0; n < a->node_count; n++) {
            for (size_t i = 0; i < a->nodes[n].edge_count; i++) {
                const struct call_edge *e = &a->nodes[n].edges[i];
                changed |= e->callee != NO_NODE && pass_on(r, n, e);
            }
        }
    }
    for (size_t i = 0; i < r->object_count; i++) {
        const struct passed_object *o = &r->objects[i];
        if (is_named(r, o->addr)) {
            r->unclear[o->node] |= (uint8_t)VALUE_ARGUMENT(o->k);
        }
    }
}

/// How far behind an argument ///

static bool deepen(uint8_t *depth, unsigned to) {
    const bool deeper = to > *depth;
    *depth = deeper ? (uint8_t)(to < BEHIND_DEEP ? to : BEHIND_DEEP) : *depth;
    return deeper && to <= BEHIND_DEEP;
}

// Of a pointer with these bits.
static unsigned depth_of(const struct renewed *r, uint32_t n, uint32_t bits,
        bool deep) {
    unsigned most = 0;
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        const unsigned own = r->depth[n * VALUE_ARGUMENTS + k];
        const unsigned behind = own + 1 + deep;
        if (bits & VALUE_ARGUMENT(k) && own > most) {
            most = own;
        }
        if (bits & VALUE_BEHIND(k) && behind > most) {
            most = behind;
        }
    }
    return most < BEHIND_DEEP ? most : BEHIND_DEEP;
}

static bool measure(const struct renewed *r, uint32_t n,
        const struct call_edge *e, const uint16_t *noted) {
    bool changed = false;
    for (unsigned k = 0; e->has_args && k < VALUE_ARGUMENTS; k++) {
        const struct value *v = &e->args[k];
        if (v->kind == VALUE_PARAM && !(noted[e->callee] & VALUE_BEHIND(k))) {
            changed |= deepen(&r->depth[e->callee * VALUE_ARGUMENTS + k],
                    depth_of(r, n, v->v[0], v->v[1] & VALUE_DEEP));
        }
    }
    return changed;
}

/// Which annotations it concerns ///

static void spread(const struct renewed *r, const uint16_t *noted) {
    const struct analysis *a = r->a;
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t n = 0; n < a->node_count; n++) {
            for (size_t i = 0; i < a->nodes[n].edge_count; i++) {
                const struct call_edge *e = &a->nodes[n].edges[i];
                if (e->callee != NO_NODE) {
                    changed |= inherit(r, n, e);
                    changed |= measure(r, n, e, noted);
                }
            }
        }
    }
}

// Marks the node, and what it calls (down) or what calls it.
static void mark(const struct renewed *r, uint32_t from, bool down) {
    const struct analysis *a = r->a;
    for (uint32_t n = 0; n < a->node_count; n++) {
        r->marked[n] = n == from;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t n = 0; n < a->node_count; n++) {
            for (size_t i = 0; i < a->nodes[n].edge_count; i++) {
                const uint32_t callee = a->nodes[n].edges[i].callee;
                if (callee != NO_NODE && r->marked[n] != r->marked[callee] &&
                        r->marked[down ? n : callee]) {
                    r->marked[n] = r->marked[callee] = changed = true;
                }
            }
        }
    }
}

static bool is_known(const struct analysis *a, const struct node *node) {
    return whole_complete(a->whole) && whole_executed(a->whole, node->addr);
}

// Of function n and what calls it, and of any in an outage.
static struct renewing concerning(const struct renewed *r, uint32_t n) {
    struct renewing all = {0};
    mark(r, n, false);
    for (uint32_t m = 0; m < r->a->node_count; m++) {
        const struct renewing *of = &r->nodes[m];
        const uint8_t to = of->here & (r->named[m] | r->unclear[m]);
        const bool here = of->anywhere || (r->marked[m] && to);
        const bool beyond = r->marked[m] && of->beyond;
        if ((here && !all.here) || (beyond && !all.here && !all.beyond)) {
            all.by = of->by;
        }
        all.here |= here ? of->here | of->anywhere : 0;
        all.beyond |= beyond ? of->beyond : 0;
    }
    return all;
}

static void mark_deep(struct renewed *r, uint32_t n) {
    mark(r, n, true);
    for (uint32_t m = 0; m < r->a->node_count; m++) {
        r->deep[m] |= r->marked[m];
    }
}

bool renewed_find(struct renewed *r, uint16_t *noted) {
    const struct analysis *a = r->a;
    bool found = false;
    find_named(r, noted);
    for (uint32_t n = 0; n < a->node_count; n++) {
        own_stores(r, n);
    }
    spread(r, noted);
    for (uint32_t n = 0; n < a->node_count; n++) {
        if (noted[n] < VALUE_BEHIND(0) || is_known(a, &a->nodes[n])) {
            continue;
        }
        const struct renewing by = concerning(r, n);
        if (by.here) {
            a->nodes[n].args_bad |= noted[n] & (uint16_t)~VALUE_OWN;
            noted[n] &= VALUE_OWN;
            r->by[n] = by.by;
            found = true;
        } else if (by.beyond) {
            mark_deep(r, n);
        }
    }
    return found;
}

bool renewed_deep(const struct renewed *r, uint32_t n, uint32_t bits,
        bool deep) {
    return r->deep[n] && depth_of(r, n, bits, deep) == BEHIND_DEEP;
}

/// The memory ///

static bool is_listed(const struct renewed *r, const struct passed_object *o) {
    bool listed = false;
    for (size_t i = 0; !listed && i < r->object_count; i++) {
        const struct passed_object *other = &r->objects[i];
        listed = other->node == o->node && other->k == o->k &&
                other->addr == o->addr;
    }
    return listed;
}

static void add_object(struct renewed *r, const struct passed_object *o) {
    if (is_listed(r, o)) {
        return;
    }
    struct passed_object *grown = array_more(r->objects, r->object_count,
            &r->object_room, sizeof *grown);
    if (!grown) {
        r->failed = true;
        return;
    }
    r->objects = grown;
    r->objects[r->object_count++] = *o;
}

void renewed_passed(struct renewed *r, bool by_node, uint32_t to, unsigned k,
        const struct value *v) {
    const enum value_kind kind = v ? v->kind : VALUE_TOP;
    if (!r->wanted || kind == VALUE_STACK || kind == VALUE_NUMBER) {
        return;
    }
    if (kind == VALUE_PARAM && by_node && v->v[0] < VALUE_BEHIND(0)) {
        return; // pass_on()
    }
    if (kind != VALUE_CONST && kind != VALUE_INSIDE) {
        r->unclear[to] |= (uint8_t)VALUE_ARGUMENT(k);
        return;
    }
    for (uint32_t i = 0; i < v->count; i++) {
        add_object(r, &(struct passed_object){to, v->v[i], k});
    }
}

bool renewed_begin(struct renewed *r, struct analysis *a) {
    const size_t count = a->node_count ? a->node_count : 1;
    *r = (struct renewed){.a = a,
            .wanted = note_any(a, CHECK_NOTE_POINTERS),
            .nodes = calloc(count, sizeof *r->nodes),
            .named = calloc(count, sizeof *r->named),
            .unclear = calloc(count, sizeof *r->unclear),
            .depth = calloc(count, VALUE_ARGUMENTS),
            .marked = calloc(count, sizeof *r->marked),
            .deep = calloc(count, sizeof *r->deep),
            .by = calloc(count, sizeof *r->by)};
    return r->nodes && r->depth && r->marked && r->deep && r->by && r->named &&
            r->unclear;
}

void renewed_free(struct renewed *r) {
    free(r->nodes);
    free(r->depth);
    free(r->marked);
    free(r->named);
    free(r->unclear);
    free(r->deep);
    free(r->by);
    free(r->objects);
}
