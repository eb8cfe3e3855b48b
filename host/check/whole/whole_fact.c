/*
 * whole_fact - what each instruction does, in all runs
 *
 * SPDX-License-Identifier: MIT
 *
 * They are those of the last round, in which nothing changes: every access and
 * every jump of it is among them.
 */
#include <string.h>

#include "base/array.h"
#include "check/whole/whole_priv.h"

// Spans that are not farther apart are one.
#define NEAR_BYTES 4u

static struct whole_fact_ *fact_of(struct whole *w) {
    size_t from = 0;
    const size_t at = index_next(&w->fact_index, w->pc, &from);
    if (at != INDEX_NONE) {
        return &w->facts[at];
    }
    struct whole_fact_ *grown =
            array_more(w->facts, w->fact_count, &w->fact_room, sizeof *grown);
    if (!grown || !index_add(&w->fact_index, w->pc, w->fact_count)) {
        w->facts = grown ? grown : w->facts;
        w->failed = true;
        return NULL;
    }
    w->facts = grown;
    w->facts[w->fact_count] = (struct whole_fact_){.addr = w->pc};
    return &w->facts[w->fact_count++];
}

// Spans i and i + 1 become one.
static void merge(struct whole_fact_ *f, unsigned i) {
    if (f->span[i + 1].first < f->span[i].first) {
        f->span[i].first = f->span[i + 1].first;
    }
    if (f->span[i + 1].last > f->span[i].last) {
        f->span[i].last = f->span[i + 1].last;
    }
    f->span_count--;
    memmove(&f->span[i + 1], &f->span[i + 2],
            (f->span_count - (i + 1)) * sizeof f->span[0]);
}

static void add_span(struct whole_fact_ *f, uint32_t first, uint32_t last) {
    unsigned i = 0;
    while (i < f->span_count && f->span[i].last < first) {
        i++;
    }
    if (i < f->span_count && f->span[i].first <= first &&
            f->span[i].last >= last) {
        return;
    }
    if (f->span_count == WHOLE_SPANS_MAX) {
        f->any_place = true;
        return;
    }
    memmove(&f->span[i + 1], &f->span[i],
            (f->span_count - i) * sizeof f->span[0]);
    f->span[i] = (struct whole_span){first, last};
    f->span_count++;
    for (i = 0; i + 1 < f->span_count;) {
        if (f->span[i + 1].first <= f->span[i].last ||
                f->span[i + 1].first - f->span[i].last <= NEAR_BYTES) {
            merge(f, i);
        } else {
            i++;
        }
    }
}

void whole_accesses_(struct whole *w, const struct whole_value_ *place,
        unsigned bytes) {
    const struct whole_value_ some = whole_not_null_(w, place);
    const struct whole_value_ *const addr = &some;
    struct whole_fact_ *f = fact_of(w);
    if (!f || addr->kind == WHOLE_NONE) {
        return;
    }
    f->accesses = true;
    if (addr->kind == WHOLE_RANGE) {
        const bool ends = addr->high <= ~0u - (bytes - 1);
        add_span(f, addr->low, ends ? addr->high + bytes - 1 : ~0u);
        f->any_place |= !ends;
    } else if (addr->kind == WHOLE_SET || whole_is_saved_place_(addr)) {
        for (unsigned i = 0; i < addr->count; i++) {
            add_span(f, addr->v[i], addr->v[i] + bytes - 1);
        }
    } else {
        f->any_place |= addr->kind != WHOLE_FRAME;
        f->renewed |= addr->kind != WHOLE_FRAME && addr->marks & WHOLE_RENEWED;
    }
}

static bool has_target(const struct whole_fact_ *f, uint32_t target) {
    for (unsigned i = 0; i < f->target_count; i++) {
        if (f->target[i] == target) {
            return true;
        }
    }
    return false;
}

