/*
 * whole_memory - words of RAM
 *
 * SPDX-License-Identifier: MIT
 *
 * Each word has one set: what the image holds there, and all that is stored. A
 * word without contents in the image may hold anything, unless the first that
 * each path does with it is that it becomes zero: start code does so.
 */
#include <string.h>

#include "base/array.h"
#include "base/match.h"
#include "check/whole/whole_priv.h"

#define VTOR 0xE000ED08u
// Places that one load or store may mean.
#define PLACES_MAX 4096u
// A set that grew so often, or in so many rounds, is widened; and so often to
// one of the limits.
#define GROWS_MAX 256u
#define ROUNDS_MAX 10u
#define LIMITED_MAX 8u

void whole_stop_(struct whole *w, const char *why) {
    if (!w->why) {
        w->why = why;
        w->why_addr = w->pc;
    }
}

void whole_grow_(struct whole *w, struct whole_value_ *kept,
        const struct whole_value_ *more) {
    const struct whole_value_ all = whole_join_(&w->world, kept, more);
    if (!whole_equal_(&all, kept)) {
        *kept = all;
        w->changed = true;
    }
}

/// Cells ///

bool whole_is_code_(const struct model *model, uint32_t addr) {
    const struct elf_section *section = model_section(model, addr);
    return section && section->execute && model_in_function(model, addr);
}

static bool is_code_in_ram(const struct whole *w, uint32_t addr) {
    const struct elf_section *section = model_section(w->model, addr);
    return section && section->execute &&
            w->world.is_ram(w->world.ctx, addr, addr);
}

// By its name: other memory without contents keeps what it held before a reset.
static bool is_bss(const struct elf_image *image, uint32_t addr) {
    const struct elf_section *section = elf_image_section_at(image, addr);
    return section &&
            (match_name(".bss*", section->name) ||
                    match_name(".sbss*", section->name) ||
                    match_name("COMMON", section->name));
}

static void first_value(struct whole *w, struct whole_cell_ *cell) {
    const struct model *model = w->model;
    bool held = false;
    // In RAM that is so of what is executed: a pool may be written to.
    cell->fixed = (model_constant(model, cell->addr) ||
                          whole_is_code_(model, cell->addr)) &&
            !is_code_in_ram(w, cell->addr);
    for (size_t i = 0; i < model->image_count; i++) {
        if (!elf_image_holds(model->images[i], cell->addr)) {
            continue;
        }
        const uint8_t *bytes = elf_image_bytes(model->images[i], cell->addr, 4);
        held = true;
        if (bytes) {
            const struct whole_value_ v = whole_const_(model_word_in(bytes));
            cell->value = whole_join_(&w->world, &cell->value, &v);
        } else {
            cell->bss = (!cell->cleared || cell->bss) &&
                    is_bss(model->images[i], cell->addr);
            cell->cleared = true;
        }
    }
    const struct elf_section *copied =
            held ? NULL : model_load_image(model, cell->addr);
    const uint8_t *bytes = copied
            ? model_bytes(model,
                      copied->addr + (cell->addr - copied->load_addr), 4)
            : NULL;
    if (bytes) {
        cell->value = whole_const_(model_word_in(bytes));
        cell->fixed = true;
    } else if (!held) {
        cell->value = whole_any_();
    }
}

struct whole_cell_ *whole_cell_at_(const struct whole *w, uint32_t addr) {
    size_t from = 0;
    const size_t at = index_next(&w->cell_index, addr, &from);
    return at == INDEX_NONE ? NULL : &w->cells[at];
}

struct whole_cell_ *whole_cell_(struct whole *w, uint32_t addr) {
    struct whole_cell_ *known = whole_cell_at_(w, addr);
    if (known) {
        return known;
    }
    struct whole_cell_ *grown =
            array_more(w->cells, w->cell_count, &w->cell_room, sizeof *grown);
    if (!grown || !index_add(&w->cell_index, addr, w->cell_count)) {
        w->cells = grown ? grown : w->cells;
        w->failed = true;
        return NULL;
    }
    w->cells = grown;
    struct whole_cell_ *cell = &w->cells[w->cell_count++];
    *cell = (struct whole_cell_){.addr = addr};
    first_value(w, cell);
    return cell;
}

/// What start code writes ///

static bool has_written(const struct whole_written_ *written, uint32_t low,
        uint32_t end) {
    for (uint32_t i = 0; i < written->count; i++) {
        if (low >= written->span[i].low && end <= written->span[i].end) {
            return true;
        }
    }
    return false;
}

