/*
 * code_stores - stores into code in RAM, and into what a note calls constant
 *
 * SPDX-License-Identifier: MIT
 *
 * The code that was judged is that of the image. A store to the address of an
 * instruction or of a pool changes it. Only functions that mention such an
 * address are walked; the copies of start code are assumption A2. A store to an
 * object of a `const` line, by any of the images, contradicts that line.
 */
#include <stdlib.h>

#include "base/array.h"
#include "check/judge/judge_priv.h"

struct range {
    uint32_t addr, size_bytes;
};

struct changes {
    struct analysis *a;
    struct range *ranges; // sections with code in RAM
    size_t count, room;
    struct range *objects; // of `const` lines
    size_t object_count, object_room;
    bool bits;   // the function that is walked mentions a bit-band region
    bool copies; // the function that is walked mentions what is copied
};

/// What is code ///

static bool in_ranges(const struct changes *c, uint32_t addr) {
    for (size_t i = 0; i < c->count; i++) {
        if (addr - c->ranges[i].addr < c->ranges[i].size_bytes) {
            return true;
        }
    }
    return false;
}

// An instruction, or a pool of a function.
static bool is_code(const struct changes *c, uint32_t addr) {
    addr = model_stored_at(&c->a->model, addr);
    if (!in_ranges(c, addr)) {
        return false;
    }
    const struct elf_image *image = model_image(&c->a->model, addr);
    const struct elf_symbol *symbol = model_symbol(&c->a->model, addr);
    uint32_t end;
    if (!image) { // a damaged file
        return false;
    }
    return elf_image_content(image, addr, &end) == ELF_CONTENT_THUMB ||
            (symbol && symbol->code && !symbol->object) ||
            model_in_function(&c->a->model, addr);
}

// The function's address, as pointers to functions hold it, is no place to
// write to.
static bool may_be_written(const struct changes *c, uint32_t word) {
    return !(word & 1) && is_code(c, word);
}

// Compilers form the address of an object from that of another one near it.
#define NEAR 4096u

static bool is_near(const struct range *object, uint32_t addr) {
    return addr - (object->addr - NEAR) < object->size_bytes + 2 * NEAR;
}

static bool near_object(const struct changes *c, uint32_t addr) {
    addr = model_stored_at(&c->a->model, addr);
    for (size_t i = 0; i < c->object_count; i++) {
        if (is_near(&c->objects[i], addr)) {
            return true;
        }
    }
    return false;
}

// The address of an object that is called constant; 0: of none.
static uint32_t object_at(const struct changes *c, uint32_t addr) {
    addr = model_stored_at(&c->a->model, addr);
    for (size_t i = 0; i < c->object_count; i++) {
        if (addr - c->objects[i].addr < c->objects[i].size_bytes) {
            return c->objects[i].addr;
        }
    }
    return 0;
}

static bool has_code(const struct elf_image *image,
        const struct elf_section *s) {
    uint32_t end;
    for (uint32_t at = s->addr; at - s->addr < s->size_bytes; at = end) {
        if (elf_image_content(image, at, &end) == ELF_CONTENT_THUMB) {
            return true;
        }
        if (end <= at) {
            break;
        }
    }
    return false;
}

static void add_ranges(struct changes *c, const struct elf_image *image) {
    const struct elf_section *s;
    for (size_t i = 0; (s = elf_image_section(image, i)); i++) {
        const bool ram = s->load_addr != s->addr ||
                (s->addr >= 0x20000000u && s->addr < 0x40000000u);
        if (s->zero || !s->size_bytes || !ram ||
                model_forbidden(&c->a->model, s->addr) || !has_code(image, s)) {
            continue;
        }
        struct range *grown =
                array_more(c->ranges, c->count, &c->room, sizeof *grown);
        if (!grown) {
            c->a->failed = true;
            return;
        }
        c->ranges = grown;
        c->ranges[c->count++] = (struct range){s->addr, s->size_bytes};
    }
}

