/*
 * vector_stores - what code writes into the vector table in RAM
 *
 * SPDX-License-Identifier: MIT
 *
 * A store to an entry is made through an address that was formed from the
 * table's own, from that of an object before it (the anchor of its section), or
 * read from VTOR. Only functions that mention one of these are walked.
 */
#include <string.h>

#include "check/begin/begin_priv.h"

// Compilers reach an object from an anchor at most so far before it.
#define ANCHOR_BYTES 4096u
// And so far behind it; the end of the table may begin a loop.
#define ANCHOR_BELOW_BYTES 256u

#define PASSED 16u // calls of one function

struct writes {
    struct analysis *a;
    const struct vector_table *table;
    const struct elf_image *image; // whose words are looked at
    uint32_t size_bytes;
    uint32_t function; // that is walked
    bool bits;         // it mentions a bit-band region
    // Its calls that pass the table on are walked into.
    uint32_t passed[PASSED];
    bool walked[PASSED];
    unsigned passed_count, depth;
    bool unknown;
    uint32_t unknown_addr;
    const char *unknown_how;
};

static bool in_table(const struct writes *w, uint32_t addr) {
    return addr - w->table->addr < w->size_bytes ||
            model_stored_at(&w->a->model, addr) - w->table->addr <
            w->size_bytes;
}

static void cannot_tell(struct writes *w, uint32_t addr, const char *how) {
    if (!w->unknown) {
        w->unknown = true;
        w->unknown_addr = addr;
        w->unknown_how = how;
    }
}

// In what start code copies, or just before: some loops add first.
static bool in_load_image(const struct writes *w, uint32_t addr) {
    const struct model *model = &w->a->model;
    const struct elf_section *s = model_load_image(model, addr);
    s = s ? s : model_load_image(model, addr + 8);
    return s && s->addr <= w->table->addr;
}

// A word that start code copies, or where it finds it: that the table holds its
// initial values afterwards is assumption A2.
static bool is_copied(const struct writes *w, const struct value *v) {
    bool all = v->count && !v->tainted &&
            (v->kind == VALUE_WORD_OF || v->kind == VALUE_CONST ||
                    v->kind == VALUE_INSIDE);
    for (unsigned i = 0; all && i < v->count; i++) {
        all = in_load_image(w, v->v[i]);
    }
    return all;
}

static bool is_length(const struct value *v) {
    return v->kind == VALUE_CONST && v->distance;
}

// The address of the table, or of something inside of it.
static bool leads_in(const struct writes *w, const struct value *v) {
    const bool many = v->kind == VALUE_CONST || v->kind == VALUE_INSIDE;
    for (unsigned i = 0; many && i < v->count; i++) {
        if (in_table(w, v->v[i])) {
            return true;
        }
    }
    // Or made from it (is_kept), or its distance to something.
    return is_length(v) ||
            (v->kind == VALUE_INITIAL && v->v[1] == FLOW_VTOR_ADDR) ||
            (v->kind == VALUE_TOP && v->count);
}

// What is made from the table's address is followed.
static bool is_kept(const void *ctx, uint32_t addr) {
    return in_table(ctx, addr);
}

// A function in the window, before the end of the table by an index: it may
// also be behind, in the object that follows.
static bool counts_down(const struct writes *w, const struct value *addr,
        const struct value *data) {
    uint32_t word;
    bool from_end = false;
    for (unsigned i = 0; addr->kind == VALUE_INSIDE && i < addr->count; i++) {
        from_end |= addr->v[i] == w->table->addr + w->size_bytes;
    }
    return from_end && data &&
            value_forbidden(&w->a->model.world, data, &word) && word & 1;
}

static void exact(struct writes *w, const struct thumb_insn *insn,
        uint32_t addr, const struct value *data, uint32_t bytes) {
    const uint32_t n = (addr - w->table->addr) / 4;
    if (addr & 3 || addr - w->table->addr >= w->size_bytes || bytes != 4 ||
            !data || data->kind != VALUE_CONST) {
        cannot_tell(w, insn->addr, "stores a vector that is not known");
        return;
    }
    for (unsigned i = 0; i < data->count; i++) {
        vector_stored(w->a, w->table, n, data->v[i]);
    }
}

