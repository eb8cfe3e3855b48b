/*
 * references - what enters some functions
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/analysis/references.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

#define PC 15u

struct extent {
    uint32_t which, addr; // which may be a place in a function
    struct function_extent function;
};

// What the code of one function has of the parts of an address.
struct parts {
    uint32_t function; // or where code without a symbol begins
    bool high, low;    // MOVT and MOVW
    bool top, byte;    // an immediate with the upper byte; with the lowest one
    bool shifted;      // one that becomes the upper byte or half by shifts
    bool half;         // one that becomes the upper half
    bool shifts;       // to the left, by a byte or more
    bool joins;        // shifts by a register, multiplies, inserts bits
    bool computes;     // calls what it computes, or uses the PC as a number
};

// Constants in a straight line of code.
struct line {
    uint32_t value[16];
    uint16_t known;
};

#define RECENT 32u

// How the last instruction leaves.
struct last {
    unsigned conditional; // instructions of an IT block that are left
    bool goes_on;         // maybe to the next one
};

struct references_search {
    struct index targets; // functions and veneers that lead to them, by address
    struct extent *extents; // ascending
    size_t extent_count, extent_room;
    // Of all targets: the halves and bytes of the address.
    uint8_t high[8192], low[8192], top[32], byte[32];
    struct index walk_index;
    uint32_t *walks;
    size_t walk_count, walk_room;
    struct index pools; // words that an instruction loads, even and odd ones
    // Of the scan.
    struct parts parts;
    uint32_t function_end; // where the next one begins
    struct line line;
    struct last last;
    uint16_t recent[RECENT]; // of MOVW
    unsigned recent_count;
    // Of a walk.
    struct references *r;
    uint32_t by;
};

/// What is looked for ///

static void set_bit(uint8_t *bits, uint32_t i) {
    bits[i / 8] |= (uint8_t)(1u << (i & 7));
}

static bool has_bit(const uint8_t *bits, uint32_t i) {
    return bits[i / 8] >> (i & 7) & 1;
}

static bool add_target(struct references *r, uint32_t which, uint32_t addr) {
    struct references_search *s = r->search;
    for (uint32_t word = addr; word <= (addr | 1); word++) {
        set_bit(s->high, word >> 16);
        set_bit(s->low, word & 0xFFFF);
        set_bit(s->top, word >> 24);
        set_bit(s->byte, word & 0xFF);
    }
    return index_add(&s->targets, addr, which);
}

bool references_add_inside(struct references *r, uint32_t which,
        uint32_t addr) {
    struct function_extent extent;
    if (!r->search) {
        r->search = calloc(1, sizeof *r->search);
        if (!r->search) {
            return false;
        }
        r->search->r = r;
    }
    struct references_search *s = r->search;
    if (model_function(&r->a->model, addr, &extent)) {
        struct extent *grown = array_more(s->extents, s->extent_count,
                &s->extent_room, sizeof *grown);
        if (!grown) {
            return false;
        }
        s->extents = grown;
        s->extents[s->extent_count++] = (struct extent){which, addr, extent};
    }
    return true;
}

bool references_add(struct references *r, uint32_t which, uint32_t addr) {
    return references_add_inside(r, which, addr) &&
            add_target(r, which, addr & ~1u);
}

static uint32_t target_at(const struct references_search *s, uint32_t addr) {
    size_t from = 0;
    if (s->r->a->options->alias_count) {
        addr = model_canonical(&s->r->a->model, addr);
    }
    const size_t which = has_bit(s->low, addr & 0xFFFF)
            ? index_next(&s->targets, addr & ~1u, &from)
            : INDEX_NONE;
    return which == INDEX_NONE ? NO_NODE : (uint32_t)which;
}

// Veneers that lead to a target are called in its place.
static void add_veneers(struct references *r, const struct elf_image *image) {
    const struct elf_symbol *symbol;
    for (size_t i = 0; (symbol = elf_image_symbol_index(image, i)); i++) {
        bool veneer = false;
        if (symbol->absolute || strncmp(symbol->name, "__", 2) ||
                !analysis_is_veneer(r->a, symbol)) {
            continue;
        }
        const uint32_t to =
                analysis_past_veneers(r->a, symbol->addr & ~1u, &veneer);
        const uint32_t which = target_at(r->search, to);
        if (which != NO_NODE && target_at(r->search, symbol->addr) == NO_NODE) {
            r->a->failed |= !add_target(r, which, symbol->addr & ~1u);
        }
    }
}

static int by_address(const void *a, const void *b) {
    const struct extent *x = a, *y = b;
    return (x->addr > y->addr) - (x->addr < y->addr);
}

#define NESTED 16u // functions in each other

// The function that has addr behind its first instruction.
static const struct extent *inside(const struct references_search *s,
        uint32_t addr) {
    size_t low = 0, high = s->extent_count;
    while (low < high) { // the first one behind addr
        const size_t middle = (low + high) / 2;
        if (s->extents[middle].addr <= addr) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (size_t i = low; i-- && low - i <= NESTED;) {
        const struct extent *e = &s->extents[i];
        if (e->addr == addr) {
            return NULL;
        }
        if (addr < e->function.end_addr) {
            return e;
        }
    }
    return NULL;
}

uint32_t references_function_of(const struct analysis *a, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(&a->model, addr);
    struct function_extent extent;
    // Assembly may have no sizes: the extent is of the symbol, not of addr.
    return symbol && symbol->function &&
                    model_function(&a->model, symbol->addr, &extent) &&
                    addr < extent.end_addr
            ? symbol->addr
            : 0;
}

static bool in_veneer(const struct references *r, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(&r->a->model, addr);
    return symbol && analysis_is_veneer(r->a, symbol);
}

static void keep(struct references *r, uint32_t which, uint32_t at) {
    if (!in_veneer(r, at)) { // calls of the veneer are calls of the function
        r->kept(r->ctx, which, at);
    }
}

// From a place outside of the function that holds `to`.
static void look_inside(struct references *r, uint32_t at, uint32_t to) {
    const struct extent *e = inside(r->search, to & ~1u);
    uint32_t end;
    if (e && (at < e->function.entry_addr || at >= e->function.end_addr) &&
            !in_veneer(r, at) &&
            elf_image_content(model_image(&r->a->model, to), to & ~1u, &end) !=
                    ELF_CONTENT_DATA) {
        r->entered(r->ctx, e->which, at, to & ~1u);
    }
}

static void walk_later(struct references *r, uint32_t addr) {
    struct references_search *s = r->search;
    size_t from = 0;
    if (!addr || index_next(&s->walk_index, addr, &from) != INDEX_NONE) {
        return;
    }
    uint32_t *grown =
            array_more(s->walks, s->walk_count, &s->walk_room, sizeof *grown);
    if (!grown || !index_add(&s->walk_index, addr, s->walk_count)) {
        s->walks = grown ? grown : s->walks;
        r->a->failed = true;
        return;
    }
    s->walks = grown;
    s->walks[s->walk_count++] = addr;
}

/// Instructions ///

#define LOOK_AHEAD 16u

// The call that what the instruction leaves in register `reg` is for, and for
// nothing else: the next use of it, in a straight line, and then it is lost.
static bool only_called(const struct references *r,
        const struct thumb_insn *insn, unsigned reg, struct thumb_insn *call) {
    uint32_t addr = insn->addr + insn->size_bytes;
    for (unsigned i = 0; i < LOOK_AHEAD; i++) {
        const uint8_t *bytes = model_bytes(&r->a->model, addr, 4);
        if (!bytes || !thumb_decode(call, addr, bytes, 4)) {
            return false;
        }
        if (call->op == THUMB_BX || call->op == THUMB_BLX) {
            // A call leaves r4 to r11 (AAPCS32 6.1.1), and it may leave others.
            return call->rm == reg &&
                    (call->op == THUMB_BX ||
                            ((reg < 4 || reg == 12) &&
                                    flow_ignores(&r->a->model,
                                            addr + call->size_bytes, reg)));
        }
        if (call->op == THUMB_IT || call->op == THUMB_B ||
                call->op == THUMB_BL ||
                (call->reads | call->writes) >> reg & 1 ||
                call->writes >> PC & 1) {
            return false;
        }
        addr += call->size_bytes;
    }
    return false;
}

// Code leads to another function, behind its first instruction: what that
// does then, it does with other registers.
static void walk_from(struct references *r, uint32_t to) {
    const struct elf_symbol *symbol = model_symbol(&r->a->model, to);
    uint32_t end;
    if (r->met && symbol && symbol->addr != to &&
            elf_image_content(model_image(&r->a->model, to), to, &end) !=
                    ELF_CONTENT_DATA) {
        walk_later(r, to);
    }
}

// The instruction leaves the word in a register.
static void made(struct references *r, const struct thumb_insn *insn,
        uint32_t word, unsigned reg) {
    const uint32_t which = word & 1 ? target_at(r->search, word) : NO_NODE;
    struct thumb_insn call;
    if (which == NO_NODE) {
        return;
    } else if (only_called(r, insn, reg, &call)) {
        if (!in_veneer(r, insn->addr)) {
            r->called(r->ctx, which, &call, false);
        }
    } else {
        keep(r, which, insn->addr);
    }
}

static void look_at_branch(struct references *r,
        const struct thumb_insn *insn) {
    const uint32_t which = target_at(r->search, insn->target);
    if (which == NO_NODE) {
        look_inside(r, insn->addr, insn->target);
        if (insn->target < r->search->parts.function ||
                insn->target >= r->search->function_end) {
            walk_from(r, insn->target);
        }
        return;
    }
    const uint32_t function = references_function_of(r->a, insn->addr);
    // A loop that begins with its function is no call.
    if (in_veneer(r, insn->addr) ||
            (insn->op != THUMB_BL && function == insn->target)) {
        return;
    }
    r->called(r->ctx, which, insn, true);
    // The calls of a node are in the graph, but for those in no outage.
    const uint32_t n = function ? analysis_known_node(r->a, function) : NO_NODE;
    if (function && r->met && (n == NO_NODE || r->a->nodes[n].off)) {
        walk_later(r, function);
    }
}

static void look_at_literal(struct references *r,
        const struct thumb_insn *insn) {
    uint32_t word;
    if (!model_word(&r->a->model, insn->target, &word)) {
        return;
    }
    if (target_at(r->search, word) != NO_NODE) {
        r->a->failed |= !index_add(&r->search->pools, insn->target, 0);
    }
    if (word & 1) {
        look_inside(r, insn->addr, word);
    }
    made(r, insn, word, insn->rd);
}

/// A straight line ///

static bool operand(const struct line *l, const struct thumb_insn *insn,
        uint32_t *value) {
    const unsigned m = insn->rm & 15;
    if (insn->immediate) {
        *value = insn->imm;
        return true;
    }
    *value = m == PC ? insn->addr + 4 : l->value[m];
    if (insn->amount && insn->shift == THUMB_SHIFT_LSL && insn->amount < 32) {
        *value <<= insn->amount;
    }
    return (m == PC || l->known >> m & 1) &&
            (!insn->amount || insn->shift == THUMB_SHIFT_LSL);
}

static bool compute(const struct line *l, const struct thumb_insn *insn,
        uint32_t *value) {
    uint32_t b;
    const unsigned n = insn->op == THUMB_MOVT ? insn->rd : insn->rn;
    const uint32_t a = n == PC ? insn->addr + 4 : l->value[n & 15];
    if (insn->op == THUMB_ADD && n == PC && insn->immediate) {
        *value = insn->target; // ADR
        return true;
    }
    const bool one = insn->op == THUMB_MOV || insn->op == THUMB_MVN;
    if (!operand(l, insn, &b) ||
            (!one && n != PC && !(l->known >> (n & 15) & 1))) {
        return false;
    }
    switch (insn->op) {
    case THUMB_MOV:
        *value = b;
        break;
    case THUMB_MVN:
        *value = ~b;
        break;
    case THUMB_ADD:
        *value = a + b;
        break;
    case THUMB_SUB:
        *value = a - b;
        break;
    case THUMB_RSB:
        *value = b - a;
        break;
    case THUMB_ORR:
        *value = a | b;
        break;
    case THUMB_EOR:
        *value = a ^ b;
        break;
    case THUMB_BIC:
        *value = a & ~b;
        break;
    case THUMB_AND:
        *value = a & b;
        break;
    case THUMB_MOVT:
        *value = (a & 0xFFFF) | b << 16;
        break;
    default:
        return false;
    }
    return true;
}

static void follow_line(struct references *r, const struct thumb_insn *insn) {
    struct line *l = &r->search->line;
    uint32_t value;
    const bool arithmetic = insn->op < THUMB_OTHER &&
            insn->op != THUMB_UNDEFINED && insn->rd < PC;
    const bool pool = insn->op == THUMB_LOAD && insn->rn == PC &&
            insn->immediate && insn->access_bytes == 4 && !insn->floating;
    const bool known = pool ? model_word(&r->a->model, insn->target, &value)
                            : arithmetic && compute(l, insn, &value);
    l->known &= (uint16_t)~insn->writes;
    if (!known || insn->rd >= PC) {
        return;
    }
    l->value[insn->rd] = value;
    l->known |= (uint16_t)(1u << insn->rd);
    if (pool) {
        return; // look_at_literal()
    }
    if (insn->op == THUMB_ADD && insn->rn == PC && insn->immediate) {
        value |= 1; // the Thumb bit may be added in any way
    } else if (value < 0x10000 && insn->op == THUMB_MOV) {
        return; // rather a number
    }
    made(r, insn, value, insn->rd);
}

/// Parts of an address ///

// The MOVW may come behind the MOVT, in a block that is executed before.
static bool may_make(const struct parts *p) {
    return (p->high && p->low) || (p->top && p->byte) ||
            (p->shifts && p->shifted && p->byte) ||
            (p->joins && p->half && p->low) || p->computes;
}

static void end_parts(struct references *r, uint32_t function) {
    struct references_search *s = r->search;
    if (may_make(&s->parts)) {
        walk_later(r, s->parts.function);
    }
    s->parts = (struct parts){.function = function};
    s->line.known = 0;
    s->recent_count = 0;
}

static void add_immediate(struct references_search *s,
        const struct thumb_insn *insn) {
    struct parts *p = &s->parts;
    if (insn->op == THUMB_MOVT) {
        p->high |= has_bit(s->high, insn->imm & 0xFFFF);
        return;
    }
    p->low |= insn->imm <= 0xFFFF && has_bit(s->low, insn->imm);
    p->top |= insn->imm > 0xFFFF && has_bit(s->top, insn->imm >> 24);
    p->half |= insn->imm > 0xFF && insn->imm <= 0xFFFF &&
            has_bit(s->high, insn->imm);
    p->shifted |= insn->imm <= 0xFFFF &&
            (has_bit(s->high, insn->imm) ||
                    (insn->imm <= 0xFF && has_bit(s->top, insn->imm)));
    p->byte |= has_bit(s->byte, insn->imm & 0xFF) ||
            (insn->op == THUMB_SUB &&
                    has_bit(s->byte, (0u - insn->imm) & 0xFF));
}

static void add_parts(struct references_search *s,
        const struct thumb_insn *insn) {
    struct parts *p = &s->parts;
    const bool arithmetic =
            insn->op < THUMB_OTHER && insn->op != THUMB_UNDEFINED;
    if (arithmetic && insn->immediate && insn->rn != PC && insn->rd < PC) {
        add_immediate(s, insn);
    }
    p->shifts |= arithmetic && !insn->immediate && insn->amount >= 8 &&
            insn->shift == THUMB_SHIFT_LSL;
    p->joins |= insn->op == THUMB_LSL || insn->op == THUMB_MUL ||
            (insn->op == THUMB_OTHER && insn->writes);
    p->computes |= insn->op == THUMB_BLX ||
            (insn->op == THUMB_BX && insn->rm != 14) ||
            (arithmetic && insn->op != THUMB_MOVT && !insn->immediate &&
                    (insn->rm == PC || insn->rn == PC));
}

static void look_at_pair(struct references *r, const struct thumb_insn *insn) {
    struct references_search *s = r->search;
    const unsigned most = s->recent_count < RECENT ? s->recent_count : RECENT;
    for (unsigned i = 0; i < most; i++) {
        const uint32_t word = insn->imm << 16 | s->recent[i];
        if (word & 1 && target_at(s, word) != NO_NODE) {
            made(r, insn, word, insn->rd);
        }
    }
}

static void look_at(struct references *r, const struct thumb_insn *insn) {
    struct references_search *s = r->search;
    add_parts(s, insn);
    if (insn->op == THUMB_B || insn->op == THUMB_BL || insn->op == THUMB_CBZ ||
            insn->op == THUMB_CBNZ) {
        look_at_branch(r, insn);
    } else if (insn->op == THUMB_LOAD && insn->rn == PC && insn->immediate &&
            insn->access_bytes == 4 && !insn->floating) {
        look_at_literal(r, insn);
    } else if (insn->op == THUMB_MOV && insn->immediate &&
            insn->size_bytes == 4) {
        s->recent[s->recent_count++ % RECENT] = (uint16_t)insn->imm;
    } else if (insn->op == THUMB_MOVT && has_bit(s->high, insn->imm & 0xFFFF)) {
        look_at_pair(r, insn);
    }
    follow_line(r, insn);
}

static void leave(struct last *last, const struct thumb_insn *insn) {
    const bool jumps = insn->op == THUMB_UDF || insn->op == THUMB_BX ||
            insn->op == THUMB_TABLE ||
            (insn->op == THUMB_B && insn->cond == THUMB_AL) ||
            (insn->writes >> PC & 1 && insn->op < THUMB_B);
    last->goes_on = last->conditional || !jumps;
    last->conditional = insn->op == THUMB_IT && insn->it_mask
            ? thumb_it_length(insn)
            : last->conditional - (last->conditional > 0);
}

// Functions of the image, in the order of their addresses.
struct boundaries {
    const struct elf_image *image;
    size_t next;
};

// A function begins at addr, or before it and behind the last one.
static bool begins(struct boundaries *b, uint32_t addr) {
    const struct elf_symbol *symbol;
    bool begun = false;
    while ((symbol = elf_image_symbol_index(b->image, b->next)) &&
            symbol->addr <= addr) {
        begun |= symbol->function && !symbol->absolute;
        b->next++;
    }
    return begun;
}

static uint32_t next_symbol(const struct boundaries *b, uint32_t last) {
    const struct elf_symbol *symbol;
    for (size_t i = b->next; (symbol = elf_image_symbol_index(b->image, i));
            i++) {
        if (symbol->function && !symbol->absolute) {
            return symbol->addr < last ? symbol->addr : last;
        }
    }
    return last;
}

static void scan_code(struct references *r, const struct elf_image *image,
        const struct elf_section *section) {
    const uint32_t last = section->addr + section->size_bytes;
    struct boundaries b = {image, elf_image_symbol_from(image, section->addr)};
    end_parts(r, 0);
    for (uint32_t addr = section->data ? last : section->addr; addr < last;) {
        uint32_t end = last;
        const enum elf_content content = elf_image_content(image, addr, &end);
        end = end > addr && end < last ? end : last;
        while (content != ELF_CONTENT_DATA && addr + 2 <= end) {
            struct thumb_insn insn;
            const uint32_t room = end - addr < 4 ? end - addr : 4;
            const uint8_t *bytes = model_bytes(&r->a->model, addr, room);
            if (begins(&b, addr) || !r->search->parts.function) {
                if (r->search->last.goes_on &&
                        target_at(r->search, addr) != NO_NODE) {
                    walk_later(r, r->search->parts.function);
                }
                end_parts(r, addr);
                r->search->function_end = next_symbol(&b, last);
            }
            if (!bytes || !thumb_decode(&insn, addr, bytes, room)) {
                addr += 2;
                continue;
            }
            look_at(r, &insn);
            leave(&r->search->last, &insn);
            addr += insn.size_bytes;
        }
        r->search->last = (struct last){0};
        addr = end;
    }
    end_parts(r, 0);
}

/// Data ///

static void look_at_word(struct references *r, const struct elf_image *image,
        uint32_t addr, uint32_t word) {
    struct references_search *s = r->search;
    const uint32_t which = target_at(s, word);
    uint32_t end;
    size_t from = 0;
    if (which != NO_NODE && !analysis_by_chance(r->a, addr, word) &&
            elf_image_content(image, addr, &end) != ELF_CONTENT_THUMB) {
        const uint32_t function = references_function_of(r->a, addr);
        // In a pool, by what becomes of it; elsewhere it is there to be read,
        // and the Thumb bit may be added in any way.
        if (function) {
            walk_later(r, function);
        }
        if (!function || index_next(&s->pools, addr, &from) == INDEX_NONE) {
            keep(r, which, addr);
        }
    }
    for (unsigned i = 0; i < ANALYSIS_OFFSETS; i++) {
        const uint32_t to = analysis_offset(r->a, addr, word, i);
        const uint32_t by_offset = to & 1 ? target_at(s, to) : NO_NODE;
        if (by_offset != NO_NODE) {
            keep(r, by_offset, addr);
        }
    }
}

static void scan_words(struct references *r, const struct elf_image *image,
        const struct elf_section *section) {
    const uint8_t *b =
            elf_image_bytes(image, section->addr, section->size_bytes);
    for (uint32_t at = 0; b && at + 4 <= section->size_bytes; at++) {
        look_at_word(r, image, section->addr + at, model_word_in(b + at));
    }
}

/// Walks ///

static void keep_value(struct references_search *s,
        const struct thumb_insn *insn, const struct value *v, bool even) {
    for (unsigned i = 0; v->kind == VALUE_CONST && i < v->count; i++) {
        const uint32_t which =
                even || v->v[i] & 1 ? target_at(s, v->v[i]) : NO_NODE;
        if (which != NO_NODE) {
            keep(s->r, which, insn ? insn->addr : s->by);
        }
    }
}

static void on_gone(void *ctx, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where) {
    (void)where;
    keep_value(ctx, insn, value, false);
}

static void on_formed(void *ctx, const struct thumb_insn *insn, unsigned reg,
        const struct value *value) {
    struct references_search *s = ctx;
    const bool number = insn->op == THUMB_MOV && insn->immediate;
    for (unsigned i = 0; i < value->count; i++) {
        if (value->v[i] >= 0x10000 || !number) {
            made(s->r, insn, value->v[i], reg);
        }
    }
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct references_search *s = ctx;
    (void)how, (void)sp_bytes;
    for (unsigned i = 0; target->kind == VALUE_CONST && i < target->count;
            i++) {
        const bool falls = insn->op == THUMB_UNDEFINED;
        if (falls && !insn->immediate) {
            continue; // compilers put nothing behind what does not return
        }
        const uint32_t which = target_at(s, target->v[i]);
        if (which == NO_NODE) {
            look_inside(s->r, insn->addr, target->v[i]);
            walk_from(s->r, target->v[i] & ~1u);
        } else if (falls && !s->r->met) {
            keep(s->r, which, insn->addr);
        } else if (s->r->met) {
            s->r->met(s->r->ctx, which, s->by, insn, regs);
        }
    }
    for (unsigned k = 0; regs && k < VALUE_ARGUMENTS; k++) {
        // The register that the call goes through, unless it is an argument.
        const bool through = !direct && k == insn->rm &&
                flow_left_over(&s->r->a->model, target, k);
        if (!through) {
            keep_value(s, insn, flow_argument(regs, k), false);
        }
    }
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    (void)how, (void)addr, (void)bytes;
    if (data) { // what is stored may get its Thumb bit later
        keep_value(ctx, insn, data, true);
    }
}

static void walk(struct references *r, uint32_t addr) {
    const struct flow_events events = {.ctx = r->search,
            .call = on_call,
            .access = on_access,
            .gone = on_gone,
            .formed = on_formed};
    struct function_extent extent;
    struct flow_result result;
    r->search->by = addr;
    if (!model_function(&r->a->model, addr, &extent) ||
            !flow_function(&r->a->model, &extent, addr, &events, &result)) {
        r->a->failed = true;
    }
}

static void scan(struct references *r,
        void (*part)(struct references *r, const struct elf_image *image,
                const struct elf_section *section)) {
    for (size_t k = 0; k < r->a->model.image_count; k++) {
        const struct elf_image *image = r->a->model.images[k];
        const struct elf_section *section;
        for (size_t i = 0; (section = elf_image_section(image, i)); i++) {
            if (!section->zero) {
                part(r, image, section);
            }
        }
    }
}

void references_find(struct references *r) {
    struct references_search *s = r->search;
    if (!s) {
        return;
    }
    qsort(s->extents, s->extent_count, sizeof *s->extents, by_address);
    for (size_t k = 0; k < r->a->model.image_count; k++) {
        add_veneers(r, r->a->model.images[k]);
    }
    scan(r, scan_code);
    scan(r, scan_words);
    for (size_t i = 0; i < s->walk_count && !r->a->failed; i++) {
        if (!in_veneer(r, s->walks[i])) {
            walk(r, s->walks[i]);
        }
    }
}

void references_free(struct references *r) {
    if (r->search) {
        index_free(&r->search->targets);
        index_free(&r->search->walk_index);
        index_free(&r->search->pools);
        free(r->search->extents);
        free(r->search->walks);
        free(r->search);
        r->search = NULL;
    }
}
