/*
 * flow_shape - code of linkers and of libgcc, by all of its instructions
 *
 * SPDX-License-Identifier: MIT
 *
 * A name is anybody's to choose, and so is the beginning of a function.
 */
#include <string.h>

#include "check/flow/flow_priv.h"

/// Veneers ///

#define VENEER_BYTES 32u
#define IP (1u << 12) // AAPCS32 6.1.1: a veneer may change it, and nothing else

// What the instructions so far have done.
struct veneer {
    uint32_t from_addr;
    uint32_t pushed;    // registers on the stack
    uint32_t value[16]; // of those in `known`
    uint32_t known;
};

// Into a register that the veneer may use.
static bool put(struct veneer *v, const struct thumb_insn *insn,
        uint32_t value) {
    v->value[insn->rd] = value;
    v->known |= 1u << insn->rd;
    return (IP | 1u << PC | v->pushed) >> insn->rd & 1;
}

static bool put_constant(const struct model *model, struct veneer *v,
        const struct thumb_insn *insn) {
    uint32_t word;
    switch (insn->op) {
    case THUMB_LOAD:
        return insn->rn == PC && insn->immediate && insn->access_bytes == 4 &&
                !insn->floating && insn->rd2 >= 16 &&
                insn->target - v->from_addr < VENEER_BYTES &&
                model_word(model, insn->target, &word) && put(v, insn, word);
    case THUMB_MOV:
        return insn->immediate
                ? put(v, insn, insn->imm)
                : insn->rm < PC && !insn->amount && v->known >> insn->rm & 1 &&
                        put(v, insn, v->value[insn->rm]);
    case THUMB_MOVT:
        return v->known >> insn->rd & 1 &&
                put(v, insn, (v->value[insn->rd] & 0xFFFF) | insn->imm << 16);
    default:
        return false;
    }
}

// Registers to work with are pushed first, and popped again.
static bool saves(struct veneer *v, const struct thumb_insn *insn) {
    const bool push = insn->op == THUMB_STORE_MULTIPLE && insn->decrement;
    const bool pop = insn->op == THUMB_LOAD_MULTIPLE && !insn->decrement;
    const uint32_t before = v->pushed;
    v->pushed = push ? insn->list : 0;
    return insn->rn == SP && insn->writeback && !insn->floating &&
            !(insn->list >> 8) &&
            (push ? !before : pop && before == insn->list);
}

bool flow_veneer(const struct model *model, uint32_t addr, uint32_t *target) {
    struct veneer v = {.from_addr = addr & ~3u};
    while (addr - v.from_addr < VENEER_BYTES) {
        struct thumb_insn insn;
        const uint8_t *bytes = model_bytes(model, addr, 4);
        if (!bytes || !thumb_decode(&insn, addr, bytes, 4)) {
            return false;
        }
        if (insn.op == THUMB_B && insn.cond == THUMB_AL) {
            *target = insn.target | 1;
            return !v.pushed;
        }
        if (insn.op == THUMB_BX) {
            *target = v.value[insn.rm & 15];
            return !v.pushed && insn.rm == 12 && v.known & IP;
        }
        if (!put_constant(model, &v, &insn) && !saves(&v, &insn)) {
            return false;
        }
        if (insn.writes >> PC & 1) {
            *target = v.value[PC];
            return !v.pushed && v.known >> PC & 1;
        }
        addr += insn.size_bytes;
    }
    return false;
}

#define VENEERS 4u // one after the other

uint32_t flow_past_veneers_(const struct model *model, uint32_t addr) {
    uint32_t next;
    for (unsigned i = 0;
            i < VENEERS && flow_veneer(model, addr, &next) && next & 1; i++) {
        addr = next & ~1u;
    }
    return addr;
}

/// Switch helpers ///

// libgcc, for ARMv6-M: they read the table behind their call, whose index is in
// r0, and go on at the place that it gives. A NOP may follow.
#define HELPER_HALFWORDS 11u
static const struct {
    uint16_t code[HELPER_HALFWORDS]; // 0: it is shorter
    struct flow_switch_ reads;
} helpers[] = {
        {{0xB402, 0x4671, 0x0849, 0x0049, 0x5609, 0x0049, 0x448E, 0xBC02,
                 0x4770},
                {1, true}},
        {{0xB402, 0x4671, 0x0849, 0x0049, 0x5C09, 0x0049, 0x448E, 0xBC02,
                 0x4770},
                {1, false}},
        {{0xB403, 0x4671, 0x0849, 0x0040, 0x0049, 0x5E09, 0x0049, 0x448E,
                 0xBC03, 0x4770},
                {2, true}},
        {{0xB403, 0x4671, 0x0849, 0x0040, 0x0049, 0x5A09, 0x0049, 0x448E,
                 0xBC03, 0x4770},
                {2, false}},
        {{0xB403, 0x4671, 0x3102, 0x0889, 0x0080, 0x0089, 0x5808, 0x1840,
                 0x4686, 0xBC03, 0x46F7},
                {4, true}},
};

static bool is_code(const uint8_t *bytes, const uint16_t *code) {
    for (unsigned i = 0; i < HELPER_HALFWORDS && code[i]; i++) {
        if ((bytes[2 * i] | bytes[2 * i + 1] << 8) != code[i]) {
            return false;
        }
    }
    return true;
}

bool flow_switch_helper_(const struct model *model, uint32_t addr,
        struct flow_switch_ *reads) {
    const uint8_t *b = model_bytes(model, addr, 2 * HELPER_HALFWORDS);
    for (size_t i = 0; b && i < sizeof helpers / sizeof helpers[0]; i++) {
        if (is_code(b, helpers[i].code)) {
            *reads = helpers[i].reads;
            return true;
        }
    }
    return false;
}

bool flow_is_switch_helper(const struct model *model, uint32_t addr) {
    struct flow_switch_ reads;
    return flow_switch_helper_(model, addr, &reads);
}