/// Results ///

static bool result_used(const struct writes *w, uint32_t function, unsigned r,
        unsigned depth);

// A branch at insn enters the function, and r, its result, is looked at.
static bool uses_result(const struct writes *w, const struct thumb_insn *insn,
        uint32_t function, unsigned r, unsigned depth) {
    const struct model *model = &w->a->model;
    bool veneer = false;
    if ((insn->op != THUMB_BL && insn->op != THUMB_B) ||
            analysis_past_veneers(w->a, insn->target, &veneer) != function) {
        return false;
    }
    const struct elf_symbol *caller = model_symbol(model, insn->addr);
    if (insn->op == THUMB_BL) {
        return !flow_ignores(model, insn->addr + insn->size_bytes, r);
    }
    // A jump inside the function, or a tail call.
    return !caller ||
            (caller->addr != function && !analysis_is_veneer(w->a, caller) &&
                    result_used(w, caller->addr, r, depth + 1));
}

static bool section_uses(const struct writes *w, const struct elf_image *image,
        const struct elf_section *section, uint32_t function, unsigned r,
        unsigned depth) {
    const uint32_t last = section->addr + section->size_bytes;
    for (uint32_t addr = section->addr; addr < last;) {
        uint32_t end = last;
        const enum elf_content content = elf_image_content(image, addr, &end);
        end = end > addr && end < last ? end : last;
        while (content != ELF_CONTENT_DATA && addr + 2 <= end) {
            struct thumb_insn insn;
            const uint32_t room = end - addr < 4 ? end - addr : 4;
            const uint8_t *b = elf_image_bytes(image, addr, room);
            if (!b || !thumb_decode(&insn, addr, b, room)) {
                addr += 2;
                continue;
            }
            if (uses_result(w, &insn, function, r, depth)) {
                return true;
            }
            addr += insn.size_bytes;
        }
        addr = end;
    }
    return false;
}

#define TAILS_DEEP 4u

// What the function leaves in r may be its result: a call looks at it.
static bool result_used(const struct writes *w, uint32_t function, unsigned r,
        unsigned depth) {
    bool used = depth == TAILS_DEEP;
    for (size_t k = 0; !used && k < w->a->model.image_count; k++) {
        const struct elf_image *image = w->a->model.images[k];
        const struct elf_section *s;
        for (size_t i = 0; !used && (s = elf_image_section(image, i)); i++) {
            used = !s->zero && section_uses(w, image, s, function, r, depth);
        }
    }
    return used;
}

static void on_gone(void *ctx, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where) {
    struct writes *w = ctx;
    const bool result =
            where == FLOW_GONE_RETURN || where == FLOW_GONE_RETURN_HIGH;
    // A callee's result is followed in its caller.
    if (!leads_in(w, value) || (result && w->depth)) {
        return;
    }
    if (!result) {
        cannot_tell(w, insn ? insn->addr : w->function,
                "keeps the table's address somewhere");
    } else if (result_used(w, w->function, where == FLOW_GONE_RETURN_HIGH, 0)) {
        cannot_tell(w, insn->addr, "returns the table's address");
    }
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct writes *w = ctx;
    if (how != FLOW_STORE) {
        return;
    }
    if (value_is_const(addr) && in_table(w, addr->v[0])) {
        exact(w, insn, addr->v[0], data, bytes);
    } else if ((leads_in(w, addr) || (w->bits && addr->kind == VALUE_TOP) ||
                       counts_down(w, addr, data)) &&
            !(data && data->kind == VALUE_WORD_OF && is_copied(w, data))) {
        cannot_tell(w, insn->addr,
                addr->kind == VALUE_INITIAL
                        ? "stores through the address in VTOR"
                        : "stores somewhere into the table");
    }
    const bool to_vtor = value_is_const(addr) && addr->v[0] == FLOW_VTOR_ADDR;
    if (data && addr->kind != VALUE_STACK && !to_vtor && leads_in(w, data)) {
        cannot_tell(w, insn->addr, "keeps the table's address somewhere");
    }
}

