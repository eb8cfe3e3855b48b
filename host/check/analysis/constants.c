/*
 * constants - the constants that a function can form
 *
 * SPDX-License-Identifier: MIT
 *
 * What registers hold is followed in the order of the addresses, and joined
 * where branches lead to, until nothing is added. A word of the frame is all
 * that is stored into one, and after a jump that may lead anywhere a register
 * is all that it holds in the function. Calls return nothing but their first
 * argument.
 */
#include "check/analysis/constants.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/index.h"
#include "check/flow/flow.h"

#define EXACT 8u // constants of a set
#define SP 13u
#define LR 14u
#define PC 15u

// None: it was made from none.
struct set {
    uint8_t count;
    bool number;   // also numbers up to `most`, of either sign
    bool large;    // also constants that the function forms, or near one
    uint32_t most; // VALUE_NUMBER_MAX: counted up
    uint32_t v[EXACT];
};

struct state {
    uint16_t used;   // registers that have something
    uint16_t stacks; // that may have been made from SP
    struct set reg[16];
};

struct record {
    uint32_t end_addr;
    uint32_t first, count; // of words
    bool moves, anything, stores;
};

struct constants {
    const struct model *model;
    struct index index; // of records, by the function's address
    struct record *records;
    size_t record_count, record_room;
    uint32_t *words;
    size_t word_count, word_room;
    bool failed;
    // Of the function that is looked at.
    struct thumb_insn *insns;
    size_t insn_count, insn_room;
    uint32_t addr, end_addr;
    uint16_t *labels; // by halfword: which state, and one
    size_t label_room;
    struct state *states; // where branches lead to
    size_t state_count, state_room;
    bool jumps; // anywhere in the function
    struct state here_state, ever;
    struct set frame;
    bool stack_kept;      // so is what is loaded
    unsigned conditional; // instructions of an IT block that are left
    bool changed, widens;
    struct record here;
    size_t first; // of its words
};

/// Sets ///

static uint32_t magnitude(uint32_t word) {
    return word >> 31 ? 0u - word : word;
}

static bool is_number(uint32_t word) {
    return magnitude(word) <= VALUE_NUMBER_MAX;
}

static bool is_empty(const struct set *a) {
    return !a->count && !a->number && !a->large;
}

static bool has(const struct set *a, uint32_t word) {
    for (unsigned i = 0; i < a->count; i++) {
        if (a->v[i] == word) {
            return true;
        }
    }
    return false;
}

static void add_number(struct set *to, uint32_t most) {
    to->number = true;
    to->most = most > to->most ? most : to->most;
}

// exact: as long as there is room.
static void add(struct set *to, uint32_t word, bool exact) {
    if (has(to, word) ||
            (to->number && is_number(word) && magnitude(word) <= to->most)) {
        return;
    }
    if (exact && to->count < EXACT) {
        to->v[to->count++] = word;
    } else if (is_number(word)) {
        add_number(to, exact ? magnitude(word) : VALUE_NUMBER_MAX);
    } else {
        to->large = true;
    }
}

static void add_set(struct set *to, const struct set *from, bool exact) {
    for (unsigned i = 0; i < from->count; i++) {
        add(to, from->v[i], exact);
    }
    to->large |= from->large;
    if (from->number) {
        add_number(to, from->most);
    }
}

static bool same(const struct set *a, const struct set *b) {
    return a->count == b->count && a->number == b->number &&
            a->large == b->large && a->most == b->most;
}

// True: that changed it.
static bool join_register(struct state *to, unsigned r, const struct set *from,
        bool exact) {
    struct set *set = &to->reg[r];
    if (!(to->used >> r & 1)) {
        *set = *from;
        to->used |= (uint16_t)(1u << r);
        return true;
    }
    const struct set before = *set;
    add_set(set, from, exact);
    return !same(&before, set);
}

