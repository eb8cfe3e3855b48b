/*
 * flow_noreturn - what compilers know of a small function that is called
 *
 * SPDX-License-Identifier: MIT
 *
 * Which registers it leaves alone (-fipa-ra), and that it never returns. They
 * know abort() and the like, and put other code behind the call. A
 * small function with no way out but endless loops is one; all others return.
 */
#include "check/flow/flow_priv.h"

#define MOST_INSTRUCTIONS 64u
#define MOST_PENDING 32u
#define DEEPEST 3u

struct look {
    const struct model *model;
    struct function_extent extent;
    uint32_t seen[MOST_INSTRUCTIONS];
    unsigned seen_count;
    uint32_t pending[MOST_PENDING];
    unsigned pending_count;
    bool aligned;       // the register was pushed to align the stack
    bool lr_set, by_lr; // LR has an address of its own; BX lr
};

static bool seen(const struct look *look, uint32_t addr) {
    for (unsigned i = 0; i < look->seen_count; i++) {
        if (look->seen[i] == addr) {
            return true;
        }
    }
    return false;
}

// The last instruction of an image may have no four bytes.
static bool decode(const struct model *model, uint32_t addr,
        struct thumb_insn *insn) {
    uint32_t room = 4;
    const uint8_t *bytes = model_bytes(model, addr, room);
    if (!bytes) {
        room = 2;
        bytes = model_bytes(model, addr, room);
    }
    return bytes && thumb_decode(insn, addr, bytes, room);
}

// False: there are too many.
static bool later(struct look *look, uint32_t addr) {
    for (unsigned i = 0; i < look->pending_count; i++) {
        if (look->pending[i] == addr) {
            return true;
        }
    }
    if (look->pending_count == MOST_PENDING) {
        return false;
    }
    look->pending[look->pending_count++] = addr;
    return true;
}

// False: the function may return from here.
static bool follow(struct look *look, uint32_t addr, unsigned depth) {
    unsigned conditional = 0; // instructions of an IT block that are left
    while (!seen(look, addr)) {
        struct thumb_insn insn;
        uint32_t end, word;
        if (look->seen_count == MOST_INSTRUCTIONS ||
                addr < look->extent.entry_addr ||
                addr >= look->extent.end_addr ||
                elf_image_content(model_image(look->model, addr), addr, &end) !=
                        ELF_CONTENT_THUMB ||
                !decode(look->model, addr, &insn)) {
            return false;
        }
        look->seen[look->seen_count++] = addr;
        addr += insn.size_bytes;
        const bool maybe = conditional != 0;
        conditional -= maybe;
        switch (insn.op) {
        case THUMB_IT:
            conditional = thumb_it_length(&insn);
            break;
        case THUMB_UNDEFINED:
        case THUMB_BX:
        case THUMB_TABLE:
        case THUMB_SVC:
        case THUMB_UDF:
        case THUMB_BKPT:
            return false;
        case THUMB_B:
            if (insn.cond == THUMB_AL && !maybe) {
                addr = insn.target;
                break;
            }
            // fallthrough
        case THUMB_CBZ:
        case THUMB_CBNZ:
            if (!later(look, insn.target)) {
                return false;
            }
            break;
        case THUMB_BL:
            if (!maybe &&
                    flow_never_returns_(look->model, insn.target, depth + 1)) {
                return true;
            }
            break;
        default:
            if (insn.writes >> PC & 1) {
                // A veneer of the linker, if anything.
                return !maybe && insn.op == THUMB_LOAD && insn.rn == PC &&
                        insn.immediate &&
                        model_word(look->model, insn.target, &word) &&
                        flow_never_returns_(look->model, word & ~1u, depth + 1);
            }
            break;
        }
    }
    return true;
}

