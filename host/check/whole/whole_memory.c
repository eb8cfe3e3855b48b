/*
 * whole_memory - words of RAM, and registers of devices
 *
 * SPDX-License-Identifier: MIT
 *
 * Each word has one set: what the image holds there, and all that is stored. A
 * word without contents in the image may hold anything, unless the first that
 * each path does with it is that it becomes zero: start code does so.
 */
#include "base/array.h"
#include "base/match.h"
#include "check/whole/whole_priv.h"

#define VTOR 0xE000ED08u
// Places that one load or store may mean.
#define PLACES_MAX 4096u
// A set that grew so often is widened.
#define GROWS_MAX 24u
// Symbols before an address among which its object is looked for.
#define SYMBOLS_MAX 256u
#define SMALLEST_ALIAS 0x10000000u

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

static bool is_code(const struct model *model, uint32_t addr) {
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
    cell->fixed =
            (model_constant(model, cell->addr) || is_code(model, cell->addr)) &&
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

static struct whole_value_ read_cell(struct whole *w, uint32_t addr,
        const struct whole_state_ *state) {
    struct whole_cell_ *cell = whole_cell_(w, addr);
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
    return cell->value;
}

static void put(struct whole *w, struct whole_cell_ *cell,
        const struct whole_value_ *value) {
    struct whole_value_ all = whole_join_(&w->world, &cell->value, value);
    if (whole_equal_(&all, &cell->value)) {
        return;
    }
    if (++cell->changes > GROWS_MAX) {
        all = whole_widen_(&w->world, &cell->value, value);
    }
    cell->value = all;
    w->changed = true;
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

static void share(struct whole *w, struct whole_cell_ *cell) {
    w->changed |= !cell->shared;
    cell->shared = true;
}

/// Devices ///

static bool is_ram(const struct whole *w, uint32_t low, uint32_t high) {
    return w->world.is_ram(w->world.ctx, low, high);
}

static void give_to_device(struct whole *w, uint32_t addr);

// An object in flash, which may be a descriptor.
static bool is_data(const struct model *model, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(model, addr);
    return symbol && symbol->object && addr - symbol->addr < symbol->size_bytes;
}

// Of what is no set of numbers: it may be an address.
static bool may_be_address(const struct whole *w,
        const struct whole_value_ *value) {
    uint32_t low, high;
    return value->kind != WHOLE_NUMBER && value->kind != WHOLE_NONE &&
            value->kind != WHOLE_SET &&
            (!whole_bounds_(value, &low, &high) || is_ram(w, low, high));
}

// A device gets the value, which may be an address.
void whole_give_(struct whole *w, const struct whole_value_ *value) {
    if (value->kind == WHOLE_SET) {
        for (unsigned i = 0; i < value->count; i++) {
            // Below, a number is rather a count than an alias.
            const uint32_t at = value->v[i] < SMALLEST_ALIAS
                    ? value->v[i]
                    : model_stored_at(w->model, value->v[i]);
            if (is_ram(w, at, at) || is_data(w->model, at)) {
                give_to_device(w, at);
            }
        }
    } else if (may_be_address(w, value)) {
        whole_stop_(w, "gives an address that is not known to a device");
    }
}

// The words that lie across two words of a packed object.
static void give_unaligned(struct whole *w, const struct whole_value_ *first,
        const struct whole_value_ *second) {
    for (unsigned at = 1;
            at < 4 && first->kind == WHOLE_SET && second->kind == WHOLE_SET;
            at++) {
        const struct whole_value_ low = whole_part_(w, first, at, 4 - at);
        const struct whole_value_ high = whole_part_(w, second, 0, at);
        const struct whole_value_ v =
                whole_with_part_(w, &low, 4 - at, at, &high);
        for (unsigned i = 0; i < v.count; i++) {
            if (model_image(w->model, v.v[i])) {
                give_to_device(w, v.v[i]);
            }
        }
    }
}

// The largest object that addr lies in, and the one that ends there: some
// devices get the end of a buffer.
static void object_of(const struct model *model, uint32_t addr, uint32_t *from,
        uint32_t *end) {
    const struct elf_image *image = model_image(model, addr);
    const struct elf_section *section = model_section(model, addr);
    const struct elf_symbol *symbol;
    unsigned left = SYMBOLS_MAX;
    *from = addr;
    *end = addr;
    for (size_t i = image ? elf_image_symbol_from(image, addr + 1) : 0;
            i-- && left--;) {
        symbol = elf_image_symbol_index(image, i);
        const uint32_t last = symbol->addr + symbol->size_bytes;
        if (symbol->object && symbol->addr <= addr && last >= addr) {
            *from = symbol->addr < *from ? symbol->addr : *from;
            *end = last > *end ? last : *end;
        }
    }
    if (*end <= addr && is_code(model, addr)) {
        *end = *from;          // which devices leave alone (A6)
    } else if (*end <= addr) { // no object
        *end = section ? section->addr + section->size_bytes : addr + 4;
    }
}

// An image has memory there, or within a megabyte: the rest of the same RAM.
static bool has_memory(const struct whole *w, uint32_t addr) {
    const struct elf_section *s;
    for (size_t k = 0; k < w->model->image_count; k++) {
        for (size_t i = 0; (s = elf_image_section(w->model->images[k], i));
                i++) {
            if (s->size_bytes && s->addr >> 20 == addr >> 20) {
                return true;
            }
        }
    }
    for (size_t i = 0; i < w->stacks.stack_count; i++) {
        if ((w->stacks.stacks[i].top - 1) >> 20 == addr >> 20) {
            return true;
        }
    }
    return model_image(w->model, addr) != NULL;
}

// DMA may write there (A6): to the object at an address that a device gets, and
// to what the words of that object lead to, which may be descriptors.
static void give_to_device(struct whole *w, uint32_t addr) {
    const struct whole_value_ any = whole_any_();
    uint32_t from, end;
    if (!has_memory(w, addr)) {
        return; // a number that only looks like an address
    }
    object_of(w->model, addr, &from, &end);
    struct whole_value_ before = whole_const_(0);
    for (uint32_t at = from & ~3u; at < end && !whole_stopped_(w); at += 4) {
        struct whole_cell_ *cell = whole_cell_(w, at);
        if (!cell || cell->given || is_code(w->model, at)) {
            continue;
        }
        const struct whole_value_ old = cell->value;
        cell->given = true;
        if (!cell->fixed) {
            share(w, cell);
            put(w, cell, &any);
        }
        whole_give_(w, &old);
        give_unaligned(w, &before, &old);
        before = old;
    }
}

#define FPCAR 0xE000EF38u

// Armv7-M ARM B3.1: of the core's own registers those through which nothing
// writes to memory: ITM, DWT, FPB, and the system control space but for FPCAR.
static bool keeps_to_itself(uint32_t addr) {
    return (addr >= 0xE0000000u && addr < 0xE0003000u) ||
            (addr >> 12 == 0xE000Eu && (addr & ~3u) != FPCAR);
}

// Armv7-M ARM B3.2.2, B3.3, B3.4: what is read there is no address that was put
// there, unless code keeps one there. -1: it may be an address.
static int numbers_of(uint32_t addr) {
    static const struct {
        uint32_t first, last;
    } core[] = {
            {0xE000E010u, 0xE000E01Fu}, // SysTick
            {0xE000E100u, 0xE000E4EFu}, // NVIC
            {0xE000ED00u, 0xE000ED07u}, // CPUID, ICSR
            {0xE000ED0Cu, 0xE000ED33u}, // AIRCR to DFSR
            {0xE000ED88u, 0xE000ED8Bu}, // CPACR
            {0xE000EDF0u, 0xE000EDFFu}, // DHCSR to DEMCR
            {0xE0001000u, 0xE0001007u}, // DWT_CTRL, CYCCNT
            {0xE0042000u, 0xE0042FFFu}, // DBGMCU of the STM32
    };
    for (size_t i = 0; i < sizeof core / sizeof core[0]; i++) {
        if (addr >= core[i].first && addr <= core[i].last) {
            return (int)i;
        }
    }
    return -1;
}

static bool delivers_numbers(const struct whole *w, uint32_t addr) {
    const int block = numbers_of(addr);
    return addr < 0xE0000000u || (block >= 0 && !(w->blocks_hold >> block & 1));
}

// Code keeps an address in a register of the core, or what may be one.
static void keeps_in_core(struct whole *w, uint32_t addr,
        const struct whole_value_ *data) {
    const int block = numbers_of(addr);
    bool address = may_be_address(w, data);
    for (unsigned i = 0; data->kind == WHOLE_SET && i < data->count; i++) {
        address |= is_ram(w, data->v[i], data->v[i]);
    }
    if (address && block >= 0 && !(w->blocks_hold >> block & 1)) {
        w->blocks_hold |= 1u << block;
        w->changed = true;
    }
}

static void store_to_device(struct whole *w, struct whole_state_ *state,
        uint32_t addr, const struct whole_value_ *data) {
    whole_stores_register_(w, state, addr, data);
    keeps_in_core(w, addr, data);
    if (addr >> 12 == 0xE0002u) {
        whole_stop_(w, "puts other code in place of that of the image");
    }
    if (keeps_to_itself(addr)) {
        if ((addr & ~3u) == VTOR) {
            whole_recent_set_(&state->recent, VTOR, data);
            state->recent.vtor = *data;
            w->changed |= w->in_handler && !w->vtor_shared;
            w->vtor_shared |= w->in_handler;
            for (unsigned i = 0; i < data->count; i++) {
                whole_sets_vtor_(w, state, data->v[i]);
            }
            if (data->kind != WHOLE_SET) {
                whole_stop_(w, "sets VTOR to an unknown address");
            }
        }
        return;
    }
    whole_give_(w, data);
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
        return vtor                         ? *vtor
                : delivers_numbers(w, addr) ? whole_number_()
                                            : whole_any_();
    }
    uint32_t bit;
    if (model_bit_band(w->model, addr, &bit)) {
        return whole_any_(); // a bit, or memory where there is no bit-band
    }
    const struct whole_value_ v = read_cell(w, word, state);
    if (at + bytes <= 4) {
        return whole_part_(w, &v, at, bytes);
    }
    const struct whole_value_ above = read_cell(w, word + 4, state);
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
    put(w, cell, &v);
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
        store_to_device(w, state, addr, data);
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
            !model_forbidden(w->model, addr) && !is_ram(w, addr, addr);
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
