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
    uint32_t code_addr, code_end_addr; // asked last
    bool code;                         // there
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
bool flow_decode_(const struct model *model, uint32_t addr,
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

static bool is_code(struct look *look, uint32_t addr) {
    if (addr - look->code_addr >= look->code_end_addr - look->code_addr) {
        look->code_addr = addr;
        look->code = elf_image_content(model_image(look->model, addr), addr,
                             &look->code_end_addr) == ELF_CONTENT_THUMB;
    }
    return look->code;
}

static bool never_returns(const struct model *model, uint32_t addr,
        unsigned depth);

// False: the function may return from here.
static bool follow(struct look *look, uint32_t addr, unsigned depth) {
    unsigned conditional = 0; // instructions of an IT block that are left
    while (!seen(look, addr)) {
        struct thumb_insn insn;
        uint32_t word;
        if (look->seen_count == MOST_INSTRUCTIONS ||
                addr < look->extent.entry_addr ||
                addr >= look->extent.end_addr || !is_code(look, addr) ||
                !flow_decode_(look->model, addr, &insn)) {
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
            if (!maybe && never_returns(look->model, insn.target, depth + 1)) {
                return true;
            }
            break;
        default:
            if (insn.writes >> PC & 1) {
                // A veneer of the linker, if anything.
                return !maybe && insn.op == THUMB_LOAD && insn.rn == PC &&
                        insn.immediate &&
                        model_word(look->model, insn.target, &word) &&
                        never_returns(look->model, word & ~1u, depth + 1);
            }
            break;
        }
    }
    return true;
}

static bool never_returns(const struct model *model, uint32_t addr,
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

// Without memory it is found out again.
static size_t remembered(const struct index *answers, uint32_t addr) {
    size_t from = 0;
    return index_next(answers, addr, &from);
}

bool flow_never_returns_(const struct model *model, uint32_t addr) {
    struct flow_memo *memo = model->memo;
    const size_t known = memo ? remembered(&memo->endless, addr) : INDEX_NONE;
    if (known != INDEX_NONE) {
        return known;
    }
    const bool never = never_returns(model, addr, 0);
    if (memo) {
        (void)index_add(&memo->endless, addr, never);
    }
    return never;
}

#define ALL_REGISTERS 0xFFFFu

bool flow_is_return_(const struct thumb_insn *insn) {
    const bool pops = insn->rn == SP &&
            (insn->op == THUMB_LOAD_MULTIPLE || insn->op == THUMB_LOAD);
    return ((insn->op == THUMB_BX || insn->op == THUMB_MOV) && insn->rm == LR &&
                   (insn->op == THUMB_BX || insn->rd == PC)) ||
            (pops && insn->writes >> PC & 1);
}

bool flow_sets_lr_(const struct thumb_insn *insn) {
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
    p->pops |= insn->rn == SP && flow_is_return_(insn);
    p->uses |= uses_frame(insn);
}

static bool pop_jumps(const struct model *model, const struct pops *p,
        uint32_t addr) {
    const struct value target = value_const(addr | 1);
    return p->pops && p->uses && flow_callee_of_(model, &target).pops_jump;
}

bool flow_jumps_by_pop_(const struct model *model, uint32_t addr) {
    struct function_extent extent;
    struct pops p = {false, false};
    if (!model_function(model, addr, &extent)) {
        return false;
    }
    for (addr = extent.entry_addr; addr < extent.end_addr;) {
        struct thumb_insn insn;
        if (!flow_decode_(model, addr, &insn)) {
            break;
        }
        look_at_pop(&p, &insn);
        addr += insn.size_bytes;
    }
    return pop_jumps(model, &p, extent.entry_addr);
}

// Every instruction of the extent counts, reached or not.
static uint32_t writes_of(const struct model *model, uint32_t addr,
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
        lr_set |= flow_sets_lr_(&insn);
        by_lr |= flow_is_return_(&insn) && insn.rm == LR;
        const bool always = !maybe;
        maybe = thumb_it_left(&insn, maybe);
        const bool branch = insn.op == THUMB_B || insn.op == THUMB_CBZ ||
                insn.op == THUMB_CBNZ;
        const bool jumps = insn.writes >> PC & 1 && insn.op != THUMB_BL &&
                insn.op != THUMB_BLX && insn.op != THUMB_BX && !branch &&
                insn.op != THUMB_TABLE && !flow_is_return_(&insn);
        // Only padding may follow it.
        ends = (always &&
                       (flow_is_return_(&insn) || jumps ||
                               insn.op == THUMB_TABLE ||
                               (insn.op == THUMB_B &&
                                       insn.cond == THUMB_AL))) ||
                (ends && flow_pads_(&insn));
        called = insn.op == THUMB_BL && always ? insn.target
                : flow_pads_(&insn)            ? called
                                               : 0;
        uint32_t word;
        if (jumps && model_literal(model, &insn, &word)) {
            writes |= writes_of(model, word & ~1u, depth + 1); // a veneer
        } else if (insn.op == THUMB_BL) {
            writes |= writes_of(model, insn.target, depth + 1);
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
    ends |= called && never_returns(model, called, depth + 1);
    return bytes && ends && !(lr_set && by_lr) &&
                    !pop_jumps(model, &pops, extent.entry_addr)
            ? writes
            : ALL_REGISTERS;
}

uint32_t flow_writes_(const struct model *model, uint32_t addr) {
    struct flow_memo *memo = model->memo;
    const size_t known = memo ? remembered(&memo->writes, addr) : INDEX_NONE;
    if (known != INDEX_NONE) {
        return (uint32_t)known;
    }
    // Deep among functions that are asked about, less is found out.
    const bool remember = memo && !memo->asking;
    const uint32_t writes = writes_of(model, addr, 0);
    if (remember) {
        (void)index_add(&memo->writes, addr, writes);
    }
    return writes;
}
