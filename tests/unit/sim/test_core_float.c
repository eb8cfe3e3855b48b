/*
 * test_core_float - singles of host/sim/cpu/float, against exact_float.h
 *
 * SPDX-License-Identifier: MIT
 *
 * Random operations on operands that are mostly near the edges: results and
 * cumulative flags are the same in all rounding modes, with flush-to-zero,
 * default NaN and alternative half precision. XIPSAFE_CASES and XIPSAFE_SEED
 * change how many and which; the half precision numbers are all tried.
 */
// sources: host/sim/cpu/float/*.c tests/support/exact_float.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/cpu/float/float.h"
#include "support/exact_float.h"

enum { CASES = 300000 };

static uint64_t random_state;
static uint32_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16);
}

static uint64_t from_environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 0) : otherwise;
}

// Few digits make ties and exact results; neighbours of powers of two make
// carries.
static uint32_t operand(uint32_t other) {
    static const uint32_t edges[] = {0, 1, 2, 0x7FFFFF, 0x800000, 0x800001,
            0x3F800000, 0x3F7FFFFF, 0x3F800001, 0x7F7FFFFF, 0x7F800000,
            0x7FC00000, 0x7FC12345, 0x7F800001, 0x7FA00000, 0x4B800000,
            0x4EFFFFFF, 0x4F000000, 0x4F7FFFFF, 0x4F800000, 0x477FE000,
            0x477FF000, 0x47800000, 0x38800000, 0x33000000, 0x33800000};
    const uint32_t sign = next_random() & 0x80000000u;
    uint32_t bits;
    switch (next_random() & 7) {
    case 0:
        bits = edges[next_random() % (sizeof edges / sizeof edges[0])];
        break;
    case 1: // near the other one
        bits = other + (next_random() & 7) - 3;
        break;
    case 2: // few digits
        bits = next_random() & (0x7F800000u | 0x7FFFFFu << next_random() % 23);
        break;
    case 3: // near a power of two
        bits = ((next_random() & 0xFF) << 23) + (next_random() & 15) - 7;
        break;
    case 4: // a small exponent
        bits = (next_random() % 30) << 23 | (next_random() & 0x7FFFFF);
        break;
    case 5: // near 1
        bits = (110 + next_random() % 40) << 23 | (next_random() & 0x7FFFFF);
        break;
    default:
        bits = next_random();
        break;
    }
    return (bits & 0x7FFFFFFF) | sign;
}

static uint32_t own(enum exact_op op, uint32_t a, uint32_t b, uint32_t c,
        uint32_t *fpscr) {
    const bool is_signed = c & EXACT_SIGNED, truncate = c & EXACT_TRUNCATE;
    const unsigned fraction = c & 0xFF, bits = c >> 8 & 0xFF;
    const struct float_format *const single = &float_single;
    const enum float_rounding mode = float_rounding_of(*fpscr);
    switch (op) {
    case EXACT_ADD:
        return float_add_single(a, b, fpscr);
    case EXACT_MUL:
        return float_mul_single(a, b, fpscr);
    case EXACT_DIV:
        return float_div_single(a, b, fpscr);
    case EXACT_SQRT:
        return float_sqrt_single(a, fpscr);
    case EXACT_FMA:
        return float_fma_single(c, a, b, fpscr);
    case EXACT_COMPARE:
    case EXACT_COMPARE_E:
        return float_compare(single, a, b, op == EXACT_COMPARE, fpscr);
    case EXACT_TO_FIXED:
        return float_to_fixed(single, a, fraction, bits, is_signed,
                truncate ? FLOAT_TO_ZERO : mode, fpscr);
    case EXACT_FROM_FIXED:
        return (uint32_t)float_from_fixed(single, a, fraction, is_signed,
                truncate ? FLOAT_TO_NEAREST : mode, fpscr);
    case EXACT_TO_HALF:
        return float_to_half(single, a, fpscr);
    default:
        return (uint32_t)float_from_half(single, a & 0xFFFF, fpscr);
    }
}

static const char *const names[EXACT_OPS] = {"add", "mul", "div", "sqrt", "fma",
        "compare", "compare E", "to fixed", "from fixed", "to half",
        "from half"};

static unsigned check(enum exact_op op, uint32_t a, uint32_t b, uint32_t c,
        uint32_t fpscr) {
    uint32_t expected_flags = fpscr, flags = fpscr;
    const uint32_t expected = exact_float(op, a, b, c, &expected_flags);
    const uint32_t result = own(op, a, b, c, &flags);
    // The instruction extends a halfword.
    const uint32_t mask =
            op == EXACT_TO_FIXED && (c >> 8 & 0xFF) == 16 ? 0xFFFF : UINT32_MAX;
    if (!((result ^ expected) & mask) && flags == expected_flags) {
        return 0;
    }
    print_error("%s %08x %08x %08x fpscr %08x: %08x %08x, expected %08x "
                "%08x\n",
            names[op], (unsigned)a, (unsigned)b, (unsigned)c, (unsigned)fpscr,
            (unsigned)result, (unsigned)flags, (unsigned)expected,
            (unsigned)expected_flags);
    return 1;
}

static uint32_t third(enum exact_op op, uint32_t b) {
    if (op != EXACT_TO_FIXED && op != EXACT_FROM_FIXED) {
        return operand(b);
    }
    const uint32_t bits = next_random() & 1 ? 32 : 16;
    const uint32_t fraction = next_random() & 1 ? 0 : next_random() % bits;
    return fraction | bits << 8 |
            (next_random() & (EXACT_SIGNED | EXACT_TRUNCATE));
}

static void test_random_operations(void **state) {
    (void)state;
    const uint64_t cases = from_environment("XIPSAFE_CASES", CASES);
    random_state = from_environment("XIPSAFE_SEED", 88172645463325252ull);
    unsigned bad = 0;
    for (uint64_t i = 0; i < cases && bad < 20; i++) {
        const enum exact_op op = (enum exact_op)(next_random() % EXACT_OPS);
        const uint32_t a = operand(0x3F800000), b = operand(a);
        // Half of them as the reset leaves the modes.
        const uint32_t fpscr =
                next_random() & (next_random() & 1 ? 0x07C00000 : 0);
        bad += check(op, a, b, third(op, a), fpscr);
    }
    assert_int_equal(bad, 0);
}

static void test_all_halves(void **state) {
    (void)state;
    unsigned bad = 0;
    for (uint32_t modes = 0; modes < 32; modes++) {
        for (uint32_t half = 0; half < 0x10000; half += 1 + modes % 3) {
            bad += check(EXACT_FROM_HALF, half, 0, 0, modes << 22);
        }
    }
    assert_int_equal(bad, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_random_operations),
            cmocka_unit_test(test_all_halves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