void whole_goes_(struct whole *w, const struct whole_value_ *targets) {
    struct whole_fact_ *f = fact_of(w);
    if (!f || targets->kind == WHOLE_NONE) {
        return;
    }
    f->jumps = true;
    f->any_target |= targets->kind != WHOLE_SET &&
            !(targets->kind == WHOLE_KEPT && targets->of == 14);
    for (unsigned i = 0; i < targets->count; i++) {
        if (has_target(f, targets->v[i])) {
            continue;
        }
        if (f->target_count == WHOLE_TARGETS_MAX) {
            f->any_target = true;
            return;
        }
        f->target[f->target_count++] = targets->v[i];
    }
}

void whole_facts_begin_(struct whole *w) {
    w->fact_count = 0;
    index_free(&w->fact_index);
    for (size_t i = 0; i < w->claim_count; i++) {
        w->claims[i].used = false;
    }
}

void whole_switches_(struct whole *w) {
    struct whole_fact_ *f = fact_of(w);
    if (f) {
        f->jumps = true;
        f->switches = true;
    }
}

void whole_stores_with_(struct whole *w, unsigned tables) {
    struct whole_fact_ *f = fact_of(w);
    if (f) {
        f->tables |= (uint8_t)tables;
    }
}

static void add_target(struct whole_fact_ *f, uint32_t target) {
    if (f->target_count < WHOLE_TARGETS_MAX) {
        f->target[f->target_count++] = target;
    } else {
        f->any_target = true;
    }
}

void whole_facts_end_(struct whole *w) {
    for (size_t i = 0; i < w->fact_count; i++) {
        struct whole_fact_ *f = &w->facts[i];
        for (size_t k = 0; f->switches && k < w->root_count; k++) {
            if (w->roots[k].kind == WHOLE_TASK &&
                    !has_target(f, w->roots[k].addr)) {
                add_target(f, w->roots[k].addr);
            }
        }
        for (unsigned k = 0; f->switches && k < w->ends.count; k++) {
            if (!has_target(f, w->ends.v[k])) {
                add_target(f, w->ends.v[k]);
            }
        }
        // What began with a reset goes on, wherever it was.
        f->any_target |= f->switches &&
                (w->resumes_any || (w->resumes && w->reset_on_psp));
    }
}

static const struct whole_fact_ *find(const struct whole *w, uint32_t addr) {
    size_t from = 0;
    const size_t at = whole_complete(w)
            ? index_next(&w->fact_index, addr, &from)
            : INDEX_NONE;
    return at == INDEX_NONE ? NULL : &w->facts[at];
}

enum whole_known whole_accesses(const struct whole *whole, uint32_t addr,
        const struct whole_span **spans, size_t *count) {
    const struct whole_fact_ *f = find(whole, addr);
    const bool known = f && f->accesses;
    *spans = known ? f->span : NULL;
    *count = known ? f->span_count : 0;
    return !known ? WHOLE_NOTHING : f->any_place ? WHOLE_SOME : WHOLE_ALL;
}

bool whole_renewed(const struct whole *whole, uint32_t addr) {
    const struct whole_fact_ *f = find(whole, addr);
    return f && f->renewed;
}

enum whole_known whole_targets(const struct whole *whole, uint32_t addr,
        const uint32_t **targets, size_t *count) {
    const struct whole_fact_ *f = find(whole, addr);
    const bool known = f && f->jumps;
    *targets = known ? f->target : NULL;
    *count = known ? f->target_count : 0;
    return !known ? WHOLE_NOTHING : f->any_target ? WHOLE_SOME : WHOLE_ALL;
}

unsigned whole_tables(const struct whole *whole, uint32_t addr) {
    const struct whole_fact_ *f = find(whole, addr);
    return f ? f->tables : 0;
}

bool whole_jumps(const struct whole *whole, uint32_t addr) {
    const struct whole_fact_ *f = find(whole, addr);
    return f && f->jumps;
}

bool whole_switches(const struct whole *whole) {
    bool switches = false;
    for (size_t i = 0; whole_complete(whole) && i < whole->fact_count; i++) {
        switches |= whole->facts[i].switches;
    }
    return switches;
}
