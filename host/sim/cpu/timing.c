/*
 * timing - cycles and decoder flags of every Thumb instruction
 *
 * SPDX-License-Identifier: MIT
 *
 * Cortex-M4 TRM (Arm 100166) section 3.3, with one figure where the TRM gives a
 * range: the slower end for stores, the middle for divisions. A 32-bit
 * instruction is classed by its first halfword only, so some rare ones share a
 * figure. The pipeline refill of a taken branch is added when it branches, see
 * SIM_BRANCH_CYCLES.
 */
#include "sim/cpu/sim_cpu.h"

static unsigned bits_set(unsigned value) {
    return (unsigned)__builtin_popcount(value);
}

// Miscellaneous 16-bit instructions, Armv7-M ARM A5.2.5.
static unsigned misc16(unsigned op) {
    if ((op & 0xF600) == 0xB400) { // PUSH
        return 1 + bits_set(op & 0x1FF);
    }
    if ((op & 0xFE00) == 0xBC00) { // POP
        return 1 + bits_set(op & 0x1FF);
    }
    if ((op & 0xFF00) == 0xBF00) {
        return (op & 0xF) ? 1 | SIM_OP_IT : 1 | SIM_OP_HINT;
    }
    if ((op & 0xFFE0) == 0xB660) {
        return 1 | SIM_OP_MASK;
    }
    return 1;
}

static unsigned class16(unsigned op) {
    switch (op >> 12) {
    case 0x4:
        return (op & 0x0800) ? 2 : 1;
    case 0x5:
    case 0x6:
    case 0x7:
    case 0x8:
    case 0x9:
        return 2;
    case 0xB:
        return misc16(op);
    case 0xC:
        return (1 + bits_set(op & 0xFF)) | SIM_OP_ALIGN;
    case 0xD:
        return op == (SIM_RAM_FILL << 8 | SIM_RAM_FILL) ? 1 | SIM_OP_RARE : 1;
    default:
        return 1;
    }
}

// Load and store multiple, dual, exclusive, table branch: E800 to E9FF.
static unsigned multiple32(unsigned op) {
    const bool pc = (op & 0xF) == 0xF;
    if (!(op & 0x0040)) {
        // 1 + n with n in the second halfword: the decoder adds it.
        return (op & 0xF) == 13 ? 1 | SIM_OP_RARE
                                : 1 | SIM_OP_ALIGN | SIM_OP_RARE;
    }
    if (!(op & 0x0120)) {
        return 2 | SIM_OP_RARE; // exclusives and TBB, TBH
    }
    return pc ? 3 : 3 | SIM_OP_ALIGN;
}

static unsigned system32(unsigned op) {
    if ((op & 0xFFE0) == 0xF380) {
        return 2 | SIM_OP_MASK; // MSR
    }
    if ((op & 0xFFF0) == 0xF3E0) {
        return 2 | SIM_OP_RARE; // MRS
    }
    if (op == 0xF3AF) {
        return 1 | SIM_OP_HINT;
    }
    if (op == 0xF3BF) {
        return 4 | SIM_OP_RARE; // DSB, DMB, ISB, CLREX
    }
    return 1;
}

static unsigned coprocessor32(unsigned op) {
    unsigned cycles = 1;
    if ((op & 0xFF00) == 0xEC00 || (op & 0xFF00) == 0xED00) {
        cycles = (op & 0x0100) && !(op & 0x0020) ? 2 : 9; // VLDR or VLDM
        if ((op & 0xF) != 0xF && (op & 0xFFE0) != 0xEC40) {
            cycles |= SIM_OP_ALIGN; // not a PC-relative one, not VMOV
        }
    } else if ((op & 0xFFB0) == 0xEE80 || (op & 0xFFBF) == 0xEEB1) {
        cycles = 14; // VDIV, VSQRT
    } else if ((op & 0xFF30) == 0xEE00 || (op & 0xFF30) == 0xEE10 ||
            (op & 0xFF30) == 0xEE20) {
        cycles = 3; // the multiply-accumulates
    }
    return cycles | SIM_OP_FP;
}

static unsigned class32(unsigned op) {
    if ((op & 0xFE00) == 0xE800) {
        return multiple32(op);
    }
    if ((op & 0xEC00) == 0xEC00) {
        return coprocessor32(op);
    }
    if ((op & 0xFE00) == 0xF800) { // single loads and stores
        return 2;
    }
    if ((op & 0xFFD0) == 0xFB90) { // SDIV FB9x, UDIV FBBx
        return 6 | SIM_OP_DIVIDE;
    }
    if ((op & 0xF800) == 0xF000) {
        return system32(op);
    }
    return 1;
}

void sim_op_table(uint16_t table[65536]) {
    for (unsigned op = 0; op < 65536; op++) {
        table[op] = (uint16_t)(op >= 0xE800 ? class32(op) : class16(op));
    }
}