// The most that its numbers are; `*others`: it has others, too.
static uint32_t numbers(const struct set *a, bool *others) {
    uint32_t most = a->number ? a->most : 0;
    *others = a->large;
    for (unsigned i = 0; i < a->count; i++) {
        if (!is_number(a->v[i])) {
            *others = true;
        } else if (magnitude(a->v[i]) > most) {
            most = magnitude(a->v[i]);
        }
    }
    return most;
}

/// What is formed ///

#define SMALLEST 0x100u // nothing of interest is linked below

static void form(struct constants *c, uint32_t word) {
    if (magnitude(word) < SMALLEST ||
            (c->word_count > c->first && c->words[c->word_count - 1] == word)) {
        return;
    }
    uint32_t *grown =
            array_more(c->words, c->word_count, &c->word_room, sizeof *grown);
    if (!grown) {
        c->failed = true;
        return;
    }
    c->words = grown;
    c->words[c->word_count++] = word;
}

static const struct set *get(const struct constants *c, unsigned r) {
    static const struct set none;
    const struct state *state = c->jumps ? &c->ever : &c->here_state;
    return r < 16 && state->used >> r & 1 ? &state->reg[r] : &none;
}

static void set(struct constants *c, unsigned r, const struct set *value) {
    if (r > LR || r == SP) {
        return;
    }
    struct set all = *value;
    if (c->conditional) {
        add_set(&all, get(c, r), true);
    }
    for (unsigned i = 0; i < all.count; i++) {
        form(c, all.v[i]);
    }
    const uint16_t bit = (uint16_t)(1u << r);
    c->here_state.reg[r] = all;
    c->here_state.used &= (uint16_t)~bit;
    c->here_state.stacks &= c->conditional ? UINT16_MAX : (uint16_t)~bit;
    if (!is_empty(&all)) {
        c->here_state.used |= bit;
        c->changed |= join_register(&c->ever, r, &all, !c->widens) && c->jumps;
    }
}

/// Arithmetic ///

static uint32_t shifted(unsigned shift, uint32_t word, uint32_t amount) {
    const uint32_t sign = word >> 31 ? ~0u : 0;
    amount &= 0xFF;
    switch (shift) {
    case THUMB_SHIFT_LSL:
        return amount < 32 ? word << amount : 0;
    case THUMB_SHIFT_LSR:
        return amount < 32 ? word >> amount : 0;
    case THUMB_SHIFT_ASR:
        return !amount        ? word
                : amount < 32 ? word >> amount | sign << (32 - amount)
                              : sign;
    default:
        amount &= 31;
        return amount ? word >> amount | word << (32 - amount) : word;
    }
}

static unsigned shift_of(unsigned op) {
    return op == THUMB_LSL    ? THUMB_SHIFT_LSL
            : op == THUMB_LSR ? THUMB_SHIFT_LSR
            : op == THUMB_ASR ? THUMB_SHIFT_ASR
                              : THUMB_SHIFT_ROR;
}

static uint32_t compute(unsigned op, uint32_t a, uint32_t b) {
    switch (op) {
    case THUMB_MVN:
        return ~b;
    case THUMB_ADD:
        return a + b;
    case THUMB_SUB:
        return a - b;
    case THUMB_RSB:
        return b - a;
    case THUMB_AND:
        return a & b;
    case THUMB_ORR:
        return a | b;
    case THUMB_EOR:
        return a ^ b;
    case THUMB_BIC:
        return a & ~b;
    case THUMB_ORN:
        return a | ~b;
    case THUMB_MUL:
        return a * b;
    case THUMB_MOVT:
        return (a & 0xFFFF) | b << 16;
    case THUMB_LSL:
    case THUMB_LSR:
    case THUMB_ASR:
    case THUMB_ROR:
        return shifted(shift_of(op), a, b);
    default:
        return b;
    }
}

#define ALIGNMENT_MAX 0xFFFu