void whole_written_add_(struct whole_written_ *written, uint32_t low,
        uint32_t end) {
    if (has_written(written, low, end)) {
        return;
    }
    for (uint32_t i = 0; i < written->count; i++) {
        if (low <= written->span[i].end && end >= written->span[i].low) {
            const uint32_t old = written->span[i].low;
            written->span[i].low = low < old ? low : old;
            if (end > written->span[i].end) {
                written->span[i].end = end;
            }
            return;
        }
    }
    if (written->count < WHOLE_SPANS) {
        written->span[written->count].low = low;
        written->span[written->count++].end = end;
    }
}

void whole_written_by_both_(struct whole_written_ *into,
        const struct whole_written_ *other) {
    struct whole_written_ both = {0};
    for (uint32_t i = 0; i < into->count; i++) {
        for (uint32_t k = 0; k < other->count; k++) {
            const uint32_t low = into->span[i].low > other->span[k].low
                    ? into->span[i].low
                    : other->span[k].low;
            const uint32_t end = into->span[i].end < other->span[k].end
                    ? into->span[i].end
                    : other->span[k].end;
            if (low < end) {
                whole_written_add_(&both, low, end);
            }
        }
    }
    *into = both;
}

bool whole_cell_known_(const struct whole_cell_ *cell) {
    return !cell->cleared || (cell->bss && cell->zeroed && !cell->early);
}

// is_all: it is all that the word ever holds.
static struct whole_value_ read_cell(struct whole *w, uint32_t addr,
        const struct whole_state_ *state, bool *is_all) {
    struct whole_cell_ *cell = whole_cell_(w, addr);
    *is_all = false;
    // What frames hold is not in the cells.
    if (!cell || model_in_stack(&w->stacks, addr)) {
        return whole_any_();
    }
    const struct whole_value_ *recent = w->in_handler || cell->shared
            ? NULL
            : whole_recent_(&state->recent, addr);
    if (recent) {
        return *recent;
    }
    // In an exception of what start code has cleared (A2).
    const bool written = !cell->cleared ||
            has_written(&state->written, addr, addr + 4) ||
            (w->in_handler && whole_cell_known_(cell));
    if (!written) {
        w->changed |= !cell->early;
        cell->early = true;
        return whole_any_();
    }
    *is_all = true;
    return cell->value;
}

static void grow(struct whole *w, struct whole_value_ *kept,
        struct whole_growth_ *growth, const struct whole_value_ *more) {
    struct whole_value_ all = whole_join_(&w->world, kept, more);
    if (whole_equal_(&all, kept)) {
        return;
    }
    growth->rounds += growth->round != w->round;
    growth->round = w->round;
    if (++growth->changes > GROWS_MAX || growth->rounds > ROUNDS_MAX) {
        const bool limited = w->storing &&
                growth->changes <= GROWS_MAX + LIMITED_MAX &&
                growth->rounds <= ROUNDS_MAX + LIMITED_MAX;
        all = whole_widen_to_(&w->world, kept, more,
                limited ? w->storing->limits : NULL,
                limited ? w->storing->limit_count : 0);
    }
    *kept = all;
    w->changed = true;
}

static void put(struct whole *w, struct whole_cell_ *cell,
        const struct whole_value_ *value) {
    grow(w, &cell->value, &cell->growth, value);
}

/// Parts of words ///

static uint32_t ones(unsigned bytes) {
    return bytes < 4 ? (1u << 8 * bytes) - 1 : ~0u;
}

struct whole_value_ whole_part_(struct whole *w,
        const struct whole_value_ *word, unsigned at, unsigned bytes) {
    if (bytes == 4 && !at) {
        return *word;
    }
    const struct whole_value_ low = whole_shift_(word, THUMB_SHIFT_LSR, 8 * at);
    const struct whole_value_ mask = whole_const_(ones(bytes));
    return whole_and_(&w->world, &low, &mask);
}

struct whole_value_ whole_with_part_(struct whole *w,
        const struct whole_value_ *word, unsigned at, unsigned bytes,
        const struct whole_value_ *part) {
    if (bytes == 4 && !at) {
        return *part;
    }
    const struct whole_value_ mask = whole_const_(ones(bytes) << 8 * at);
    const struct whole_value_ others = whole_const_(~(ones(bytes) << 8 * at));
    const struct whole_value_ moved =
            whole_shift_(part, THUMB_SHIFT_LSL, 8 * at);
    const struct whole_value_ in = whole_and_(&w->world, &moved, &mask);
    const struct whole_value_ rest = whole_and_(&w->world, word, &others);
    return whole_or_(&w->world, &rest, &in);
}

