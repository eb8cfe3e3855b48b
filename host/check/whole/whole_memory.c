/*
 * whole_memory - what code loads and stores
 *
 * SPDX-License-Identifier: MIT
 *
 * By any of the addresses that a word has, in parts and across words.
 */
#include "check/whole/whole_priv.h"

#define VTOR 0xE000ED08u
// Places that one load or store may mean.
#define PLACES_MAX 4096u

static void reads_part(struct whole *w, const struct whole_state_ *state,
        uint32_t word) {
    const struct whole_value_ *now = whole_recent_(&state->recent, word);
    if (now) {
        whole_reads_part_(w, now);
    }
    whole_reads_part_at_(w, word);
}

static struct whole_value_ load_from(struct whole *w,
        const struct whole_state_ *state, uint32_t addr, unsigned bytes) {
    const uint32_t word = model_stored_at(w->model, addr) & ~3u;
    const unsigned at = addr & 3;
    if (whole_may_be_device_(w, addr)) {
        const struct whole_value_ *vtor =
                addr == VTOR && bytes == 4 && !w->in_handler && !w->vtor_shared
                ? whole_recent_(&state->recent, VTOR)
                : NULL;
        return vtor                                ? *vtor
                : whole_delivers_numbers_(w, addr) ? whole_number_()
                                                   : whole_any_();
    }
    uint32_t bit;
    if (model_bit_band(w->model, addr, &bit)) {
        return whole_any_(); // a bit, or memory where there is no bit-band
    }
    if (at + bytes <= 4) {
        if (bytes < 4) {
            reads_part(w, state, word);
        }
        return whole_cell_load_(w, word, at, bytes, state);
    }
    const unsigned rest = at + bytes - 4;
    const struct whole_value_ low =
            whole_cell_load_(w, word, at, 4 - at, state);
    const struct whole_value_ high =
            whole_cell_load_(w, word + 4, 0, rest, state);
    return whole_with_part_(&w->world, &low, 4 - at, rest, &high);
}

// is_exact: the path certainly writes there.
static void store_part(struct whole *w, uint32_t word, unsigned at,
        unsigned bytes, const struct whole_value_ *part,
        struct whole_state_ *state, bool is_exact) {
    struct whole_cell_ *cell = whole_cell_(w, word);
    if (!cell) {
        return;
    }
    if (w->in_handler) {
        whole_share_(w, cell);
    }
    cell->stored = true;
    w->stores += is_exact;
    whole_renews_(w, state, &cell->renewed);
    const struct whole_value_ zero = whole_const_(0);
    const struct whole_value_ *old = &cell->value;
    if (old->kind == WHOLE_NONE && cell->cleared) {
        old = &zero; // the bytes beside it are written before it is read
    }
    // Beside these bytes are those that the path has stored, if it knows them.
    const struct whole_value_ *const recent = is_exact && !cell->shared
            ? whole_recent_(&state->recent, word)
            : NULL;
    const struct whole_value_ v = recent
            ? *recent
            : whole_with_part_(&w->world, old, at, bytes, part);
    if (cell->fixed && !whole_equal_(&v, &cell->value)) {
        if (cell->executed) {
            whole_see_changed_(w, word, w->pc, &v);
        }
        whole_stop_(w, "stores to code or to flash");
        return;
    }
    cell->copied_to |= is_exact && w->from_entry;
    if (cell->copied && is_exact && w->from_entry) {
        whole_written_add_(&state->copied, word + at, word + at + bytes);
    }
    whole_cell_store_(w, cell, at, bytes, part, &v);
    whole_stores_vector_(w, state, cell, &v);
    // An exception stores to what start code has cleared (A2).
    if (!cell->cleared || w->in_handler ||
            whole_has_written_(&state->written, word + at, word + at + bytes)) {
        return;
    }
    const bool zeroes = is_exact && whole_equal_(part, &zero);
    w->changed |= zeroes ? !cell->zeroed : !cell->early;
    cell->zeroed |= zeroes;
    cell->early |= !zeroes;
    if (is_exact) {
        whole_written_add_(&state->written, word + at, word + at + bytes);
    }
}

// Bit n of a word that a device has becomes what it is in `moved`.
static void give_bit(struct whole *w, const struct whole_state_ *state,
        uint32_t addr, unsigned n, const struct whole_value_ *moved,
        bool is_exact) {
    const struct whole_cell_ *cell = whole_cell_(w, addr & ~3u);
    const struct whole_value_ others = whole_const_(~(1u << n));
    const struct whole_value_ rest = whole_and_(&w->world, &cell->put, &others);
    const struct whole_value_ v = whole_or_(&w->world, &rest, moved);
    const struct whole_value_ byte = whole_part_(&w->world, &v, addr & 3, 1);
    whole_give_part_(w, addr & ~3u, addr & 3, 1, &byte,
            is_exact ? whole_recent_(&state->recent, addr & ~3u) : NULL,
            is_exact);
}

