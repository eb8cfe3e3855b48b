/*
 * thumb_coprocessor - floating point (coprocessors 10 and 11) and the others
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M ARM (DDI 0403E) A5.3.18 and A6, Armv8-M ARM (DDI 0553) C2. FPv4-SP
 * and FPv5: sixteen double registers, no vectors. Half precision and the
 * vector extension are Armv8.1-M and not decoded; nor are coprocessors 8, 9
 * and 12 to 15, which Arm reserves.
 */
#include "thumb/thumb_priv.h"

// A double register above 15 in D:Vd, N:Vn or M:Vm.
static bool high_d(uint32_t w) {
    return w & 1u << 22;
}

static bool high_n(uint32_t w) {
    return w & 1u << 7;
}

static bool high_m(uint32_t w) {
    return w & 1u << 5;
}

/// Memory ///

// VLSTM and VLLDM: S0-S31, FPSCR and a word, for the Secure state.
static bool lazy_state(struct thumb_insn *insn, uint32_t w) {
    insn->op = w & 1u << 20 ? THUMB_LOAD_MULTIPLE : THUMB_STORE_MULTIPLE;
    insn->floating = true;
    insn->rn = thumb_reg_(w, 16);
    insn->access_bytes = 34 * 4;
    return (w & 0x60FFFF) == 0x200A00 && insn->rn != THUMB_PC;
}

static bool fp_multiple(struct thumb_insn *insn, uint32_t w) {
    const bool load = w & 1u << 20, before = w & 1u << 24, up = w & 1u << 23;
    const bool write = w & 1u << 21, wide = w & 0x100;
    const uint32_t words = w & 0xFF;
    const uint32_t first =
            wide ? (w >> 12 & 15) * 2 : (w >> 12 & 15) * 2 + (w >> 22 & 1);
    if (!before && !up) {
        return lazy_state(insn, w);
    }
    insn->op = load ? THUMB_LOAD_MULTIPLE : THUMB_STORE_MULTIPLE;
    insn->floating = true;
    insn->rn = thumb_reg_(w, 16);
    insn->writeback = write;
    insn->decrement = before;
    if (before == up || (before && !write) || insn->rn == THUMB_PC) {
        return false;
    }
    // An odd number of words of double registers is FLDMX, FSTMX.
    if (words == 0 || first + (wide ? words & ~1u : words) > 32 ||
            (wide && (high_d(w) || words == 1))) {
        return false;
    }
    insn->access_bytes = (uint8_t)(4 * words);
    return true;
}

static bool fp_single(struct thumb_insn *insn, uint32_t w) {
    const bool load = w & 1u << 20, wide = w & 0x100;
    insn->op = load ? THUMB_LOAD : THUMB_STORE;
    insn->floating = true;
    insn->access_bytes = wide ? 8 : 4;
    insn->rn = thumb_reg_(w, 16);
    thumb_offset_(insn, (w & 0xFF) * 4, w & 1u << 23);
    return !(wide && high_d(w)) && (load || insn->rn != THUMB_PC);
}

// LDC, STC.
static bool load_store(struct thumb_insn *insn, uint32_t w) {
    const bool load = w & 1u << 20, before = w & 1u << 24, up = w & 1u << 23;
    const bool write = w & 1u << 21;
    insn->op = load ? THUMB_LOAD : THUMB_STORE;
    insn->floating = true;
    insn->access_bytes = 4;
    insn->rn = thumb_reg_(w, 16);
    // Neither before nor written back: the immediate is for the coprocessor.
    thumb_offset_(insn, before || write ? (w & 0xFF) * 4 : 0, up);
    insn->indexed = before;
    insn->writeback = write;
    if (!before && !up && !write) {
        return false;
    }
    return insn->rn != THUMB_PC || (load && before && !write);
}

/// Core registers ///

// rd and rd2 are read or written; SP never, PC never but as flags of MRC.
static bool to_or_from(struct thumb_insn *insn, bool to_core, unsigned rd,
        unsigned rd2) {
    insn->op = THUMB_OTHER;
    if (thumb_bad_(rd) || thumb_bad_(rd2)) {
        return false;
    }
    if (to_core) {
        insn->rd = (uint8_t)rd;
        insn->rd2 = (uint8_t)rd2;
        return rd != rd2;
    }
    insn->reads = thumb_bit_(rd) | thumb_bit_(rd2);
    return true;
}

static bool two_registers(struct thumb_insn *insn, uint32_t w, bool fp) {
    const bool to_core = w & 1u << 20;
    if (fp) {
        const bool wide = w & 0x100;
        // Two singles must both exist; a double is one of sixteen.
        if ((w & 0xD0) != 0x10 || (wide && high_m(w)) ||
                (!wide && (w & 0x2F) == 0x2F)) {
            return false;
        }
    }
    return to_or_from(insn, to_core, thumb_reg_(w, 12), thumb_reg_(w, 16));
}

static bool flags_or_register(struct thumb_insn *insn, uint32_t w) {
    if (w & 1u << 20 && thumb_reg_(w, 12) == THUMB_PC) {
        insn->op = THUMB_OTHER;
        insn->sets_flags = true;
        return true;
    }
    return to_or_from(insn, w & 1u << 20, thumb_reg_(w, 12), THUMB_NONE);
}