static void add_object(struct changes *c, const struct elf_symbol *symbol) {
    struct range *grown = array_more(c->objects, c->object_count,
            &c->object_room, sizeof *grown);
    if (!grown) {
        c->a->failed = true;
        return;
    }
    c->objects = grown;
    c->objects[c->object_count++] =
            (struct range){symbol->addr, symbol->size_bytes};
}

static void add_objects(struct changes *c, const struct elf_image *image) {
    const struct elf_symbol *symbol;
    for (size_t i = 0; (symbol = elf_image_symbol_index(image, i)); i++) {
        if (symbol->object && symbol->size_bytes &&
                note_names(c->a, CHECK_NOTE_CONST, symbol->name)) {
            add_object(c, symbol);
        }
    }
}

/// Stores ///

// The walk reached a function that holds addr.
static bool reached(const struct changes *c, uint32_t addr) {
    addr = model_stored_at(&c->a->model, addr);
    for (size_t i = 0; i < c->a->node_count; i++) {
        const struct function_extent *extent = &c->a->nodes[i].extent;
        if (addr >= extent->entry_addr && addr < extent->end_addr) {
            return true;
        }
    }
    return false;
}

static void changed(struct changes *c, uint32_t insn_addr, uint32_t addr,
        const char *how) {
    const char *name = symbol_name(c->a, addr);
    finding_add(c->a,
            &(struct check_finding){.rule = CHECK_RULE_CODE_CHANGED,
                    .addr = insn_addr,
                    .target_addr = addr,
                    .target_known = true},
            NO_NODE, "%s code in RAM, %s (0x%08x)", how, name ? name : "?",
            (unsigned)addr);
}

static void object_changed(struct changes *c, uint32_t insn_addr,
        uint32_t addr) {
    const uint32_t object = object_at(c, addr);
    const char *name = symbol_name(c->a, object);
    finding_add(c->a,
            &(struct check_finding){.rule = CHECK_RULE_CONST_CHANGED,
                    .addr = insn_addr,
                    .target_addr = object,
                    .target_known = true},
            NO_NODE,
            "stores to %s (0x%08x), which a note says is never changed",
            name ? name : "?", (unsigned)addr);
}

// From where start code copies.
static bool is_source(const struct changes *c, const struct value *v) {
    bool all = v->count && !v->tainted &&
            (v->kind == VALUE_CONST || v->kind == VALUE_INSIDE ||
                    v->kind == VALUE_WORD_OF);
    for (unsigned i = 0; all && i < v->count; i++) {
        all = model_load_image(&c->a->model, v->v[i]) ||
                model_load_image(&c->a->model, v->v[i] + 8);
    }
    return all;
}

// It is what the image has there.
static bool same_word(const struct changes *c, uint32_t addr, uint32_t bytes,
        const struct value *data) {
    uint32_t word;
    return bytes == 4 && data && value_is_const(data) &&
            model_word(&c->a->model, addr, &word) && word == data->v[0];
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct changes *c = ctx;
    const bool known = addr->kind == VALUE_CONST || addr->kind == VALUE_INSIDE;
    if (how == FLOW_STORE && c->bits && c->count && addr->kind == VALUE_TOP) {
        changed(c, insn->addr, c->ranges[0].addr,
                "stores a bit somewhere, maybe into");
        return;
    }
    if (how != FLOW_STORE || !known || (data && is_source(c, data)) ||
            (c->copies && addr->kind == VALUE_INSIDE)) {
        return;
    }
    for (unsigned i = 0; i < addr->count; i++) {
        if (is_code(c, addr->v[i]) && !same_word(c, addr->v[i], bytes, data) &&
                (addr->kind == VALUE_INSIDE || reached(c, addr->v[i]))) {
            changed(c, insn->addr, addr->v[i], "stores into");
            return;
        }
        if (object_at(c, addr->v[i]) &&
                !same_word(c, addr->v[i], bytes, data)) {
            object_changed(c, insn->addr, addr->v[i]);
            return;
        }
    }
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct changes *c = ctx;
    (void)how, (void)direct, (void)sp_bytes;
    bool copies = false;
    for (unsigned k = 0; regs && k < VALUE_REGISTER_ARGUMENTS; k++) {
        copies |= is_source(c, flow_argument(regs, k));
    }
    for (unsigned k = 0; regs && !copies && k < VALUE_ARGUMENTS; k++) {
        const struct value *v = flow_argument(regs, k);
        const bool known = v->kind == VALUE_CONST || v->kind == VALUE_INSIDE;
        for (unsigned i = 0; known && i < v->count; i++) {
            if (may_be_written(c, v->v[i]) && reached(c, v->v[i]) &&
                    !flow_left_over(&c->a->model, target, k)) {
                changed(c, insn->addr, v->v[i], "passes on the address of");
                return;
            }
        }
    }
}