// Armv7-M ARM B3.1, by a word of the bit-band region: bit n of the byte at
// addr.
static void store_bit(struct whole *w, struct whole_state_ *state,
        uint32_t addr, unsigned n, const struct whole_value_ *data,
        bool is_exact) {
    const struct whole_value_ one = whole_const_(1);
    const struct whole_cell_ *cell = whole_cell_(w, addr & ~3u);
    if (!cell) {
        return;
    }
    const unsigned at = n + 8 * (addr & 3);
    const struct whole_value_ bit = whole_and_(&w->world, data, &one);
    const struct whole_value_ moved = whole_shift_(&bit, THUMB_SHIFT_LSL, at);
    const struct whole_value_ others = whole_const_(~(1u << at));
    const struct whole_value_ rest =
            whole_and_(&w->world, &cell->value, &others);
    struct whole_value_ v = whole_or_(&w->world, &rest, &moved);
    if (is_exact) {
        whole_recent_part_(&w->world, &state->recent, addr & ~3u, 1u << at,
                &moved);
    }
    const struct whole_value_ *const recent =
            is_exact && !cell->shared && !w->in_handler
            ? whole_recent_(&state->recent, addr & ~3u)
            : NULL;
    if (recent) {
        v = *recent;
    }
    if (cell->given) {
        give_bit(w, state, addr, at, &moved, is_exact);
    }
    // Of its other bits it says nothing.
    store_part(w, addr & ~3u, 0, 4, &v, state, false);
}

// Bytes of one word.
static void store_bytes(struct whole *w, struct whole_state_ *state,
        uint32_t word, unsigned at, unsigned bytes,
        const struct whole_value_ *data, bool is_exact) {
    if (is_exact && bytes < 4) {
        const struct whole_value_ moved =
                whole_shift_(data, THUMB_SHIFT_LSL, 8 * at);
        whole_recent_part_(&w->world, &state->recent, word,
                whole_ones_(bytes) << 8 * at, &moved);
    } else {
        whole_recent_drop_(&state->recent, word);
    }
    whole_give_part_(w, word, at, bytes, data,
            is_exact && bytes < 4 ? whole_recent_(&state->recent, word) : NULL,
            is_exact);
    store_part(w, word, at, bytes, data, state, is_exact);
}

static void store_to(struct whole *w, struct whole_state_ *state, uint32_t addr,
        unsigned bytes, const struct whole_value_ *data, bool is_exact) {
    const uint32_t word = model_stored_at(w->model, addr) & ~3u;
    const unsigned at = addr & 3;
    uint32_t bit;
    const bool in_bits = model_bit_band(w->model, addr, &bit);
    // Where memory is named it may be that, and not the bit-band region.
    const bool device = whole_may_be_device_(w, addr);
    const bool part = is_exact && !device &&
            (in_bits ? bytes == 4 && !at && !whole_is_named_(w, addr)
                     : at + bytes <= 4);
    if (!part) {
        whole_recent_drop_(&state->recent, word);
    }
    if (!part || at + bytes > 4) {
        whole_recent_drop_(&state->recent, word + 4);
    }
    if (device || model_device(w->model, addr)) {
        whole_store_to_device_(w, state, addr, bytes, data);
    }
    if (device) {
        return;
    }
    if (in_bits) {
        store_bit(w, state, bit, addr / 4 % 8, data, part);
    } else if (at + bytes <= 4) {
        store_bytes(w, state, word, at, bytes, data, is_exact);
    } else {
        const unsigned low = 4 - at;
        const struct whole_value_ first = whole_part_(&w->world, data, 0, low);
        const struct whole_value_ rest =
                whole_part_(&w->world, data, low, bytes - low);
        whole_give_across_(w, word, data);
        store_part(w, word, at, low, &first, state, is_exact);
        store_part(w, word + 4, 0, bytes - low, &rest, state, is_exact);
    }
}

// Offsets behind a null pointer.
#define NULL_MAX 0x100u

bool whole_is_null_(const struct whole *w, uint32_t addr) {
    return addr < NULL_MAX && !model_image(w->model, addr) &&
            !model_forbidden(w->model, addr) &&
            !w->world.is_ram(w->world.ctx, addr, addr);
}

