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
 *
 * The core's other exceptions, as NMI, may come at any time. But in an outage
 * their vectors hold no more than when the first one begins, by a store to a
 * device from outside of the window, and what is stored later. One may begin
 * when an interrupt comes, too.
 */
#include "check/whole/whole_priv.h"

enum { NMI = 2, PENDSV = WHOLE_PENDSV, INTERRUPTS = 16 };

// How many words the table has: of its object, up to where another one in it
// begins; else of its section.
static uint32_t words_of(const struct whole *w, uint32_t table) {
    const struct elf_symbol *symbol = model_symbol(w->model, table);
    const struct elf_section *s = model_section(w->model, table);
    uint32_t bytes = s ? s->addr + s->size_bytes - table : 4 * WHOLE_VECTORS;
    if (symbol && symbol->object && table - symbol->addr < symbol->size_bytes) {
        bytes = symbol->addr + symbol->size_bytes - table;
    }
    for (unsigned i = 0; i < w->table_count && i < WHOLE_VTORS; i++) {
        const uint32_t to_other = w->tables[i] - table;
        if (to_other >= 4 * INTERRUPTS && to_other < bytes &&
                model_symbol(w->model, w->tables[i]) == symbol) {
            bytes = to_other;
        }
    }
    return bytes / 4;
}

// It may hold an address of code: of another object the processor reads that
// as a vector, too.
static bool looks_like_vector(const struct whole *w, uint32_t addr) {
    const struct whole_cell_ *cell = whole_cell_at_(w, addr);
    struct whole_value_ v = {.kind = WHOLE_SET};
    if (cell) {
        v = cell->value;
    } else if (model_word(w->model, addr, &v.v[0])) {
        v.count = 1;
    }
    bool code = v.kind != WHOLE_SET && v.kind != WHOLE_NONE;
    for (unsigned i = 0; !code && i < v.count; i++) {
        const struct elf_section *s = model_section(w->model, v.v[i] & ~1u);
        code = s && v.v[i] & 1 && s->execute;
    }
    return code;
}

// Which bits are the table's; of more tables than that are one's.
static unsigned number_of(const struct whole *w, uint32_t table) {
    unsigned i = 0;
    while (i < w->table_count && i < WHOLE_VTORS && w->tables[i] != table) {
        i++;
    }
    return i < w->table_count ? i : WHOLE_VTORS;
}
#define ALL_TABLES (WHOLE_VTORS + 1)

bool whole_is_vector_(const struct whole *w, uint32_t table, uint32_t n) {
    const uint32_t *by = w->enabled[number_of(w, table)];
    return n < words_of(w, table) || by[n / 32] >> n % 32 & 1 ||
            ((n < INTERRUPTS || w->enables_any) &&
                    looks_like_vector(w, table + 4 * n));
}

uint32_t whole_enabled_end_(const struct whole *w, uint32_t table) {
    const uint32_t *by = w->enabled[number_of(w, table)];
    uint32_t n = WHOLE_VECTORS;
    while (n && !(by[(n - 1) / 32] >> (n - 1) % 32 & 1)) {
        n--;
    }
    return n;
}

