/*
 * thumb_data - 32-bit arithmetic
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M ARM (DDI 0403E) A5.3.1 to A5.3.3 and A5.3.11 to A5.3.17.
 */
#include "thumb/thumb_priv.h"

/// Operations with an immediate or a shifted register ///

// Numbers of A5.3.1 and A5.3.11.
enum {
    OP_AND = 0,
    OP_BIC = 1,
    OP_ORR = 2,
    OP_ORN = 3,
    OP_EOR = 4,
    OP_PKH = 6,
    OP_ADD = 8,
    OP_ADC = 10,
    OP_SBC = 11,
    OP_SUB = 13,
    OP_RSB = 14,
};

static const uint8_t op_names[16] = {
        [OP_AND] = THUMB_AND,
        [OP_BIC] = THUMB_BIC,
        [OP_ORR] = THUMB_ORR,
        [OP_ORN] = THUMB_ORN,
        [OP_EOR] = THUMB_EOR,
        [OP_ADD] = THUMB_ADD,
        [OP_ADC] = THUMB_OTHER,
        [OP_SBC] = THUMB_OTHER,
        [OP_SUB] = THUMB_SUB,
        [OP_RSB] = THUMB_RSB,
};

// A5.3.2. False: a pattern of zeros, which is unpredictable.
static bool expand(struct thumb_insn *insn, uint32_t w) {
    const uint32_t imm12 =
            (w >> 26 & 1) << 11 | (w >> 12 & 7) << 8 | (w & 0xFF);
    const uint32_t imm8 = w & 0xFF;
    insn->immediate = true;
    if (imm12 >> 10) {
        const uint32_t value = 0x80 | (imm8 & 0x7F), by = imm12 >> 7;
        insn->imm = value >> by | value << (32 - by);
        return true;
    }
    static const uint32_t repeat[] = {1, 0x00010001, 0x01000100, 0x01010101};
    insn->imm = imm8 * repeat[imm12 >> 8];
    return imm8 != 0 || imm12 >> 8 == 0;
}

// rd and rn that the operation allows; MOV, CMP and the like by register 15.
static bool operands(struct thumb_insn *insn, uint32_t op, uint8_t rd,
        uint8_t rn) {
    const bool flags = insn->sets_flags;
    const bool sum = op == OP_ADD || op == OP_SUB;
    const bool compare =
            rd == THUMB_PC && flags && (sum || op == OP_AND || op == OP_EOR);
    const bool move = rn == THUMB_PC && (op == OP_ORR || op == OP_ORN);
    insn->op = op_names[op];
    insn->rd = compare ? THUMB_NONE : rd;
    insn->rn = move ? THUMB_NONE : rn;
    if (insn->op == THUMB_UNDEFINED) {
        return false;
    }
    if (move) {
        insn->op = op == OP_ORR ? THUMB_MOV : THUMB_MVN;
        return !thumb_bad_(rd);
    }
    if (sum && rn == THUMB_SP) {
        return compare || rd != THUMB_PC;
    }
    return !thumb_bad_(rn) && (compare || !thumb_bad_(rd));
}

static bool modified_immediate(struct thumb_insn *insn, uint32_t w) {
    const uint32_t op = thumb_bits_(w, 21, 4);
    insn->sets_flags = w & 1u << 20;
    return op != OP_PKH && expand(insn, w) &&
            operands(insn, op, thumb_reg_(w, 8), thumb_reg_(w, 16));
}

// MOV (register) T3, which may copy the SP.
static bool move_register(struct thumb_insn *insn) {
    if (insn->sets_flags) {
        return !thumb_bad_(insn->rd) && !thumb_bad_(insn->rm);
    }
    return insn->rd != THUMB_PC && insn->rm != THUMB_PC &&
            (insn->rd != THUMB_SP || insn->rm != THUMB_SP);
}

static bool pack(struct thumb_insn *insn, uint32_t w) {
    insn->op = THUMB_OTHER;
    insn->rd = thumb_reg_(w, 8);
    insn->rn = thumb_reg_(w, 16);
    return !(w & (1u << 20 | 0x10)) && !thumb_bad_(insn->rd) &&
            !thumb_bad_(insn->rn) && !thumb_bad_(insn->rm);
}

// Armv8.1-M: CSEL, CSINC, CSINV, CSNEG.
static bool conditional_select(struct thumb_insn *insn, uint32_t w) {
    insn->op = THUMB_OTHER;
    insn->rd = thumb_reg_(w, 8);
    insn->rn = thumb_reg_(w, 16);
    insn->rm = thumb_reg_(w, 0);
    return (w & 0xFFF0C000) == 0xEA508000 && (w >> 4 & 15) < 14 &&
            !thumb_bad_(insn->rd) && insn->rn != THUMB_SP &&
            insn->rm != THUMB_SP;
}

