/*
 * thumb_decode32 - which group a 32-bit encoding belongs to; branches and
 * miscellaneous control
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M ARM (DDI 0403E) A5.3, Armv8-M ARM (DDI 0553) C2.
 */
#include "thumb/thumb_priv.h"

/// Branches ///

// B (T4) and BL: J1 and J2 are the sign's complement.
static uint32_t far_target(const struct thumb_insn *insn, uint32_t w) {
    const uint32_t s = w >> 26 & 1;
    const uint32_t i1 = ~((w >> 13) ^ s) & 1, i2 = ~((w >> 11) ^ s) & 1;
    const uint32_t offset = s << 24 | i1 << 23 | i2 << 22 |
            thumb_bits_(w, 16, 10) << 12 | (w & 0x7FF) << 1;
    return insn->addr + 4 + thumb_sign_(offset, 25);
}

static bool conditional_branch(struct thumb_insn *insn, uint32_t w) {
    const uint32_t s = w >> 26 & 1, j1 = w >> 13 & 1, j2 = w >> 11 & 1;
    const uint32_t offset = s << 20 | j2 << 19 | j1 << 18 |
            thumb_bits_(w, 16, 6) << 12 | (w & 0x7FF) << 1;
    insn->op = THUMB_B;
    insn->cond = w >> 22 & 15;
    insn->target = insn->addr + 4 + thumb_sign_(offset, 21);
    return true;
}

/// Miscellaneous control ///

// Armv7-M ARM B5.1.1, Armv8-M ARM D1.2 (MRS, MSR).
static bool special_register(uint32_t sysm) {
    switch (sysm) {
    case 0x08:
    case 0x09:
    case 0x0A:
    case 0x0B: // MSP, PSP, MSPLIM, PSPLIM
    case 0x10:
    case 0x11:
    case 0x12:
    case 0x13:
    case 0x14: // PRIMASK, BASEPRI, BASEPRI_MAX, FAULTMASK, CONTROL
    case 0x88:
    case 0x89:
    case 0x8A:
    case 0x8B:
    case 0x90:
    case 0x91:
    case 0x93:
    case 0x94:
    case 0x98: // the same of the Non-secure state, and SP_NS
        return true;
    default: // APSR, IAPSR, EAPSR, XPSR; IPSR, EPSR, IEPSR
        return sysm <= 3 || (sysm >= 5 && sysm <= 7);
    }
}

static bool move_to_special(struct thumb_insn *insn, uint32_t w) {
    const uint32_t sysm = w & 0xFF, mask = w >> 10 & 3;
    insn->op = THUMB_OTHER;
    insn->rn = thumb_reg_(w, 16);
    insn->sets_flags = sysm <= 3 && mask & 2;
    // These can be or choose the current SP.
    if (sysm == 0x08 || sysm == 0x09 || sysm == 0x14) {
        insn->writes = thumb_bit_(THUMB_SP);
    }
    return !(w & 0x3300) && special_register(sysm) && mask != 0 &&
            (mask == 2 || sysm <= 3) && !thumb_bad_(insn->rn);
}

static bool move_from_special(struct thumb_insn *insn, uint32_t w) {
    insn->op = THUMB_OTHER;
    insn->rd = thumb_reg_(w, 8);
    return (w & 0xFF000) == 0xF8000 && special_register(w & 0xFF) &&
            !thumb_bad_(insn->rd);
}

static bool hint(struct thumb_insn *insn, uint32_t w) {
    insn->op = THUMB_OTHER;
    if ((w & 0xFFF00) != 0xF8000) {
        return false; // CPS.W is not in an M profile
    }
    switch (w & 0xFF) {
    case 0x00: // NOP
    case 0x01: // YIELD
    case 0x02: // WFE
    case 0x03: // WFI
    case 0x04: // SEV
    case 0x0F: // BTI; it and the next three are NOP before Armv8.1-M
    case 0x14: // CSDB
        return true;
    case 0x2D: // AUT
        insn->reads =
                thumb_bit_(12) | thumb_bit_(THUMB_LR) | thumb_bit_(THUMB_SP);
        return true;
    case 0x0D: // PACBTI
    case 0x1D: // PAC
        insn->rd = 12;
        insn->reads = thumb_bit_(THUMB_LR) | thumb_bit_(THUMB_SP);
        return true;
    default:
        return (w & 0xF0) == 0xF0; // DBG
    }
}

static bool barrier(struct thumb_insn *insn, uint32_t w) {
    const uint32_t op = w >> 4 & 15;
    insn->op = THUMB_OTHER;
    if ((w & 0xFFF00) != 0xF8F00) {
        return false;
    }
    return (op == 2 && (w & 15) == 15) || (op >= 4 && op <= 6);
}

static bool branch_or_control(struct thumb_insn *insn, uint32_t w) {
    if ((w & 0x3800000) != 0x3800000) {
        return conditional_branch(insn, w);
    }
    const uint32_t op = w >> 20 & 0x7F;
    if (op == 0x7F && (w & 0xF000) == 0xA000) {
        insn->op = THUMB_UDF;
        insn->imm = thumb_bits_(w, 16, 4) << 12 | (w & 0xFFF);
        return true;
    }
    switch (op) {
    case 0x38:
        return move_to_special(insn, w);
    case 0x3A:
        return hint(insn, w);
    case 0x3B:
        return barrier(insn, w);
    case 0x3E:
        return move_from_special(insn, w);
    default:
        return false;
    }
}

static bool branches(struct thumb_insn *insn, uint32_t w) {
    switch (w & 0x5000) {
    case 0x0000:
        return branch_or_control(insn, w);
    case 0x1000:
        insn->op = THUMB_B;
        break;
    case 0x5000:
        insn->op = THUMB_BL;
        break;
    default: // BLX to Arm state; low-overhead loops of Armv8.1-M
        return false;
    }
    insn->target = far_target(insn, w);
    return true;
}

bool thumb_decode32_(struct thumb_insn *insn, uint32_t w) {
    if ((w >> 27 & 3) == 2) {
        return w & 0x8000 ? branches(insn, w) : thumb_decode_data_(insn, w);
    }
    if (w & 1u << 26) {
        return thumb_decode_coprocessor_(insn, w);
    }
    return w & 1u << 25 ? thumb_decode_data_(insn, w)
                        : thumb_decode_memory_(insn, w);
}
