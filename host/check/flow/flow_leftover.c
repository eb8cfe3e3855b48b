/*
 * flow_leftover - what a caller left in a register is no argument
 *
 * SPDX-License-Identifier: MIT
 *
 * All paths are followed, into calls too, until each has overwritten the
 * register, and the word of the stack that it may have been pushed to: PUSH
 * {r3, lr} only keeps the stack aligned, but the word is where a callee has
 * its fifth argument. What cannot be followed reads it.
 */
#include <string.h>

#include "check/flow/flow_priv.h"

#define STATES 400u // of one function, an instruction each
#define BUCKETS 128u
#define ALL_STATES 4000u
#define DEEPEST 12u
#define CONSTANTS 3u

#define GONE INT32_MIN

// What becomes of a register in a function. READ: or it was lost.
enum fate { DIES, LIVES, READ };

// Before an instruction. Compared as bytes.
struct where {
    uint32_t addr;
    int32_t pushed; // bytes from the stack pointer up to the copy, or GONE
    // Constants that a call or a table may go through, of registers `in`, the
    // last one first; THUMB_NONE.
    uint32_t constant[CONSTANTS];
    uint8_t in[CONSTANTS];
    bool live;   // in the register
    bool lr_set; // LR has an address of the function's own
    // Instructions of an IT block that are left, and which are executed, from
    // bit 3 down.
    uint8_t block, executed;
    uint8_t unused;
};

struct look {
    const struct model *model;
    const struct look *outer; // of the caller
    uint32_t entry_addr;
    unsigned r, depth;
    unsigned *left; // of ALL_STATES
    bool lives;     // it returns, and the register is as it was
    struct where states[STATES];
    uint16_t next[STATES], bucket[BUCKETS]; // position + 1
    unsigned count;
};

// False: there are too many.
static bool reach(struct look *look, const struct where *to) {
    if (!to->live && to->pushed == GONE) {
        return true;
    }
    const unsigned hash =
            (to->addr / 2 + 31u * (uint32_t)to->pushed + to->live) % BUCKETS;
    for (unsigned i = look->bucket[hash]; i; i = look->next[i - 1]) {
        if (!memcmp(&look->states[i - 1], to, sizeof *to)) {
            return true;
        }
    }
    if (look->count == STATES || !*look->left) {
        return false;
    }
    --*look->left;
    look->states[look->count] = *to;
    look->next[look->count] = look->bucket[hash];
    look->bucket[hash] = (uint16_t)++look->count;
    return true;
}

static bool reach_at(struct look *look, struct where to, uint32_t addr) {
    to.addr = addr;
    return reach(look, &to);
}

/// The stack ///

static bool is_multiple(const struct thumb_insn *insn) {
    return insn->op == THUMB_LOAD_MULTIPLE || insn->op == THUMB_STORE_MULTIPLE;
}

// The words of a transfer by the stack pointer, from there on. False: they are
// not known.
static bool transfer(const struct thumb_insn *insn, int32_t *first,
        int32_t *end) {
    const int32_t bytes = insn->access_bytes;
    if (is_multiple(insn)) {
        *first = insn->decrement ? -bytes : 0;
    } else if (insn->immediate) {
        *first = !insn->indexed  ? 0
                : insn->subtract ? -(int32_t)insn->imm
                                 : (int32_t)insn->imm;
    } else {
        return false;
    }
    *end = *first + bytes;
    return true;
}

// How far the stack pointer goes up. False: that is not known.
static bool moves(const struct thumb_insn *insn, int32_t *by) {
    const int32_t offset = (int32_t)insn->imm;
    *by = 0;
    if (!(insn->writes >> SP & 1)) {
        return true;
    }
    if (insn->op == THUMB_ADD || insn->op == THUMB_SUB) {
        *by = insn->op == THUMB_ADD ? offset : -offset;
        return insn->rn == SP && insn->immediate;
    }
    if (is_multiple(insn)) {
        *by = insn->decrement ? -(int32_t)insn->access_bytes
                              : (int32_t)insn->access_bytes;
        return insn->rn == SP;
    }
    *by = insn->subtract ? -offset : offset;
    return (insn->op == THUMB_LOAD || insn->op == THUMB_STORE) &&
            insn->rn == SP && insn->immediate;
}

// The register that a load or store has at a byte from the stack pointer on.
static unsigned register_at(const struct thumb_insn *insn, int32_t first,
        int32_t at) {
    const int32_t n = (at - first) / 4;
    int32_t i = 0;
    if (!is_multiple(insn)) {
        return n ? insn->rd2 : insn->rd;
    }
    for (unsigned r = 0; r < 16; r++) {
        if (insn->list >> r & 1 && i++ == n) {
            return r;
        }
    }
    return THUMB_NONE;
}