bool whole_enables_(const struct whole *w, uint32_t n) {
    const uint32_t *by = w->enabled[ALL_TABLES];
    return n < INTERRUPTS || w->enables_any || n >= WHOLE_VECTORS ||
            by[n / 32] >> n % 32 & 1;
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

// Before which number those end that are known now: the core's, or all; 0:
// none.
static uint32_t known_end(const struct whole *w,
        const struct whole_state_ *state) {
    return is_loud(w, state)                      ? WHOLE_VECTORS
            : state->recent.begun != WHOLE_SILENT ? PENDSV
                                                  : 0;
}

static void use_table(struct whole *w, const struct whole_state_ *state,
        uint32_t table) {
    const uint32_t end = known_end(w, state);
    for (uint32_t n = NMI; n < end; n++) {
        struct whole_cell_ *cell = whole_is_vector_(w, table, n)
                ? whole_cell_(w, table + 4 * n)
                : NULL;
        if (!cell) {
            continue;
        }
        const struct whole_value_ *recent = w->in_handler || cell->shared
                ? NULL
                : whole_recent_(&state->recent, cell->addr);
        grow(w, cell, recent ? recent : &cell->value);
    }
}

static void enable(struct whole *w, unsigned number, uint32_t n) {
    uint32_t *by = w->enabled[number];
    if (n < WHOLE_VECTORS && !(by[n / 32] >> n % 32 & 1)) {
        by[n / 32] |= 1u << n % 32;
        w->changed = true;
    }
}

// Which tables VTOR may lead to.
static unsigned tables_of(const struct whole *w,
        const struct whole_state_ *state) {
    const struct whole_value_ *vtor = &state->recent.vtor;
    if (w->in_handler) {
        return w->exception_tables;
    }
    unsigned tables = vtor->kind == WHOLE_SET ? 0 : WHOLE_FIRST_TABLE;
    for (unsigned i = 0; i < vtor->count; i++) {
        tables |=
                model_forbidden(w->model, vtor->v[i]) ? WHOLE_WINDOW_TABLE : 0;
    }
    return tables | (w->vtor_shared ? w->exception_tables : 0);
}

unsigned whole_tables_(const struct whole *w,
        const struct whole_state_ *state) {
    return is_loud(w, state) ? tables_of(w, state) : 0;
}

static void add_tables(struct whole *w, unsigned tables) {
    w->changed |= (tables & ~w->exception_tables) != 0;
    w->exception_tables |= (uint8_t)tables;
}

void whole_lets_in_(struct whole *w, const struct whole_state_ *state) {
    const unsigned tables = tables_of(w, state);
    add_tables(w, tables);
    whole_stores_with_(w, tables);
}

void whole_table_used_(struct whole *w, const struct whole_state_ *state,
        uint32_t addr) {
    if (is_loud(w, state)) {
        add_tables(w, model_forbidden(w->model, addr) ? WHOLE_WINDOW_TABLE : 0);
        for (uint32_t n = 0; n < WHOLE_VECTORS; n++) {
            if (w->enabled[ALL_TABLES][n / 32] >> n % 32 & 1) {
                enable(w, number_of(w, addr), n);
            }
        }
    }
    use_table(w, state, addr);
}

// Armv7-M ARM B3.4.4: the 16 words that enable interrupts.
static bool is_enable(uint32_t addr) {
    return (addr & ~0x3Fu & ~0x20000u) == 0xE000E100u;
}

// It may be what VTOR is.
static bool may_be_used(const struct whole *w, const struct whole_state_ *state,
        uint32_t table) {
    const struct whole_value_ *vtor = &state->recent.vtor;
    bool used = w->in_handler || w->vtor_shared || vtor->kind != WHOLE_SET;
    for (unsigned i = 0; !used && i < vtor->count; i++) {
        used = vtor->v[i] == table;
    }
    return used;
}

static void enable_one(struct whole *w, const struct whole_state_ *state,
        uint32_t n) {
    enable(w, ALL_TABLES, n);
    for (size_t i = 0; i < w->table_count; i++) {
        if (may_be_used(w, state, w->tables[i])) {
            enable(w, number_of(w, w->tables[i]), n);
        }
    }
}

static void enables(struct whole *w, const struct whole_state_ *state,
        uint32_t addr, const struct whole_value_ *data) {
    if (data->kind != WHOLE_SET) {
        w->changed |= !w->enables_any;
        w->enables_any = true;
        return;
    }
    for (unsigned i = 0; i < data->count; i++) {
        for (uint32_t bits = data->v[i]; bits; bits &= bits - 1) {
            enable_one(w, state,
                    INTERRUPTS + 8 * (addr & 0x3Fu) +
                            (uint32_t)__builtin_ctz(bits));
        }
    }
}

static void use_tables(struct whole *w, const struct whole_state_ *state) {
    for (size_t i = 0; i < w->table_count && !whole_stopped_(w); i++) {
        use_table(w, state, w->tables[i]);
    }
}

// An outage may begin. When the handler of an interrupt runs, vectors are
// known; a task may have been begun by SVC.
static void begins(struct whole *w, struct whole_state_ *state) {
    if (w->in_handler) {
        const struct whole_root_ *root = &w->roots[w->root];
        const bool early = root->kind == WHOLE_TASK || root->early;
        w->changed |= early && !w->begins_early;
        w->begins_early |= early;
    } else if (state->recent.begun != WHOLE_LOUD) {
        state->recent.begun = WHOLE_LOUD;
        use_tables(w, state);
    }
}

#define AIRCR 0xE000ED0Cu
#define AIRCR_CORE_RESET 1u // VECTRESET

// Armv7-M ARM B3.2.6.
static void resets_core(struct whole *w, uint32_t addr,
        const struct whole_value_ *data) {
    const bool computed =
            data->kind == WHOLE_NUMBER || data->kind == WHOLE_RANGE;
    bool sets = data->kind != WHOLE_SET && !computed;
    for (unsigned i = 0; data->kind == WHOLE_SET && i < data->count; i++) {
        sets |= (data->v[i] & AIRCR_CORE_RESET) != 0;
    }
    if (sets && addr == AIRCR) {
        whole_resets_core_(w);
    }
}

void whole_stores_register_(struct whole *w, struct whole_state_ *state,
        uint32_t addr, const struct whole_value_ *data) {
    if (!whole_is_core_(addr) && !model_forbidden(w->model, w->pc)) {
        begins(w, state);
    }
    if (!is_control(addr) || is_quiet(addr)) {
        return;
    }
    resets_core(w, addr, data);
    if (is_enable(addr)) {
        enables(w, state, addr, data);
    }
    w->changed |= w->in_handler && !w->loud;
    w->loud |= w->in_handler;
    whole_lets_in_(w, state);
    if (state->recent.loud != WHOLE_LOUD) {
        state->recent.loud = WHOLE_LOUD;
        use_tables(w, state);
    }
}

void whole_stores_vector_(struct whole *w, const struct whole_state_ *state,
        struct whole_cell_ *cell, const struct whole_value_ *v) {
    const uint32_t end = known_end(w, state);
    bool known = end == WHOLE_VECTORS;
    for (size_t i = 0; !known && end && i < w->table_count; i++) {
        known = cell->addr - w->tables[i] < 4 * end;
    }
    if (known) {
        grow(w, cell, v);
    }
}

static struct whole_value_ while_live(const struct whole *w,
        const struct whole_cell_ *cell) {
    const bool always = w->loud || cell->shared || cell->given ||
            cell->live.kind == WHOLE_NONE;
    return always ? cell->value : cell->live;
}

struct whole_value_ whole_vector_(const struct whole *w,
        const struct whole_cell_ *cell, uint32_t n) {
    return n < PENDSV ? cell->value : while_live(w, cell);
}

struct whole_value_ whole_vector_in_outage_(const struct whole *w,
        const struct whole_cell_ *cell, uint32_t n) {
    return n < PENDSV && w->begins_early ? cell->value : while_live(w, cell);
}
