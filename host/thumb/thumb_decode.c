/*
 * thumb_decode - the 16-bit encodings, and what holds for all
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M ARM (DDI 0403E) A5.2, Armv8-M ARM (DDI 0553) C2.
 */
#include <string.h>

#include "thumb/thumb_priv.h"

/// What instructions read and write ///

static void finish_registers(struct thumb_insn *insn) {
    uint16_t reads = thumb_bit_(insn->rn) | thumb_bit_(insn->rm);
    uint16_t writes = 0;
    const uint16_t data = thumb_bit_(insn->rd) | thumb_bit_(insn->rd2);
    switch (insn->op) {
    case THUMB_LOAD:
        writes = data;
        break;
    case THUMB_STORE:
        // STREX: the status register is set already.
        reads |= data & ~insn->writes;
        break;
    case THUMB_LOAD_MULTIPLE:
        writes = insn->list;
        break;
    case THUMB_STORE_MULTIPLE:
        reads |= insn->list;
        break;
    case THUMB_BL:
    case THUMB_BLX:
        writes = thumb_bit_(THUMB_LR) | thumb_bit_(THUMB_PC);
        break;
    case THUMB_B:
    case THUMB_BX:
    case THUMB_CBZ:
    case THUMB_CBNZ:
    case THUMB_TABLE:
        writes = thumb_bit_(THUMB_PC);
        break;
    case THUMB_MOVT:
        reads |= data;
        writes = data;
        break;
    default:
        writes = data;
        break;
    }
    if (insn->writeback) {
        writes |= thumb_bit_(insn->rn);
    }
    insn->reads |= reads;
    insn->writes |= writes;
}

static void clear(struct thumb_insn *insn, uint32_t addr, uint32_t encoding,
        unsigned size_bytes) {
    memset(insn, 0, sizeof(*insn));
    insn->addr = addr;
    insn->encoding = encoding;
    insn->size_bytes = (uint8_t)size_bytes;
    insn->cond = THUMB_AL;
    insn->rd = insn->rd2 = insn->rn = insn->rm = THUMB_NONE;
}

/// Arithmetic ///

void thumb_imm_shift_(struct thumb_insn *insn, uint32_t type, uint32_t imm5) {
    static const uint8_t names[] = {
            THUMB_SHIFT_LSL, THUMB_SHIFT_LSR, THUMB_SHIFT_ASR, THUMB_SHIFT_ROR};
    insn->shift = names[type];
    insn->amount = (uint8_t)imm5;
    if (imm5 == 0 && (type == 1 || type == 2)) {
        insn->amount = 32;
    } else if (imm5 == 0 && type == 3) {
        insn->shift = THUMB_SHIFT_RRX;
        insn->amount = 1;
    }
}

static bool shift_add_sub(struct thumb_insn *insn, uint32_t h) {
    const uint32_t op = thumb_bits_(h, 11, 2);
    insn->sets_flags = true;
    insn->rd = h & 7;
    if (op != 3) {
        insn->op = THUMB_MOV;
        insn->rm = h >> 3 & 7;
        thumb_imm_shift_(insn, op, thumb_bits_(h, 6, 5));
        return true;
    }
    insn->op = h & 1u << 9 ? THUMB_SUB : THUMB_ADD;
    insn->rn = h >> 3 & 7;
    if (h & 1u << 10) {
        insn->immediate = true;
        insn->imm = h >> 6 & 7;
    } else {
        insn->rm = h >> 6 & 7;
    }
    return true;
}

static bool immediate8(struct thumb_insn *insn, uint32_t h) {
    static const uint8_t ops[] = {THUMB_MOV, THUMB_SUB, THUMB_ADD, THUMB_SUB};
    const uint32_t op = thumb_bits_(h, 11, 2);
    const uint8_t reg = h >> 8 & 7;
    insn->op = ops[op];
    insn->sets_flags = true;
    insn->immediate = true;
    insn->imm = h & 0xFF;
    if (op != 0) {
        insn->rn = reg;
    }
    if (op != 1) {
        insn->rd = reg;
    }
    return true;
}

static bool data_processing(struct thumb_insn *insn, uint32_t h) {
    static const uint8_t ops[] = {THUMB_AND, THUMB_EOR, THUMB_LSL, THUMB_LSR,
            THUMB_ASR, THUMB_OTHER, THUMB_OTHER, THUMB_ROR, THUMB_AND,
            THUMB_RSB, THUMB_SUB, THUMB_ADD, THUMB_ORR, THUMB_MUL, THUMB_BIC,
            THUMB_MVN};
    const uint32_t op = thumb_bits_(h, 6, 4);
    const uint8_t low = h & 7, high = h >> 3 & 7;
    insn->op = ops[op];
    insn->sets_flags = true;
    insn->rd = op == 8 || op == 10 || op == 11 ? THUMB_NONE : low;
    insn->rn = low;
    insn->rm = high;
    if (op == 9) { // RSB rd, rn, #0
        insn->rn = high;
        insn->rm = THUMB_NONE;
        insn->immediate = true;
    } else if (op == 13) { // MUL rd, rn, rd
        insn->rn = high;
        insn->rm = low;
    } else if (op == 15) {
        insn->rn = THUMB_NONE;
    }
    return true;
}