// A push puts the register's value onto the stack.
static bool pushes(const struct look *look, const struct thumb_insn *insn,
        struct where *now, int32_t first) {
    const bool push = insn->writes == 1u << SP && insn->rn == SP &&
            !insn->floating &&
            (insn->op == THUMB_STORE_MULTIPLE ||
                    (insn->op == THUMB_STORE && insn->access_bytes == 4)) &&
            first < 0 && now->pushed == GONE;
    for (int32_t at = first; push && at < 0; at += 4) {
        if (register_at(insn, first, at) == look->r) {
            now->pushed = at;
            return true;
        }
    }
    return false;
}

static bool is_load(const struct thumb_insn *insn) {
    return insn->op == THUMB_LOAD || insn->op == THUMB_LOAD_MULTIPLE;
}

static bool is_store(const struct thumb_insn *insn) {
    return insn->op == THUMB_STORE || insn->op == THUMB_STORE_MULTIPLE;
}

// The copy is among the words of a transfer that begin there. False: it may be
// read.
static bool transfers_copy(const struct look *look,
        const struct thumb_insn *insn, struct where *now, int32_t first,
        int32_t end, bool *restored) {
    const bool aligned = !((now->pushed - first) & 3);
    if (is_store(insn)) {
        const bool whole =
                aligned && first <= now->pushed && end >= now->pushed + 4;
        now->pushed = whole ? GONE : now->pushed;
        return true;
    }
    // Back in the register, or in another one that holds no result.
    const unsigned to = is_multiple(insn) && aligned
            ? register_at(insn, first, now->pushed)
            : THUMB_NONE;
    *restored = to == look->r;
    now->pushed = GONE;
    return *restored || (to != THUMB_NONE && to > 1 && insn->writes >> PC & 1);
}

// What the instruction does to the copy. False: it may be read.
static bool keeps_copy(const struct look *look, const struct thumb_insn *insn,
        struct where *now, bool *restored) {
    int32_t first, end;
    if (now->pushed == GONE || !(insn->reads >> SP & 1) ||
            (insn->writes == 1u << SP && !is_load(insn))) {
        return true; // a push of other registers goes below it
    }
    if ((!is_load(insn) && !is_store(insn)) || insn->rn != SP) {
        // The address of something above it.
        return insn->op == THUMB_ADD && insn->rn == SP && insn->immediate &&
                (int32_t)insn->imm >= now->pushed + 4;
    }
    if (!transfer(insn, &first, &end)) {
        return is_store(insn);
    }
    return end <= now->pushed || first >= now->pushed + 4 ||
            transfers_copy(look, insn, now, first, end, restored);
}

/// Constants ///

static void put_constant(struct where *now, unsigned r, uint32_t word) {
    for (unsigned i = CONSTANTS - 1; i; i--) {
        now->in[i] = now->in[i - 1];
        now->constant[i] = now->constant[i - 1];
    }
    now->in[0] = (uint8_t)r;
    now->constant[0] = word;
}

static bool constant(const struct where *now, unsigned r, uint32_t *word) {
    for (unsigned i = 0; i < CONSTANTS; i++) {
        if (now->in[i] == r) {
            *word = now->constant[i];
            return true;
        }
    }
    return false;
}

// Other than in `keep`, by bit, they are unknown.
static void lose_constants(struct where *now, uint32_t keep) {
    unsigned count = 0;
    for (unsigned i = 0; i < CONSTANTS; i++) {
        if (now->in[i] < 16 && keep >> now->in[i] & 1) {
            now->in[count] = now->in[i];
            now->constant[count++] = now->constant[i];
        }
    }
    for (; count < CONSTANTS; count++) {
        now->in[count] = THUMB_NONE;
        now->constant[count] = 0;
    }
}

// Compilers load the address of a function that is far, or of a table.
static void follow_constants(const struct look *look,
        const struct thumb_insn *insn, struct where *now) {
    uint32_t word, low = 0;
    const bool adr = insn->op == THUMB_ADD && insn->rn == PC && insn->immediate;
    const bool half = insn->op == THUMB_MOVT && constant(now, insn->rd, &low);
    const bool moves = insn->op == THUMB_MOV && insn->rd < PC &&
            (insn->immediate ? insn->size_bytes == 4
                             : !insn->amount && constant(now, insn->rm, &word));
    const bool loads = insn->access_bytes == 4 && !insn->floating &&
            insn->rd < PC && model_literal(look->model, insn, &word);
    lose_constants(now, ~(uint32_t)insn->writes);
    if (adr || loads) {
        put_constant(now, insn->rd, adr ? insn->target : word);
    } else if (half) {
        put_constant(now, insn->rd, (low & 0xFFFF) | insn->imm << 16);
    } else if (moves) {
        put_constant(now, insn->rd, insn->immediate ? insn->imm : word);
    }
}