struct whole_value_ whole_not_null_(const struct whole *w,
        const struct whole_value_ *addr) {
    struct whole_value_ some = *addr;
    if (addr->kind != WHOLE_SET && addr->kind != WHOLE_SAVED) {
        return some;
    }
    unsigned count = 0;
    for (unsigned i = 0; i < addr->count; i++) {
        if (!whole_is_null_(w, addr->v[i])) {
            some.v[count++] = addr->v[i];
        }
    }
    if (!count && addr->kind == WHOLE_SET) {
        return *addr;
    }
    for (unsigned i = count; i < addr->count; i++) {
        some.v[i] = 0;
    }
    some.count = (uint8_t)count;
    return some;
}

// What a handler saved of a task, or what was written for one that has not
// begun (A11).
static struct whole_value_ load_saved(struct whole *w,
        const struct whole_value_ *addr, unsigned bytes) {
    struct whole_value_ all = bytes == 4 ? whole_saved_word_() : whole_any_();
    for (unsigned i = 0; i < addr->count; i++) {
        const struct whole_value_ one = whole_prepared_(w, addr->v[i]);
        all = whole_join_(&w->world, &all, &one);
    }
    return all;
}

static struct whole_value_ load_all(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, const struct whole_value_ *addr,
        unsigned bytes) {
    struct whole_value_ all = {0};
    uint32_t v;
    whole_accesses_(w, addr, bytes);
    if (addr->kind == WHOLE_FRAME) {
        return whole_frame_load_(w, call, state, addr, bytes);
    }
    if (addr->kind == WHOLE_RANGE &&
            (addr->high - addr->low) >> addr->step >= PLACES_MAX) {
        return whole_any_();
    }
    if (addr->kind != WHOLE_SET && addr->kind != WHOLE_RANGE &&
            !whole_is_saved_place_(addr)) {
        return addr->kind == WHOLE_NONE ? *addr : whole_any_();
    }
    if (whole_is_saved_place_(addr)) {
        return load_saved(w, addr, bytes);
    }
    for (uint32_t i = 0; whole_each_(addr, i, &v) && !whole_stopped_(w); i++) {
        const struct whole_value_ one = load_from(w, state, v, bytes);
        all = whole_join_(&w->world, &all, &one);
        if (all.kind == WHOLE_ANY) {
            break;
        }
    }
    return all;
}

struct whole_value_ whole_load_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, const struct whole_value_ *place,
        unsigned bytes) {
    const struct whole_value_ some = whole_not_null_(w, place);
    const struct whole_value_ all = load_all(w, call, state, &some, bytes);
    return some.marks ? whole_behind_(w, &some, &all, bytes) : all;
}

void whole_store_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct whole_value_ *place,
        unsigned bytes, const struct whole_value_ *stores) {
    const struct whole_value_ some = whole_not_null_(w, place);
    const struct whole_value_ plain = whole_unmarked_(stores);
    const struct whole_value_ *const addr = &some;
    const struct whole_value_ any = whole_any_();
    uint32_t v;
    w->storing = call;
    whole_accesses_(w, addr, bytes);
    if (addr->kind == WHOLE_FRAME) {
        whole_frame_store_(w, call, state, addr, bytes, stores);
        return;
    }
    const struct whole_value_ *data = &plain;
    const struct whole_value_ *const stored = data;
    const struct whole_value_ saved = whole_saved_place_();
    // A place in a frame, or what a caller holds, is not followed in RAM.
    if (data->kind == WHOLE_FRAME && w->calls[data->of]->interrupted) {
        data = &saved;
    } else if (data->kind == WHOLE_FRAME) {
        w->calls[data->of]->leaky = true;
        state->shown |= w->calls[data->of] == call;
    }
    if (data->kind == WHOLE_FRAME || data->kind == WHOLE_KEPT ||
            data->kind == WHOLE_HIDDEN) {
        data = &any;
    }
    const bool many = addr->kind == WHOLE_RANGE &&
            (addr->high - addr->low) >> addr->step >= PLACES_MAX;
    if (many || (addr->kind != WHOLE_SET && addr->kind != WHOLE_RANGE)) {
        whole_stop_(w, "stores through an unknown address");
        return;
    }
    const bool is_exact = whole_is_const_(addr);
    for (uint32_t i = 0; whole_each_(addr, i, &v) && !whole_stopped_(w); i++) {
        const uint32_t at = model_stored_at(w->model, v);
        whole_stores_number_(w, call, state, at, is_exact);
        whole_stores_number_(w, call, state, at + (bytes - 1), is_exact);
        store_to(w, state, v, bytes, data, is_exact);
    }
    v = addr->v[0];
    uint32_t bit;
    if (whole_is_const_(addr) && bytes == 4 && !(v & 3) &&
            !whole_may_be_device_(w, v) && !model_bit_band(w->model, v, &bit)) {
        whole_recent_set_(&state->recent, model_stored_at(w->model, v), stored);
    }
}