bool flow_never_returns_(const struct model *model, uint32_t addr,
        unsigned depth) {
    struct look look = {.model = model};
    if (depth > DEEPEST || !model_function(model, addr, &look.extent) ||
            look.extent.entry_addr != addr) {
        return false;
    }
    look.pending[look.pending_count++] = addr;
    while (look.pending_count) {
        if (!follow(&look, look.pending[--look.pending_count], depth)) {
            return false;
        }
    }
    return true;
}

#define ALL_REGISTERS 0xFFFFu

// BX lr, MOV pc, lr, or a pop of the PC.
static bool is_return(const struct thumb_insn *insn) {
    const bool pops = insn->rn == SP &&
            (insn->op == THUMB_LOAD_MULTIPLE || insn->op == THUMB_LOAD);
    return ((insn->op == THUMB_BX || insn->op == THUMB_MOV) && insn->rm == LR &&
                   (insn->op == THUMB_BX || insn->rd == PC)) ||
            (pops && insn->writes >> PC & 1);
}

// LR does not hold the return address, or what was pushed of it, any more: a
// return by it is a jump to something else.
static bool sets_lr(const struct thumb_insn *insn) {
    const bool pops = insn->rn == SP &&
            (insn->op == THUMB_LOAD_MULTIPLE || insn->op == THUMB_LOAD);
    return insn->writes >> LR & 1 && insn->op != THUMB_BL &&
            insn->op != THUMB_BLX && !pops;
}

// The stack pointer is used otherwise than to push, to pop and to load.
static bool uses_frame(const struct thumb_insn *insn) {
    const bool push =
            (insn->op == THUMB_STORE_MULTIPLE || insn->op == THUMB_STORE) &&
            insn->rn == SP && insn->writeback;
    const bool load = insn->op == THUMB_LOAD || insn->op == THUMB_LOAD_MULTIPLE;
    const bool moves = insn->writes == 1u << SP;
    return push ? !(insn->reads >> LR & 1)
                : insn->reads >> SP & 1 && !load && !moves;
}

// What a function's instructions say of a pop of the PC: it may be a jump, if
// something else may have been put where it pops from. A walk finds that out.
struct pops {
    bool pops, uses;
};

static void look_at_pop(struct pops *p, const struct thumb_insn *insn) {
    p->pops |= insn->rn == SP && is_return(insn);
    p->uses |= uses_frame(insn);
}

static bool pop_jumps(const struct model *model, const struct pops *p,
        uint32_t addr) {
    const struct value target = value_const(addr | 1);
    return p->pops && p->uses && flow_callee_of_(model, &target).pops_jump;
}

static bool jumps_by_pop(const struct model *model, uint32_t addr) {
    struct function_extent extent;
    struct pops p = {false, false};
    if (!model_function(model, addr, &extent)) {
        return false;
    }
    for (addr = extent.entry_addr; addr < extent.end_addr;) {
        struct thumb_insn insn;
        if (!decode(model, addr, &insn)) {
            break;
        }
        look_at_pop(&p, &insn);
        addr += insn.size_bytes;
    }
    return pop_jumps(model, &p, extent.entry_addr);
}

