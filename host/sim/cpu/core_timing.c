/*
 * core_timing - cycles of each instruction
 *
 * SPDX-License-Identifier: MIT
 *
 * Cortex-M4 TRM (Arm 100166, DDI 0439) 3.3 and 7.2.3, zero wait states; a
 * Cortex-M0+ has a table of its own below. What depends on a pair (pipelined
 * loads, an address that was just computed) is charged to its first
 * instruction, so that a branch to the second one pays its full price. The
 * pipeline refill of a taken branch comes on top, see refill_cycles in
 * profile.h. Where the TRM gives a range: divisions 6 of 2 to 12, MSR and MRS
 * 2, CPS and barriers with nothing to wait for 1.
 */
#include "sim/cpu/core_priv.h"

enum { DIVISION = 6, FP_MULTIPLY_ADD = 3, FP_DIVISION = 14 };

static bool has_pc(const struct thumb_insn *insn) {
    return insn->writes >> CORE_PC & 1;
}

static unsigned load(const struct thumb_insn *insn) {
    const unsigned words = (insn->access_bytes + 3u) / 4;
    // To the PC: with the refill of a branch, five.
    return 1 + words + (has_pc(insn) ? 1 : 0);
}

// STR to base and immediate is done while the next instruction runs.
static unsigned store(const struct thumb_insn *insn) {
    const bool buffered = insn->immediate && !insn->writeback &&
            !insn->floating && insn->access_bytes <= 4 &&
            insn->rd2 == THUMB_NONE;
    return buffered ? 1 : 1 + (insn->access_bytes + 3u) / 4;
}

static unsigned fp(uint32_t w) {
    if ((w & 0x0F000010u) != 0x0E000000u) {
        return (w >> 21 & 0x7F) == 0x62 ? 2 : 1; // VMOV of two registers
    }
    switch (w >> 20 & 0xB) {
    case 0x0: // VMLA, VMLS, VNMLA, VNMLS
    case 0x1:
    case 0x9: // VFMA and its sisters
    case 0xA:
        return FP_MULTIPLY_ADD;
    case 0x8:
        return FP_DIVISION;
    case 0xB:
        return (w & 0x000F00C0u) == 0x000100C0u ? FP_DIVISION : 1; // VSQRT
    default:
        return 1;
    }
}

static unsigned other(const struct thumb_insn *insn) {
    const uint32_t w = insn->encoding;
    if (insn->size_bytes == 2) {
        return 1;
    }
    if ((w & 0xEC000000u) == 0xEC000000u) {
        return fp(w);
    }
    if ((w & 0xFFD000F0u) == 0xFB9000F0u) {
        return DIVISION;
    }
    if ((w & 0xFFF000E0u) == 0xFB000000u && (w >> 12 & 15) != 15) {
        return 2; // MLA, MLS
    }
    if ((w & 0xFFE0D000u) == 0xF3808000u || (w & 0xFFE0D000u) == 0xF3E08000u) {
        return 2; // MSR, MRS
    }
    if ((w & 0xFFFFFFF0u) == 0xF3BF8F60u) {
        return 1 + SIM_BRANCH_CYCLES; // ISB
    }
    return 1;
}

static unsigned alone(const struct thumb_insn *insn) {
    switch (insn->op) {
    case THUMB_LOAD:
    case THUMB_LOAD_MULTIPLE:
        return load(insn);
    case THUMB_STORE:
        return store(insn);
    case THUMB_STORE_MULTIPLE:
        return 1 + (insn->access_bytes + 3u) / 4;
    case THUMB_TABLE:
        return 4; // six with the refill
    default:
        return other(insn);
    }
}

static bool is_access(const struct thumb_insn *insn) {
    switch (insn->op) {
    case THUMB_LOAD:
    case THUMB_STORE:
    case THUMB_LOAD_MULTIPLE:
    case THUMB_STORE_MULTIPLE:
    case THUMB_TABLE:
        return true;
    default:
        return false;
    }
}

static uint32_t bit(uint8_t reg) {
    return reg == THUMB_NONE ? 0 : 1u << reg;
}

// Of the address.
static uint32_t registers_of(const struct thumb_insn *insn) {
    return bit(insn->rn) | (insn->immediate ? 0 : bit(insn->rm));
}

// LDR of one word or less to a register.
static bool is_single_load(const struct thumb_insn *insn) {
    return insn->op == THUMB_LOAD && !insn->writeback && !insn->floating &&
            !has_pc(insn) && insn->rd2 == THUMB_NONE && insn->access_bytes <= 4;
}

static bool is_pipelined_store(const struct thumb_insn *insn) {
    return insn->op == THUMB_STORE && !insn->immediate && !insn->floating;
}

// Cortex-M0+ TRM (DDI 0484C) table 3.1, with the fast multiplier.
static unsigned armv6(const struct thumb_insn *insn) {
    switch (insn->op) {
    case THUMB_LOAD:
    case THUMB_STORE:
        return 2;
    case THUMB_LOAD_MULTIPLE:
        // To the PC: with the refill of a branch, 3 + n.
        return 1 + insn->access_bytes / 4u + (has_pc(insn) ? 1 : 0);
    case THUMB_STORE_MULTIPLE:
        return 1 + insn->access_bytes / 4u;
    case THUMB_BL:
        return 2; // three with the refill
    default:
        return insn->size_bytes == 4 ? 3 : 1; // MRS, MSR, barriers
    }
}

unsigned core_cost_(const struct sim_profile *profile,
        const struct thumb_insn *insn, const struct thumb_insn *next) {
    if (profile->arch == SIM_ARM_V6M) {
        return armv6(insn);
    }
    const unsigned cycles = alone(insn);
    if (!next || !is_access(next)) {
        return cycles;
    }
    if (is_single_load(insn)) {
        const bool pipelined =
                (is_single_load(next) || is_pipelined_store(next)) &&
                !(registers_of(next) & bit(insn->rd));
        return pipelined ? cycles - 1 : cycles;
    }
    const bool data = !is_access(insn) && !has_pc(insn) &&
            insn->op >= THUMB_MOV && insn->op <= THUMB_OTHER;
    return data && (insn->writes & registers_of(next)) ? cycles + 1 : cycles;
}
