/*
 * exact_float - single-precision arithmetic by exact integers, as an oracle
 *
 * SPDX-License-Identifier: MIT
 *
 * Slow and plain on purpose, and without a line of host/sim/cpu/float:
 * each finite number is an integer times 2^-400 or so, sums and products are
 * exact, quotients and roots are compared, not computed by steps; one function
 * rounds a rational. Armv7-M ARM (DDI 0403E) A2.5: FPRound(), FPProcessNaNs(),
 * FPToFixed(), FixedToFP(), FPHalfToSingle(), FPSingleToHalf(), FPCompare().
 */
#ifndef EXACT_FLOAT_H
#define EXACT_FLOAT_H

#include <stdint.h>

enum exact_op {
    EXACT_ADD,
    EXACT_MUL,
    EXACT_DIV,
    EXACT_SQRT,    // of a
    EXACT_FMA,     // c + a * b, rounded once
    EXACT_COMPARE, // a with b; E bit clear
    EXACT_COMPARE_E,
    EXACT_TO_FIXED,   // of a; c: fraction bits | size << 8 | EXACT_ flags
    EXACT_FROM_FIXED, // likewise; rounds as FPSCR says
    EXACT_TO_HALF,
    EXACT_FROM_HALF,
    EXACT_OPS,
};
#define EXACT_SIGNED 0x10000u
#define EXACT_TRUNCATE 0x20000u

// The result; *fpscr gives the modes and takes cumulative flags. Compares give
// N, Z, C, V in bits 31..28.
uint32_t exact_float(enum exact_op op, uint32_t a, uint32_t b, uint32_t c,
        uint32_t *fpscr);

#endif