static bool is_watched(const struct changes *c, uint32_t addr) {
    return is_code(c, addr) || near_object(c, addr);
}

static bool mentions_pair(const struct changes *c, const uint16_t *low,
        unsigned count, uint32_t high) {
    for (unsigned i = 0; i < count && i < 8; i++) {
        if (is_watched(c, (high << 16 | low[i]) & ~1u)) {
            return true;
        }
    }
    return false;
}

// A word of it is the address of code in RAM, or the start of what is copied.
static bool mentions(void *ctx, const struct elf_symbol *symbol,
        const struct function_extent *extent) {
    struct changes *c = ctx;
    if (symbol->absolute) {
        return false;
    }
    uint16_t low[8];
    unsigned count = 0;
    bool found = false;
    const struct function_code code = model_code(&c->a->model, extent);
    c->copies = c->bits = false;
    for (uint32_t at = 0; at + 4 <= code.size_bytes; at += 2) {
        struct thumb_insn insn;
        const uint8_t *b = code.bytes + at;
        const uint32_t addr = code.addr + at, word = model_word_in(b);
        uint32_t end;
        // MOVS r0 in the upper half of a word looks like an address in RAM.
        const bool pool = !(addr & 3) &&
                (is_watched(c, word & ~1u) ||
                        model_makes_bit_band(&c->a->model, word)) &&
                elf_image_content(model_image(&c->a->model, addr), addr,
                        &end) != ELF_CONTENT_THUMB;
        c->bits |= pool && !is_watched(c, word & ~1u);
        found |= pool;
        c->copies |= !(word & 3) && model_load_image(&c->a->model, word);
        if (!thumb_decode(&insn, addr, b, 4) || !insn.immediate) {
            continue;
        }
        uint32_t literal; // its pool may lie behind the symbol
        if (model_literal(&c->a->model, &insn, &literal)) {
            found |= is_watched(c, literal & ~1u);
            c->copies |=
                    !(literal & 3) && model_load_image(&c->a->model, literal);
        }
        c->bits |= model_bit_band(&c->a->model,
                insn.op == THUMB_MOVT ? insn.imm << 16 : insn.imm, &end);
        found |= insn.op != THUMB_MOVT && insn.imm > VALUE_NUMBER_MAX &&
                is_watched(c, insn.imm & ~1u);
        if (insn.op == THUMB_ADD && insn.rn == 15) {
            found |= is_code(c, insn.target); // ADR
        } else if (insn.op == THUMB_MOV) {
            low[count++ % 8] = (uint16_t)insn.imm;
        } else if (insn.op == THUMB_MOVT) {
            found |= mentions_pair(c, low, count, insn.imm);
            for (unsigned i = 0; i < count && i < 8; i++) {
                c->copies |= model_load_image(&c->a->model,
                                     insn.imm << 16 | low[i]) != NULL;
            }
        }
    }
    return found || c->bits;
}

void code_stores_check(struct analysis *a) {
    struct changes c = {.a = a};
    const struct flow_events events = {
            .ctx = &c, .access = on_access, .call = on_call};
    for (size_t i = 0; i < a->model.image_count; i++) {
        add_ranges(&c, a->model.images[i]);
        add_objects(&c, a->model.images[i]);
    }
    for (size_t i = 0; (c.count || c.object_count) && i < a->model.image_count;
            i++) {
        analysis_scan(a, a->model.images[i], &events, mentions);
    }
    free(c.ranges);
    free(c.objects);
}