/// Bytes that are stored by themselves ///

// One that holds these bytes of the word, or, of no bytes, the next one. from:
// see index_next().
static struct whole_lane_ *lane_of(const struct whole *w, uint32_t word,
        unsigned at, unsigned bytes, size_t *from) {
    size_t i;
    while ((i = index_next(&w->lane_index, word, from)) != INDEX_NONE) {
        struct whole_lane_ *lane = &w->lanes[i];
        if (!bytes ||
                (lane->at <= at && lane->at + lane->bytes >= at + bytes)) {
            return lane;
        }
    }
    return NULL;
}

// It begins with all that the word held there so far.
static void add_lane(struct whole *w, struct whole_cell_ *cell, unsigned at,
        unsigned bytes) {
    struct whole_lane_ *grown =
            array_more(w->lanes, w->lane_count, &w->lane_room, sizeof *grown);
    w->lanes = grown ? grown : w->lanes;
    if (!grown || !index_add(&w->lane_index, cell->addr, w->lane_count)) {
        w->failed = true;
        return;
    }
    w->lanes[w->lane_count++] = (struct whole_lane_){.at = (uint8_t)at,
            .bytes = (uint8_t)bytes,
            .value = whole_part_(w, &cell->value, at, bytes)};
    cell->in_lanes = true;
    w->changed = true;
}

// Bytes of the word become what `part` has.
static void put_lanes(struct whole *w, const struct whole_cell_ *cell,
        unsigned at, unsigned bytes, const struct whole_value_ *part) {
    struct whole_lane_ *lane;
    size_t from = 0;
    while (cell->in_lanes && (lane = lane_of(w, cell->addr, 0, 0, &from))) {
        struct whole_value_ v = whole_any_();
        if (lane->at >= at + bytes || lane->at + lane->bytes <= at) {
            continue;
        }
        if (lane->at >= at && lane->at + lane->bytes <= at + bytes) {
            v = whole_part_(w, part, lane->at - at, lane->bytes);
        }
        grow(w, &lane->value, &lane->growth, &v);
    }
}

static void share(struct whole *w, struct whole_cell_ *cell) {
    w->changed |= !cell->shared;
    cell->shared = true;
}

void whole_device_writes_(struct whole *w, struct whole_cell_ *cell) {
    const struct whole_value_ any = whole_any_();
    share(w, cell);
    put(w, cell, &any);
    put_lanes(w, cell, 0, 4, &any);
}

/// Loads and stores ///

static struct whole_value_ load_from(struct whole *w,
        const struct whole_state_ *state, uint32_t addr, unsigned bytes) {
    const uint32_t word = model_stored_at(w->model, addr) & ~3u;
    const unsigned at = addr & 3;
    if (whole_is_device_(w, addr)) {
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
    bool is_all;
    size_t from = 0;
    const struct whole_value_ v = read_cell(w, word, state, &is_all);
    if (at + bytes <= 4) {
        const struct whole_lane_ *lane =
                is_all && bytes < 4 ? lane_of(w, word, at, bytes, &from) : NULL;
        return lane ? whole_part_(w, &lane->value, at - lane->at, bytes)
                    : whole_part_(w, &v, at, bytes);
    }
    const struct whole_value_ above = read_cell(w, word + 4, state, &is_all);
    const struct whole_value_ low = whole_part_(w, &v, at, 4 - at);
    const struct whole_value_ high =
            whole_part_(w, &above, 0, bytes - (4 - at));
    return whole_with_part_(w, &low, 4 - at, bytes - (4 - at), &high);
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
        share(w, cell);
    }
    const struct whole_value_ zero = whole_const_(0);
    const struct whole_value_ *old = &cell->value;
    if (old->kind == WHOLE_NONE && cell->cleared) {
        old = &zero; // the bytes beside it are written before it is read
    }
    // Beside these bytes are those that the path has stored, if it knows them.
    const struct whole_value_ *const recent = is_exact && !cell->shared
            ? whole_recent_(&state->recent, word)
            : NULL;
    const struct whole_value_ v =
            recent ? *recent : whole_with_part_(w, old, at, bytes, part);
    if (cell->fixed && !whole_equal_(&v, &cell->value)) {
        whole_stop_(w, "stores to code or to flash");
        return;
    }
    size_t from = 0;
    if (bytes < 4 && !cell->fixed && !lane_of(w, word, at, bytes, &from)) {
        add_lane(w, cell, at, bytes);
    }
    put(w, cell, &v);
    put_lanes(w, cell, at, bytes, part);
    whole_stores_vector_(w, state, cell, &v);
    // An exception stores to what start code has cleared (A2).
    if (!cell->cleared || w->in_handler ||
            has_written(&state->written, word + at, word + at + bytes)) {
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
                ones(bytes) << 8 * at, &moved);
    } else {
        whole_recent_drop_(&state->recent, word);
    }
    store_part(w, word, at, bytes, data, state, is_exact);
}