// ADD, CMP, MOV of all registers, and BX, BLX.
static bool high_registers(struct thumb_insn *insn, uint32_t h) {
    const uint32_t op = thumb_bits_(h, 8, 2);
    const uint8_t rd = (uint8_t)((h & 7) | (h >> 4 & 8));
    const uint8_t rm = h >> 3 & 15;
    insn->rm = rm;
    switch (op) {
    case 0:
        insn->op = THUMB_ADD;
        insn->rd = insn->rn = rd;
        return rd != THUMB_PC || rm != THUMB_PC;
    case 1:
        insn->op = THUMB_SUB;
        insn->rn = rd;
        insn->sets_flags = true;
        return (rd > 7 || rm > 7) && rd != THUMB_PC && rm != THUMB_PC;
    case 2:
        insn->op = THUMB_MOV;
        insn->rd = rd;
        return true;
    default:
        insn->op = h & 1u << 7 ? THUMB_BLX : THUMB_BX;
        insn->secure = h & 4;
        return !(h & 3) && rm != THUMB_PC && !(insn->secure && rm == THUMB_SP);
    }
}

// ADR and ADD to the SP.
static bool add_address(struct thumb_insn *insn, uint32_t h) {
    insn->op = THUMB_ADD;
    insn->rd = h >> 8 & 7;
    insn->rn = h & 1u << 11 ? THUMB_SP : THUMB_PC;
    thumb_offset_(insn, (h & 0xFF) * 4, true);
    insn->indexed = false;
    return true;
}

/// Memory ///

static bool register_offset(struct thumb_insn *insn, uint32_t h) {
    static const uint8_t bytes[] = {4, 2, 1, 1, 4, 2, 1, 2};
    const uint32_t op = thumb_bits_(h, 9, 3);
    insn->op = op < 3 ? THUMB_STORE : THUMB_LOAD;
    insn->access_bytes = bytes[op];
    insn->sign_extended = op == 3 || op == 7;
    insn->rd = h & 7;
    insn->rn = h >> 3 & 7;
    insn->rm = h >> 6 & 7;
    insn->indexed = true;
    return true;
}

// STR, LDR (h 0x6000), STRB, LDRB (0x7000), STRH, LDRH (0x8000).
static bool immediate_offset(struct thumb_insn *insn, uint32_t h) {
    insn->op = h & 1u << 11 ? THUMB_LOAD : THUMB_STORE;
    insn->access_bytes = h >> 12 == 6 ? 4 : h >> 12 == 7 ? 1 : 2;
    insn->rd = h & 7;
    insn->rn = h >> 3 & 7;
    thumb_offset_(insn, thumb_bits_(h, 6, 5) * insn->access_bytes, true);
    return true;
}

// Literals and [sp, #imm].
static bool word_offset(struct thumb_insn *insn, uint32_t h, bool load,
        uint8_t base) {
    insn->op = load ? THUMB_LOAD : THUMB_STORE;
    insn->access_bytes = 4;
    insn->rd = h >> 8 & 7;
    insn->rn = base;
    thumb_offset_(insn, (h & 0xFF) * 4, true);
    return true;
}

static bool multiple(struct thumb_insn *insn, bool load, uint8_t base,
        uint32_t list) {
    insn->op = load ? THUMB_LOAD_MULTIPLE : THUMB_STORE_MULTIPLE;
    insn->rn = base;
    insn->list = (uint16_t)list;
    insn->access_bytes = (uint8_t)(4 * __builtin_popcount(list));
    insn->writeback = !load || !(list >> base & 1);
    insn->decrement = !load && base == THUMB_SP;
    return list != 0;
}

/// Miscellaneous, A5.2.5 ///

static bool compare_and_branch(struct thumb_insn *insn, uint32_t h) {
    insn->op = h & 1u << 11 ? THUMB_CBNZ : THUMB_CBZ;
    insn->rn = h & 7;
    insn->target = insn->addr + 4 +
            (thumb_bits_(h, 3, 5) << 1 | thumb_bits_(h, 9, 1) << 6);
    return true;
}

static bool extend(struct thumb_insn *insn, uint32_t h) {
    static const uint8_t ops[] = {
            THUMB_OTHER, THUMB_OTHER, THUMB_UXTH, THUMB_UXTB};
    insn->op = ops[thumb_bits_(h, 6, 2)];
    insn->rd = h & 7;
    insn->rm = h >> 3 & 7;
    return true;
}

