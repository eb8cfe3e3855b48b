/*
 * whole_vector - what vectors hold when an exception comes
 *
 * SPDX-License-Identifier: MIT
 *
 * After a reset PendSV, SysTick and the interrupts do not come until code
 * stores to the system control space (Armv7-M ARM B3.2.4, B3.3.3, B3.4.3: all
 * are disabled and none is pending). A path that has not done so is silent:
 * what the vectors of those exceptions hold meanwhile, as when code writes one
 * bit by bit, leads nowhere. They are known when it does: those are their first
 * values, and each that is stored later. What an exception does is never
 * silent, and if one lets interrupts in, nothing is. Where no code does,
 * nothing is taken from that: all that is stored counts.
 */
#include "check/whole/whole_priv.h"

// Armv7-M ARM B1.5.2: exceptions of the core, then at most 496 interrupts.
#define VECTORS_MAX 512u
enum { PENDSV = 14 };

// How many words the table has: of its object, else of its section.
uint32_t whole_table_words_(const struct whole *w, uint32_t table) {
    const struct elf_symbol *symbol = model_symbol(w->model, table);
    const struct elf_section *s = model_section(w->model, table);
    uint32_t bytes = s ? s->addr + s->size_bytes - table : 4 * VECTORS_MAX;
    if (symbol && symbol->object && table - symbol->addr < symbol->size_bytes) {
        bytes = symbol->addr + symbol->size_bytes - table;
    }
    return bytes / 4 < VECTORS_MAX ? bytes / 4 : VECTORS_MAX;
}

// Stores there let no interrupt in: VTOR and CPACR.
static bool is_quiet(uint32_t addr) {
    const uint32_t word = addr & ~3u;
    return word == 0xE000ED08u || word == 0xE000ED88u;
}

// The system control space, and that of the other security state (Armv8-M ARM
// B8.1).
static bool is_control(uint32_t addr) {
    return addr >> 12 == 0xE000Eu || addr >> 12 == 0xE002Eu;
}

static bool is_loud(const struct whole *w, const struct whole_state_ *state) {
    return w->in_handler || w->loud || state->recent.loud != WHOLE_SILENT;
}

// Of more than a few nothing is known.
static void grow(struct whole *w, struct whole_cell_ *cell,
        const struct whole_value_ *v) {
    struct whole_value_ all = whole_join_(&w->world, &cell->live, v);
    all = all.kind == WHOLE_SET || all.kind == WHOLE_NONE ? all : whole_any_();
    whole_grow_(w, &cell->live, &all);
}

static void use_table(struct whole *w, const struct whole_state_ *state,
        uint32_t table) {
    const uint32_t words = whole_table_words_(w, table);
    for (uint32_t n = PENDSV; n < words; n++) {
        struct whole_cell_ *cell = whole_cell_(w, table + 4 * n);
        if (!cell) {
            return;
        }
        const struct whole_value_ *recent = w->in_handler || cell->shared
                ? NULL
                : whole_recent_(&state->recent, cell->addr);
        grow(w, cell, recent ? recent : &cell->value);
    }
}

void whole_table_used_(struct whole *w, const struct whole_state_ *state,
        uint32_t addr) {
    if (is_loud(w, state)) {
        use_table(w, state, addr);
    }
}

void whole_stores_register_(struct whole *w, struct whole_state_ *state,
        uint32_t addr) {
    if (!is_control(addr) || is_quiet(addr)) {
        return;
    }
    w->changed |= w->in_handler && !w->loud;
    w->loud |= w->in_handler;
    if (state->recent.loud != WHOLE_LOUD) {
        state->recent.loud = WHOLE_LOUD;
        for (size_t i = 0; i < w->table_count && !whole_stopped_(w); i++) {
            use_table(w, state, w->tables[i]);
        }
    }
}

void whole_stores_vector_(struct whole *w, const struct whole_state_ *state,
        struct whole_cell_ *cell, const struct whole_value_ *v) {
    if (is_loud(w, state)) {
        grow(w, cell, v);
    }
}

struct whole_value_ whole_vector_(const struct whole *w,
        const struct whole_cell_ *cell, uint32_t n) {
    const bool always = n < PENDSV || w->loud || cell->shared || cell->given ||
            cell->live.kind == WHOLE_NONE;
    return always ? cell->value : cell->live;
}
