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
    return i < recent->count ? &recent->word[i].value : NULL;
}

void whole_recent_drop_(struct whole_recent_ *recent, uint32_t addr) {
    const unsigned i = find(recent, addr);
    if (i < recent->count) {
        remove_word(recent, i);
    }
}

void whole_recent_set_(struct whole_recent_ *recent, uint32_t addr,
        const struct whole_value_ *value) {
    whole_recent_drop_(recent, addr);
    if (value->kind == WHOLE_ANY || value->kind == WHOLE_KEPT) {
        return;
    }
    if (recent->count == WHOLE_RECENT) {
        remove_word(recent, 0);
    }
    recent->word[recent->count].addr = addr;
    recent->word[recent->count++].value = *value;
}

void whole_recent_join_(const struct whole_world_ *world,
        struct whole_recent_ *into, const struct whole_recent_ *other,
        bool widen) {
    for (unsigned i = 0; i < into->count;) {
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
