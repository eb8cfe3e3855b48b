/*
 * settled_scan - what code and data do to the words that are wanted
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "check/settled/settled_priv.h"

/// Stores ///

static void lose(struct settled *s, uint32_t addr, uint32_t bytes) {
    for (uint32_t at = addr & ~3u; at - (addr & ~3u) < bytes + (addr & 3u);
            at += 4) {
        settled_lose_(s, at);
    }
}

static void add_store(struct settled *s, struct exact_store **to, size_t *count,
        size_t *room, struct exact_store store) {
    struct exact_store *all = array_more(*to, *count, room, sizeof *all);
    if (!all) {
        s->failed = true;
        return;
    }
    *to = all;
    all[(*count)++] = store;
}

static void store_exactly(struct settled *s, uint32_t addr, uint32_t bytes,
        const struct value *data) {
    uint32_t word;
    const uint32_t at = model_stored_at(s->model, addr);
    if (at != addr && model_bit_band(s->model, addr, &word)) {
        lose(s, at, 1);
    } else if (bytes != 4 || at & 3 || !data) {
        lose(s, at, bytes);
    } else if (data->kind == VALUE_CONST) {
        for (unsigned i = 0; i < data->count; i++) {
            add_store(s, &s->stores, &s->store_count, &s->store_room,
                    (struct exact_store){at, data->v[i]});
        }
    } else if (data->kind == VALUE_INITIAL &&
            model_word(s->model, data->v[1], &word) && word == data->v[0]) {
        add_store(s, &s->copies, &s->copy_count, &s->copy_room,
                (struct exact_store){at, data->v[1]});
    } else {
        lose(s, at, 4);
    }
}

// What start code copies: the words of a load image go to the places that they
// are linked for. A loop goes on from there.
static bool is_copied(const struct settled *s, const struct value *addr,
        const struct value *data) {
    if (!data || data->kind != VALUE_WORD_OF || data->tainted ||
            data->count != 1 || !addr->count) {
        return false;
    }
    // Some loops add first.
    const struct elf_section *in = model_load_image(s->model, data->v[0]);
    in = in ? in : model_load_image(s->model, data->v[0] + 8);
    if (!in || addr->v[0] - data->v[0] != in->addr - in->load_addr) {
        return false;
    }
    for (unsigned i = 0; i < VALUE_CONSTS && i < addr->count; i++) {
        if (addr->v[i] & 3 ||
                addr->v[i] - (in->addr - 8) >= in->size_bytes + 8) {
            return false;
        }
    }
    return addr->count == 1 || settled_in_(&s->bounds, addr->v[0]);
}

// The next bound that the function mentions, or 0.
static uint32_t next_bound(const struct settled *s, uint32_t from);

// Zeros from a linker symbol on.
static bool is_cleared(struct settled *s, const struct value *addr,
        uint32_t bytes, const struct value *data) {
    uint32_t from = 0;
    if (!data || !value_is_const(data) || data->v[0] || bytes != 4 ||
            !addr->count) {
        return false;
    }
    const bool many = addr->count == VALUE_MANY;
    for (unsigned i = 0; i < (many ? VALUE_CONSTS : addr->count); i++) {
        if (addr->v[i] & 3) {
            return false;
        }
    }
    for (unsigned i = 0; i < 3 && !from; i++) { // some loops add first
        from = settled_in_(&s->bounds, addr->v[0] + 4 * i) ? addr->v[0] + 4 * i
                                                           : 0;
    }
    if (!from) {
        return false;
    }
    const uint32_t end = next_bound(s, from);
    const struct elf_section *in = model_section(s->model, from);
    if (end && in && in->zero && !strncmp(in->name, ".bss", 4)) {
        settled_add_span_(s, &s->cleared, from, end);
    }
    s->zeroed_from = many ? 0 : from < s->zeroed_from ? from : s->zeroed_from;
    return true;
}

static void store_somewhere(struct settled *s, const struct value *addr,
        uint32_t bytes, const struct value *data) {
    uint32_t at;
    if (is_copied(s, addr, data) || is_cleared(s, addr, bytes, data)) {
        return;
    }
    const bool many = addr->count == VALUE_MANY;
    for (unsigned i = 0; !many && i < addr->count; i++) {
        const struct elf_section *in = model_section(s->model, addr->v[i]);
        // In flash: what was added is rather the distance to something in RAM.
        s->nothing |= (model_bit_band(s->model, addr->v[i], &at) &&
                              model_image(s->model, at)) ||
                (in && model_constant(s->model, addr->v[i]) && !in->write);
    }
    settled_escape_(s, addr);
}

static bool has_parts(const struct settled *s, const struct value *value) {
    struct value top = value_top();
    value_add_parts(&s->walk.world, &top, value);
    return top.count != 0;
}

static void hold(struct settled *s, int32_t at, const struct value *value) {
    struct held *all =
            array_more(s->held, s->held_count, &s->held_room, sizeof *all);
    if (!all) {
        s->failed = true;
        return;
    }
    s->held = all;
    s->held[s->held_count++] = (struct held){.at = at, .value = *value};
}

// Words of functions that are read by an index.
static void read_code(struct settled *s, const struct value *addr) {
    for (unsigned i = 0; i < addr->count; i++) {
        const struct elf_symbol *symbol = model_symbol(s->model, addr->v[i]);
        struct function_extent extent;
        if (symbol && symbol->code && !symbol->object &&
                model_function(s->model, addr->v[i], &extent)) {
            settled_add_span_(s, &s->indexed, extent.entry_addr,
                    extent.end_addr);
        }
    }
}

// Of what is read as a word into a register, the use is followed.
static void on_load(struct settled *s, const struct thumb_insn *insn,
        const struct value *addr, uint32_t bytes) {
    const bool words = !insn->floating && (bytes == 4 || bytes == 8);
    if (addr->kind == VALUE_INSIDE || (addr->kind == VALUE_CONST && !words)) {
        read_code(s, addr);
    }
    for (unsigned i = 0; addr->kind == VALUE_CONST && i < addr->count; i++) {
        for (uint32_t at = 0; words && at < bytes; at += 4) {
            settled_add_(s, &s->loaded, addr->v[i] + at);
        }
        const uint32_t first = addr->v[i] & ~3u;
        for (uint32_t at = first; !words && at < addr->v[i] + bytes; at += 4) {
            uint32_t word;
            if (model_constant(s->model, at) &&
                    model_word(s->model, at, &word)) {
                settled_escape_at_(s, word, true);
            }
        }
    }
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct settled *s = ctx;
    if (how != FLOW_STORE) {
        on_load(s, insn, addr, bytes);
        return;
    }
    if (addr->kind == VALUE_CONST) {
        for (unsigned i = 0; i < addr->count; i++) {
            store_exactly(s, addr->v[i], bytes, data);
        }
    } else if (addr->kind == VALUE_INSIDE || addr->kind == VALUE_TOP) {
        store_somewhere(s, addr, bytes, data);
        s->nothing |= s->bits && addr->kind == VALUE_TOP;
    }
    if (data && has_parts(s, data)) {
        if (addr->kind == VALUE_STACK && addr->count) {
            hold(s, (int32_t)addr->v[0], data);
        } else {
            settled_escape_(s, data);
        }
    }
}

/// Calls ///

// The function looks at a register that a caller need not pass an argument in:
// it was made by an outliner, or its assembly is like that.
static bool inherits(const struct settled *s, uint32_t target, unsigned r) {
    const struct elf_symbol *symbol = model_symbol(s->model, target);
    struct function_extent extent;
    if (!symbol || symbol->addr != target || !symbol->function ||
            !strncmp(symbol->name, "OUTLINED_FUNCTION", 17) ||
            !model_function(s->model, target, &extent)) {
        return true;
    }
    const struct function_code code = model_code(s->model, &extent);
    for (uint32_t at = target - code.addr; at + 4 <= code.size_bytes;) {
        struct thumb_insn insn;
        if (!thumb_decode(&insn, code.addr + at, code.bytes + at, 4)) {
            return true;
        }
        const bool saves = insn.rn == 13 && insn.writeback &&
                (insn.op == THUMB_STORE_MULTIPLE || insn.op == THUMB_STORE);
        if (insn.writes >> r & 1 || (saves && insn.reads >> r & 1)) {
            return false;
        }
        if (insn.reads >> r & 1) {
            return true;
        }
        at += insn.size_bytes;
    }
    return false;
}

// A call through a word of RAM: what it passes depends on all that the word
// holds.
static void ask_later(struct settled *s, const struct value *target, unsigned r,
        const struct value *value) {
    struct open_call *all =
            array_more(s->open, s->open_count, &s->open_room, sizeof *all);
    if (!all) {
        s->failed = true;
        return;
    }
    s->open = all;
    s->open[s->open_count++] =
            (struct open_call){.target = *target, .r = r, .value = *value};
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct settled *s = ctx;
    const bool pointer =
            target->kind == VALUE_INITIAL || target->kind == VALUE_WORD_OF;
    const uint32_t to = value_is_const(target) ? target->v[0] & ~1u : 0;
    const struct elf_symbol *symbol = to ? model_symbol(s->model, to) : NULL;
    // A jump into the middle of something: all registers are its own.
    const bool inside = to && (!symbol || symbol->addr != to);
    (void)how, (void)direct, (void)insn;
    if (!regs) {
        s->unclear = true;
        return;
    }
    for (unsigned r = 0; r <= 12; r++) {
        if (!has_parts(s, &regs[r])) {
            continue;
        }
        const bool argument = r < VALUE_REGISTER_ARGUMENTS || r == 12;
        const bool seen = argument ? !to || !flow_ignores(s->model, to, r)
                                   : to && inherits(s, to, r);
        if (seen && !to && pointer && r < VALUE_REGISTER_ARGUMENTS) {
            ask_later(s, target, r, &regs[r]);
        } else if (inside || seen) {
            settled_escape_(s, &regs[r]);
        }
    }
    for (unsigned k = VALUE_REGISTER_ARGUMENTS; k < VALUE_ARGUMENTS; k++) {
        if (has_parts(s, flow_argument(regs, k))) {
            settled_escape_(s, flow_argument(regs, k));
        }
    }
    struct walked_call *all =
            array_more(s->calls, s->call_count, &s->call_room, sizeof *all);
    if (!all) {
        s->failed = true;
        return;
    }
    s->calls = all;
    s->calls[s->call_count++] = (struct walked_call){to, sp_bytes};
}

static void leave(struct settled *s, uint32_t addr, unsigned r, bool offset) {
    if (!settled_kept_(s, addr)) {
        return;
    }
    struct left_result *all = array_more(s->results, s->result_count,
            &s->result_room, sizeof *all);
    if (!all) {
        s->failed = true;
        return;
    }
    s->results = all;
    s->results[s->result_count++] =
            (struct left_result){s->symbol->addr, r, addr, offset};
}

static void on_gone(void *ctx, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where) {
    struct settled *s = ctx;
    (void)insn;
    const bool known = value->kind == VALUE_CONST ||
            value->kind == VALUE_INSIDE ||
            (value->kind == VALUE_TOP && value->count != VALUE_MANY);
    if (where == FLOW_GONE_FRAME || where == FLOW_GONE_OTHER || !known) {
        settled_escape_(s, value);
        return;
    }
    for (unsigned i = 0; i < value->count; i++) {
        leave(s, value->v[i], where == FLOW_GONE_RETURN_HIGH,
                value->kind != VALUE_CONST);
    }
}

static void on_unknown(void *ctx, uint32_t addr, enum check_rule_id rule,
        const char *detail) {
    struct settled *s = ctx;
    const uint8_t *b = model_bytes(s->model, addr, 4);
    // MSR to a stack pointer: what follows is walked.
    const bool msr = rule == CHECK_RULE_RETURN_UNKNOWN && b && b[1] == 0xF3 &&
            (b[0] & 0xF0) == 0x80 && (b[3] & 0xD0) == 0x80;
    (void)detail;
    s->unclear |= rule != CHECK_RULE_MASK_CHANGED && !msr;
}

/// Arguments beyond the eighth ///

struct far_look {
    bool far;
};

static bool is_far(const struct value *v, uint32_t bytes) {
    return v->kind == VALUE_STACK &&
            (!v->count || (int32_t)v->v[0] + (int32_t)bytes > 16);
}

static void far_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct far_look *look = ctx;
    (void)insn, (void)how;
    look->far |= is_far(addr, bytes) || (data && is_far(data, 17));
}

static void far_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct far_look *look = ctx;
    (void)insn, (void)how, (void)target, (void)direct, (void)sp_bytes;
    for (unsigned r = 0; regs && r < 4; r++) {
        look->far |= is_far(&regs[r], 17);
    }
    look->far |= how == FLOW_TAIL;
}

// The function may look at more of the stack than the eighth argument.
static bool looks_far(const struct settled *s, uint32_t target) {
    struct far_look look = {false};
    const struct flow_events events = {
            .ctx = &look, .access = far_access, .call = far_call};
    struct function_extent extent;
    struct flow_result result;
    return !target || !model_function(s->model, target, &extent) ||
            !flow_function(s->model, &extent, target, &events, &result) ||
            look.far;
}

#define STACK_ARGUMENTS_MAX 64u

static void pass_far(struct settled *s) {
    for (size_t i = 0; i < s->held_count; i++) {
        bool passed = false;
        for (size_t k = 0; k < s->call_count && !passed; k++) {
            const struct walked_call *call = &s->calls[k];
            const uint32_t at = (uint32_t)(s->held[i].at + call->sp_bytes);
            passed = call->sp_bytes < 0 ||
                    (at >= 16 && at < 4 * STACK_ARGUMENTS_MAX &&
                            looks_far(s, call->target));
        }
        if (passed) {
            settled_escape_(s, &s->held[i].value);
        }
    }
}

/// What a function mentions ///

struct looked {
    uint16_t low[64];
    unsigned low_count;
    uint32_t bytes[8];    // bit map: what MOV moves, below 256
    uint32_t amounts;     // bit map: by how much something is shifted
    bool high, immediate; // MOVT, or another immediate, of what is followed
    bool word;
};

static bool same_memory(const struct settled *s, uint32_t number) {
    return number > VALUE_NUMBER_MAX &&
            settled_near_(s, number & 0xFF000000u, number | 0xFFFFFFu);
}

static void look_at(struct settled *s, const struct thumb_insn *insn,
        struct looked *l) {
    uint32_t word;
    if (insn->op == THUMB_LOAD && insn->rn == 15 && insn->immediate) {
        l->word |= model_word(s->model, insn->target, &word) &&
                settled_kept_(s, word);
    } else if (insn->op == THUMB_MOVT) {
        const uint32_t high = insn->imm << 16;
        uint32_t at;
        s->bits |= model_bit_band(s->model, high, &at);
        l->high |= settled_near_(s, high, high + 0xFFFFu) ||
                model_bit_band(s->model, high, &at) ||
                (s->model->options->alias_count &&
                        model_canonical(s->model, high) != high);
    } else if (insn->op == THUMB_ADD && insn->rn == 15) {
        l->word |= settled_near_(s, insn->target, insn->target + 1);
    } else if (insn->op < THUMB_LOAD && insn->immediate) {
        uint32_t at;
        s->bits |= model_bit_band(s->model, insn->imm, &at);
        l->immediate |= same_memory(s, insn->imm) ||
                same_memory(s, ~insn->imm) ||
                model_bit_band(s->model, insn->imm, &at);
        if (insn->op == THUMB_MOV && insn->imm < 256) {
            l->bytes[insn->imm / 32] |= 1u << insn->imm % 32;
        } else if (insn->op == THUMB_MOV && insn->imm <= 0xFFFFu) {
            if (l->low_count < 64) {
                l->low[l->low_count] = (uint16_t)insn->imm;
            }
            l->low_count++;
        }
    } else if (insn->op == THUMB_MOV && insn->shift == THUMB_SHIFT_LSL &&
            insn->amount && insn->amount < 32) {
        l->amounts |= 1u << insn->amount;
    }
}

// ARMv6-M makes round addresses by a shift.
static bool shifted(const struct settled *s, const struct looked *l) {
    for (uint32_t amount = 12; amount < 32; amount++) {
        for (uint32_t byte = 1; l->amounts >> amount & 1 && byte < 256;
                byte++) {
            if (l->bytes[byte / 32] >> byte % 32 & 1 &&
                    same_memory(s, byte << amount)) {
                return true;
            }
        }
    }
    return false;
}

static void look(struct settled *s, const struct function_extent *extent,
        struct looked *l) {
    const struct function_code code = model_code(s->model, extent);
    const struct elf_image *image = model_image(s->model, code.addr);
    *l = (struct looked){.low_count = 0};
    s->bits = false;
    for (uint32_t at = 0; at + 2 <= code.size_bytes; at += 2) {
        const uint32_t addr = code.addr + at, left = code.size_bytes - at;
        struct thumb_insn insn;
        uint32_t end;
        if (left >= 4 && !(addr & 3)) {
            const uint32_t word = model_word_in(code.bytes + at);
            l->word |= settled_kept_(s, word);
            s->bits |= model_makes_bit_band(s->model, word) &&
                    elf_image_content(image, addr, &end) == ELF_CONTENT_DATA;
        }
        if (thumb_decode(&insn, addr, code.bytes + at, left < 4 ? left : 4)) {
            look_at(s, &insn, l);
        }
    }
}

static bool mentions(struct settled *s, const struct function_extent *extent) {
    struct looked l;
    look(s, extent, &l);
    return l.word || l.high || l.immediate || s->bits || shifted(s, &l);
}

static uint32_t nearer_bound(const struct settled *s, uint32_t bound,
        uint32_t from, uint32_t best) {
    return bound > from && (!best || bound < best) &&
                    settled_in_(&s->bounds, bound)
            ? bound
            : best;
}

static uint32_t next_bound(const struct settled *s, uint32_t from) {
    const struct function_code code = model_code(s->model, &s->extent);
    uint32_t best = 0;
    uint16_t low[16] = {0};
    unsigned count = 0;
    for (uint32_t at = 0; at + 4 <= code.size_bytes; at += 2) {
        struct thumb_insn insn;
        const uint8_t *b = code.bytes + at;
        if (!((code.addr + at) & 3)) {
            best = nearer_bound(s, model_word_in(b), from, best);
        }
        if (!thumb_decode(&insn, code.addr + at, b, 4) || !insn.immediate) {
            continue;
        }
        if (insn.op == THUMB_MOV && insn.size_bytes == 4) {
            low[count++ % 16] = (uint16_t)insn.imm;
        }
        for (unsigned i = 0;
                insn.op == THUMB_MOVT && i < (count < 16 ? count : 16); i++) {
            best = nearer_bound(s, insn.imm << 16 | low[i], from, best);
        }
    }
    return best;
}

// Code that was not walked, or not all of it: whatever it mentions escapes.
static void escape_mentions(struct settled *s,
        const struct function_extent *extent) {
    const struct function_code code = model_code(s->model, extent);
    struct looked l;
    look(s, extent, &l);
    s->nothing |= l.immediate || s->bits || l.low_count > 64 || shifted(s, &l);
    for (uint32_t at = 0; at + 2 <= code.size_bytes; at++) {
        struct thumb_insn insn;
        uint32_t word;
        const uint32_t left = code.size_bytes - at;
        if (left >= 4) {
            settled_escape_at_(s, model_word_in(code.bytes + at), true);
        }
        if (at & 1 ||
                !thumb_decode(&insn, code.addr + at, code.bytes + at,
                        left < 4 ? left : 4)) {
            continue;
        }
        if (insn.op == THUMB_LOAD && insn.rn == 15 && insn.immediate &&
                model_word(s->model, insn.target, &word)) {
            settled_escape_at_(s, word, true);
        } else if (insn.op == THUMB_ADD && insn.rn == 15) {
            settled_escape_at_(s, insn.target, true);
        } else if (insn.op == THUMB_MOVT) {
            const uint32_t high = insn.imm << 16;
            // Numbers below 256 are halves, too.
            for (unsigned i = 0; i < l.low_count && i < 64; i++) {
                settled_escape_at_(s, high | l.low[i], true);
            }
            for (unsigned i = 0; i < 256; i++) {
                if (l.bytes[i / 32] >> i % 32 & 1) {
                    settled_escape_at_(s, high | i, true);
                }
            }
        }
    }
}

/// Whole images ///

static void walk(struct settled *s, const struct elf_symbol *symbol) {
    const struct flow_events events = {.ctx = s,
            .call = on_call,
            .access = on_access,
            .gone = on_gone,
            .unknown = on_unknown};
    struct flow_result result;
    s->symbol = symbol;
    s->unclear = !strncmp(symbol->name, "OUTLINED_FUNCTION", 17);
    s->held_count = s->call_count = 0;
    if (!flow_function(&s->walk, &s->extent, symbol->addr, &events, &result)) {
        s->failed = true;
        return;
    }
    for (size_t i = 0; result.frame_known && i < s->held_count; i++) {
        settled_escape_(s, &s->held[i].value);
    }
    pass_far(s);
    if (s->unclear) {
        escape_mentions(s, &s->extent);
    }
}

static void scan_functions(struct settled *s, const struct elf_image *image) {
    const struct elf_symbol *symbol;
    uint32_t last = 1;
    for (size_t i = 0; !s->failed && !s->nothing &&
            (symbol = elf_image_symbol_index(image, i));
            i++) {
        if (!symbol->function || symbol->absolute || symbol->addr == last ||
                model_image(s->model, symbol->addr) != image ||
                !model_function(s->model, symbol->addr, &s->extent)) {
            continue;
        }
        last = symbol->addr;
        if (mentions(s, &s->extent)) {
            walk(s, symbol);
        }
    }
}

// The end of the function that holds addr; 0: none does.
static uint32_t function_end(const struct settled *s,
        const struct elf_image *image, uint32_t addr) {
    const struct elf_symbol *symbol = elf_image_symbol_at(image, addr);
    struct function_extent extent;
    return symbol && symbol->function &&
                    model_function(s->model, symbol->addr, &extent) &&
                    addr < extent.end_addr
            ? extent.end_addr
            : 0;
}

// Code that belongs to no function.
static void scan_code(struct settled *s, const struct elf_image *image,
        uint32_t addr, uint32_t end) {
    while (addr < end) {
        const uint32_t known = function_end(s, image, addr);
        if (known > addr) {
            addr = known;
            continue;
        }
        struct function_extent rest = {addr, addr + 2};
        while (rest.end_addr < end && !function_end(s, image, rest.end_addr)) {
            rest.end_addr += 2;
        }
        if (mentions(s, &rest)) {
            escape_mentions(s, &rest);
        }
        addr = rest.end_addr;
    }
}

static void scan_data(struct settled *s, const struct elf_image *image,
        const uint8_t *bytes, uint32_t addr, uint32_t size_bytes) {
    for (uint32_t at = 0; at + 4 <= size_bytes; at++) {
        const uint32_t word = model_word_in(bytes + at);
        const uint32_t relative = addr + at + word;
        if (!((addr + at) & 3) && word > VALUE_NUMBER_MAX &&
                settled_kept_(s, relative)) {
            settled_escape_at_(s, relative, false);
        }
        if (!settled_kept_(s, word)) {
            continue;
        }
        // The use of what a pool holds is followed; an address in an object is
        // there for whoever reads it.
        const struct elf_symbol *symbol = elf_image_symbol_at(image, addr + at);
        const bool object = symbol && symbol->object;
        const bool pool = model_constant(s->model, addr + at) && symbol &&
                symbol->code && !object;
        if (pool &&
                ((addr + at) & 3 ||
                        (settled_in_(&s->loaded, addr + at) &&
                                !settled_touches_(&s->indexed, addr + at,
                                        addr + at + 1)))) {
            continue;
        }
        settled_escape_at_(s, word, pool);
    }
}

static void scan_section(struct settled *s, const struct elf_image *image,
        const struct elf_section *section) {
    const uint8_t *bytes = section->zero
            ? NULL
            : elf_image_bytes(image, section->addr, section->size_bytes);
    const uint32_t last = section->addr + section->size_bytes;
    s->nothing |= !bytes && !section->zero && section->size_bytes;
    for (uint32_t addr = section->addr; bytes && addr < last;) {
        uint32_t end = last;
        const enum elf_content content = elf_image_content(image, addr, &end);
        end = end > addr && end < last ? end : last;
        if (content == ELF_CONTENT_THUMB) {
            scan_code(s, image, addr, end);
        } else if (content == ELF_CONTENT_DATA || !section->execute) {
            // A word may go on in what follows.
            const uint32_t more = last - end < 3 ? last - end : 3;
            scan_data(s, image, bytes + (addr - section->addr), addr,
                    end - addr + more);
        } else {
            s->nothing = true; // code and data cannot be told apart
        }
        addr = end;
    }
}

/// Results ///

static bool reads_result(const struct settled *s, const struct thumb_insn *insn,
        const struct left_result *result) {
    struct function_extent extent;
    if (insn->op == THUMB_BL) {
        return !flow_ignores(s->model, insn->addr + insn->size_bytes,
                result->r);
    }
    return !model_function(s->model, result->function, &extent) ||
            insn->addr < extent.entry_addr || insn->addr >= extent.end_addr;
}

static int compare_result(const void *a, const void *b) {
    const struct left_result *x = a, *y = b;
    return (x->function > y->function) - (x->function < y->function);
}

static size_t first_result(const struct settled *s, uint32_t function) {
    size_t low = 0, high = s->result_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (s->results[middle].function < function) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool leaves(const struct settled *s, uint32_t function) {
    const size_t i = first_result(s, function);
    return i < s->result_count && s->results[i].function == function;
}

// insn: a call; NULL: the function may be called from anywhere.
static void escape_results(struct settled *s, uint32_t function,
        const struct thumb_insn *insn) {
    for (size_t i = first_result(s, function);
            i < s->result_count && s->results[i].function == function; i++) {
        if (!insn || reads_result(s, insn, &s->results[i])) {
            settled_escape_at_(s, s->results[i].addr, s->results[i].offset);
        }
    }
}

static bool leaves_low(const struct settled *s, uint32_t half) {
    for (size_t i = 0; i < s->result_count; i++) {
        if (((s->results[i].function | 1) & 0xFFFFu) == half) {
            return true;
        }
    }
    return false;
}

static void find_uses(struct settled *s, const struct elf_section *section,
        const uint8_t *b) {
    for (uint32_t at = 0; at + 4 <= section->size_bytes; at++) {
        const uint32_t word = model_word_in(b + at);
        struct thumb_insn insn;
        if (word & 1 && leaves(s, word & ~1u)) {
            escape_results(s, word & ~1u, NULL);
        }
        const uint32_t addr = section->addr + at;
        if (addr & 1 || !thumb_decode(&insn, addr, b + at, 4)) {
            continue;
        }
        const bool branch = insn.op == THUMB_BL || insn.op == THUMB_B ||
                insn.op == THUMB_CBZ || insn.op == THUMB_CBNZ;
        if (branch && leaves(s, insn.target)) {
            escape_results(s, insn.target, &insn);
        } else if (insn.op == THUMB_ADD && insn.rn == 15 &&
                leaves(s, insn.target & ~1u)) {
            escape_results(s, insn.target & ~1u, NULL);
        } else if (insn.op == THUMB_MOV && insn.immediate &&
                insn.size_bytes == 4 && insn.imm & 1 &&
                leaves_low(s, insn.imm)) {
            for (size_t i = 0; i < s->result_count; i++) {
                if (((s->results[i].function | 1) & 0xFFFFu) == insn.imm) {
                    escape_results(s, s->results[i].function, NULL);
                }
            }
        }
    }
}

static void resolve_results(struct settled *s) {
    if (!s->result_count) {
        return;
    }
    qsort(s->results, s->result_count, sizeof *s->results, compare_result);
    for (size_t k = 0; k < s->model->image_count; k++) {
        const struct elf_section *section;
        for (size_t i = 0;
                (section = elf_image_section(s->model->images[k], i)); i++) {
            const uint8_t *b = section->zero
                    ? NULL
                    : elf_image_bytes(s->model->images[k], section->addr,
                              section->size_bytes);
            if (b) {
                find_uses(s, section, b);
            }
        }
    }
}

static int compare_u32(const void *a, const void *b) {
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/// Calls through words of RAM ///

// No function that the word at addr holds looks at the register.
static bool word_ignores(const struct settled *s, uint32_t addr, unsigned r) {
    uint32_t values[VALUE_CONSTS];
    const unsigned count = settled_values(s, addr, values);
    for (unsigned i = 0; i < count; i++) {
        const struct elf_symbol *symbol =
                model_symbol(s->model, values[i] & ~1u);
        const bool code = values[i] & 1 && symbol && symbol->function &&
                symbol->addr == (values[i] & ~1u);
        // A call of another number faults.
        if (code ? !flow_ignores(s->model, symbol->addr, r)
                 : model_image(s->model, values[i]) != NULL) {
            return false;
        }
    }
    return count != 0;
}

static bool call_ignores(const struct settled *s, const struct open_call *c) {
    if (c->target.kind == VALUE_INITIAL) {
        return word_ignores(s, c->target.v[1], c->r);
    }
    for (unsigned i = 0; i < c->target.count; i++) {
        const struct elf_symbol *symbol =
                model_symbol(s->model, c->target.v[i]);
        if (!symbol || !symbol->object || symbol->size_bytes < 4) {
            return false;
        }
        for (uint32_t at = 0; at + 4 <= symbol->size_bytes; at += 4) {
            if (!word_ignores(s, symbol->addr + at, c->r)) {
                return false;
            }
        }
    }
    return true;
}

// That the words hold no more is what is to be shown: it is so as long as no
// call before has made it untrue.
static void resolve_calls(struct settled *s) {
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < s->open_count; i++) {
            struct open_call *c = &s->open[i];
            if (!c->escaped && !call_ignores(s, c)) {
                c->escaped = again = true;
                settled_escape_(s, &c->value);
            }
        }
    }
}

void settled_scan_(struct settled *s) {
    for (size_t k = 0; k < s->model->image_count; k++) {
        scan_functions(s, s->model->images[k]);
    }
    if (s->loaded.count) {
        qsort(s->loaded.all, s->loaded.count, sizeof *s->loaded.all,
                compare_u32);
    }
    settled_merge_(&s->indexed);
    for (size_t k = 0; k < s->model->image_count && !s->nothing; k++) {
        const struct elf_section *section;
        for (size_t i = 0;
                (section = elf_image_section(s->model->images[k], i)); i++) {
            scan_section(s, s->model->images[k], section);
        }
    }
    resolve_results(s);
    // Of several regions that are cleared only the first is certain: others may
    // be cleared under a condition.
    if (s->cleared.count) {
        settled_merge_(&s->cleared);
        s->cleared.count = 1;
    }
    settled_sort_(s);
    resolve_calls(s);
}