// Numbers, and constants of the function that are not known one by one, are
// moved by small steps, aligned or scaled; else it may become anything.
static void compute_rest(struct constants *c, unsigned op, const struct set *a,
        const struct set *b, struct set *to) {
    bool others_a, others_b;
    const uint32_t most_a = numbers(a, &others_a);
    const uint32_t most_b = numbers(b, &others_b);
    const uint64_t product = (uint64_t)most_a * most_b;
    const bool small = !others_a && !others_b;
    const uint32_t step = others_a ? most_b : most_a;
    switch (op) {
    case THUMB_ADD:
    case THUMB_SUB:
    case THUMB_RSB:
    case THUMB_ORR:
    case THUMB_EOR:
    case THUMB_BIC:
        if (small) {
            add_number(to,
                    (most_a | most_b) < VALUE_NUMBER_MAX / 2
                            ? 2 * (most_a | most_b)
                            : VALUE_NUMBER_MAX);
        } else if (others_a != others_b && op != THUMB_EOR &&
                (step <= FORMED_MOVES || step == VALUE_NUMBER_MAX)) {
            to->large = c->here.moves = true;
        } else {
            c->here.anything = true;
        }
        break;
    case THUMB_AND:
        if (!others_a || !others_b) {
            add_number(to, others_a ? most_b : most_a);
            if (!small && most_a <= ALIGNMENT_MAX && most_b <= ALIGNMENT_MAX) {
                to->large = c->here.moves = true; // maybe -4
            }
        } else {
            c->here.anything = true;
        }
        break;
    case THUMB_MUL:
        c->here.anything |= !small ||
                (product > VALUE_NUMBER_MAX && most_a < VALUE_NUMBER_MAX &&
                        most_b < VALUE_NUMBER_MAX);
        add_number(to,
                product < VALUE_NUMBER_MAX ? (uint32_t)product
                                           : VALUE_NUMBER_MAX);
        break;
    case THUMB_MVN:
        c->here.anything |= others_b;
        add_number(to, most_b < VALUE_NUMBER_MAX ? most_b + 1 : most_b);
        break;
    default:
        c->here.anything = true;
        break;
    }
}

// An unknown index is added to it: a constant that follows moves it.
static struct set indexed(const struct set *a) {
    struct set to = {.large = a->large};
    for (unsigned i = 0; i < a->count; i++) {
        if (!is_number(a->v[i])) {
            add(&to, a->v[i], true);
        }
    }
    return to;
}

// What a number is added to may be the address of something.
static void form_bases(struct constants *c, unsigned op, const struct set *b) {
    const bool adds = op == THUMB_ADD || op == THUMB_SUB || op == THUMB_ORR;
    for (unsigned i = 0; adds && i < b->count; i++) {
        form(c, op == THUMB_SUB ? 0u - b->v[i] : b->v[i]);
    }
}

static struct set combined(struct constants *c, unsigned op,
        const struct set *a, const struct set *b) {
    struct set to = {0};
    if (is_empty(a) || is_empty(b)) {
        const bool adds = op == THUMB_ADD || op == THUMB_SUB || op == THUMB_ORR;
        return adds ? indexed(is_empty(a) ? b : a) : to;
    }
    for (unsigned i = 0; i < a->count; i++) {
        for (unsigned k = 0; k < b->count; k++) {
            const uint32_t word = compute(op, a->v[i], b->v[k]);
            form(c, word);
            add(&to, word, true);
        }
    }
    if (a->number || a->large || b->number || b->large) {
        form_bases(c, op, b);
        compute_rest(c, op, a, b, &to);
    }
    return to;
}

#define SCALE_MAX 3u // as compilers scale an index