static bool shifted_register(struct thumb_insn *insn, uint32_t w) {
    const uint32_t op = thumb_bits_(w, 21, 4), type = w >> 4 & 3;
    const uint32_t imm5 = (w >> 12 & 7) << 2 | (w >> 6 & 3);
    const uint8_t rd = thumb_reg_(w, 8), rn = thumb_reg_(w, 16);
    if (w & 0x8000) {
        return conditional_select(insn, w);
    }
    insn->rm = thumb_reg_(w, 0);
    if (op == OP_PKH) {
        return pack(insn, w);
    }
    thumb_imm_shift_(insn, type, imm5);
    insn->sets_flags = w & 1u << 20;
    if (op == OP_ORR && rn == THUMB_PC && type == 0 && imm5 == 0) {
        insn->op = THUMB_MOV;
        insn->rd = rd;
        return move_register(insn);
    }
    // ADD and SUB to the SP itself: only LSL by up to 3.
    if (rd == THUMB_SP && (type != 0 || imm5 > 3)) {
        return false;
    }
    return operands(insn, op, rd, rn) && !thumb_bad_(insn->rm);
}

/// Plain immediates, A5.3.3 ///

static bool add_wide(struct thumb_insn *insn, uint32_t w) {
    const uint32_t imm = (w >> 26 & 1) << 11 | (w >> 12 & 7) << 8 | (w & 0xFF);
    const bool add = !(w & 1u << 23);
    insn->op = add ? THUMB_ADD : THUMB_SUB;
    insn->rn = thumb_reg_(w, 16);
    insn->rd = thumb_reg_(w, 8);
    thumb_offset_(insn, imm, add);
    insn->indexed = insn->subtract = false;
    return insn->rd != THUMB_PC &&
            (insn->rd != THUMB_SP || insn->rn == THUMB_SP);
}

static bool move_wide(struct thumb_insn *insn, uint32_t w) {
    insn->op = w & 1u << 23 ? THUMB_MOVT : THUMB_MOV;
    insn->rd = thumb_reg_(w, 8);
    insn->immediate = true;
    insn->imm = thumb_bits_(w, 16, 4) << 12 | (w >> 26 & 1) << 11 |
            (w >> 12 & 7) << 8 | (w & 0xFF);
    return !thumb_bad_(insn->rd);
}

static bool saturate(struct thumb_insn *insn, uint32_t w) {
    const bool halves = w & 1u << 21 && !(w & 0x70C0);
    insn->op = THUMB_OTHER;
    insn->rd = thumb_reg_(w, 8);
    insn->rn = thumb_reg_(w, 16);
    return !(w & (1u << 26 | 0x20)) && !(halves && w & 0x10) &&
            !thumb_bad_(insn->rd) && !thumb_bad_(insn->rn);
}

// SBFX, UBFX, BFI, BFC.
static bool bit_field(struct thumb_insn *insn, uint32_t w) {
    const bool insert = (w >> 21 & 7) == 3;
    const uint32_t low = (w >> 12 & 7) << 2 | (w >> 6 & 3), high = w & 31;
    insn->op = THUMB_OTHER;
    insn->rd = thumb_reg_(w, 8);
    insn->rn = thumb_reg_(w, 16);
    if (insert) {
        insn->reads = thumb_bit_(insn->rd);
        if (insn->rn == THUMB_PC) {
            insn->rn = THUMB_NONE;
        }
    }
    return !(w & (1u << 26 | 0x20)) && !thumb_bad_(insn->rd) &&
            !thumb_bad_(insn->rn) && (insert ? high >= low : low + high <= 31);
}

static bool plain_immediate(struct thumb_insn *insn, uint32_t w) {
    switch (w >> 20 & 31) {
    case 0x00:
    case 0x0A:
        return add_wide(insn, w);
    case 0x04:
    case 0x0C:
        return move_wide(insn, w);
    case 0x10:
    case 0x12:
    case 0x18:
    case 0x1A:
        return saturate(insn, w);
    case 0x14:
    case 0x16:
    case 0x1C:
        return bit_field(insn, w);
    default:
        return false;
    }
}

/// Registers only ///

static bool three(struct thumb_insn *insn, uint32_t w) {
    insn->op = THUMB_OTHER;
    insn->rd = thumb_reg_(w, 8);
    insn->rn = thumb_reg_(w, 16);
    insn->rm = thumb_reg_(w, 0);
    return !thumb_bad_(insn->rd) && !thumb_bad_(insn->rn) &&
            !thumb_bad_(insn->rm);
}