static bool it_or_hint(struct thumb_insn *insn, uint32_t h) {
    const uint32_t mask = h & 15, cond = h >> 4 & 15;
    if (mask == 0) {
        insn->op = THUMB_OTHER;
        return cond <= 4; // NOP, YIELD, WFE, WFI, SEV
    }
    insn->op = THUMB_IT;
    insn->cond = (uint8_t)cond;
    insn->it_mask = (uint8_t)mask;
    return cond < THUMB_AL || (cond == THUMB_AL && !(mask & (mask - 1)));
}

static bool miscellaneous(struct thumb_insn *insn, uint32_t h) {
    switch (h >> 8 & 15) {
    case 0x0:
        insn->op = h & 1u << 7 ? THUMB_SUB : THUMB_ADD;
        insn->rd = insn->rn = THUMB_SP;
        insn->immediate = true;
        insn->imm = (h & 0x7F) * 4;
        return true;
    case 0x1:
    case 0x3:
    case 0x9:
    case 0xB:
        return compare_and_branch(insn, h);
    case 0x2:
        return extend(insn, h);
    case 0x4:
    case 0x5:
        return multiple(insn, false, THUMB_SP, (h & 0xFF) | (h & 0x100) << 6);
    case 0x6: // CPS: no bit for aborts in an M profile, and not without flags
        insn->op = THUMB_OTHER;
        return (h & 0xEC) == 0x60 && h & 3;
    case 0xA: // REV, REV16, REVSH
        insn->op = THUMB_OTHER;
        insn->rd = h & 7;
        insn->rm = h >> 3 & 7;
        return (h & 0xC0) != 0x80;
    case 0xC:
    case 0xD:
        return multiple(insn, true, THUMB_SP, (h & 0xFF) | (h & 0x100) << 7);
    case 0xE:
        insn->op = THUMB_BKPT;
        insn->imm = h & 0xFF;
        return true;
    case 0xF:
        return it_or_hint(insn, h);
    default:
        return false;
    }
}

/// Branches ///

static bool conditional_branch(struct thumb_insn *insn, uint32_t h) {
    const uint8_t cond = h >> 8 & 15;
    if (cond >= 14) {
        insn->op = cond == 14 ? THUMB_UDF : THUMB_SVC;
        insn->imm = h & 0xFF;
        return true;
    }
    insn->op = THUMB_B;
    insn->cond = cond;
    insn->target = insn->addr + 4 + thumb_sign_(h << 1, 9);
    return true;
}

static bool branch(struct thumb_insn *insn, uint32_t h) {
    insn->op = THUMB_B;
    insn->target = insn->addr + 4 + thumb_sign_(h << 1, 12);
    return true;
}

static bool decode16(struct thumb_insn *insn, uint32_t h) {
    const uint8_t reg = h >> 8 & 7;
    switch (h >> 12) {
    case 0x0:
    case 0x1:
        return shift_add_sub(insn, h);
    case 0x2:
    case 0x3:
        return immediate8(insn, h);
    case 0x4:
        if (h & 1u << 11) {
            return word_offset(insn, h, true, THUMB_PC);
        }
        return h & 1u << 10 ? high_registers(insn, h)
                            : data_processing(insn, h);
    case 0x5:
        return register_offset(insn, h);
    case 0x6:
    case 0x7:
    case 0x8:
        return immediate_offset(insn, h);
    case 0x9:
        return word_offset(insn, h, h & 1u << 11, THUMB_SP);
    case 0xA:
        return add_address(insn, h);
    case 0xB:
        return miscellaneous(insn, h);
    case 0xC:
        return multiple(insn, h & 1u << 11, reg, h & 0xFF);
    case 0xD:
        return conditional_branch(insn, h);
    default:
        return branch(insn, h);
    }
}

/// Entry ///

bool thumb_decode(struct thumb_insn *insn, uint32_t addr, const uint8_t *bytes,
        size_t available) {
    if (available < 2) {
        clear(insn, addr, 0, 0);
        return false;
    }
    const uint32_t first = bytes[0] | (uint32_t)bytes[1] << 8;
    const bool wide = first >= 0xE800;
    if (wide && available < 4) {
        clear(insn, addr, first << 16, 4);
        return false;
    }
    bool defined;
    uint32_t encoding = first;
    if (wide) {
        encoding = first << 16 | bytes[2] | (uint32_t)bytes[3] << 8;
        clear(insn, addr, encoding, 4);
        defined = thumb_decode32_(insn, encoding);
    } else {
        clear(insn, addr, encoding, 2);
        defined = decode16(insn, encoding);
    }
    if (defined) {
        finish_registers(insn);
    } else {
        clear(insn, addr, encoding, wide ? 4 : 2);
    }
    return true;
}
