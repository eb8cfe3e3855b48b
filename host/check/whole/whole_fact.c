/*
 * whole_fact - what each instruction does, in all runs, and what annotations
 * say of the pointers that it uses
 *
 * SPDX-License-Identifier: MIT
 *
 * They are those of the last round, in which nothing changes: every access and
 * every jump of it is among them.
 */
#include <string.h>

#include "base/array.h"
#include "base/match.h"
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

void whole_resets_core_(struct whole *w) {
    struct whole_fact_ *f = fact_of(w);
    if (f) {
        f->resets = true;
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

bool whole_resets_core(const struct whole *whole, uint32_t addr) {
    const struct whole_fact_ *f = find(whole, addr);
    return f && f->resets;
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

/// What annotations say of pointers ///

// `pointers F r0 r0*` says that an argument of F never leads to the window, and
// nothing that is read through it (A10). So where the run enters F, addresses
// in the window go out of the argument, and where it loads through what was
// made from it, out of what is loaded. All else stays: sums of two such
// pointers, and what code that runs under F, an exception or a device stores.
// Where no call leads anywhere but to the window, the annotation is not true,
// and the window stays as well.

static void add_claim(struct whole *w, const struct elf_symbol *s, size_t i) {
    struct whole_claim_ *grown = array_more(w->claims, w->claim_count,
            &w->claim_room, sizeof *grown);
    if (!grown) {
        w->failed = true;
        return;
    }
    w->claims = grown;
    struct whole_claim_ *claim = &w->claims[w->claim_count++];
    *claim = (struct whole_claim_){
            .addr = s->addr, .end = s->addr + s->size_bytes, .note = i};
    for (char **t = w->model->options->notes[i].targets; t && *t; t++) {
        const uint8_t bit = (uint8_t)(1u << ((*t)[1] - '0'));
        claim->own |= (*t)[2] == '*' ? 0 : bit;
        claim->behind |= (*t)[2] == '*' ? bit : 0;
    }
}

void whole_claims_find_(struct whole *w) {
    const struct check_options *o = w->model->options;
    const struct elf_symbol *s;
    for (size_t i = 0; i < o->note_count; i++) {
        const struct check_note *note = &o->notes[i];
        if (note->kind != CHECK_NOTE_POINTERS || note->refused) {
            continue;
        }
        for (size_t k = 0; k < w->model->image_count; k++) {
            for (size_t n = 0;
                    (s = elf_image_symbol_index(w->model->images[k], n)); n++) {
                if (s->function && match_name(note->place, s->name)) {
                    add_claim(w, s, i);
                }
            }
        }
    }
}

bool whole_rests_on(const struct whole *w, size_t note) {
    bool rests = false;
    for (size_t i = 0; whole_complete(w) && i < w->claim_count; i++) {
        rests |= w->claims[i].used && w->claims[i].note == note;
    }
    return rests;
}

/// What they take out ///

static bool meets_window(const struct whole *w, uint32_t low, uint32_t high) {
    const struct check_options *o = w->model->options;
    bool meets = false;
    for (size_t i = 0; i < o->xip_count; i++) {
        meets |= o->xip[i].addr - low <= high - low;
    }
    for (size_t i = 0; i < o->alias_count; i++) {
        meets |= model_forbidden(w->model, o->alias[i].addr) &&
                o->alias[i].addr - low <= high - low;
    }
    return meets;
}

// What is left without the window, if it is a set; of a range that reaches into
// it nothing can be told. False: it leads nowhere else.
static bool without_window(const struct whole *w, struct whole_value_ *v) {
    struct whole_value_ some = {.kind = WHOLE_SET, .marks = v->marks};
    if (v->kind == WHOLE_RANGE && meets_window(w, v->low, v->high)) {
        const bool all = model_forbidden(w->model, v->low) &&
                model_forbidden(w->model, v->high);
        *v = all ? *v : whole_any_();
        return !all;
    }
    for (unsigned i = 0; v->kind == WHOLE_SET && i < v->count; i++) {
        if (!model_forbidden(w->model, v->v[i])) {
            some.v[some.count++] = v->v[i];
        }
    }
    if (v->kind == WHOLE_SET && some.count) {
        *v = some;
    }
    return v->kind != WHOLE_SET || some.count;
}

// A call that is seen with the window only is one that is never made, if there
// are others.
static void take_out(struct whole *w, struct whole_claim_ *claim, unsigned r,
        struct whole_value_ *v) {
    const struct whole_value_ before = *v;
    if (v->kind == WHOLE_NONE) {
        return;
    }
    if (without_window(w, v)) {
        whole_grow_(w, &claim->good[r], v);
    } else if (claim->good[r].kind != WHOLE_NONE) {
        *v = claim->good[r];
    }
    claim->used |= !whole_equal_(&before, v);
}

void whole_enters_(struct whole *w, struct whole_state_ *state, uint32_t from,
        uint32_t to) {
    for (size_t i = 0; i < w->claim_count; i++) {
        struct whole_claim_ *claim = &w->claims[i];
        const bool loops =
                from != to && from - claim->addr < claim->end - claim->addr;
        if (claim->addr != to || loops) {
            continue;
        }
        state->noted = true;
        for (unsigned r = 0; r < 4; r++) {
            struct whole_value_ *v = &state->reg[r];
            if (claim->own >> r & 1) {
                take_out(w, claim, r, v);
            }
            if (claim->behind >> r & 1 && v->kind != WHOLE_NONE) {
                v->marks |= WHOLE_LEADS;
            }
        }
    }
}

/// What is read through them ///

void whole_renews_(struct whole *w, const struct whole_state_ *state,
        bool *renewed) {
    w->changed |= state->noted && !*renewed;
    *renewed |= state->noted;
}

static bool is_renewed_slot(const struct whole *w, uint32_t call,
        int32_t offset) {
    const int32_t i = -(offset & ~3) / 4 - 1;
    return i < 0 || i >= (int32_t)WHOLE_SLOTS || w->calls[call]->renewed[i];
}

static bool is_renewed_word(const struct whole *w, uint32_t addr) {
    const struct whole_cell_ *cell =
            whole_cell_at_(w, model_stored_at(w->model, addr) & ~3u);
    return cell && (cell->shared || cell->given || cell->renewed);
}

// Places that one load may mean.
#define PLACES_MAX 4096u

// An outage may have stored to one of the words.
static bool is_renewed(const struct whole *w,
        const struct whole_value_ *place) {
    bool renewed = place->kind == WHOLE_RANGE &&
            (place->high - place->low) >> place->step >= PLACES_MAX;
    uint32_t v;
    if (place->kind == WHOLE_FRAME) {
        for (int32_t at = (int32_t)place->low;
                !renewed && at <= (int32_t)place->high;
                at += 1 << place->step) {
            renewed = is_renewed_slot(w, place->of, at);
        }
        return renewed;
    }
    for (uint32_t i = 0; !renewed && whole_each_(place, i, &v); i++) {
        renewed = is_renewed_word(w, v);
    }
    return renewed;
}

// What the path has just stored is the window: then the word holds another
// address of those that it may.
static void other_word(const struct whole *w, const struct whole_value_ *place,
        struct whole_value_ *v) {
    const struct whole_cell_ *cell = whole_is_const_(place)
            ? whole_cell_at_(w, model_stored_at(w->model, place->v[0]))
            : NULL;
    struct whole_value_ all = cell ? cell->value : *v;
    if (all.kind != WHOLE_NONE && without_window(w, &all)) {
        *v = all;
    }
}

static void take_out_behind(struct whole *w, const struct whole_value_ *place,
        struct whole_value_ *v) {
    const struct whole_value_ before = *v;
    if (!without_window(w, v)) {
        other_word(w, place, v);
    }
    const bool less = !whole_equal_(&before, v);
    for (size_t i = 0; i < w->claim_count; i++) {
        w->claims[i].used |= less && w->claims[i].behind != 0;
    }
}

struct whole_value_ whole_behind_(struct whole *w,
        const struct whole_value_ *place, const struct whole_value_ *loaded,
        unsigned bytes) {
    struct whole_value_ v = whole_unmarked_(loaded);
    if (v.kind == WHOLE_NONE) {
        return v;
    }
    if (place->marks & WHOLE_RENEWED || is_renewed(w, place)) {
        v.marks = WHOLE_RENEWED;
        return v;
    }
    if (bytes == 4) {
        take_out_behind(w, place, &v);
    }
    v.marks = WHOLE_LEADS;
    return v;
}