static bool fp_register(struct thumb_insn *insn, uint32_t w) {
    const uint32_t a = w >> 21 & 7;
    if (w & 0x6F) {
        return false;
    }
    if (w & 0x100) { // VMOV of half a double
        return a < 2 && !high_n(w) &&
                to_or_from(insn, w & 1u << 20, thumb_reg_(w, 12), THUMB_NONE);
    }
    if (a == 0) { // VMOV of a single
        return to_or_from(insn, w & 1u << 20, thumb_reg_(w, 12), THUMB_NONE);
    }
    // VMRS, VMSR: an M profile has the FPSCR only.
    return a == 7 && (w >> 16 & 15) == 1 && !(w & 0x80) &&
            flags_or_register(insn, w);
}

/// Floating-point arithmetic ///

// Operands that are doubles if `wide`.
static bool wide_operands(uint32_t w, bool d, bool n, bool m) {
    return !(w & 0x100) ||
            !((d && high_d(w)) || (n && high_n(w)) || (m && high_m(w)));
}

static bool fp_convert(uint32_t w) {
    const bool op = w & 0x80;
    switch (w >> 16 & 15) {
    case 0x0: // VMOV, VABS
    case 0x1: // VNEG, VSQRT
        return wide_operands(w, true, false, true);
    case 0x2: // VCVTB, VCVTT from half precision
        return wide_operands(w, true, false, false);
    case 0x3: // to half precision
        return wide_operands(w, false, false, true);
    case 0x4: // VCMP
    case 0x6: // VRINTR, VRINTZ
        return wide_operands(w, true, false, true);
    case 0x5: // VCMP with zero
        return !(w & 0x2F) && wide_operands(w, true, false, false);
    case 0x7:
        if (!op) { // VRINTX
            return wide_operands(w, true, false, true);
        }
        // Between double and single: w & 0x100 tells the source.
        return w & 0x100 ? !high_m(w) : !high_d(w);
    case 0x8: // from integer
        return wide_operands(w, true, false, false);
    case 0xA:
    case 0xB:
    case 0xE:
    case 0xF: { // fixed point, 16 or 32 bits of which imm5 are the fraction
        const uint32_t imm5 = (w & 15) << 1 | (w >> 5 & 1);
        return (op || imm5 <= 16) && wide_operands(w, true, false, false);
    }
    case 0xC:
    case 0xD: // to integer
        return wide_operands(w, false, false, true);
    default:
        return false;
    }
}

// A6.4, 0xEExx.
static bool fp_arithmetic(uint32_t w) {
    const bool op = w & 0x40;
    switch (w >> 20 & 0xB) {
    case 0x8: // VDIV
        return !op && wide_operands(w, true, true, true);
    case 0xB:
        if (op) {
            return fp_convert(w);
        }
        return !(w & 0xA0) && wide_operands(w, true, false, false);
    default:
        return wide_operands(w, true, true, true);
    }
}

// 0xFExx, FPv5: VSEL, VMAXNM, VMINNM, VRINTA.., VCVTA...
static bool fp_arithmetic5(uint32_t w) {
    const bool op = w & 0x40;
    if (!(w & 1u << 23)) {
        return !op && wide_operands(w, true, true, true);
    }
    switch (w >> 20 & 3) {
    case 0:
        return wide_operands(w, true, true, true);
    case 3:
        if ((w >> 18 & 3) == 2) {
            return op && !(w & 0x80) && wide_operands(w, true, false, true);
        }
        return (w >> 18 & 3) == 3 && op && wide_operands(w, false, false, true);
    default:
        return false;
    }
}

/// Entry ///

static bool floating(struct thumb_insn *insn, uint32_t w) {
    const bool second = w & 1u << 28;
    if (w & 1u << 25) {
        if (w & 0x10) {
            return !second && fp_register(insn, w);
        }
        insn->op = THUMB_OTHER;
        return second ? fp_arithmetic5(w) : fp_arithmetic(w);
    }
    if (second) {
        return false;
    }
    if ((w >> 21 & 15) == 2) { // bit 22 is the D bit elsewhere
        return two_registers(insn, w, true);
    }
    if (w & 1u << 24 && !(w & 1u << 21)) {
        return fp_single(insn, w);
    }
    return fp_multiple(insn, w);
}

bool thumb_decode_coprocessor_(struct thumb_insn *insn, uint32_t w) {
    const uint32_t number = w >> 8 & 15;
    if ((w >> 24 & 3) == 3) {
        return false; // vectors
    }
    if (number == 10 || number == 11) {
        return floating(insn, w);
    }
    if (number > 7) {
        return false;
    }
    if (w & 1u << 25) {
        if (w & 0x10) {
            return flags_or_register(insn, w);
        }
        insn->op = THUMB_OTHER; // CDP
        return true;
    }
    if ((w >> 21 & 15) == 2) {
        return two_registers(insn, w, false);
    }
    return load_store(insn, w);
}
