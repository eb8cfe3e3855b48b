/*
 * unusual - stores through addresses that code makes in unusual ways
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/analysis/unusual.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

// Of what a register holds, besides those of the header.
#define NEGATIVE 8u
#define FRAME 16u // in the frame
#define KNOWN 32u // made from constants: walks see where it leads
#define STORED (UNUSUAL_DOWN | UNUSUAL_ODD | UNUSUAL_MADE)

#define SP 13u
#define LR 14u
#define PC 15u
#define ARGUMENTS 4u
#define SLOTS 64u
#define PASSES 5u

// What is passed to a function, and returned.
struct passed {
    uint32_t addr;
    uint8_t in[ARGUMENTS], out;
};

struct slot {
    uint32_t offset;
    uint8_t base, bits;
};

struct unusual {
    struct analysis *a;
    struct index index; // by the function's address
    struct passed *list;
    size_t count, room;
    bool changed;
    unsigned found;
    // Of the function that is looked at.
    size_t here;
    uint8_t reg[16];
    struct slot slot[SLOTS]; // words of the frame
    unsigned slot_count;
};

static size_t passed_at(struct unusual *u, uint32_t addr) {
    size_t from = 0;
    const size_t at = index_next(&u->index, addr, &from);
    if (at != INDEX_NONE) {
        return at;
    }
    struct passed *grown =
            array_more(u->list, u->count, &u->room, sizeof *grown);
    if (!grown || !index_add(&u->index, addr, u->count)) {
        u->list = grown ? grown : u->list;
        u->a->failed = true;
        return INDEX_NONE;
    }
    u->list = grown;
    u->list[u->count] = (struct passed){.addr = addr};
    return u->count++;
}

static void add(struct unusual *u, uint8_t *to, unsigned bits) {
    const uint8_t sum = (uint8_t)(*to | (bits & (STORED | NEGATIVE)));
    u->changed |= sum != *to;
    *to = sum;
}

/// Registers ///

static unsigned get(const struct unusual *u, unsigned r) {
    return r < PC ? u->reg[r] : KNOWN;
}

static void set(struct unusual *u, unsigned r, unsigned bits) {
    if (r < PC && r != SP) {
        u->reg[r] = (uint8_t)bits;
    }
}

// It is no address of unknown origin.
static bool is_place(unsigned bits) {
    return bits & (FRAME | KNOWN);
}

static unsigned shifted(unsigned bits) {
    return bits & KNOWN ? bits : UNUSUAL_MADE | (bits & NEGATIVE);
}

static unsigned operand(const struct unusual *u,
        const struct thumb_insn *insn) {
    if (insn->immediate) {
        return KNOWN;
    }
    const unsigned m = get(u, insn->rm);
    return insn->amount || insn->shift == THUMB_SHIFT_RRX ? shifted(m) : m;
}

static unsigned step(const struct thumb_insn *insn, bool down) {
    const bool odd = insn->immediate && insn->imm & 1;
    const bool back = insn->immediate && insn->imm >> 31;
    return (odd ? UNUSUAL_ODD : 0) |
            ((insn->immediate ? insn->imm && down != back : down)
                            ? UNUSUAL_DOWN | NEGATIVE
                            : 0);
}

// An index that was scaled is none of an address.
static unsigned sum(const struct unusual *u, const struct thumb_insn *insn) {
    const bool down = insn->op == THUMB_SUB;
    const unsigned n = get(u, insn->rn), m = operand(u, insn);
    const bool index_first = n & UNUSUAL_MADE && !(m & (UNUSUAL_MADE | KNOWN));
    const unsigned base = index_first ? m : n, by = index_first ? n : m;
    if ((n | m) & FRAME) {
        return FRAME;
    }
    if (n & m & KNOWN) {
        return KNOWN;
    }
    if (insn->immediate) {
        return n | step(insn, down);
    }
    return (base & ~KNOWN) | (by & UNUSUAL_ODD) |
            (down || by & NEGATIVE ? UNUSUAL_DOWN : 0) |
            (n & KNOWN ? by & STORED : 0);
}

static unsigned result(const struct unusual *u, const struct thumb_insn *insn) {
    const unsigned n = get(u, insn->rn), m = operand(u, insn);
    switch (insn->op) {
    case THUMB_MOV:
        return m;
    case THUMB_MOVT:
        return get(u, insn->rd);
    case THUMB_ADD:
    case THUMB_SUB:
        return sum(u, insn);
    case THUMB_RSB:
    case THUMB_MVN:
        return m & KNOWN && (insn->op == THUMB_MVN || n & KNOWN)
                ? KNOWN
                : UNUSUAL_MADE | NEGATIVE;
    case THUMB_AND:
    case THUMB_BIC:
        if (insn->immediate && !(n & KNOWN)) {
            const bool clears = (insn->imm & 1) == (insn->op == THUMB_BIC);
            return n | (clears ? UNUSUAL_ODD : 0);
        }
        return n & m & KNOWN ? KNOWN : n | m | UNUSUAL_ODD;
    case THUMB_ORR:
        return n & m & KNOWN ? KNOWN : (n | m) & ~KNOWN;
    case THUMB_UXTB:
    case THUMB_UXTH:
        return 0;
    default:
        return n & m & KNOWN ? KNOWN : UNUSUAL_MADE;
    }
}

/// Memory ///

static struct slot *slot_of(struct unusual *u, const struct thumb_insn *insn,
        bool make) {
    const bool frame = insn->rn == SP || get(u, insn->rn) & FRAME;
    if (!frame || !insn->immediate || insn->access_bytes != 4 ||
            insn->writeback) {
        return NULL;
    }
    for (unsigned i = 0; i < u->slot_count; i++) {
        if (u->slot[i].base == insn->rn && u->slot[i].offset == insn->imm) {
            return &u->slot[i];
        }
    }
    if (!make || u->slot_count == SLOTS) {
        return NULL;
    }
    u->slot[u->slot_count] =
            (struct slot){.base = insn->rn, .offset = insn->imm};
    return &u->slot[u->slot_count++];
}

static void store(struct unusual *u, const struct thumb_insn *insn) {
    struct slot *slot = slot_of(u, insn, true);
    unsigned base = get(u, insn->rn);
    const bool multiple = insn->op == THUMB_STORE_MULTIPLE;
    if (slot) {
        slot->bits = (uint8_t)get(u, insn->rd);
    }
    if (insn->rn == SP || is_place(base)) {
        return;
    }
    if (multiple) {
        base |= insn->decrement ? UNUSUAL_DOWN : 0;
    } else if (insn->immediate) {
        base |= insn->imm && insn->subtract ? UNUSUAL_DOWN : 0;
        base |= insn->imm & 1 && insn->access_bytes > 1 ? UNUSUAL_ODD : 0;
    } else {
        const unsigned m = get(u, insn->rm);
        const bool index = (m | base) & UNUSUAL_MADE || insn->amount;
        base |= m & NEGATIVE ? UNUSUAL_DOWN : 0;
        base &= index ? ~UNUSUAL_MADE : ~0u;
    }
    u->found |= base & STORED &
            (insn->access_bytes >= 4 || multiple ? STORED : ~UNUSUAL_DOWN);
    if (insn->writeback && !multiple) {
        set(u, insn->rn,
                get(u, insn->rn) | (insn->subtract ? UNUSUAL_DOWN : 0));
    }
}

static void load(struct unusual *u, const struct thumb_insn *insn) {
    const struct slot *slot = slot_of(u, insn, false);
    const unsigned bits = insn->rn == PC && insn->immediate ? KNOWN
            : slot                                          ? slot->bits
                                                            : 0;
    for (unsigned r = 0; r < PC; r++) {
        if (insn->writes >> r & 1 && !(insn->writeback && r == insn->rn)) {
            set(u, r, insn->op == THUMB_LOAD && r == insn->rd ? bits : 0);
        }
    }
}

/// Functions ///

static void call(struct unusual *u, uint32_t target) {
    bool veneer = false;
    const size_t at =
            passed_at(u, analysis_past_veneers(u->a, target & ~1u, &veneer));
    for (unsigned k = 0; at != INDEX_NONE && k < ARGUMENTS; k++) {
        if (!is_place(u->reg[k])) {
            add(u, &u->list[at].in[k], u->reg[k]);
        }
    }
    for (unsigned r = 0; r < PC; r++) {
        if (r < 4 || r == 12 || r == LR) { // AAPCS32 6.1.1
            u->reg[r] = 0;
        }
    }
    u->reg[0] = at != INDEX_NONE ? u->list[at].out : 0;
}

static void execute(struct unusual *u, const struct thumb_insn *insn,
        const struct function_extent *extent) {
    if (insn->op == THUMB_BL || insn->op == THUMB_BLX ||
            (insn->op == THUMB_B &&
                    insn->target - extent->entry_addr >=
                            extent->end_addr - extent->entry_addr)) {
        call(u, insn->op == THUMB_BLX ? 0 : insn->target);
    } else if (insn->op == THUMB_STORE || insn->op == THUMB_STORE_MULTIPLE) {
        store(u, insn);
    } else if (insn->op == THUMB_LOAD || insn->op == THUMB_LOAD_MULTIPLE) {
        load(u, insn);
    } else if (insn->op < THUMB_OTHER && insn->op != THUMB_UNDEFINED) {
        set(u, insn->rd, result(u, insn));
    } else if (insn->op == THUMB_OTHER) {
        for (unsigned r = 0; r < PC; r++) {
            if (insn->writes >> r & 1) {
                set(u, r, UNUSUAL_MADE | UNUSUAL_ODD);
            }
        }
    }
    const bool returns = (insn->op == THUMB_BX && insn->rm == LR) ||
            (insn->op == THUMB_LOAD_MULTIPLE && insn->writes >> PC & 1);
    if (returns && u->here != INDEX_NONE && !is_place(u->reg[0])) {
        add(u, &u->list[u->here].out, u->reg[0]);
    }
}

static void look_at(struct unusual *u, const struct elf_image *image,
        const struct function_extent *extent) {
    const struct function_code code = model_code(&u->a->model, extent);
    const uint32_t last = code.addr + code.size_bytes;
    u->here = passed_at(u, code.addr);
    memset(u->reg, 0, sizeof u->reg);
    u->slot_count = 0;
    u->reg[SP] = FRAME;
    for (unsigned k = 0; u->here != INDEX_NONE && k < ARGUMENTS; k++) {
        u->reg[k] = u->list[u->here].in[k];
    }
    for (uint32_t addr = code.addr; addr < last;) {
        uint32_t end = last;
        const enum elf_content content = elf_image_content(image, addr, &end);
        end = end > addr && end < last ? end : last;
        while (content != ELF_CONTENT_DATA && addr + 2 <= end) {
            struct thumb_insn insn;
            if (!thumb_decode(&insn, addr, code.bytes + (addr - code.addr),
                        end - addr)) {
                break;
            }
            execute(u, &insn, extent);
            addr += insn.size_bytes;
        }
        addr = end;
    }
}

static void pass(struct unusual *u) {
    const struct model *model = &u->a->model;
    const struct elf_symbol *symbol;
    for (size_t k = 0; k < model->image_count; k++) {
        uint32_t last = 1;
        for (size_t i = 0;
                (symbol = elf_image_symbol_index(model->images[k], i)); i++) {
            struct function_extent extent;
            if (symbol->function && symbol->addr != last && !symbol->absolute &&
                    model_function(model, symbol->addr, &extent)) {
                last = symbol->addr;
                look_at(u, model->images[k], &extent);
            }
        }
    }
}

unsigned unusual_stores(struct analysis *a) {
    struct unusual u = {.a = a, .changed = true};
    for (unsigned i = 0; !a->unusual_known && u.changed && i < PASSES; i++) {
        u.changed = false;
        pass(&u);
    }
    if (!a->unusual_known) {
        a->unusual_known = true;
        a->unusual = u.changed ? STORED : u.found;
    }
    index_free(&u.index);
    free(u.list);
    return a->unusual;
}
