/*
 * whole - the entries of the program, and its rounds
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/model/reset_tables.h"
#include "check/whole/whole_priv.h"

#define ROUNDS_MAX 40u
enum { HARD_FAULT = 3, SVCALL = 11 };

static bool meets(uint32_t low, uint32_t high, uint32_t addr,
        uint32_t size_bytes) {
    return size_bytes && low <= addr + (size_bytes - 1) && high >= addr;
}

// The options name memory there.
static bool is_named(const struct model *model, uint32_t low, uint32_t high) {
    const struct check_options *o = model->options;
    bool found = false;
    for (size_t i = 0; !found && i < o->ram_count; i++) {
        found = meets(low, high, o->memory[i].addr, o->memory[i].size_bytes);
    }
    for (size_t i = 0; !found && i < o->resident_count; i++) {
        found = meets(low, high, o->resident[i].addr,
                o->resident[i].size_bytes);
    }
    return found;
}

bool whole_is_named_(const struct whole *w, uint32_t addr) {
    return is_named(w->model, addr, addr);
}

// Regions that touch or overlap are one.
struct whole_span whole_named_(const struct whole *w, uint32_t addr) {
    const struct check_options *o = w->model->options;
    struct whole_span span = {addr, addr};
    bool grew = is_named(w->model, addr, addr);
    if (!grew) {
        return (struct whole_span){addr & ~0xFFFFFu, addr | 0xFFFFFu};
    }
    while (grew) {
        grew = false;
        for (size_t i = 0; i < o->ram_count + o->resident_count; i++) {
            const struct check_region *r = i < o->ram_count
                    ? &o->memory[i]
                    : &o->resident[i - o->ram_count];
            const uint32_t last = r->addr + (r->size_bytes - 1);
            const bool touches = r->size_bytes &&
                    (!r->addr || r->addr - 1 <= span.last) &&
                    (last == UINT32_MAX || last + 1 >= span.first);
            if (touches && (r->addr < span.first || last > span.last)) {
                span.first = r->addr < span.first ? r->addr : span.first;
                span.last = last > span.last ? last : span.last;
                grew = true;
            }
        }
    }
    return span;
}

// What the images have, or the options name: a number there may be an address.
static bool is_memory(const struct model *model, uint32_t low, uint32_t high) {
    const struct elf_section *s;
    bool found = (low < 0x40000000u && high >= 0x20000000u) ||
            is_named(model, low, high);
    for (size_t k = 0; k < model->image_count; k++) {
        for (size_t i = 0;
                !found && (s = elf_image_section(model->images[k], i)); i++) {
            found = (s->write || s->load_addr != s->addr) &&
                    meets(low, high, s->addr, s->size_bytes);
        }
    }
    return found;
}

// Or an alias of such memory.
static bool is_ram(const void *ctx, uint32_t low, uint32_t high) {
    const struct model *model = ctx;
    const struct check_options *o = model->options;
    bool found = is_memory(model, low, high);
    for (size_t i = 0; !found && i < o->alias_count; i++) {
        const struct check_alias *r = &o->alias[i];
        found = meets(low, high, r->addr, r->size_bytes) &&
                is_memory(model, r->of, r->of + (r->size_bytes - 1));
    }
    return found;
}

void whole_stop_(struct whole *w, const char *why) {
    if (!w->why) {
        w->why = why;
        w->why_addr = w->pc;
    }
}

void whole_see_(struct whole *w, enum whole_seen what, uint32_t addr,
        uint32_t by) {
    if (!w->seen_by[what]) {
        w->seen[what] = addr;
        w->seen_by[what] = by;
    }
}

void whole_see_changed_(struct whole *w, uint32_t addr, uint32_t by,
        const struct whole_value_ *v) {
    if (!w->seen_by[WHOLE_SEEN_CHANGED]) {
        w->changed_to = *v;
    }
    whole_see_(w, WHOLE_SEEN_CHANGED, addr, by);
}

// Of a section that is copied: the run saw something of that.
static bool is_put(const struct whole *w, uint32_t addr) {
    const struct elf_section *section = model_section(w->model, addr);
    bool put = false;
    for (size_t i = 0; section && !put && i < w->cell_count; i++) {
        put = w->cells[i].copied_to &&
                w->cells[i].addr - section->addr < section->size_bytes;
    }
    return put;
}

bool whole_saw(const struct whole *w, enum whole_seen what, uint32_t *addr,
        uint32_t *by) {
    *addr = w ? w->seen[what] : 0;
    *by = w ? w->seen_by[what] : 0;
    return *by && (what != WHOLE_SEEN_LATE || is_put(w, *addr));
}

uint32_t whole_given_by_end(const struct whole *w, uint32_t *at) {
    *at = w->ends_at;
    return w->ended;
}

// Adds an address to a list, once.
static void add(struct whole *w, uint32_t **list, size_t *count, size_t *room,
        uint32_t addr) {
    for (size_t i = 0; i < *count; i++) {
        if ((*list)[i] == addr) {
            return;
        }
    }
    uint32_t *grown = array_more(*list, *count, room, sizeof *grown);
    if (!grown) {
        w->failed = true;
        return;
    }
    *list = grown;
    grown[(*count)++] = addr;
    w->changed = true;
}

static void add_table(struct whole *w, uint32_t addr) {
    uint32_t top;
    if (model_word(w->model, addr, &top)) {
        model_add_stack(&w->stacks, top);
    }
    add(w, &w->tables, &w->table_count, &w->table_room, addr);
}

void whole_sets_vtor_(struct whole *w, const struct whole_state_ *state,
        uint32_t addr) {
    const size_t before = w->vtor_count;
    add(w, &w->vtor, &w->vtor_count, &w->vtor_room, addr);
    if (w->vtor_count > before && before < WHOLE_VTORS) {
        w->vtor_by[before] = w->pc;
    }
    add_table(w, addr);
    whole_table_used_(w, state, addr);
}

bool whole_vtor(const struct whole *whole, size_t i, uint32_t *addr,
        uint32_t *by) {
    const bool more = whole_complete(whole) && i < whole->vtor_count;
    *addr = more ? whole->vtor[i] : 0;
    *by = more && i < WHOLE_VTORS ? whole->vtor_by[i] : 0;
    return more;
}

bool whole_has_table(const struct whole *whole, uint32_t addr) {
    for (size_t i = 0; whole && i < whole->table_count; i++) {
        if (whole->tables[i] == addr) {
            return true;
        }
    }
    return false;
}

struct whole_root_ *whole_root_add_(struct whole *w, uint32_t addr,
        enum whole_entry_ kind) {
    for (size_t i = 0; i < w->root_count; i++) {
        if (w->roots[i].addr == addr && w->roots[i].kind == kind) {
            return &w->roots[i];
        }
    }
    struct whole_root_ *grown =
            array_more(w->roots, w->root_count, &w->root_room, sizeof *grown);
    if (!grown) {
        w->failed = true;
        return NULL;
    }
    w->roots = grown;
    w->roots[w->root_count] = (struct whole_root_){.addr = addr, .kind = kind};
    w->changed = true;
    return &w->roots[w->root_count++];
}

// A stack pointer in RAM and a first instruction.
static bool looks_like_table(const struct model *model, uint32_t addr) {
    const uint8_t *b = model_bytes(model, addr, 8);
    if (!b) {
        return false;
    }
    const uint32_t sp = model_word_in(b), reset = model_word_in(b + 4);
    const struct elf_section *s = model_section(model, reset & ~1u);
    return !(sp & 3) && is_ram(model, sp - 4, sp - 4) && reset & 1 && s &&
            s->execute;
}

static void find_tables(struct whole *w, uint32_t table_addr) {
    const struct model *model = w->model;
    const struct elf_section *s;
    if (table_addr) {
        add_table(w, table_addr);
    }
    for (size_t k = 0; k < model->image_count; k++) {
        const uint32_t entry = elf_image_entry(model->images[k]) | 1;
        if (model_bytes(model, entry & ~1u, 2)) {
            whole_root_add_(w, entry, WHOLE_RESET);
        }
        for (size_t i = 0; (s = elf_image_section(model->images[k], i)); i++) {
            if (looks_like_table(model, s->addr)) {
                add_table(w, s->addr);
            }
        }
    }
    struct reset_tables resets;
    reset_tables_find(model, &resets);
    for (size_t i = 0; i < resets.count; i++) {
        add_table(w, resets.addr[i]);
    }
    if (resets.more) {
        whole_stop_(w, "has too many vector tables");
    }
}

static bool two_sections(const struct whole *w) {
    const struct elf_section *s;
    for (size_t k = 0; k < w->model->image_count; k++) {
        uint64_t end = 0;
        for (size_t i = 0; (s = elf_image_section(w->model->images[k], i));
                i++) {
            if (s->size_bytes && s->addr < end) {
                return true;
            }
            const uint64_t this_end = (uint64_t)s->addr + s->size_bytes;
            end = this_end > end ? this_end : end;
        }
    }
    return false;
}

// The first instruction after a reset, or of a program that another one starts.
static void reset_of(struct whole *w, uint32_t table) {
    const struct whole_cell_ *cell = whole_cell_(w, table + 4);
    const struct whole_value_ none = {0};
    const bool known =
            cell && whole_cell_known_(cell) && cell->value.kind == WHOLE_SET;
    const struct whole_value_ v = known ? cell->value : none;
    for (unsigned i = 0; i < v.count; i++) {
        if (v.v[i] & 1 && !whole_never_executed_(w, v.v[i])) {
            whole_root_add_(w, v.v[i], WHOLE_RESET);
            w->has_reset = true;
        }
    }
}

static void vectors_of(struct whole *w, uint32_t table) {
    for (uint32_t n = 2; n < WHOLE_VECTORS && !whole_stopped_(w); n++) {
        const bool is = whole_is_vector_(w, table, n) &&
                !reset_tables_reserved(w->model, n);
        struct whole_cell_ *cell = is ? whole_cell_(w, table + 4 * n) : NULL;
        if (!cell) {
            continue;
        }
        const struct whole_value_ v = whole_vector_(w, cell, n);
        if (!whole_cell_known_(cell) || v.kind != WHOLE_SET ||
                model_in_stack(&w->stacks, table + 4 * n)) {
            w->pc = table + 4 * n;
            whole_stop_(w, "is a vector that may be anything");
            return;
        }
        for (unsigned i = 0; i < v.count; i++) {
            if (v.v[i] & 1 && !whole_never_executed_(w, v.v[i])) {
                struct whole_root_ *root =
                        whole_root_add_(w, v.v[i], WHOLE_HANDLER);
                const bool by_svc = n == HARD_FAULT || n == SVCALL;
                const bool early = n < WHOLE_PENDSV;
                w->changed |= root &&
                        ((by_svc && !root->by_svc) || (early && !root->early));
                if (root) {
                    root->by_svc |= by_svc;
                    root->early |= early;
                }
            }
        }
    }
}

static void run_roots(struct whole *w, enum whole_entry_ kind) {
    for (size_t i = 0; i < w->root_count && !whole_stopped_(w); i++) {
        if (w->roots[i].kind == kind) {
            whole_run_root_(w, (uint32_t)i);
        }
    }
}

static void run_round(struct whole *w) {
    w->round++;
    w->changed = false;
    whole_facts_begin_(w);
    for (size_t i = 0; i < w->table_count; i++) {
        reset_of(w, w->tables[i]);
    }
    if (!w->has_reset) {
        whole_stop_(w, "has no vector table with a reset that is known");
    }
    run_roots(w, WHOLE_RESET);
    for (size_t i = 0; i < w->table_count; i++) {
        vectors_of(w, w->tables[i]);
    }
    run_roots(w, WHOLE_HANDLER);
    run_roots(w, WHOLE_TASK);
}

struct whole *whole_find(const struct model *model, uint32_t table_addr) {
    struct whole *w = calloc(1, sizeof *w);
    if (!w) {
        return NULL;
    }
    w->model = model;
    w->stacks = *model;
    w->world = (struct whole_world_){is_ram, model};
    whole_claims_find_(w);
    find_tables(w, table_addr);
    if (two_sections(w)) {
        whole_stop_(w, "has two sections at one address");
    }
    w->changed = true;
    while (w->changed && !whole_stopped_(w)) {
        if (w->round == ROUNDS_MAX) {
            whole_stop_(w, "has sets that grow without an end");
            break;
        }
        run_round(w);
    }
    w->complete = !whole_stopped_(w);
    whole_facts_end_(w);
    if (w->failed) {
        whole_free(w);
        return NULL;
    }
    return w;
}

void whole_free(struct whole *w) {
    if (!w) {
        return;
    }
    for (size_t i = 0; i < w->call_count; i++) {
        free(w->calls[i]);
    }
    free(w->calls);
    free(w->cells);
    free(w->lanes);
    free(w->facts);
    free(w->claims);
    free(w->roots);
    free(w->tables);
    free(w->vtor);
    index_free(&w->call_index);
    index_free(&w->cell_index);
    index_free(&w->lane_index);
    index_free(&w->fact_index);
    free(w);
}

bool whole_complete(const struct whole *w) {
    return w && w->complete;
}

uint32_t whole_stopped_at(const struct whole *w) {
    return w->why_addr;
}

bool whole_has_stacks(const struct whole *w) {
    bool has = false;
    for (unsigned i = 0; i < WHOLE_USERS; i++) {
        has |= w && w->tops[i].kind != WHOLE_NONE;
    }
    return has;
}

const char *whole_stopped_why(const struct whole *w) {
    return w->why;
}

uint32_t whole_window_stack(const struct whole *w, uint32_t *by) {
    *by = w ? w->window_stack_by : 0;
    return w ? w->window_stack : 0;
}

static const struct whole_cell_ *finished_cell(const struct whole *w,
        uint32_t addr) {
    const struct whole_cell_ *cell =
            whole_complete(w) && !(addr & 3) ? whole_cell_at_(w, addr) : NULL;
    return cell && whole_cell_known_(cell) && !model_in_stack(&w->stacks, addr)
            ? cell
            : NULL;
}

static unsigned give(const struct whole_value_ *v, uint32_t *values) {
    if (v->kind != WHOLE_SET || v->count > VALUE_CONSTS) {
        return 0;
    }
    for (unsigned i = 0; i < v->count; i++) {
        values[i] = v->v[i];
    }
    return v->count;
}

unsigned whole_values(const void *ctx, uint32_t addr, uint32_t *values) {
    const struct whole_cell_ *cell = finished_cell(ctx, addr);
    return cell ? give(&cell->value, values) : 0;
}

unsigned whole_changed_to(const struct whole *w, uint32_t *values) {
    return w ? give(&w->changed_to, values) : 0;
}

bool whole_is_vector(const struct whole *w, uint32_t addr, uint32_t n) {
    return whole_complete(w) && whole_has_table(w, addr) &&
            whole_is_vector_(w, addr, n);
}

uint32_t whole_enabled_end(const struct whole *w, uint32_t addr) {
    return whole_complete(w) && whole_has_table(w, addr)
            ? whole_enabled_end_(w, addr)
            : 0;
}

bool whole_enables(const struct whole *w, uint32_t n) {
    return !whole_complete(w) || whole_enables_(w, n);
}

unsigned whole_vector(const struct whole *w, uint32_t addr, uint32_t n,
        uint32_t *values) {
    const struct whole_cell_ *cell = finished_cell(w, addr + 4 * n);
    struct whole_value_ v = {0};
    if (cell) {
        v = whole_has_table(w, addr) ? whole_vector_in_outage_(w, cell, n)
                                     : cell->value;
    }
    return give(&v, values);
}

bool whole_executed(const struct whole *whole, uint32_t addr) {
    const struct whole_cell_ *cell =
            whole_complete(whole) ? whole_cell_at_(whole, addr & ~3u) : NULL;
    return cell && cell->executed & (addr & 2 ? 2 : 1);
}

bool whole_unchanged(const struct whole *whole, uint32_t addr,
        uint32_t size_bytes) {
    for (uint32_t at = addr & ~3u; at < addr + size_bytes; at += 4) {
        const struct whole_cell_ *cell =
                whole_complete(whole) ? whole_cell_at_(whole, at) : NULL;
        if (cell && !cell->fixed &&
                (cell->given || cell->cleared ||
                        !whole_is_const_(&cell->value))) {
            return false;
        }
    }
    return whole_complete(whole);
}

bool whole_copied(const struct whole *whole, uint32_t addr,
        uint32_t size_bytes) {
    bool all = whole && size_bytes >= 4;
    for (uint32_t at = (addr + 3) & ~3u; all && at + 4 <= addr + size_bytes;
            at += 4) {
        const struct whole_cell_ *cell = whole_cell_at_(whole, at);
        uint32_t word;
        all = cell && cell->copied_to && whole_is_const_(&cell->value) &&
                model_word(whole->model, at, &word) && cell->value.v[0] == word;
    }
    return all;
}

bool whole_never_stored(const struct whole *whole, uint32_t addr,
        uint32_t size_bytes) {
    bool stored = !whole_complete(whole);
    for (uint32_t at = (addr + 3) & ~3u; !stored && at + 4 <= addr + size_bytes;
            at += 4) {
        const struct whole_cell_ *cell = whole_cell_at_(whole, at);
        stored = cell && (cell->stored || cell->given);
    }
    return !stored;
}

// Start code has put another word there than that of the image.
static bool is_other_copy(const struct whole *w,
        const struct whole_cell_ *cell) {
    const struct whole_value_ *v = &cell->value;
    return cell->copied && cell->copied_to && !cell->fixed && !cell->cleared &&
            v->kind == WHOLE_SET && v->count == 2 &&
            whole_is_code_(w->model, cell->addr);
}

uint32_t whole_other_copy(const struct whole *whole, uint32_t addr,
        uint32_t size_bytes, uint32_t *at, uint32_t *word) {
    uint32_t by = 0, own;
    const bool stopped = whole && !whole_complete(whole);
    for (uint32_t i = 0; stopped && !by && i < size_bytes; i += 4) {
        *at = (addr & ~3u) + i;
        const struct whole_cell_ *cell = whole_cell_at_(whole, *at);
        if (cell && is_other_copy(whole, cell) &&
                model_word(whole->model, *at, &own)) {
            by = cell->changed_by;
            *word = cell->value.v[cell->value.v[0] == own];
        }
    }
    return by;
}

uint32_t whole_changed_by(const struct whole *whole, uint32_t addr,
        uint32_t size_bytes, bool *by_device) {
    uint32_t by = 0;
    *by_device = false;
    for (uint32_t at = addr & ~3u; whole && !by && at < addr + size_bytes;
            at += 4) {
        const struct whole_cell_ *cell = whole_cell_at_(whole, at);
        by = cell && !cell->fixed ? cell->changed_by : 0;
        *by_device = by && cell->given;
    }
    return by;
}
