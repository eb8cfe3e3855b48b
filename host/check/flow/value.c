/*
 * value - joining and adding of abstract values
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/flow/value.h"

#include <string.h>

bool value_equal(const struct value *a, const struct value *b) {
    if (a->kind != b->kind || a->count != b->count ||
            a->tainted != b->tainted || (a->tainted && a->taint != b->taint)) {
        return false;
    }
    switch (a->kind) {
    case VALUE_CONST:
        return !memcmp(a->v, b->v, a->count * sizeof a->v[0]);
    case VALUE_INITIAL:
        return a->v[0] == b->v[0] && a->v[1] == b->v[1];
    case VALUE_STACK:
        return a->count == 0 || a->v[0] == b->v[0];
    case VALUE_INSIDE:
    case VALUE_WORD_OF:
    case VALUE_PARAM:
        return a->v[0] == b->v[0];
    default:
        return true;
    }
}

bool value_forbidden(const struct value_world *world, const struct value *a,
        uint32_t *addr) {
    uint32_t count = 0;
    switch (a->kind) {
    case VALUE_CONST:
        count = a->count;
        break;
    case VALUE_INSIDE:
    case VALUE_INITIAL:
        count = 1;
        break;
    case VALUE_TOP:
        *addr = a->taint;
        return a->tainted;
    default:
        break;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (world->forbidden(world->ctx, a->v[i])) {
            *addr = a->v[i];
            return true;
        }
    }
    return false;
}

struct value value_lost(const struct value_world *world, const struct value *a,
        const struct value *b) {
    struct value top = value_top();
    top.tainted = value_forbidden(world, a, &top.taint) ||
            (b && value_forbidden(world, b, &top.taint));
    return top;
}

// Adds v to the ascending set. False: full.
static bool insert(struct value *set, uint32_t v) {
    uint32_t i = 0;
    while (i < set->count && set->v[i] < v) {
        i++;
    }
    if (i < set->count && set->v[i] == v) {
        return true;
    }
    if (set->count == VALUE_CONSTS) {
        return false;
    }
    memmove(&set->v[i + 1], &set->v[i], (set->count - i) * sizeof set->v[0]);
    set->v[i] = v;
    set->count++;
    return true;
}

static struct value into(uint32_t base) {
    return (struct value){.kind = VALUE_INSIDE, .v = {base}};
}

// The constants became too many: they are inside one object, or anything.
static struct value widen(const struct value_world *world,
        const struct value *a, const struct value *b) {
    const uint32_t object = world->object(world->ctx, a->v[0]);
    for (uint32_t i = 0; i < a->count; i++) {
        if (world->object(world->ctx, a->v[i]) != object) {
            return value_lost(world, a, b);
        }
    }
    for (uint32_t i = 0; i < b->count; i++) {
        if (world->object(world->ctx, b->v[i]) != object) {
            return value_lost(world, a, b);
        }
    }
    return world->address(world->ctx, object) ? into(object)
                                              : value_lost(world, a, b);
}

static struct value join_into(const struct value_world *world,
        const struct value *a, const struct value *b) {
    // a is INTO; b is INTO or CONST.
    const uint32_t object = world->object(world->ctx, a->v[0]);
    const uint32_t count = b->kind == VALUE_CONST ? b->count : 1;
    for (uint32_t i = 0; i < count; i++) {
        if (world->object(world->ctx, b->v[i]) != object) {
            return value_lost(world, a, b);
        }
    }
    return into(object);
}

struct value value_join(const struct value_world *world, const struct value *a,
        const struct value *b) {
    if (a->kind == VALUE_NONE || value_equal(a, b)) {
        return *b;
    }
    if (b->kind == VALUE_NONE) {
        return *a;
    }
    if (a->kind == VALUE_CONST && b->kind == VALUE_CONST) {
        struct value sum = *a;
        for (uint32_t i = 0; i < b->count; i++) {
            if (!insert(&sum, b->v[i])) {
                return widen(world, a, b);
            }
        }
        return sum;
    }
    if (a->kind == VALUE_INSIDE &&
            (b->kind == VALUE_CONST || b->kind == VALUE_INSIDE)) {
        return join_into(world, a, b);
    }
    if (a->kind == VALUE_CONST && b->kind == VALUE_INSIDE) {
        return join_into(world, b, a);
    }
    if (a->kind == VALUE_STACK && b->kind == VALUE_STACK) {
        return (struct value){.kind = VALUE_STACK, .count = 0};
    }
    if (a->kind == VALUE_TOP && a->tainted) {
        return *a; // one flash address is enough to remember
    }
    return value_lost(world, a, b);
}

struct value value_combine(const struct value_world *world,
        const struct value *a, const struct value *b,
        uint32_t (*f)(uint32_t, uint32_t)) {
    if (a->kind != VALUE_CONST || b->kind != VALUE_CONST) {
        return value_lost(world, a, b);
    }
    struct value result = {.kind = VALUE_CONST};
    for (uint32_t i = 0; i < a->count; i++) {
        for (uint32_t k = 0; k < b->count; k++) {
            if (!insert(&result, f(a->v[i], b->v[k]))) {
                return value_lost(world, a, b);
            }
        }
    }
    return result;
}

static uint32_t add(uint32_t a, uint32_t b) {
    return a + b;
}

// One of the two is an object with an unknown offset, or a constant that can
// be the base of one; the other is the index.
static struct value add_unknown(const struct value_world *world,
        const struct value *a, const struct value *b) {
    if (a->kind == VALUE_INSIDE) {
        return *a;
    }
    if (value_is_const(a) && world->address(world->ctx, a->v[0])) {
        return into(a->v[0]);
    }
    if (b->kind == VALUE_INSIDE) {
        return *b;
    }
    if (value_is_const(b) && world->address(world->ctx, b->v[0])) {
        return into(b->v[0]);
    }
    if (a->kind == VALUE_PARAM) {
        return *a;
    }
    return b->kind == VALUE_PARAM ? *b : value_lost(world, a, b);
}

struct value value_add(const struct value_world *world, const struct value *a,
        const struct value *b) {
    if (a->kind == VALUE_CONST && b->kind == VALUE_CONST) {
        struct value sum = value_combine(world, a, b, add);
        return sum.kind == VALUE_CONST ? sum : add_unknown(world, a, b);
    }
    if (b->kind == VALUE_STACK) {
        const struct value *swap = a;
        a = b;
        b = swap;
    }
    if (a->kind == VALUE_STACK) {
        if (value_is_const(b) && a->count) {
            return value_stack((int32_t)(a->v[0] + b->v[0]));
        }
        return (struct value){.kind = VALUE_STACK, .count = 0};
    }
    if (b->kind == VALUE_INITIAL) {
        const struct value *swap = a;
        a = b;
        b = swap;
    }
    if (a->kind == VALUE_INITIAL && a->v[0] && value_is_const(b)) {
        struct value moved = *a;
        moved.v[0] += b->v[0];
        return moved;
    }
    return add_unknown(world, a, b);
}
