/*
 * whole_recent - what a path has just stored to RAM
 *
 * SPDX-License-Identifier: MIT
 *
 * The sets of words do not depend on the time. Code that stores a pointer and
 * uses it right away, also in functions that it calls, would not be understood
 * by them; and a place in a frame cannot be in one, since frames come and go.
 */
#include <string.h>

#include "check/whole/whole_priv.h"

static unsigned find(const struct whole_recent_ *recent, uint32_t addr) {
    unsigned i = 0;
    while (i < recent->count && recent->word[i].addr != addr) {
        i++;
    }
    return i;
}

static void remove_word(struct whole_recent_ *recent, unsigned i) {
    recent->count--;
    memmove(&recent->word[i], &recent->word[i + 1],
            (recent->count - i) * sizeof recent->word[0]);
    // States are compared byte by byte.
    memset(&recent->word[recent->count], 0, sizeof recent->word[0]);
}

const struct whole_value_ *whole_recent_(const struct whole_recent_ *recent,
        uint32_t addr) {
    const unsigned i = find(recent, addr);
    return i < recent->count && recent->word[i].known == ~0u
            ? &recent->word[i].value
            : NULL;
}

void whole_recent_drop_(struct whole_recent_ *recent, uint32_t addr) {
    const unsigned i = find(recent, addr);
    if (i < recent->count) {
        remove_word(recent, i);
    }
}

static void recent_add(struct whole_recent_ *recent, uint32_t addr,
        uint32_t known, const struct whole_value_ *value) {
    whole_recent_drop_(recent, addr);
    if (value->kind == WHOLE_ANY || value->kind == WHOLE_KEPT ||
            value->kind == WHOLE_HIDDEN) {
        return;
    }
    if (recent->count == WHOLE_RECENT) {
        remove_word(recent, 0);
    }
    recent->word[recent->count].addr = addr;
    recent->word[recent->count].known = known;
    recent->word[recent->count++].value = *value;
}

void whole_recent_set_(struct whole_recent_ *recent, uint32_t addr,
        const struct whole_value_ *value) {
    recent_add(recent, addr, ~0u, value);
}

void whole_recent_part_(const struct whole_world_ *world,
        struct whole_recent_ *recent, uint32_t addr, uint32_t bits,
        const struct whole_value_ *value) {
    const unsigned i = find(recent, addr);
    const bool here = i < recent->count;
    uint32_t known = here ? recent->word[i].known : 0;
    const struct whole_value_ mask = whole_const_(bits);
    const struct whole_value_ others = whole_const_(~bits);
    const struct whole_value_ old =
            here ? recent->word[i].value : whole_const_(0);
    const struct whole_value_ rest = whole_and_(world, &old, &others);
    const struct whole_value_ in = whole_and_(world, value, &mask);
    if (known != ~0u && !whole_is_const_(value)) {
        known &= ~bits;
        recent_add(recent, addr, known, &rest);
    } else {
        const struct whole_value_ v = whole_or_(world, &rest, &in);
        known |= bits;
        recent_add(recent, addr, known, &v);
    }
    if (!known) {
        whole_recent_drop_(recent, addr);
    }
}

// Of words of which one is known in part, those bits that are alike.
static uint32_t alike(uint32_t a_known, const struct whole_value_ *a,
        uint32_t b_known, const struct whole_value_ *b) {
    return whole_is_const_(a) && whole_is_const_(b)
            ? a_known & b_known & ~(a->v[0] ^ b->v[0])
            : 0;
}

static bool join_part(struct whole_recent_ *into, unsigned i,
        const struct whole_recent_ *other) {
    const unsigned k = find(other, into->word[i].addr);
    if (k == other->count ||
            (into->word[i].known == ~0u && other->word[k].known == ~0u)) {
        return false;
    }
    const uint32_t known = alike(into->word[i].known, &into->word[i].value,
            other->word[k].known, &other->word[k].value);
    into->word[i].known = known;
    into->word[i].value = whole_const_(known & into->word[i].value.v[0]);
    return true;
}

void whole_recent_join_(const struct whole_world_ *world,
        struct whole_recent_ *into, const struct whole_recent_ *other,
        bool widen) {
    if (into->loud != other->loud) {
        into->loud = WHOLE_ONE_OF_BOTH;
    }
    into->vtor = !whole_equal_(&into->vtor, &other->vtor) &&
                    (into->vtor.kind == WHOLE_NONE ||
                            other->vtor.kind == WHOLE_NONE)
            ? whole_any_()
            : whole_join_(world, &into->vtor, &other->vtor);
    for (unsigned i = 0; i < into->count;) {
        if (join_part(into, i, other)) {
            if (into->word[i].known) {
                i++;
            } else {
                remove_word(into, i);
            }
            continue;
        }
        const struct whole_value_ *v = whole_recent_(other, into->word[i].addr);
        if (v) {
            into->word[i].value = widen
                    ? whole_widen_(world, &into->word[i].value, v)
                    : whole_join_(world, &into->word[i].value, v);
        }
        if (!v || into->word[i].value.kind == WHOLE_ANY) {
            remove_word(into, i);
        } else {
            i++;
        }
    }
}

void whole_recent_above_(struct whole_recent_ *recent, uint32_t own,
        int32_t sp) {
    for (unsigned i = 0; i < recent->count;) {
        const struct whole_value_ *v = &recent->word[i].value;
        if (v->kind == WHOLE_FRAME && v->of == own && (int32_t)v->low < sp) {
            remove_word(recent, i);
        } else {
            i++;
        }
    }
}

void whole_recent_after_(const struct whole *w, struct whole_recent_ *recent,
        const struct whole_call_ *callee) {
    for (unsigned i = 0; i < recent->count;) {
        const struct whole_value_ *v = &recent->word[i].value;
        const bool dead = v->kind == WHOLE_FRAME &&
                (w->calls[v->of] == callee || !w->calls[v->of]->running);
        if (dead) {
            remove_word(recent, i);
        } else {
            i++;
        }
    }
}
