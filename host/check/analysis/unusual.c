/*
 * unusual - addresses that code makes in unusual ways, to store or jump there
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/analysis/unusual.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

// Of what a register holds, besides those of the header.
#define NEGATIVE 0x80u
#define FRAME 0x100u // in the frame
#define KNOWN 0x200u // made from constants: walks see where it leads
#define STORED (UNUSUAL_DOWN | UNUSUAL_ODD | UNUSUAL_DISGUISED)

#define SP 13u
#define LR 14u
#define PC 15u
#define ARGUMENTS 4u
#define SLOTS 64u
#define PASSES 5u

// What is passed to a function, and returned.
struct passed {
    uint32_t addr;
    uint16_t in[ARGUMENTS], out;
};

struct slot {
    uint32_t offset;
    uint16_t bits;
    uint8_t base;
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
    uint16_t reg[16];
    struct slot slot[SLOTS]; // words of the frame
    unsigned slot_count;
    unsigned at, pushed; // instruction; the last one that pushed such a value
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

static void add(struct unusual *u, uint16_t *to, unsigned bits) {
    const uint16_t sum = (uint16_t)(*to | (bits & (STORED | NEGATIVE)));
    u->changed |= sum != *to;
    *to = sum;
}

/// Registers ///

static unsigned get(const struct unusual *u, unsigned r) {
    return r < PC ? u->reg[r] : KNOWN;
}

static void set(struct unusual *u, unsigned r, unsigned bits) {
    if (r < PC && r != SP) {
        u->reg[r] = (uint16_t)bits;
    }
}

// It is no address of unknown origin.
static bool is_place(unsigned bits) {
    return bits & (FRAME | KNOWN);
}

static unsigned shifted(unsigned bits) {
    return bits & KNOWN ? bits
                        : UNUSUAL_SHIFTED |
                    (bits & (NEGATIVE | UNUSUAL_TURNED | UNUSUAL_ROTATED));
}

static unsigned operand(const struct unusual *u,
        const struct thumb_insn *insn) {
    if (insn->immediate) {
        return KNOWN;
    }
    const unsigned m = get(u, insn->rm);
    const bool turns =
            insn->shift == THUMB_SHIFT_RRX || insn->shift == THUMB_SHIFT_ROR;
    return turns && !(m & KNOWN)    ? UNUSUAL_ROTATED
            : insn->amount || turns ? shifted(m)
                                    : m;
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
    const bool index_first =
            n & UNUSUAL_SHIFTED && !(m & (UNUSUAL_SHIFTED | KNOWN));
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
    if ((n | m) & KNOWN) { // the address of an object, or an offset
        return (n | m) & ~(KNOWN | UNUSUAL_SHIFTED);
    }
    return base | (by & UNUSUAL_ODD) |
            (down || by & NEGATIVE ? UNUSUAL_DOWN : 0);
}

// What the others leave, of what is not known.
static unsigned other(const struct thumb_insn *insn) {
    const uint32_t e = insn->encoding;
    const bool reverses = insn->size_bytes == 2
            ? (e & 0xFF00u) == 0xBA00u
            : (e & 0xFFF0F0C0u) == 0xFA90F080u;
    const bool field =
            insn->size_bytes == 4 && (e & 0xFFF08020u) == 0xF3600000u;
    return reverses ? UNUSUAL_TURNED : field ? UNUSUAL_ODD : 0;
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
                : UNUSUAL_TURNED | NEGATIVE;
    case THUMB_AND:
    case THUMB_BIC:
        if (insn->immediate && !(n & KNOWN)) {
            const bool clears = (insn->imm & 1) == (insn->op == THUMB_BIC);
            return n | (clears ? UNUSUAL_ODD : 0);
        }
        return n & m & KNOWN ? KNOWN : ((n | m) & ~KNOWN) | UNUSUAL_ODD;
    case THUMB_ORR:
        return n & m & KNOWN ? KNOWN : (n | m) & ~KNOWN;
    case THUMB_UXTB:
    case THUMB_UXTH:
        return 0;
    case THUMB_LSL:
    case THUMB_LSR:
    case THUMB_ASR:
        return shifted(n);
    case THUMB_ROR:
        return n & m & KNOWN ? KNOWN : UNUSUAL_ROTATED;
    default:
        return n & m & KNOWN ? KNOWN : UNUSUAL_MIXED;
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

static void push(struct unusual *u, const struct thumb_insn *insn) {
    const uint16_t list = insn->op == THUMB_STORE_MULTIPLE
            ? insn->list
            : (uint16_t)(1u << (insn->rd & 15));
    for (unsigned r = 0; insn->rn == SP && r < SP; r++) {
        if (list >> r & 1 && !(list >> LR & 1) &&
                u->reg[r] & UNUSUAL_DISGUISED) {
            u->pushed = u->at;
        }
    }
}

static void store(struct unusual *u, const struct thumb_insn *insn) {
    struct slot *slot = slot_of(u, insn, true);
    push(u, insn);
    unsigned base = get(u, insn->rn);
    const bool multiple = insn->op == THUMB_STORE_MULTIPLE;
    if (slot) {
        slot->bits = (uint16_t)get(u, insn->rd);
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
        const bool index = (m | base) & UNUSUAL_SHIFTED || insn->amount;
        base |= m & NEGATIVE ? UNUSUAL_DOWN : 0;
        base &= index ? ~UNUSUAL_SHIFTED : ~0u;
    }
    // A vector is a word, and any structure has bytes at odd places.
    const unsigned no = insn->access_bytes >= 4 || multiple ? 0
            : insn->access_bytes == 2                       ? UNUSUAL_DOWN
                                      : UNUSUAL_DOWN | UNUSUAL_ODD;
    u->found |= base & STORED & ~no;
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

#define NEAR 4u // instructions between PUSH and POP

// To an address that is not what was kept. Where a jump adds to the PC, what
// was shifted is an index.
static void jump(struct unusual *u, const struct thumb_insn *insn) {
    const bool pushed = u->pushed && u->at - u->pushed <= NEAR;
    unsigned bits = 0;
    if (insn->op == THUMB_BX || insn->op == THUMB_BLX ||
            (insn->op == THUMB_MOV && insn->rd == PC)) {
        bits = get(u, insn->rm);
    } else if (insn->op == THUMB_ADD && insn->rd == PC) {
        bits = get(u, insn->rm) & ~UNUSUAL_SHIFTED;
    } else if (insn->rn == SP && insn->writes >> PC & 1) {
        bits = pushed ? UNUSUAL_TURNED : 0;
    }
    u->found |= bits & UNUSUAL_DISGUISED ? UNUSUAL_JUMP : 0;
}

static void execute(struct unusual *u, const struct thumb_insn *insn,
        const struct function_extent *extent) {
    u->at++;
    jump(u, insn);
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
                set(u, r, other(insn));
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
    u->slot_count = u->at = u->pushed = 0;
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

unsigned unusual_uses(struct analysis *a) {
    struct unusual u = {.a = a, .changed = true};
    for (unsigned i = 0; !a->unusual_known && u.changed && i < PASSES; i++) {
        u.changed = false;
        pass(&u);
    }
    if (!a->unusual_known) {
        a->unusual_known = true;
        a->unusual = u.changed ? STORED | UNUSUAL_JUMP : u.found;
    }
    index_free(&u.index);
    free(u.list);
    return a->unusual;
}

/// Words ///

static uint32_t reversed(uint32_t word) {
    return word >> 24 | (word >> 8 & 0xFF00u) | (word << 8 & 0xFF0000u) |
            word << 24;
}

static uint32_t bits_reversed(uint32_t word) {
    uint32_t result = 0;
    for (unsigned i = 0; i < 32; i++) {
        result |= (word >> i & 1) << (31 - i);
    }
    return result;
}

struct question {
    bool (*wanted)(void *ctx, uint32_t addr);
    void *ctx;
};

// A bit, or a small number, becomes too many addresses.
static bool ask(const struct question *q, uint32_t addr) {
    return !analysis_reads_like_number(addr) && q->wanted(q->ctx, addr);
}

static bool turned_becomes(const struct question *q, uint32_t word) {
    const uint32_t turned[] = {~word, 0u - word, reversed(word),
            bits_reversed(word),
            (word >> 8 & 0xFF00FFu) | (word << 8 & 0xFF00FF00u)};
    bool found = false;
    for (size_t i = 0; i < sizeof turned / sizeof turned[0]; i++) {
        found |= turned[i] != word && ask(q, turned[i]);
    }
    return found;
}

bool unusual_becomes(struct analysis *a, uint32_t word, bool aligned,
        bool (*wanted)(void *ctx, uint32_t addr), void *ctx) {
    const struct question q = {wanted, ctx};
    const unsigned uses = unusual_uses(a);
    if (word <= 0xFFFF || !(uses & UNUSUAL_DISGUISED)) {
        return false;
    }
    bool found = uses & UNUSUAL_TURNED && turned_becomes(&q, word);
    for (unsigned i = 1; aligned && !found && i < 32; i++) {
        found = (uses & UNUSUAL_ROTATED &&
                        ask(&q, word >> i | word << (32 - i))) ||
                (uses & UNUSUAL_SHIFTED &&
                        (ask(&q, word << i) || ask(&q, word >> i)));
    }
    return found;
}
