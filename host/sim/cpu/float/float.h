/*
 * float - what the FPU computes, in integers
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/cpu/float: the arithmetic of the floating-point unit, in
 * integers.
 *
 * Armv7-M ARM A2.5: rounding modes, flush-to-zero, default NaN, cumulative
 * flags, tininess before rounding. FPSCR says how, and takes the flags. Numbers
 * are their bits; a half or single is in the low ones.
 */
#ifndef FLOAT_H
#define FLOAT_H

#include <stdbool.h>
#include <stdint.h>

struct float_format {
    unsigned fraction, exponent; // bits
};
extern const struct float_format float_half, float_single, float_double;

// The modes of FPSCR.RMode, and ties away from zero.
enum float_rounding {
    FLOAT_TO_NEAREST,
    FLOAT_UP,
    FLOAT_DOWN,
    FLOAT_TO_ZERO,
    FLOAT_TO_AWAY,
};
static inline enum float_rounding float_rounding_of(uint32_t fpscr) {
    return (enum float_rounding)(fpscr >> 22 & 3);
}

/// Of a single, quick where the host's doubles are exact ///

uint32_t float_add_single(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t float_mul_single(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t float_div_single(uint32_t a, uint32_t b, uint32_t *fpscr);
uint32_t float_sqrt_single(uint32_t a, uint32_t *fpscr);
uint32_t float_fma_single(uint32_t addend, uint32_t a, uint32_t b,
        uint32_t *fpscr);

/// Of singles and doubles ///

uint64_t float_add(const struct float_format *format, uint64_t a, uint64_t b,
        uint32_t *fpscr);
uint64_t float_mul(const struct float_format *format, uint64_t a, uint64_t b,
        uint32_t *fpscr);
uint64_t float_div(const struct float_format *format, uint64_t a, uint64_t b,
        uint32_t *fpscr);
uint64_t float_sqrt(const struct float_format *format, uint64_t a,
        uint32_t *fpscr);
// addend + a * b, rounded once.
uint64_t float_fma(const struct float_format *format, uint64_t addend,
        uint64_t a, uint64_t b, uint32_t *fpscr);
// FPMaxNum(), FPMinNum(): a quiet NaN gives way to a number.
uint64_t float_max(const struct float_format *format, uint64_t a, uint64_t b,
        bool min, uint32_t *fpscr);
// N, Z, C, V in bits 31..28. quiet: a quiet NaN is no invalid operation.
uint32_t float_compare(const struct float_format *format, uint64_t a,
        uint64_t b, bool quiet, uint32_t *fpscr);

/// Conversions ///

// To an integral number. exact: IXC tells of a fraction.
uint64_t float_integral(const struct float_format *format, uint64_t a,
        enum float_rounding rounding, bool exact, uint32_t *fpscr);
// Fixed point of `bits`, at most 32, with `fraction`, saturated.
uint32_t float_to_fixed(const struct float_format *format, uint64_t a,
        unsigned fraction, unsigned bits, bool is_signed,
        enum float_rounding rounding, uint32_t *fpscr);
uint64_t float_from_fixed(const struct float_format *format, uint32_t value,
        unsigned fraction, bool is_signed, enum float_rounding rounding,
        uint32_t *fpscr);
// Between single and double.
uint64_t float_convert(const struct float_format *to,
        const struct float_format *from, uint64_t a, uint32_t *fpscr);
uint64_t float_from_half(const struct float_format *to, uint32_t half,
        uint32_t *fpscr);
uint32_t float_to_half(const struct float_format *from, uint64_t a,
        uint32_t *fpscr);

#endif