// Every instruction of the extent counts, reached or not.
uint32_t flow_writes_(const struct model *model, uint32_t addr,
        unsigned depth) {
    struct function_extent extent;
    uint32_t writes = 1u << LR;
    bool ends = false;   // the last instruction does not lead out of it
    uint32_t called = 0; // the last instruction calls this
    unsigned maybe = 0;  // instructions of an IT block that are left
    struct pops pops = {false, false};
    bool lr_set = false, by_lr = false; // it returns by what it puts there
    if (depth > DEEPEST || !model_function(model, addr, &extent) ||
            extent.entry_addr != addr ||
            extent.end_addr - addr > 4 * MOST_INSTRUCTIONS) {
        return ALL_REGISTERS;
    }
    const struct elf_image *image = model_image(model, addr);
    const uint32_t size = extent.end_addr - addr;
    const uint8_t *bytes = model_bytes(model, addr, size);
    uint32_t run_end = addr; // of code
    while (bytes && addr + 2 <= extent.end_addr) {
        struct thumb_insn insn;
        uint32_t end = extent.end_addr;
        const uint32_t room = extent.end_addr - addr < 4 ? 2 : 4;
        if (addr >= run_end &&
                elf_image_content(image, addr, &end) == ELF_CONTENT_DATA) {
            addr = end > addr ? (end + 1) & ~1u : addr + 2;
            continue;
        }
        run_end = addr < run_end ? run_end : end;
        if (!thumb_decode(&insn, addr, bytes + size - (extent.end_addr - addr),
                    room)) {
            return ALL_REGISTERS;
        }
        writes |= flow_changes_(&insn);
        look_at_pop(&pops, &insn);
        lr_set |= sets_lr(&insn);
        by_lr |= is_return(&insn) && insn.rm == LR;
        const bool always = !maybe;
        maybe = insn.op == THUMB_IT ? thumb_it_length(&insn)
                                    : maybe - (maybe > 0);
        const bool branch = insn.op == THUMB_B || insn.op == THUMB_CBZ ||
                insn.op == THUMB_CBNZ;
        const bool jumps = insn.writes >> PC & 1 && insn.op != THUMB_BL &&
                insn.op != THUMB_BLX && insn.op != THUMB_BX && !branch &&
                insn.op != THUMB_TABLE && !is_return(&insn);
        // Only padding may follow it.
        ends = (always &&
                       (is_return(&insn) || jumps || insn.op == THUMB_TABLE ||
                               (insn.op == THUMB_B &&
                                       insn.cond == THUMB_AL))) ||
                (ends && flow_pads_(&insn));
        called = insn.op == THUMB_BL && always ? insn.target
                : flow_pads_(&insn)            ? called
                                               : 0;
        uint32_t word;
        if (jumps && model_literal(model, &insn, &word)) {
            writes |= flow_writes_(model, word & ~1u, depth + 1); // a veneer
        } else if (insn.op == THUMB_BL) {
            writes |= flow_writes_(model, insn.target, depth + 1);
        } else if (insn.op == THUMB_UNDEFINED || insn.op == THUMB_BLX ||
                insn.op == THUMB_SVC || jumps ||
                (insn.op == THUMB_BX && insn.rm != LR) ||
                (branch &&
                        (insn.target < extent.entry_addr ||
                                insn.target >= extent.end_addr))) {
            return ALL_REGISTERS;
        }
        addr += insn.size_bytes;
    }
    ends |= called && flow_never_returns_(model, called, depth + 1);
    return bytes && ends && !(lr_set && by_lr) &&
                    !pop_jumps(model, &pops, extent.entry_addr)
            ? writes
            : ALL_REGISTERS;
}

// PUSH {r3, ...} without r2 keeps the stack aligned; nothing reads it. Other
// scratch registers make room for locals, or are variable arguments.
static bool only_aligns(const struct thumb_insn *insn, unsigned r,
        bool if_lost) {
    return insn->op == THUMB_STORE_MULTIPLE && insn->rn == SP &&
            (if_lost || (r == 3 && !(insn->list & 1u << 2)));
}

// It may read what was pushed to align the stack: the lowest word.
static bool reads_pushed(const struct thumb_insn *insn) {
    const bool block = insn->op == THUMB_LOAD_MULTIPLE;
    if (insn->rn == SP && (block || insn->op == THUMB_LOAD)) {
        return insn->writeback ? insn->writes & 7u
                               : block || !insn->immediate || insn->imm < 4;
    }
    return insn->reads >> SP & 1 && insn->op < THUMB_OTHER &&
            insn->writes != 1u << SP;
}

// What becomes of r.
enum fate { READ, DEAD, LIVES, LOST };