static struct set shift_set(struct constants *c, const struct set *a,
        unsigned shift, unsigned amount) {
    struct set to = {0};
    bool others;
    const uint32_t most = numbers(a, &others);
    for (unsigned i = 0; i < a->count; i++) {
        const uint32_t word = shifted(shift, a->v[i], amount);
        form(c, word);
        add(&to, word, true);
    }
    if (!a->number && !a->large) {
        return to;
    }
    if (shift == THUMB_SHIFT_LSL) {
        const bool counts = most == VALUE_NUMBER_MAX && amount <= SCALE_MAX;
        c->here.anything |= others ||
                (!counts && amount < 32 &&
                        (uint64_t)most << amount > VALUE_NUMBER_MAX);
        add_number(&to, counts ? most : shifted(shift, most, amount));
    } else if (shift == THUMB_SHIFT_LSR || shift == THUMB_SHIFT_ASR) {
        c->here.anything |= others && amount < 12;
        add_number(&to, others ? VALUE_NUMBER_MAX : most);
    } else {
        c->here.anything = true;
    }
    return to;
}

static struct set constant(uint32_t word) {
    return (struct set){.count = 1, .v = {word}};
}

static struct set operand(struct constants *c, const struct thumb_insn *insn) {
    if (insn->immediate) {
        return constant(insn->imm);
    }
    if (insn->rm == PC) {
        return constant(insn->addr + 4);
    }
    const struct set *m = get(c, insn->rm);
    return insn->amount ? shift_set(c, m, insn->shift, insn->amount) : *m;
}

static struct set result(struct constants *c, const struct thumb_insn *insn) {
    static const struct set zero = {.count = 1};
    const struct set b = operand(c, insn);
    struct set to = {0};
    bool others;
    switch (insn->op) {
    case THUMB_MOV:
        return b;
    case THUMB_MVN:
        return combined(c, THUMB_MVN, &zero, &b);
    case THUMB_UXTB:
    case THUMB_UXTH:
        to = constant(insn->op == THUMB_UXTB ? 0xFF : 0xFFFF);
        if (numbers(&b, &others) || others) {
            add_number(&to, to.v[0]);
        }
        return is_empty(&b) ? b : combined(c, THUMB_AND, &b, &to);
    case THUMB_MOVT:
        return combined(c, THUMB_MOVT, get(c, insn->rd), &b);
    default:
        break;
    }
    if (insn->rn == PC) {
        to = constant(insn->op == THUMB_ADD && insn->immediate
                        ? insn->target
                        : insn->addr + 4);
        return insn->immediate ? to : combined(c, insn->op, &to, &b);
    }
    return combined(c, insn->op, get(c, insn->rn), &b);
}

/// Instructions ///

static uint16_t stacks(const struct constants *c) {
    return (uint16_t)(1u << SP | c->here_state.stacks |
            (c->jumps ? c->ever.stacks : 0));
}

static bool is_stack(const struct constants *c, unsigned r) {
    return r < PC &&
            (stacks(c) >> r & 1 || (c->stack_kept && is_empty(get(c, r))));
}

static void make_stack(struct constants *c, unsigned r) {
    const uint16_t bit = (uint16_t)(1u << r);
    c->here_state.stacks |= bit;
    c->changed |= c->jumps && !(c->ever.stacks & bit);
    c->ever.stacks |= bit;
}

static void arithmetic(struct constants *c, const struct thumb_insn *insn) {
    if (insn->rd > LR) {
        return;
    }
    const bool moves = insn->op == THUMB_MOV || insn->op == THUMB_ADD ||
            insn->op == THUMB_SUB || insn->op == THUMB_BIC ||
            insn->op == THUMB_AND;
    const bool stack = moves && (stacks(c) & insn->reads);
    const struct set value = result(c, insn);
    set(c, insn->rd, &value);
    if (stack) {
        make_stack(c, insn->rd);
    }
}

static bool is_instruction(const struct model *model, uint32_t addr) {
    const struct elf_image *image = model_image(model, addr);
    uint32_t end;
    return image && elf_image_content(image, addr, &end) == ELF_CONTENT_THUMB;
}

