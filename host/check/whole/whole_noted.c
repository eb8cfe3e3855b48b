/*
 * whole_noted - what annotations say of pointers, in the run
 *
 * SPDX-License-Identifier: MIT
 *
 * `pointers F r0 r0*` says that an argument of F never leads to the window, and
 * nothing that is read through it (A10). So where the run enters F, addresses
 * in the window go out of the argument, and where it loads through what was
 * made from it, out of what is loaded. All else stays: sums of two such
 * pointers, and what code that runs under F, an exception or a device stores.
 * Where no call leads anywhere but to the window, the annotation is not true,
 * and the window stays as well.
 */
#include "base/array.h"
#include "base/match.h"
#include "check/whole/whole_priv.h"

/// Those that are there ///

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
        const bool loops = from != to &&
                from - claim->addr < claim->end - claim->addr;
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