static const char passes_on[] = "passes on the table's address";

// Argument k of a call is the table's address, and the callee may look at it.
static bool passed(const struct writes *w, const struct value *target,
        const struct value *regs, unsigned k) {
    const struct value *arg = flow_argument(regs, k);
    return leads_in(w, arg) && !flow_left_over(&w->a->model, target, k);
}

// A call that passes the table on: it has to be walked into.
static void pass(struct writes *w, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target) {
    unsigned i = 0;
    while (i < w->passed_count && w->passed[i] != insn->addr) {
        i++;
    }
    if ((how != FLOW_CALL && !w->depth) || !value_is_const(target) ||
            i == PASSED) {
        cannot_tell(w, insn->addr, passes_on);
    } else if (i == w->passed_count) {
        w->passed[w->passed_count] = insn->addr;
        w->walked[w->passed_count++] = false;
    }
}

static bool walks_into(void *ctx, uint32_t target, const struct value *regs) {
    const struct value callee = value_const(target | 1);
    for (unsigned k = 0; k < VALUE_ARGUMENTS; k++) {
        if (passed(ctx, &callee, regs, k)) {
            return true;
        }
    }
    return false;
}

static void on_inlined(void *ctx, const struct thumb_insn *insn,
        uint32_t callee, enum flow_inlined how) {
    struct writes *w = ctx;
    (void)callee;
    w->depth += how == FLOW_INLINED_ENTER;
    w->depth -= how == FLOW_INLINED_LEAVE;
    for (unsigned i = 0; i < w->passed_count; i++) {
        if (w->passed[i] == insn->addr && how == FLOW_INLINED_NOT) {
            cannot_tell(w, insn->addr, passes_on);
        }
        w->walked[i] |= w->passed[i] == insn->addr;
    }
}

// The walk of a function has ended.
static void end_function(struct writes *w) {
    for (unsigned i = 0; i < w->passed_count; i++) {
        if (!w->walked[i]) {
            cannot_tell(w, w->passed[i], passes_on);
        }
    }
    w->passed_count = 0;
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct writes *w = ctx;
    (void)direct, (void)sp_bytes;
    bool copies = false;
    for (unsigned k = 0; regs && k < VALUE_REGISTER_ARGUMENTS; k++) {
        copies |= is_copied(w, flow_argument(regs, k));
    }
    for (unsigned k = 0; regs && !copies && k < VALUE_ARGUMENTS; k++) {
        if (passed(w, target, regs, k)) {
            pass(w, insn, how, target);
        }
    }
}

static bool near(const struct writes *w, uint32_t word) {
    return word == FLOW_VTOR_ADDR || word - 0xE000ED00u < 0x40u ||
            word - (w->table->addr - ANCHOR_BYTES) <
            ANCHOR_BYTES + w->size_bytes + ANCHOR_BELOW_BYTES;
}