static void store_to(struct whole *w, struct whole_state_ *state, uint32_t addr,
        unsigned bytes, const struct whole_value_ *data, bool is_exact) {
    const uint32_t word = model_stored_at(w->model, addr) & ~3u;
    const unsigned at = addr & 3;
    uint32_t bit;
    const bool in_bits = model_bit_band(w->model, addr, &bit);
    // Where memory is named it may be that, and not the bit-band region.
    const bool part = is_exact && !whole_is_device_(w, addr) &&
            (in_bits ? bytes == 4 && !at && !whole_is_named_(w, addr)
                     : at + bytes <= 4);
    if (!part) {
        whole_recent_drop_(&state->recent, word);
    }
    if (!part || at + bytes > 4) {
        whole_recent_drop_(&state->recent, word + 4);
    }
    const struct whole_cell_ *cell = whole_cell_(w, word);
    if (cell && cell->given) {
        whole_give_(w, data);
    }
    if (model_device(addr)) {
        whole_store_to_device_(w, state, addr, data);
    }
    if (whole_is_device_(w, addr)) {
        return;
    }
    if (in_bits) {
        store_bit(w, state, bit, addr / 4 % 8, data, part);
    } else if (at + bytes <= 4) {
        store_bytes(w, state, word, at, bytes, data, is_exact);
    } else {
        const unsigned low = 4 - at;
        const struct whole_value_ first = whole_part_(w, data, 0, low);
        const struct whole_value_ rest = whole_part_(w, data, low, bytes - low);
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

struct whole_value_ whole_load_(struct whole *w, struct whole_call_ *call,
        const struct whole_state_ *state, const struct whole_value_ *place,
        unsigned bytes) {
    const struct whole_value_ some = whole_not_null_(w, place);
    const struct whole_value_ *const addr = &some;
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

void whole_store_(struct whole *w, struct whole_call_ *call,
        struct whole_state_ *state, const struct whole_value_ *place,
        unsigned bytes, const struct whole_value_ *data) {
    const struct whole_value_ some = whole_not_null_(w, place);
    const struct whole_value_ *const addr = &some;
    const struct whole_value_ any = whole_any_();
    uint32_t v;
    w->storing = call;
    whole_accesses_(w, addr, bytes);
    if (addr->kind == WHOLE_FRAME) {
        whole_frame_store_(w, call, state, addr, bytes, data);
        return;
    }
    const struct whole_value_ *const stored = data;
    const struct whole_value_ saved = whole_saved_place_();
    // A place in a frame, or what a caller holds, is not followed in RAM.
    if (data->kind == WHOLE_FRAME && w->calls[data->of]->interrupted) {
        data = &saved;
    } else if (data->kind == WHOLE_FRAME) {
        w->calls[data->of]->leaky = true;
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
            !whole_is_device_(w, v) && !model_bit_band(w->model, v, &bit)) {
        whole_recent_set_(&state->recent, model_stored_at(w->model, v), stored);
    }
}

/// What a path has just stored ///

// The sets of words do not depend on the time. Code that stores a pointer and
// uses it right away, also in functions that it calls, would not be understood
// by them; and a place in a frame cannot be in one, since frames come and go.

static unsigned recent_of(const struct whole_recent_ *recent, uint32_t addr) {
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
    const unsigned i = recent_of(recent, addr);
    return i < recent->count && recent->word[i].known == ~0u
            ? &recent->word[i].value
            : NULL;
}

void whole_recent_drop_(struct whole_recent_ *recent, uint32_t addr) {
    const unsigned i = recent_of(recent, addr);
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
    const unsigned i = recent_of(recent, addr);
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
    const unsigned k = recent_of(other, into->word[i].addr);
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
