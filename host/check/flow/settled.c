/*
 * settled - a scan for stores over whole images
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/flow/settled.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

#include "check/flow/flow.h"

struct exact_store {
    uint32_t addr, value;
};

struct settled {
    const struct model *model;
    uint32_t *touched; // objects, ascending once finished
    size_t touched_count, touched_room;
    struct exact_store *stores; // by address once finished
    size_t store_count, store_room;
    bool failed;
};

/// Collecting ///

static void *grow(struct settled *s, void *array, size_t count, size_t *room,
        size_t each) {
    void *grown = array_more(array, count, room, each);
    s->failed = s->failed || !grown;
    return grown;
}

static void touch(struct settled *s, uint32_t addr) {
    if (model_forbidden(s->model, addr) || model_device(addr) ||
            !model_image(s->model, addr)) {
        return;
    }
    const uint32_t object = s->model->world.object(s->model, addr);
    if (s->touched_count && s->touched[s->touched_count - 1] == object) {
        return;
    }
    uint32_t *touched = grow(s, s->touched, s->touched_count, &s->touched_room,
            sizeof *touched);
    if (touched) {
        s->touched = touched;
        touched[s->touched_count++] = object;
    }
}

static void touch_value(struct settled *s, const struct value *value) {
    if (value->kind == VALUE_CONST) {
        for (unsigned i = 0; i < value->count; i++) {
            touch(s, value->v[i]);
        }
    } else if (value->kind == VALUE_INSIDE || value->kind == VALUE_INITIAL) {
        touch(s, value->v[0]);
    }
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct settled *s = ctx;
    (void)insn;
    if (how != FLOW_STORE) {
        return;
    }
    touch_value(s, addr);
    if (!data) {
        return;
    }
    touch_value(s, data);
    if (!value_is_const(addr) || data->kind != VALUE_CONST || bytes != 4) {
        return;
    }
    for (unsigned i = 0; i < data->count; i++) {
        struct exact_store *stores = grow(s, s->stores, s->store_count,
                &s->store_room, sizeof *stores);
        if (stores) {
            s->stores = stores;
            s->stores[s->store_count++] = (struct exact_store){
                    .addr = addr->v[0], .value = data->v[i]};
        }
    }
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    (void)insn, (void)how, (void)direct, (void)sp_bytes;
    for (unsigned i = 0; regs && i < 4; i++) {
        // The register that held a table's address is no argument.
        if (target->kind != VALUE_WORD_OF || regs[i].kind != VALUE_CONST ||
                regs[i].v[0] != target->v[0]) {
            touch_value(ctx, &regs[i]);
        }
    }
}

/// The whole image ///

static void scan_code(struct settled *s, const struct elf_image *image) {
    const struct flow_events events = {
            .ctx = s, .call = on_call, .access = on_access};
    const struct elf_symbol *symbol;
    uint32_t last = 0;
    for (size_t i = 0; (symbol = elf_image_symbol_index(image, i)); i++) {
        struct function_extent extent;
        struct flow_result result;
        if (!symbol->function || symbol->absolute ||
                (last && symbol->addr == last) ||
                model_image(s->model, symbol->addr) != image ||
                !model_function(s->model, symbol->addr, &extent)) {
            continue;
        }
        last = symbol->addr;
        if (!flow_function(s->model, &extent, symbol->addr, &events, &result)) {
            s->failed = true;
            return;
        }
    }
}

// An object that data points to can be changed through that data.
static void scan_data(struct settled *s, const struct elf_image *image) {
    const struct elf_section *section;
    for (size_t i = 0; (section = elf_image_section(image, i)); i++) {
        const uint8_t *bytes = section->zero
                ? NULL
                : elf_image_bytes(image, section->addr, section->size_bytes);
        for (uint32_t at = 0; bytes && at + 4 <= section->size_bytes; at += 4) {
            uint32_t word, end;
            const uint32_t addr = section->addr + at;
            if (addr & 3 ||
                    elf_image_content(image, addr, &end) == ELF_CONTENT_THUMB) {
                continue;
            }
            const struct elf_symbol *symbol = elf_image_symbol_at(image, addr);
            if (symbol && symbol->function) {
                continue; // a pool: the walk of the code sees its use
            }
            memcpy(&word, bytes + at, 4);
            touch(s, word);
        }
    }
}

static int compare_u32(const void *a, const void *b) {
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static int compare_store(const void *a, const void *b) {
    const struct exact_store *x = a, *y = b;
    if (x->addr != y->addr) {
        return (x->addr > y->addr) - (x->addr < y->addr);
    }
    return (x->value > y->value) - (x->value < y->value);
}

struct settled *settled_find(const struct model *model) {
    struct settled *s = calloc(1, sizeof *s);
    if (!s) {
        return NULL;
    }
    s->model = model;
    for (size_t i = 0; i < model->image_count && !s->failed; i++) {
        scan_code(s, model->images[i]);
        scan_data(s, model->images[i]);
    }
    if (s->failed) {
        settled_free(s);
        return NULL;
    }
    if (s->touched_count) {
        qsort(s->touched, s->touched_count, sizeof *s->touched, compare_u32);
    }
    if (s->store_count) {
        qsort(s->stores, s->store_count, sizeof *s->stores, compare_store);
    }
    return s;
}

void settled_free(struct settled *settled) {
    if (settled) {
        free(settled->touched);
        free(settled->stores);
        free(settled);
    }
}

bool settled_touched(const struct settled *settled, uint32_t addr) {
    const uint32_t object = settled->model->world.object(settled->model, addr);
    return settled->touched_count &&
            bsearch(&object, settled->touched, settled->touched_count,
                    sizeof object, compare_u32);
}

bool settled_has(const void *ctx, uint32_t addr) {
    const struct settled *settled = ctx;
    const struct elf_symbol *symbol = model_symbol(settled->model, addr);
    return symbol && symbol->object &&
            addr - symbol->addr < symbol->size_bytes &&
            model_bytes(settled->model, addr, 4) &&
            !settled_touched(settled, addr);
}

size_t settled_stores(const struct settled *settled, uint32_t addr,
        uint32_t *values, size_t max) {
    size_t low = 0, high = settled->store_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (settled->stores[middle].addr < addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t count = 0;
    for (; low < settled->store_count && settled->stores[low].addr == addr &&
            count < max;
            low++) {
        if (!count || values[count - 1] != settled->stores[low].value) {
            values[count++] = settled->stores[low].value;
        }
    }
    return count;
}