// Armv7-M ARM A7.7.38: the instructions of an IT block, once for each outcome
// of its condition. *addr: of the first, then of what follows the block.
static enum fate it_block(const struct look *look, const struct thumb_insn *it,
        uint32_t *addr, unsigned r) {
    const unsigned count = thumb_it_length(it);
    const uint32_t first = *addr;
    bool lives = false;
    for (unsigned outcome = 0; outcome < 2; outcome++) {
        enum fate fate = LIVES;
        *addr = first;
        for (unsigned i = 0; i < count; i++) {
            struct thumb_insn insn;
            if (!decode(look->model, *addr, &insn)) {
                return READ;
            }
            *addr += insn.size_bytes;
            // Bit 4 of the mask, as it is shifted, is bit 0 of the condition.
            const bool then =
                    !i || (it->it_mask >> (4 - i) & 1) == (it->cond & 1);
            if (then == (outcome != 0) || fate == DEAD) {
                continue;
            }
            const bool returns = insn.op == THUMB_BX && insn.rm == LR;
            if (insn.reads >> r & 1 || flow_is_custom_(&insn) ||
                    (returns && !r) ||
                    (i + 1 < count && flow_it_sets_flags_(&insn))) {
                return READ; // the condition may change
            }
            if (!returns && (insn.op >= THUMB_B || insn.writes >> PC & 1)) {
                return LOST;
            }
            fate = returns || insn.writes >> r & 1 ? DEAD : LIVES;
        }
        lives |= fate == LIVES;
    }
    return lives ? LIVES : DEAD;
}

// The entries of a switch table at addr lead behind it, so it ends at the first
// place that one of them leads to.
static bool later_table(struct look *look, const struct thumb_insn *insn,
        uint32_t addr) {
    uint32_t end = UINT32_MAX;
    for (uint32_t at = addr; at + insn->access_bytes <= end;
            at += insn->access_bytes) {
        const uint8_t *b = model_bytes(look->model, at, insn->access_bytes);
        if (!b) {
            return false;
        }
        const uint32_t entry = insn->access_bytes == 2
                ? (uint32_t)b[0] | (uint32_t)b[1] << 8
                : b[0];
        const uint32_t target = addr + 2 * entry;
        if (at == addr && !entry) {
            return false;
        }
        if (target > at && target < end) {
            end = target;
        }
        if (!later(look, target)) {
            return false;
        }
    }
    return true;
}

// One path, from addr to where r is read or dead. False: it may be read.
static bool dies(struct look *look, uint32_t addr, unsigned r, bool if_lost) {
    while (!seen(look, addr)) {
        struct thumb_insn insn;
        uint32_t word;
        if (look->seen_count == MOST_INSTRUCTIONS) {
            return if_lost;
        }
        if (!decode(look->model, addr, &insn) || flow_is_custom_(&insn) ||
                (look->aligned && reads_pushed(&insn)) ||
                (insn.reads >> r & 1 && !only_aligns(&insn, r, if_lost))) {
            return false;
        }
        look->seen[look->seen_count++] = addr;
        look->aligned |= !if_lost && insn.reads >> r & 1;
        look->lr_set |= sets_lr(&insn);
        look->by_lr |= is_return(&insn) && insn.rm == LR;
        if (look->lr_set && look->by_lr) { // that is a jump
            return if_lost;
        }
        const bool pops = insn.rn == SP &&
                (insn.op == THUMB_LOAD_MULTIPLE || insn.op == THUMB_LOAD);
        if ((insn.op == THUMB_BX && insn.rm == LR) ||
                (pops && insn.writes >> PC & 1)) {
            return r != 0; // the caller's own result
        }
        addr += insn.size_bytes;
        if (insn.op == THUMB_IT) {
            switch (it_block(look, &insn, &addr, r)) {
            case READ:
                return false;
            case LOST:
                return if_lost;
            case DEAD:
                return true;
            case LIVES:
                break;
            }
        } else if (insn.op == THUMB_LOAD && insn.rd == PC && insn.rn == PC &&
                insn.immediate && model_word(look->model, insn.target, &word)) {
            addr = word & ~1u; // a veneer of the linker
        } else if (insn.op == THUMB_BL ||
                (insn.op == THUMB_B && insn.cond == THUMB_AL)) {
            // A caller may know that a callee leaves r alone (-fipa-ra). In r0
            // and r1 it finds the result.
            const bool lives = insn.op == THUMB_BL &&
                    (r > 1 ||
                            !(flow_writes_(look->model, insn.target, 0) >> r &
                                    1));
            if (lives && !later(look, addr)) {
                return if_lost;
            }
            addr = insn.target;
        } else if (insn.op == THUMB_B || insn.op == THUMB_CBZ ||
                insn.op == THUMB_CBNZ) {
            if (!later(look, insn.target)) {
                return if_lost;
            }
        } else if (insn.op == THUMB_BLX || insn.op == THUMB_BX) {
            return if_lost && r != 0; // the first argument goes on
        } else if (insn.op == THUMB_TABLE && insn.rn == PC) {
            return later_table(look, &insn, addr) || if_lost;
        } else if (insn.op >= THUMB_B || insn.op == THUMB_UNDEFINED ||
                insn.writes >> PC & 1) {
            return false;
        } else if (insn.writes >> r & 1 && !(look->aligned && pops)) {
            return true;
        }
    }
    return true;
}

