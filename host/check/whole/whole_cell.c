/*
 * whole_cell - the words of RAM: what each ever holds, and has just got
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

// A set that grew so often, or in so many rounds, is widened; and so often to
// one of the limits.
#define GROWS_MAX 256u
#define ROUNDS_MAX 10u
#define LIMITED_MAX 8u

void whole_grow_(struct whole *w, struct whole_value_ *kept,
        const struct whole_value_ *more) {
    const struct whole_value_ all = whole_join_(&w->world, kept, more);
    if (!whole_equal_(&all, kept)) {
        *kept = all;
        w->changed = true;
    }
}

/// Cells ///

// A function of assembly without a size goes on up to the next one: what is
// data there may be an object.
static bool is_behind_code(const struct model *model, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(model, addr);
    const struct elf_image *image = model_image(model, addr);
    uint32_t end;
    if (symbol && symbol->object && addr - symbol->addr < symbol->size_bytes) {
        return true;
    }
    return image && elf_image_content(image, addr, &end) == ELF_CONTENT_DATA &&
            !model_in_sized(model, addr);
}

bool whole_is_code_(const struct model *model, uint32_t addr) {
    const struct elf_section *section = model_section(model, addr);
    return section && section->execute && model_in_function(model, addr) &&
            !is_behind_code(model, addr);
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
    const struct elf_section *section = model_section(model, cell->addr);
    cell->copied = section && section->load_addr != section->addr &&
            is_code_in_ram(w, cell->addr);
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
    cell->given = whole_is_bare_(w, addr);
    cell->shared = cell->given || w->loses_any;
    return cell;
}

/// What start code writes ///

bool whole_has_written_(const struct whole_written_ *written, uint32_t low,
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
    if (whole_has_written_(written, low, end)) {
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
static struct whole_value_ read_word(struct whole *w, uint32_t addr,
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
            whole_has_written_(&state->written, addr, addr + 4) ||
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
            .value = whole_part_(&w->world, &cell->value, at, bytes)};
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
            v = whole_part_(&w->world, part, lane->at - at, lane->bytes);
        }
        grow(w, &lane->value, &lane->growth, &v);
    }
}

struct whole_value_ whole_cell_load_(struct whole *w, uint32_t word,
        unsigned at, unsigned bytes, const struct whole_state_ *state) {
    bool is_all;
    size_t from = 0;
    const struct whole_value_ v = read_word(w, word, state, &is_all);
    const struct whole_lane_ *lane =
            is_all && bytes < 4 ? lane_of(w, word, at, bytes, &from) : NULL;
    return lane ? whole_part_(&w->world, &lane->value, at - lane->at, bytes)
                : whole_part_(&w->world, &v, at, bytes);
}

void whole_cell_store_(struct whole *w, struct whole_cell_ *cell, unsigned at,
        unsigned bytes, const struct whole_value_ *part,
        const struct whole_value_ *word) {
    size_t from = 0;
    if (bytes < 4 && !cell->fixed &&
            !lane_of(w, cell->addr, at, bytes, &from)) {
        add_lane(w, cell, at, bytes);
    }
    const struct whole_value_ before = cell->value;
    put(w, cell, word);
    put_lanes(w, cell, at, bytes, part);
    // The first that is stored where the image has nothing is what start code
    // clears.
    if (before.kind != WHOLE_NONE && !cell->changed_by &&
            !whole_equal_(&before, &cell->value)) {
        cell->changed_by = w->pc;
    }
}

void whole_share_(struct whole *w, struct whole_cell_ *cell) {
    w->changed |= !cell->shared;
    cell->shared = true;
}

void whole_device_writes_(struct whole *w, struct whole_cell_ *cell) {
    const struct whole_value_ any = whole_any_();
    whole_share_(w, cell);
    put(w, cell, &any);
    put_lanes(w, cell, 0, 4, &any);
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

void whole_recent_drop_all_(struct whole_recent_ *recent) {
    for (unsigned i = recent->count; i--;) {
        if (recent->word[i].addr < 0xE0000000u) {
            remove_word(recent, i);
        }
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
    if (into->begun != other->begun) {
        into->begun = WHOLE_ONE_OF_BOTH;
    }
    into->cached |= other->cached;
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