// literal: by an instruction that names the place. Another may have it by
// chance only, since a register counts as all that it holds anywhere: no code
// reads an instruction for an address.
static void add_word(struct constants *c, struct set *to, uint32_t addr,
        bool literal) {
    uint32_t word;
    if (!literal && is_instruction(c->model, addr)) {
        return;
    }
    if (model_constant(c->model, addr) && model_word(c->model, addr, &word)) {
        form(c, word);
        add(to, word, true);
    }
}

// Where it is, if that is made from constants.
static struct set place(struct constants *c, const struct thumb_insn *insn) {
    const struct set b = insn->immediate
            ? constant(insn->indexed ? insn->imm : 0)
            : operand(c, insn);
    return combined(c, insn->subtract ? THUMB_SUB : THUMB_ADD, get(c, insn->rn),
            &b);
}

static void write_back(struct constants *c, const struct thumb_insn *insn) {
    const bool many =
            insn->op == THUMB_LOAD_MULTIPLE || insn->op == THUMB_STORE_MULTIPLE;
    const bool down = many ? insn->decrement : insn->subtract;
    const struct set step = constant(many ? insn->access_bytes : insn->imm);
    if (insn->writeback && insn->rn < SP) {
        const struct set moved = combined(c, down ? THUMB_SUB : THUMB_ADD,
                get(c, insn->rn), &step);
        const bool stack = is_stack(c, insn->rn);
        set(c, insn->rn, &moved);
        if (stack) {
            make_stack(c, insn->rn);
        }
    }
}

static void load_word(struct constants *c, const struct thumb_insn *insn,
        const struct set *from, unsigned r, uint32_t offset) {
    struct set value = {0};
    if (insn->floating || r > LR) {
        return;
    }
    if (is_stack(c, insn->rn)) {
        value = c->frame;
    }
    if (insn->op == THUMB_LOAD && insn->access_bytes < 4) {
        if (!is_empty(from) || !is_empty(&value)) {
            value = (struct set){0};
            add_number(&value, 0xFFFF);
        }
    } else {
        for (unsigned i = 0; i < from->count; i++) {
            add_word(c, &value, from->v[i] + offset, insn->rn == PC);
        }
    }
    set(c, r, &value);
}

static void load(struct constants *c, const struct thumb_insn *insn) {
    const struct set from = insn->rn == PC
            ? insn->immediate ? constant(insn->target) : (struct set){0}
            : place(c, insn);
    if (insn->op == THUMB_LOAD) {
        write_back(c, insn);
        load_word(c, insn, &from, insn->rd, 0);
        load_word(c, insn, &from, insn->rd2, 4);
        return;
    }
    uint32_t offset = insn->decrement ? 0u - insn->access_bytes : 0;
    const struct set base = *get(c, insn->rn);
    write_back(c, insn);
    for (unsigned r = 0; r < 16; r++) {
        if (insn->list >> r & 1) {
            load_word(c, insn, &base, r, offset);
            offset += 4;
        }
    }
}

static void store_word(struct constants *c, const struct thumb_insn *insn,
        unsigned r) {
    if (insn->floating || r > LR) {
        return;
    }
    if (stacks(c) >> r & 1 && r != SP && !c->stack_kept) {
        c->stack_kept = c->changed = true;
    }
    if (is_stack(c, insn->rn)) {
        const struct set before = c->frame;
        add_set(&c->frame, get(c, r), !c->widens);
        c->changed |= !same(&before, &c->frame);
    }
}

static void store(struct constants *c, const struct thumb_insn *insn) {
    c->here.stores |= !is_stack(c, insn->rn);
    (void)place(c, insn); // it is formed
    if (insn->op == THUMB_STORE) {
        store_word(c, insn, insn->rd);
        store_word(c, insn, insn->access_bytes == 8 ? insn->rd2 : THUMB_NONE);
    } else {
        for (unsigned r = 0; r < 16; r++) {
            if (insn->list >> r & 1) {
                store_word(c, insn, r);
            }
        }
    }
    write_back(c, insn);
    const struct set none = {0};
    for (unsigned r = 0; r < SP; r++) { // of STREX
        if (insn->writes >> r & 1 && r != insn->rn) {
            set(c, r, &none);
        }
    }
}