/// Paths ///

static enum fate fate_of(const struct look *caller, const struct where *now,
        const struct model *model, uint32_t addr, unsigned r, unsigned *left);

// The end of a table without a symbol: where code begins.
static uint32_t table_end(const struct look *look, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(look->model, addr);
    const struct elf_image *image = model_image(look->model, addr);
    uint32_t end = addr;
    if (symbol && symbol->object && symbol->size_bytes) {
        return symbol->addr + symbol->size_bytes;
    }
    return image && elf_image_content(image, addr, &end) == ELF_CONTENT_DATA
            ? end
            : addr;
}

// Each entry of a switch table: offsets, or (width 4) addresses. It ends at the
// first place behind it that one of them leads to.
static bool reach_table(struct look *look, const struct where *now,
        uint32_t addr, uint32_t base, unsigned width) {
    uint32_t end = table_end(look, addr);
    if (addr + width > end || !model_settled(look->model, addr)) {
        return false;
    }
    for (uint32_t at = addr; at + width <= end; at += width) {
        const uint8_t *b = model_bytes(look->model, at, width);
        if (!b) {
            return false;
        }
        const uint32_t entry = width == 4 ? model_word_in(b)
                : width == 2              ? (uint32_t)b[0] | (uint32_t)b[1] << 8
                                          : b[0];
        const uint32_t target = width == 4 ? entry & ~1u : base + 2 * entry;
        if (target >= addr && target <= at && width < 4) {
            return at != addr; // padding
        }
        if (target > at && target < end) {
            end = target;
        }
        if (!reach_at(look, *now, target)) {
            return false;
        }
    }
    return true;
}

// Debug information says that the function has no such argument.
static bool takes_no(const struct model *model, uint32_t addr, unsigned r) {
    const uint32_t function = flow_past_veneers_(model, addr);
    struct elf_image *image = model_image(model, function);
    const int words = image ? elf_image_arguments(image, function) : -1;
    return words >= 0 && (unsigned)words <= r;
}

static bool call(struct look *look, const struct thumb_insn *insn,
        const struct where *now, uint32_t addr) {
    const struct value target = value_const(addr | 1);
    struct where behind = *now;
    const enum fate fate = now->live
            ? fate_of(look, now, look->model, addr, look->r, look->left)
            : DIES;
    if ((fate == READ && !takes_no(look->model, addr, look->r)) ||
            flow_is_switch_helper(look->model, addr) ||
            (now->pushed >= 0 &&
                    flow_callee_of_(look->model, &target).reads_bytes >
                            (uint32_t)now->pushed)) {
        return false;
    }
    behind.live = fate != DIES;
    lose_constants(&behind, KEPT);
    return reach_at(look, behind, insn->addr + insn->size_bytes);
}

static bool begin_block(struct look *look, const struct thumb_insn *insn,
        const struct where *now) {
    for (unsigned holds = 0; holds < 2; holds++) {
        struct where block = *now;
        block.block = (uint8_t)thumb_it_length(insn);
        for (unsigned i = 0; i < block.block; i++) {
            // Bit 4 of the mask, as it is shifted, is bit 0 of the condition
            // (Armv7-M ARM A7.7.38).
            const bool then =
                    !i || (insn->it_mask >> (4 - i) & 1) == (insn->cond & 1);
            block.executed |= (uint8_t)((then == holds) << (3 - i));
        }
        if (!reach_at(look, block, insn->addr + insn->size_bytes)) {
            return false;
        }
    }
    return true;
}

