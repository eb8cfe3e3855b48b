/*
 * settled - follows the addresses of objects in RAM through whole images
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/settled/settled.h"

#include <stdlib.h>
#include <string.h>

#include "check/settled/settled_priv.h"

/// Ranges ///

static int compare_range(const void *a, const void *b) {
    const struct span *x = a, *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

static int compare_u32(const void *a, const void *b) {
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

// The first range that ends behind addr; count if there is none.
static size_t range_behind(const struct spans *s, uint32_t addr) {
    size_t low = 0, high = s->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->all[middle].end <= addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool settled_touches_(const struct spans *s, uint32_t low, uint32_t end) {
    const size_t i = range_behind(s, low);
    return i < s->count && s->all[i].low < end;
}

void settled_merge_(struct spans *s) {
    size_t left = 0;
    if (s->count) {
        qsort(s->all, s->count, sizeof *s->all, compare_range);
    }
    for (size_t i = 0; i < s->count; i++) {
        if (left && s->all[i].low < s->all[left - 1].end) {
            if (s->all[i].end > s->all[left - 1].end) {
                s->all[left - 1].end = s->all[i].end;
            }
            s->all[left - 1].stores |= s->all[i].stores;
        } else {
            s->all[left++] = s->all[i];
        }
    }
    s->count = left;
}

void settled_add_span_(struct settled *s, struct spans *to, uint32_t low,
        uint32_t end) {
    struct span *all = array_more(to->all, to->count, &to->room, sizeof *all);
    if (!all) {
        s->failed = true;
        return;
    }
    to->all = all;
    to->all[to->count++] = (struct span){.low = low, .end = end};
}

void settled_add_(struct settled *s, struct numbers *to, uint32_t number) {
    if (to->count && to->all[to->count - 1] == number) {
        return;
    }
    uint32_t *all = array_more(to->all, to->count, &to->room, sizeof *all);
    if (!all) {
        s->failed = true;
        return;
    }
    to->all = all;
    to->all[to->count++] = number;
}

static void sort_numbers(struct numbers *n) {
    if (n->count) {
        qsort(n->all, n->count, sizeof *n->all, compare_u32);
    }
}

bool settled_in_(const struct numbers *n, uint32_t number) {
    return n->count &&
            bsearch(&number, n->all, n->count, sizeof number, compare_u32);
}

/// What is wanted ///

static bool in_ram(const struct model *model, const struct elf_section *s) {
    return s->size_bytes && !model_forbidden(model, s->addr) &&
            !model_device(model, s->addr) && s->addr > VALUE_NUMBER_MAX &&
            (s->write || s->zero || s->load_addr != s->addr);
}

// One section of one image is there.
static bool is_unique(const struct model *model, uint32_t addr) {
    unsigned found = 0;
    for (size_t k = 0; k < model->image_count; k++) {
        const struct elf_section *s;
        for (size_t i = 0; (s = elf_image_section(model->images[k], i)); i++) {
            found += addr - s->addr < s->size_bytes;
        }
    }
    return found == 1;
}

static void want(struct settled *s, const struct settled_range *range) {
    const struct elf_section *in = model_section(s->model, range->addr);
    if (!in || !in_ram(s->model, in) || range->size_bytes < 4 ||
            range->size_bytes > in->size_bytes - (range->addr - in->addr) ||
            !is_unique(s->model, range->addr)) {
        return;
    }
    settled_add_span_(s, &s->wanted, range->addr,
            range->addr + range->size_bytes);
    if (!s->failed) {
        s->wanted.all[s->wanted.count - 1].stores = range->stores;
    }
}

// Objects that overlap are one.
static void want_overlapping(struct settled *s) {
    for (bool grown = true; grown;) {
        grown = false;
        for (size_t k = 0; k < s->model->image_count; k++) {
            const struct elf_symbol *symbol;
            for (size_t i = 0;
                    (symbol = elf_image_symbol_index(s->model->images[k], i));
                    i++) {
                const uint32_t end = symbol->addr + symbol->size_bytes;
                const size_t at = range_behind(&s->wanted, symbol->addr);
                if (!symbol->object || symbol->absolute ||
                        at == s->wanted.count || s->wanted.all[at].low >= end) {
                    continue;
                }
                struct span *w = &s->wanted.all[at];
                if (symbol->addr < w->low || end > w->end) {
                    w->low = symbol->addr < w->low ? symbol->addr : w->low;
                    w->end = end > w->end ? end : w->end;
                    grown = true;
                }
            }
        }
        settled_merge_(&s->wanted);
    }
}

// Addresses by which the linker tells code where memory begins and ends: a
// pointer made from one goes through all of it.
static void find_bounds(struct settled *s) {
    for (size_t k = 0; k < s->model->image_count; k++) {
        const struct elf_image *image = s->model->images[k];
        const struct elf_section *in;
        const struct elf_symbol *symbol;
        for (size_t i = 0; (in = elf_image_section(image, i)); i++) {
            if (in_ram(s->model, in)) {
                settled_add_span_(s, &s->memory, in->addr,
                        in->addr + in->size_bytes);
                settled_add_(s, &s->bounds, in->addr);
                settled_add_(s, &s->bounds, in->addr + in->size_bytes);
            }
        }
        for (size_t i = 0; (symbol = elf_image_symbol_index(image, i)); i++) {
            const struct elf_section *at =
                    model_section(s->model, symbol->addr);
            at = at ? at : model_section(s->model, symbol->addr - 1);
            if (at && in_ram(s->model, at) && !symbol->function &&
                    (!symbol->object || !symbol->size_bytes ||
                            symbol->absolute)) {
                settled_add_(s, &s->bounds, symbol->addr);
            }
        }
    }
    sort_numbers(&s->bounds);
    settled_merge_(&s->memory);
}

// Of what shares its place with something else, one only is looked at.
static bool has_overlays(const struct elf_image *image) {
    const struct elf_section *x, *y;
    for (size_t i = 0; (x = elf_image_section(image, i)); i++) {
        for (size_t k = i + 1; (y = elf_image_section(image, k)); k++) {
            if (x->size_bytes && y->size_bytes && !x->zero && !y->zero &&
                    y->addr - x->addr < x->size_bytes) {
                return true;
            }
        }
    }
    return false;
}

static void find_near(struct settled *s) {
    for (size_t i = 0; i < s->wanted.count; i++) {
        const struct span *w = &s->wanted.all[i];
        settled_add_span_(s, &s->near, w->low - SETTLED_REACH,
                w->end + SETTLED_REACH);
    }
    settled_merge_(&s->near);
}

bool settled_near_(const struct settled *s, uint32_t low, uint32_t end) {
    size_t from = 0, to = s->bounds.count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (s->bounds.all[middle] < low) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    const bool bound = from < s->bounds.count && s->bounds.all[from] < end;
    return bound || settled_touches_(&s->near, low, end);
}

// Of struct model.
static bool is_kept(const void *ctx, uint32_t addr) {
    const struct settled *s = ctx;
    if (!s->model->options->alias_count && addr - 0x22000000u >= 0x2000000u &&
            (addr < s->lowest || addr > s->highest)) {
        return false;
    }
    addr = model_stored_at(s->model, addr);
    return settled_touches_(&s->near, addr, addr + 1) ||
            settled_in_(&s->bounds, addr);
}

bool settled_kept_(const struct settled *s, uint32_t addr) {
    return is_kept(s, addr);
}

/// What is changed ///

// The search ends where nothing is left to be found.
static void give_up(struct settled *s, struct span *wanted) {
    if (!wanted->changed && !wanted->stores && !--s->left) {
        s->nothing = true;
    }
    wanted->changed = true;
}

static void change(struct settled *s, uint32_t low, uint32_t end) {
    for (size_t i = range_behind(&s->wanted, low);
            i < s->wanted.count && s->wanted.all[i].low < end; i++) {
        give_up(s, &s->wanted.all[i]);
    }
}

void settled_lose_(struct settled *s, uint32_t addr) {
    const size_t i = range_behind(&s->wanted, addr);
    if (i == s->wanted.count || s->wanted.all[i].low > addr) {
        return;
    }
    settled_add_(s, &s->lost, addr);
    if (s->wanted.all[i].end - s->wanted.all[i].low <= 4) {
        give_up(s, &s->wanted.all[i]);
    }
}

// The memory that a linker symbol begins or ends, and what follows it closely.
static void change_from(struct settled *s, uint32_t bound) {
    const size_t before = range_behind(&s->memory, bound - 1);
    uint32_t end = bound;
    if (before < s->memory.count && s->memory.all[before].low < bound) {
        change(s, s->memory.all[before].low, bound);
    }
    for (size_t i = range_behind(&s->memory, bound);
            i < s->memory.count && s->memory.all[i].low < end + SETTLED_REACH;
            i++) {
        end = s->memory.all[i].end;
    }
    change(s, bound, end);
}

static void change_object(struct settled *s, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(s->model, addr);
    if (symbol && symbol->object && addr - symbol->addr < symbol->size_bytes) {
        change(s, symbol->addr, symbol->addr + symbol->size_bytes);
    }
    change(s, addr, addr + 1);
}

void settled_escape_at_(struct settled *s, uint32_t addr, bool offset) {
    if (!is_kept(s, addr)) {
        return;
    }
    addr = model_stored_at(s->model, addr);
    change_object(s, addr);
    change_object(s, addr - 1); // one past the end of that
    if (offset) {
        const struct elf_symbol *symbol = model_symbol(s->model, addr);
        const bool in = symbol && symbol->object &&
                addr - symbol->addr < symbol->size_bytes;
        change(s, (in ? symbol->addr : addr) - SETTLED_REACH,
                (in ? symbol->addr + symbol->size_bytes : addr) +
                        SETTLED_REACH);
    }
    if (settled_in_(&s->bounds, addr)) {
        change_from(s, addr);
    }
}

void settled_escape_(struct settled *s, const struct value *value) {
    const bool exact = value->kind == VALUE_CONST;
    if (value->kind == VALUE_TOP && value->count == VALUE_MANY) {
        s->nothing = true;
    } else if (exact || value->kind == VALUE_INSIDE ||
            value->kind == VALUE_TOP) {
        for (unsigned i = 0; i < value->count; i++) {
            settled_escape_at_(s, value->v[i], !exact);
        }
    }
}

/// Results ///

static int compare_store(const void *a, const void *b) {
    const struct exact_store *x = a, *y = b;
    if (x->addr != y->addr) {
        return (x->addr > y->addr) - (x->addr < y->addr);
    }
    return (x->value > y->value) - (x->value < y->value);
}

void settled_sort_(struct settled *s) {
    sort_numbers(&s->lost);
    if (s->store_count) {
        qsort(s->stores, s->store_count, sizeof *s->stores, compare_store);
    }
    if (s->copy_count) {
        qsort(s->copies, s->copy_count, sizeof *s->copies, compare_store);
    }
}

struct settled *settled_find(const struct model *model,
        const struct settled_range *wanted, size_t count) {
    struct settled *s = calloc(1, sizeof *s);
    if (!s) {
        return NULL;
    }
    s->model = model;
    s->zeroed_from = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        want(s, &wanted[i]);
    }
    settled_merge_(&s->wanted);
    want_overlapping(s);
    s->left = s->wanted.count;
    for (size_t k = 0; k < model->image_count; k++) {
        s->nothing |= has_overlays(model->images[k]);
    }
    find_bounds(s);
    find_near(s);
    s->walk = *model;
    s->walk.world.ctx = &s->walk;
    s->walk.settled = NULL;
    s->walk.keep_words = false;
    s->walk.kept = is_kept;
    s->walk.kept_ctx = s;
    if (s->wanted.count && s->near.count && !s->failed) {
        s->lowest = s->near.all[0].low;
        s->highest = s->near.all[s->near.count - 1].end;
        if (s->bounds.count) {
            const uint32_t first = s->bounds.all[0];
            const uint32_t last = s->bounds.all[s->bounds.count - 1];
            s->lowest = first < s->lowest ? first : s->lowest;
            s->highest = last > s->highest ? last : s->highest;
        }
        settled_scan_(s);
    }
    if (s->failed) {
        settled_free(s);
        return NULL;
    }
    return s;
}

void settled_free(struct settled *s) {
    if (s) {
        free(s->wanted.all);
        free(s->memory.all);
        free(s->near.all);
        free(s->indexed.all);
        free(s->cleared.all);
        free(s->bounds.all);
        free(s->lost.all);
        free(s->loaded.all);
        free(s->stores);
        free(s->copies);
        free(s->results);
        free(s->held);
        free(s->calls);
        free(s->open);
        free(s);
    }
}

static size_t first_of(const struct exact_store *stores, size_t count,
        uint32_t addr) {
    size_t low = 0, high = count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (stores[middle].addr < addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool add_value(uint32_t *values, unsigned *count, uint32_t value) {
    unsigned i = 0;
    while (i < *count && values[i] < value) {
        i++;
    }
    if (i < *count && values[i] == value) {
        return true;
    }
    if (*count == VALUE_CONSTS) {
        return false;
    }
    memmove(&values[i + 1], &values[i], (*count - i) * sizeof *values);
    values[i] = value;
    ++*count;
    return true;
}

// What it holds before anything is stored. A2: start code has copied what is
// initialised. What is not copied is zero only if code was seen to clear it:
// other memory may keep what it held before the reset.
static bool initial(const struct settled *s, uint32_t addr, uint32_t *word) {
    const struct elf_section *in = model_section(s->model, addr);
    const size_t at = range_behind(&s->cleared, addr);
    const bool cleared =
            at < s->cleared.count && s->cleared.all[at].low <= addr;
    return in && (in->zero ? cleared : in->loaded) &&
            model_word(s->model, addr, word);
}

#define COPIES_DEEP 4u

static bool add_all(const struct settled *s, uint32_t addr, uint32_t *values,
        unsigned *count, unsigned depth) {
    const size_t w = range_behind(&s->wanted, addr);
    uint32_t word;
    if (depth == COPIES_DEEP || addr & 3 || w == s->wanted.count ||
            s->wanted.all[w].low > addr || s->wanted.all[w].end - addr < 4 ||
            s->wanted.all[w].changed || settled_in_(&s->lost, addr) ||
            !initial(s, addr, &word) || !add_value(values, count, word)) {
        return false;
    }
    for (size_t i = first_of(s->stores, s->store_count, addr);
            i < s->store_count && s->stores[i].addr == addr; i++) {
        if (!add_value(values, count, s->stores[i].value)) {
            return false;
        }
    }
    for (size_t i = first_of(s->copies, s->copy_count, addr);
            i < s->copy_count && s->copies[i].addr == addr; i++) {
        if (!add_all(s, s->copies[i].value, values, count, depth + 1)) {
            return false;
        }
    }
    return addr < s->zeroed_from || add_value(values, count, 0);
}

unsigned settled_values(const void *ctx, uint32_t addr, uint32_t *values) {
    const struct settled *s = ctx;
    unsigned count = 0;
    if (s->nothing || !add_all(s, addr, values, &count, 0)) {
        return 0;
    }
    // Which of several it is in an outage is not known: with one in the window,
    // nothing is. Where the window is at 0 a null pointer leads there.
    for (unsigned i = 0; count > 1 && i < count; i++) {
        if (model_forbidden(s->model, values[i])) {
            return 0;
        }
    }
    return count;
}

size_t settled_stores(const struct settled *s, uint32_t addr, uint32_t *values,
        size_t max) {
    size_t count = 0;
    for (size_t i = first_of(s->stores, s->store_count, addr);
            i < s->store_count && s->stores[i].addr == addr && count < max;
            i++) {
        if (!count || values[count - 1] != s->stores[i].value) {
            values[count++] = s->stores[i].value;
        }
    }
    return count;
}

bool settled_tells(const struct settled *s) {
    for (size_t i = 0; i < s->wanted.count; i++) {
        const struct span *w = &s->wanted.all[i];
        const size_t store = first_of(s->stores, s->store_count, w->low);
        if (store < s->store_count && s->stores[store].addr < w->end) {
            return true;
        }
        for (uint32_t at = (w->low + 3) & ~3u; at < w->end; at += 4) {
            uint32_t values[VALUE_CONSTS];
            const unsigned count = settled_values(s, at, values);
            if (count && values[count - 1] > VALUE_NUMBER_MAX) {
                return true;
            }
        }
    }
    return false;
}

bool settled_source(const struct settled *s, size_t *i, uint32_t *addr) {
    while (!s->nothing && *i < s->copy_count) {
        const struct exact_store *copy = &s->copies[(*i)++];
        const size_t to = range_behind(&s->wanted, copy->addr);
        if (to < s->wanted.count && s->wanted.all[to].low <= copy->addr &&
                !s->wanted.all[to].changed &&
                !settled_touches_(&s->wanted, copy->value, copy->value + 4)) {
            *addr = copy->value;
            return true;
        }
    }
    return false;
}