bool flow_ignores(const struct model *model, uint32_t addr, unsigned r,
        bool if_lost) {
    struct look look = {.model = model};
    look.pending[look.pending_count++] = addr;
    while (look.pending_count) {
        if (!dies(&look, look.pending[--look.pending_count], r, if_lost)) {
            return false;
        }
    }
    return true;
}

bool flow_left_over(const struct model *model, const struct value *target,
        unsigned k, bool if_lost) {
    return k < VALUE_REGISTER_ARGUMENTS && value_is_const(target) &&
            flow_ignores(model, target->v[0] & ~1u, k, if_lost) &&
            !jumps_by_pop(model, target->v[0] & ~1u);
}

/// By a walk ///

// The words above its stack pointer that it may write to: AAPCS32 6.5, these
// are its arguments, and a caller does not find there what it put there. And
// whether it returns, which is asked where nothing follows the call, or what
// looks like a return is a jump. What was found out is remembered.

#define ASKED_DEEPEST 8u // functions that are asked about for each other

struct asked {
    const struct model *model;
    struct flow_callee_ answer;
};

static const struct flow_callee_ anything = {FLOW_ABOVE_ANY, true, false, true};
static const struct flow_callee_ nothing;

static void add(struct flow_callee_ *to, const struct flow_callee_ *from) {
    to->above_bytes = from->above_bytes > to->above_bytes ? from->above_bytes
                                                          : to->above_bytes;
    to->returns |= from->returns;
    to->leaves |= from->leaves;
    to->pops_jump |= from->pops_jump;
}

static void on_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data) {
    struct asked *asked = ctx;
    const int32_t end = (int32_t)(addr->v[0] + bytes);
    (void)insn, (void)data;
    // Of a place that is not known, flow_result.above_made says whether it can
    // be there.
    if (how == FLOW_STORE && addr->kind == VALUE_STACK && addr->count &&
            end > 0) {
        add(&asked->answer,
                &(struct flow_callee_){.above_bytes = (uint32_t)end});
    }
}

static void on_call(void *ctx, const struct thumb_insn *insn,
        enum flow_call how, const struct value *target, bool direct,
        const struct value *regs, int32_t sp_bytes) {
    struct asked *asked = ctx;
    (void)direct, (void)regs;
    asked->answer.pops_jump |= how == FLOW_TAIL && insn->rn == SP;
    if (how == FLOW_TAIL) { // its arguments are in the same place
        const struct flow_callee_ callee =
                sp_bytes ? anything : flow_callee_of_(asked->model, target);
        add(&asked->answer, &callee);
    }
}

static void on_gone(void *ctx, const struct thumb_insn *insn,
        const struct value *value, enum flow_gone where) {
    struct asked *asked = ctx;
    (void)insn, (void)value;
    asked->answer.returns |= where == FLOW_GONE_RETURN;
    asked->answer.leaves |= where == FLOW_GONE_RETURN;
}