// Where the path goes. False: it is not known.
static bool go_on(struct look *look, const struct thumb_insn *insn,
        const struct where *now) {
    uint32_t word;
    const uint32_t next = insn->addr + insn->size_bytes;
    if (flow_is_return_(insn)) {
        look->lives |= now->live;
        // Or a jump, by what was put into LR.
        return is_load(insn) || !now->lr_set;
    }
    switch (insn->op) {
    case THUMB_IT:
        return begin_block(look, insn, now);
    case THUMB_B:
        return (insn->cond == THUMB_AL || reach_at(look, *now, next)) &&
                reach_at(look, *now, insn->target);
    case THUMB_CBZ:
    case THUMB_CBNZ:
        return reach_at(look, *now, next) && reach_at(look, *now, insn->target);
    case THUMB_BL:
        return call(look, insn, now, insn->target);
    case THUMB_BLX:
        return constant(now, insn->rm, &word) && word & 1 &&
                call(look, insn, now, word & ~1u);
    case THUMB_BX:
        return constant(now, insn->rm, &word) && word & 1 &&
                reach_at(look, *now, word & ~1u);
    case THUMB_TABLE:
        word = next;
        return (insn->rn == PC || constant(now, insn->rn, &word)) &&
                reach_table(look, now, word, next, insn->access_bytes);
    case THUMB_LOAD:
        if (insn->rd == PC && model_literal(look->model, insn, &word)) {
            return reach_at(look, *now, word & ~1u); // a veneer of the linker
        }
        if (insn->rd == PC && !insn->immediate && insn->amount == 2 &&
                insn->shift == THUMB_SHIFT_LSL &&
                constant(now, insn->rn, &word)) {
            return reach_table(look, now, word, 0, 4);
        }
        break;
    default:
        break;
    }
    return insn->op < THUMB_B && insn->op != THUMB_UNDEFINED &&
            !(insn->writes >> PC & 1) && reach_at(look, *now, next);
}

// The register is read: only a push of it, which is followed, may do that.
static bool copies(const struct look *look, const struct thumb_insn *insn,
        struct where *now) {
    int32_t first, end;
    return insn->rn == SP && is_store(insn) && transfer(insn, &first, &end) &&
            pushes(look, insn, now, first);
}

// False: r is read, or the path cannot be followed.
static bool step(struct look *look, struct where now) {
    struct thumb_insn insn;
    int32_t by;
    bool restored = false;
    if (!flow_decode_(look->model, now.addr, &insn) || flow_is_custom_(&insn)) {
        return false;
    }
    const bool executed = !now.block || now.executed & 8;
    now.block -= now.block > 0;
    now.executed = (uint8_t)(now.executed << 1 & 15);
    if (!executed) {
        return reach_at(look, now, now.addr + insn.size_bytes);
    }
    const bool reads = now.live && insn.reads >> look->r & 1;
    if ((now.block && flow_it_sets_flags_(&insn)) || // it may not be executed
            !(reads ? copies(look, &insn, &now)
                    : keeps_copy(look, &insn, &now, &restored)) ||
            (now.pushed != GONE && !moves(&insn, &by))) {
        return false;
    }
    now.pushed -= now.pushed != GONE ? by : 0;
    follow_constants(look, &insn, &now);
    now.live = restored || (now.live && !(insn.writes >> look->r & 1));
    now.lr_set =
            flow_sets_lr_(&insn) || (now.lr_set && !(insn.writes >> LR & 1));
    return go_on(look, &insn, &now);
}

// now: at the call, with the constants that it passes; or NULL.
static enum fate fate_of(const struct look *caller, const struct where *now,
        const struct model *model, uint32_t addr, unsigned r, unsigned *left) {
    struct look look;
    struct where begin;
    for (const struct look *l = caller; l; l = l->outer) {
        if (l->entry_addr == addr) {
            return LIVES; // what it reads, it reads the first time
        }
    }
    if (caller && caller->depth == DEEPEST) {
        return READ;
    }
    memset(&begin, 0, sizeof begin);
    memset(begin.in, THUMB_NONE, sizeof begin.in);
    if (now) {
        memcpy(begin.in, now->in, sizeof begin.in);
        memcpy(begin.constant, now->constant, sizeof begin.constant);
    }
    begin.addr = addr;
    begin.pushed = GONE;
    begin.live = true;
    look.model = model;
    look.outer = caller;
    look.entry_addr = addr;
    look.r = r;
    look.depth = caller ? caller->depth + 1 : 0;
    look.left = left;
    look.lives = false;
    look.count = 0;
    memset(look.bucket, 0, sizeof look.bucket);
    bool good = reach(&look, &begin);
    for (unsigned i = 0; good && i < look.count; i++) {
        good = step(&look, look.states[i]);
    }
    return !good ? READ : look.lives ? LIVES : DIES;
}

bool flow_ignores(const struct model *model, uint32_t addr, unsigned r) {
    unsigned left = ALL_STATES;
    const enum fate fate = fate_of(NULL, NULL, model, addr, r, &left);
    return fate == DIES || (fate == LIVES && r); // r0: the caller's own result
}

bool flow_left_over(const struct model *model, const struct value *target,
        unsigned k) {
    return k < VALUE_REGISTER_ARGUMENTS && value_is_const(target) &&
            (takes_no(model, target->v[0] & ~1u, k) ||
                    (flow_ignores(model, target->v[0] & ~1u, k) &&
                            !flow_jumps_by_pop_(model, target->v[0] & ~1u)));
}