// Bits of words that are put together, as flow does it.
static void other(struct constants *c, const struct thumb_insn *insn) {
    struct set value = {0};
    bool known = insn->reads != 0;
    for (unsigned r = 0; r < 16; r++) {
        known = known && (!(insn->reads >> r & 1) || !is_empty(get(c, r)));
    }
    switch (known ? flow_bits_kind(insn) : FLOW_BITS_NONE) {
    case FLOW_BITS_WORD:
        c->here.anything = true;
        break;
    case FLOW_BITS_NUMBER:
        add_number(&value, VALUE_NUMBER_MAX);
        break;
    default:
        break;
    }
    for (unsigned r = 0; r < SP; r++) {
        if (insn->writes >> r & 1) {
            set(c, r, &value);
        }
    }
}

static void call(struct constants *c) {
    const struct set none = {0};
    for (unsigned r = 1; r <= LR; r++) {
        if (r < 4 || r == 12 || r == LR) { // AAPCS32 6.1.1
            set(c, r, &none);
        }
    }
}

// What is here may be there.
static void reach(struct constants *c, uint32_t addr) {
    if (addr < c->addr || addr >= c->end_addr) {
        return;
    }
    const unsigned label = c->labels[(addr - c->addr) / 2];
    c->jumps |= !label; // into the middle of an instruction
    if (label) {
        uint16_t *stacks = &c->states[label - 1].stacks;
        c->changed |= (c->here_state.stacks & ~*stacks) != 0;
        *stacks |= c->here_state.stacks;
    }
    for (unsigned r = 0; label && r <= LR; r++) {
        if (c->here_state.used >> r & 1) {
            c->changed |= join_register(&c->states[label - 1], r,
                    &c->here_state.reg[r], !c->widens);
        }
    }
}

// By a computed jump.
static void jump(struct constants *c, const struct set *to) {
    for (unsigned i = 0; i < to->count; i++) {
        c->jumps |= (to->v[i] & ~1u) - c->addr < c->end_addr - c->addr;
    }
    c->jumps |= to->large;
}

// Calls visit() with where the entries of a table behind TBB or TBH lead to.
static void each_case(struct constants *c, const struct thumb_insn *insn,
        void (*visit)(struct constants *c, uint32_t addr)) {
    const uint32_t table = insn->addr + 4, width = insn->access_bytes;
    uint32_t end = c->end_addr;
    for (uint32_t at = table; at + width <= end; at += width) {
        const uint8_t *b = model_bytes(c->model, at, width);
        if (!b) {
            return;
        }
        const uint32_t entry = width == 1 ? b[0] : b[0] | (uint32_t)b[1] << 8;
        const uint32_t to = table + 2 * entry;
        if (to > at && to < end) {
            end = to;
        }
        visit(c, to);
    }
}

static void execute(struct constants *c, const struct thumb_insn *insn) {
    switch (insn->op) {
    case THUMB_BX:
        jump(c, get(c, insn->rm));
        break;
    case THUMB_B:
    case THUMB_CBZ:
    case THUMB_CBNZ:
        reach(c, insn->target);
        break;
    case THUMB_TABLE:
        each_case(c, insn, reach);
        break;
    case THUMB_LOAD:
    case THUMB_LOAD_MULTIPLE:
        load(c, insn);
        break;
    case THUMB_STORE:
    case THUMB_STORE_MULTIPLE:
        store(c, insn);
        break;
    case THUMB_BL:
    case THUMB_BLX:
        call(c);
        break;
    case THUMB_OTHER:
        other(c, insn);
        break;
    case THUMB_IT:
        c->conditional = thumb_it_length(insn) + 1;
        break;
    default:
        if (insn->op != THUMB_UNDEFINED && insn->op < THUMB_OTHER) {
            arithmetic(c, insn);
        }
        break;
    }
    c->conditional -= c->conditional > 0;
}