static bool extend(struct thumb_insn *insn, uint32_t w) {
    const uint32_t op = w >> 20 & 7;
    const bool alone = (w >> 16 & 15) == 15, turned = w & 0x30;
    insn->op = THUMB_OTHER;
    if (alone && !turned && op == 1) {
        insn->op = THUMB_UXTH;
    } else if (alone && !turned && op == 5) {
        insn->op = THUMB_UXTB;
    }
    insn->rd = thumb_reg_(w, 8);
    insn->rn = alone ? THUMB_NONE : thumb_reg_(w, 16);
    insn->rm = thumb_reg_(w, 0);
    return op < 6 && !(w & 0x40) && !thumb_bad_(insn->rd) &&
            !thumb_bad_(insn->rn) && !thumb_bad_(insn->rm);
}

// A5.3.13 to A5.3.15: parallel addition, saturating addition, REV, CLZ, SEL.
static bool parallel_or_misc(struct thumb_insn *insn, uint32_t w) {
    const uint32_t op1 = w >> 20 & 7, op2 = w >> 4 & 7;
    if (!three(insn, w)) {
        return false;
    }
    if (!(w & 0x80)) {
        return (op2 & 3) != 3 && op1 != 3 && op1 != 7;
    }
    const bool twice = insn->rn == insn->rm;
    switch (op1) {
    case 0: // QADD, QDADD, QSUB, QDSUB
        return op2 < 4;
    case 1: // REV, REV16, RBIT, REVSH: the operand is encoded twice
        insn->rn = THUMB_NONE;
        return op2 < 4 && twice;
    case 2: // SEL
        return op2 == 0;
    case 3: // CLZ
        insn->rn = THUMB_NONE;
        return op2 == 0 && twice;
    default:
        return false;
    }
}

static bool register_operation(struct thumb_insn *insn, uint32_t w) {
    static const uint8_t shifts[] = {
            THUMB_LSL, THUMB_LSR, THUMB_ASR, THUMB_ROR};
    if ((w & 0xF000) != 0xF000) {
        return false;
    }
    if (w & 1u << 23) {
        return parallel_or_misc(insn, w);
    }
    if (w & 0x80) {
        return extend(insn, w);
    }
    if (!three(insn, w) || w & 0x70) {
        return false;
    }
    insn->op = shifts[w >> 21 & 3];
    insn->sets_flags = w & 1u << 20;
    return true;
}

/// Multiplication ///

static bool multiply(struct thumb_insn *insn, uint32_t w) {
    // The bits of op2 that may be set: MLA/MLS, SMLAxy, SMLAD, SMLAWy, SMLSD,
    // SMMLA, SMMLS, USADA8.
    static const uint8_t allowed[] = {1, 3, 1, 1, 1, 1, 1, 0};
    const uint32_t op1 = w >> 20 & 7, op2 = w >> 4 & 15;
    const uint8_t ra = thumb_reg_(w, 12);
    if (!three(insn, w) || op2 & ~(uint32_t)allowed[op1] || ra == THUMB_SP) {
        return false;
    }
    if (ra != THUMB_PC) {
        insn->reads = thumb_bit_(ra);
        return true;
    }
    if (op1 == 0 && op2 == 0) {
        insn->op = THUMB_MUL;
    }
    return op1 != 6 && !(op1 == 0 && op2 == 1); // SMMLS and MLS need ra
}

static bool long_multiply(struct thumb_insn *insn, uint32_t w) {
    const uint32_t op1 = w >> 20 & 7, op2 = w >> 4 & 15;
    const uint8_t low = thumb_reg_(w, 12);
    if (!three(insn, w)) {
        return false;
    }
    if (op1 == 1 || op1 == 3) { // SDIV, UDIV
        return low == 15 && op2 == 15;
    }
    insn->rd2 = insn->rd;
    insn->rd = low;
    if (thumb_bad_(low) || low == insn->rd2) {
        return false;
    }
    if (op1 >= 4) {
        insn->reads = thumb_bit_(insn->rd) | thumb_bit_(insn->rd2);
    }
    switch (op1) {
    case 0: // SMULL
    case 2: // UMULL
        return op2 == 0;
    case 4: // SMLAL, SMLALxy, SMLALD
        return op2 == 0 || (op2 & 12) == 8 || (op2 & 14) == 12;
    case 5: // SMLSLD
        return (op2 & 14) == 12;
    case 6: // UMLAL, UMAAL
        return op2 == 0 || op2 == 6;
    default:
        return false;
    }
}

bool thumb_decode_data_(struct thumb_insn *insn, uint32_t w) {
    switch (w >> 27 & 3) {
    case 1:
        return shifted_register(insn, w);
    case 2:
        return w & 1u << 25 ? plain_immediate(insn, w)
                            : modified_immediate(insn, w);
    default:
        if (!(w & 1u << 24)) {
            return register_operation(insn, w);
        }
        return w & 1u << 23 ? long_multiply(insn, w) : multiply(insn, w);
    }
}