static void on_unknown(void *ctx, uint32_t addr, enum check_rule_id rule,
        const char *detail) {
    struct asked *asked = ctx;
    (void)addr, (void)detail;
    if (rule != CHECK_RULE_MASK_CHANGED) {
        // A pop that jumps is none of these.
        asked->answer.above_bytes = FLOW_ABOVE_ANY;
        asked->answer.returns = true;
    }
}

static struct flow_callee_ walk(const struct model *model, uint32_t target) {
    struct asked asked = {.model = model};
    const struct flow_events events = {.ctx = &asked,
            .access = on_access,
            .call = on_call,
            .gone = on_gone,
            .unknown = on_unknown};
    struct function_extent extent;
    struct flow_result result;
    if (!model_function(model, target, &extent) ||
            !flow_walk_alone_(model, &extent, target, &events, &result)) {
        return anything;
    }
    if (result.above_made) {
        asked.answer.above_bytes = FLOW_ABOVE_ANY;
    }
    return asked.answer;
}

// Functions that are asked about for each other, the last one first.
struct flow_asking {
    uint32_t addr;
    unsigned depth;
    const struct flow_asking *outer;
};

static struct flow_callee_ ask(const struct model *model, uint32_t target) {
    struct flow_memo *memo = model->memo;
    size_t from = 0;
    if (!memo) {
        return anything;
    }
    const struct flow_asking *outer = memo->asking;
    for (const struct flow_asking *c = outer; c; c = c->outer) {
        if (c->addr == target) { // its own part is added by its own walk
            return c == outer ? nothing : anything;
        }
    }
    const size_t known = index_next(&memo->callees, target, &from);
    if (known != INDEX_NONE) {
        return (struct flow_callee_){(uint32_t)(known >> 3), known >> 2 & 1,
                known >> 1 & 1, known & 1};
    }
    const struct flow_asking now = {
            target, outer ? outer->depth + 1 : 0, outer};
    if (now.depth == ASKED_DEEPEST) {
        return anything;
    }
    memo->asking = &now;
    const struct flow_callee_ answer = walk(model, target);
    memo->asking = outer;
    // Without memory it is found out again.
    (void)index_add(&memo->callees, target,
            (size_t)answer.above_bytes << 3 | (size_t)answer.returns << 2 |
                    (size_t)answer.leaves << 1 | answer.pops_jump);
    return answer;
}

#define MOST_WORDS 64u

// The functions of a table. That its words may change is judged at the call.
static struct flow_callee_ of_table(const struct model *model, uint32_t addr) {
    const struct elf_symbol *symbol = model_symbol(model, addr);
    struct flow_callee_ all = {0};
    uint32_t word;
    if (!symbol || !symbol->object || symbol->size_bytes > 4 * MOST_WORDS) {
        return anything;
    }
    for (uint32_t at = 0; at + 4 <= symbol->size_bytes; at += 4) {
        if (model_word(model, symbol->addr + at, &word) && word & 1 &&
                model_image(model, word)) {
            const struct flow_callee_ one = ask(model, word & ~1u);
            add(&all, &one);
        }
    }
    return all;
}

struct flow_callee_ flow_callee_of_(const struct model *model,
        const struct value *target) {
    struct flow_callee_ all = {0}, one;
    const bool initial = target->kind == VALUE_INITIAL;
    if (!initial && target->kind != VALUE_CONST &&
            target->kind != VALUE_WORD_OF) {
        return anything;
    }
    for (unsigned i = 0; i < (initial ? 1u : target->count); i++) {
        one = target->kind == VALUE_WORD_OF ? of_table(model, target->v[i])
                                            : ask(model, target->v[i] & ~1u);
        add(&all, &one);
    }
    return all;
}

void flow_memo_free(struct flow_memo *memo) {
    index_free(&memo->callees);
}