/// A function ///

static bool leaves(const struct thumb_insn *insn) {
    return insn->op == THUMB_UDF || insn->op == THUMB_BX ||
            insn->op == THUMB_TABLE ||
            (insn->op == THUMB_B && insn->cond == THUMB_AL) ||
            (insn->writes >> PC & 1 && insn->op < THUMB_B);
}

// It may lead to any place of the function, or a routine inside of it returns.
static bool jumps_anywhere(const struct constants *c,
        const struct thumb_insn *insn) {
    const bool inside = insn->target >= c->addr && insn->target < c->end_addr;
    return (insn->op == THUMB_TABLE && insn->rn != PC) ||
            (insn->op == THUMB_BL && inside) ||
            (insn->writes >> PC & 1 && insn->op < THUMB_LOAD) ||
            (insn->op == THUMB_LOAD && insn->writes >> PC & 1 &&
                    insn->rn != SP);
}

static void label(struct constants *c, uint32_t addr) {
    if (addr < c->addr || addr >= c->end_addr ||
            c->labels[(addr - c->addr) / 2]) {
        return;
    }
    struct state *grown = array_more(c->states, c->state_count, &c->state_room,
            sizeof *grown);
    if (!grown || c->state_count == UINT16_MAX) {
        c->states = grown ? grown : c->states;
        c->failed |= !grown;
        c->jumps = true;
        return;
    }
    c->states = grown;
    grown[c->state_count].used = grown[c->state_count].stacks = 0;
    c->labels[(addr - c->addr) / 2] = (uint16_t)++c->state_count;
}

static bool add_insn(struct constants *c, const struct thumb_insn *insn) {
    struct thumb_insn *grown =
            array_more(c->insns, c->insn_count, &c->insn_room, sizeof *grown);
    if (!grown) {
        c->failed = true;
        return false;
    }
    c->insns = grown;
    c->insns[c->insn_count++] = *insn;
    if (insn->op == THUMB_B || insn->op == THUMB_CBZ ||
            insn->op == THUMB_CBNZ) {
        label(c, insn->target);
    } else if (insn->op == THUMB_TABLE) {
        each_case(c, insn, label);
    }
    c->jumps |= jumps_anywhere(c, insn);
    return true;
}

static void decode(struct constants *c) {
    const struct elf_image *image = model_image(c->model, c->addr);
    const struct function_code code = model_code(c->model,
            &(struct function_extent){c->addr, c->end_addr});
    const uint32_t last = code.addr + code.size_bytes;
    for (uint32_t addr = code.addr; addr < last;) {
        uint32_t end = last;
        const enum elf_content content = elf_image_content(image, addr, &end);
        end = end > addr && end < last ? end : last;
        while (content != ELF_CONTENT_DATA && addr + 2 <= end) {
            struct thumb_insn insn;
            const uint8_t *b = code.bytes + (addr - code.addr);
            if (!thumb_decode(&insn, addr, b, end - addr)) {
                break;
            }
            if (!add_insn(c, &insn)) {
                return;
            }
            addr += insn.size_bytes;
        }
        addr = end;
    }
}

static bool begin(struct constants *c, const struct function_extent *extent) {
    c->addr = extent->entry_addr & ~1u;
    c->end_addr = extent->end_addr;
    const size_t bytes = ((c->end_addr - c->addr) / 2 + 1) * sizeof *c->labels;
    if (bytes > c->label_room) {
        free(c->labels);
        c->labels = malloc(bytes);
        c->label_room = c->labels ? bytes : 0;
    }
    if (!c->labels) {
        c->failed = true;
        return false;
    }
    memset(c->labels, 0, bytes);
    c->ever.used = 0;
    c->frame = (struct set){0};
    c->ever.stacks = 0;
    c->stack_kept = c->jumps = false;
    c->insn_count = c->state_count = 0;
    c->first = c->word_count;
    c->here = (struct record){.end_addr = extent->end_addr};
    return true;
}