// A word at any halfword of the function, or MOVW and MOVT, in any order.
static bool mentions(void *ctx, const struct elf_symbol *symbol,
        const struct function_extent *extent) {
    struct writes *w = ctx;
    end_function(w);
    if (symbol->absolute) {
        return false;
    }
    w->function = symbol->addr;
    bool found = false, high = false, low = false;
    const struct function_code code = model_code(&w->a->model, extent);
    w->bits = false;
    for (uint32_t at = 0; at + 4 <= code.size_bytes; at += 2) {
        struct thumb_insn insn;
        const uint8_t *b = code.bytes + at;
        const uint32_t addr = code.addr + at, word = model_word_in(b);
        uint32_t end;
        w->bits |= !(addr & 3) && model_makes_bit_band(&w->a->model, word) &&
                elf_image_content(model_image(&w->a->model, addr), addr,
                        &end) == ELF_CONTENT_DATA;
        found |= near(w, word);
        if (!thumb_decode(&insn, addr, b, 4) || !insn.immediate) {
            continue;
        }
        uint32_t literal; // its pool may lie behind the symbol
        found |= model_literal(&w->a->model, &insn, &literal) &&
                near(w, literal);
        if (insn.op == THUMB_MOVT) {
            const uint32_t first = (w->table->addr - ANCHOR_BYTES) >> 16;
            const uint32_t last = (w->table->addr + w->size_bytes) >> 16;
            high |= (insn.imm >= first && insn.imm <= last) ||
                    insn.imm == 0xE000u;
        }
        low |= insn.op == THUMB_MOV;
        // 0x20000000 and 0xE000E000 are immediates of one instruction.
        w->bits |= model_bit_band(&w->a->model,
                insn.op == THUMB_MOVT ? insn.imm << 16 : insn.imm, &end);
        found |= insn.op != THUMB_MOVT && insn.imm > VALUE_NUMBER_MAX &&
                (near(w, insn.imm) || insn.imm == 0xE000E000u ||
                        (w->table->addr >= insn.imm &&
                                w->table->addr - insn.imm < 0x10000u));
    }
    return found || w->bits || (high && low);
}

// One of the words beside it is where start code copies from.
static bool in_copy_list(const struct writes *w, const uint8_t *b, uint32_t at,
        uint32_t size_bytes) {
    for (int32_t k = -2; k <= 2; k++) {
        const uint32_t i = at + 4 * (uint32_t)k;
        if (k && i < size_bytes && i + 4 <= size_bytes) {
            const uint32_t word = model_word_in(b + i);
            const struct elf_section *s = model_load_image(&w->a->model, word);
            if (s &&
                    word == s->load_addr + (w->table->section_addr - s->addr)) {
                return true;
            }
        }
    }
    return false;
}

// A pointer to an entry in data. The table's own address may be that of a
// section, in the list of what start code copies.
static void on_word(void *ctx, const struct elf_section *section,
        const uint8_t *section_bytes, uint32_t at, uint32_t word) {
    struct writes *w = ctx;
    if (!in_table(w, word) ||
            (word == w->table->section_addr &&
                    in_copy_list(w, section_bytes, at, section->size_bytes))) {
        return;
    }
    const struct elf_symbol *symbol =
            elf_image_symbol_at(w->image, section->addr + at);
    if (!symbol || (symbol->object && !symbol->function)) {
        cannot_tell(w, section->addr + at, "holds a vector's address");
    }
}

void vector_stores_check(struct analysis *a, const struct vector_table *table) {
    struct writes w = {.a = a, .table = table, .size_bytes = 4 * table->count};
    const struct flow_events events = {.ctx = &w,
            .access = on_access,
            .call = on_call,
            .gone = on_gone,
            .inlined = on_inlined,
            .walks_into = walks_into};
    const struct model before = a->model;
    a->model.kept = is_kept;
    a->model.kept_ctx = &w;
    a->model.keep_words = false;
    a->model.kept_lengths = true;
    for (size_t i = 0; i < a->model.image_count; i++) {
        analysis_scan(a, a->model.images[i], &events, mentions);
        end_function(&w);
        w.image = a->model.images[i];
        analysis_scan_words(w.image, on_word, &w);
    }
    a->model.kept = before.kept;
    a->model.kept_ctx = before.kept_ctx;
    a->model.keep_words = before.keep_words;
    a->model.kept_lengths = before.kept_lengths;
    if (w.unknown && !note_find(a, CHECK_NOTE_VECTORS, table->name, 0)) {
        const char *who = symbol_name(a, w.unknown_addr);
        finding_add(a,
                &(struct check_finding){.rule = CHECK_RULE_VECTOR_RUNTIME,
                        .function = table->name,
                        .function_addr = table->addr,
                        .addr = table->addr,
                        .stored_in_table = true},
                NO_NODE, "%s (0x%08x) %s", who ? who : "something",
                (unsigned)w.unknown_addr, w.unknown_how);
    }
}