#define EXACT_PASSES 3u
#define PASSES 16u

static void pass(struct constants *c) {
    bool goes_on = true;
    c->word_count = c->first;
    c->here_state.used = c->here_state.stacks = 0;
    c->conditional = 0;
    for (size_t i = 0; i < c->insn_count && !c->here.anything; i++) {
        const struct thumb_insn *insn = &c->insns[i];
        const unsigned at = c->labels[(insn->addr - c->addr) / 2];
        if (at && goes_on) {
            reach(c, insn->addr);
        }
        if (at) {
            c->here_state = c->states[at - 1];
        } else if (!goes_on) {
            c->here_state.used = c->here_state.stacks = 0;
        }
        const bool conditional = c->conditional;
        execute(c, insn);
        goes_on = conditional || !leaves(insn);
    }
}

static int by_word(const void *a, const void *b) {
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void keep_words(struct constants *c) {
    uint32_t *words = c->words + c->first;
    const size_t count = c->word_count - c->first;
    size_t kept = 0;
    if (count) {
        qsort(words, count, sizeof *words, by_word);
    }
    for (size_t i = 0; i < count; i++) {
        if (!kept || words[kept - 1] != words[i]) {
            words[kept++] = words[i];
        }
    }
    c->here.first = (uint32_t)c->first;
    c->here.count = (uint32_t)kept;
    c->word_count = c->first + kept;
}

static void find(struct constants *c, const struct function_extent *extent) {
    if (!begin(c, extent)) {
        return;
    }
    decode(c);
    c->changed = true;
    for (unsigned i = 0; c->changed && i < PASSES; i++) {
        c->changed = false;
        c->widens = i >= EXACT_PASSES;
        pass(c);
    }
    c->here.anything |= c->changed;
    keep_words(c);
    struct record *grown = array_more(c->records, c->record_count,
            &c->record_room, sizeof *grown);
    if (!grown || !index_add(&c->index, c->addr, c->record_count)) {
        c->records = grown ? grown : c->records;
        c->failed = true;
        return;
    }
    c->records = grown;
    c->records[c->record_count++] = c->here;
}

struct formed constants_of(struct constants *c,
        const struct function_extent *extent) {
    const uint32_t addr = extent->entry_addr & ~1u;
    for (unsigned i = 0; i < 2; i++) {
        size_t from = 0, k;
        while ((k = index_next(&c->index, addr, &from)) != INDEX_NONE) {
            const struct record *r = &c->records[k];
            if (r->end_addr == extent->end_addr) {
                return (struct formed){c->words + r->first, r->count, r->moves,
                        r->anything, r->stores};
            }
        }
        if (!i) {
            find(c, extent);
        }
    }
    return (struct formed){.anything = true, .stores = true};
}

#define REACH 64u // bytes of one store

bool formed_near(const struct formed *formed, uint32_t addr,
        uint32_t size_bytes) {
    const uint32_t margin = formed->moves ? FORMED_MOVES : REACH;
    const uint64_t low = addr > margin ? addr - margin : 0;
    const uint64_t high =
            (uint64_t)addr + size_bytes + (formed->moves ? margin : 0);
    size_t first = 0, last = formed->count;
    while (first < last) {
        const size_t middle = (first + last) / 2;
        if (formed->words[middle] < low) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    return formed->anything ||
            (first < formed->count && formed->words[first] <= high);
}

struct constants *constants_new(const struct model *model) {
    struct constants *c = calloc(1, sizeof *c);
    if (c) {
        c->model = model;
    }
    return c;
}

void constants_free(struct constants *c) {
    if (c) {
        index_free(&c->index);
        free(c->records);
        free(c->words);
        free(c->insns);
        free(c->labels);
        free(c->states);
        free(c);
    }
}

bool constants_failed(const struct constants *c) {
    return c->failed;
}
