/*
 * test_double - doubles of host/sim/cpu/float against the host's FPU
 *
 * SPDX-License-Identifier: MIT
 *
 * Random operations on operands that are mostly near the edges, in all rounding
 * modes, with flush-to-zero and default NaN. The host computes the numbers and
 * the flags; what Arm prescribes otherwise is worked out here: which NaN, what
 * is flushed, tininess before rounding (Armv7-M ARM A2.5). XIPSAFE_CASES and
 * XIPSAFE_SEED change how many and which.
 */
// sources: host/sim/cpu/float/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fenv.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cpu/float/float.h"

enum { CASES = 300000 };
enum { IOC = 1, DZC = 2, OFC = 4, UFC = 8, IXC = 16, IDC = 128 };
#define FZ (1u << 24)
#define DN (1u << 25)
#define SIGN (1ull << 63)
#define INF 0x7FF0000000000000ull
#define QUIET 0x0008000000000000ull
#define NAN_BITS (INF | QUIET)
#define LEAST_NORMAL 0x0010000000000000ull

static uint64_t random_state;
static uint64_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545F4914F6CDD1Dull;
}

static uint64_t from_environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 0) : otherwise;
}

static double value_of(uint64_t bits) {
    double value;
    memcpy(&value, &bits, 8);
    return value;
}

static uint64_t bits_of(double value) {
    uint64_t bits;
    memcpy(&bits, &value, 8);
    return bits;
}

static bool is_nan(uint64_t a) {
    return (a & ~SIGN) > INF;
}

static uint64_t operand(uint64_t other) {
    static const uint64_t edges[] = {0, 1, 2, LEAST_NORMAL - 1, LEAST_NORMAL,
            LEAST_NORMAL + 1, 0x3FF0000000000000, 0x3FEFFFFFFFFFFFFF,
            0x3FF0000000000001, INF - 1, INF, NAN_BITS, NAN_BITS + 0x12345,
            INF + 1, INF + 0x4000000000000, 0x41E0000000000000,
            0x41DFFFFFFFC00000, 0x41EFFFFFFFE00000, 0x41F0000000000000,
            0x3FE0000000000000, 0x3FF8000000000000, 0x47EFFFFFE0000000,
            0x47EFFFFFF0000000, 0x3690000000000000, 0x380FFFFFE0000000,
            0x40EFFC0000000000, 0x40EFFE0000000000, 0x3F10000000000000};
    const uint64_t sign = next_random() & SIGN;
    uint64_t bits;
    switch (next_random() & 7) {
    case 0:
        bits = edges[next_random() % (sizeof edges / sizeof edges[0])];
        break;
    case 1: // near the other one
        bits = other + (next_random() & 7) - 3;
        break;
    case 2: // few digits
        bits = next_random() & (INF | 0xFFFFFFFFFFFFFull << next_random() % 52);
        break;
    case 3: // near a power of two
        bits = (next_random() & 0x7FF) << 52;
        bits += (next_random() & 15) - 7;
        break;
    case 4: // a small exponent
        bits = (next_random() % 60) << 52 | (next_random() & 0xFFFFFFFFFFFFF);
        break;
    case 5: // near 1
        bits = (990 + next_random() % 80) << 52 |
                (next_random() & 0xFFFFFFFFFFFFF);
        break;
    case 6: // of the other one's size
        bits = ((other & INF) + ((next_random() % 3) << 52)) |
                (next_random() & 0xFFFFFFFFFFFFF);
        break;
    default:
        bits = next_random();
        break;
    }
    return (bits & ~SIGN) | sign;
}

/// What Arm prescribes ///

static uint64_t take(uint64_t a, uint32_t *fpscr) {
    const bool denormal = (a & ~SIGN) && (a & ~SIGN) < LEAST_NORMAL;
    if (denormal && (*fpscr & FZ)) {
        *fpscr |= IDC;
        return a & SIGN;
    }
    return a;
}

// The NaN of the operands in this order. False: there is none.
static bool nan_result(const uint64_t *operands, int count, uint32_t *fpscr,
        uint64_t *result) {
    for (int quiet = 0; quiet < 2; quiet++) {
        for (int i = 0; i < count; i++) {
            if (is_nan(operands[i]) && !(operands[i] & QUIET) == !quiet) {
                *fpscr |= quiet ? 0 : IOC;
                *result = *fpscr & DN ? NAN_BITS : operands[i] | QUIET;
                return true;
            }
        }
    }
    return false;
}

static void set_mode(uint32_t fpscr) {
    static const int modes[] = {
            FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    fesetround(modes[fpscr >> 22 & 3]);
    feclearexcept(FE_ALL_EXCEPT);
}

static uint32_t host_flags(void) {
    const int raised = fetestexcept(FE_ALL_EXCEPT);
    fesetround(FE_TONEAREST);
    return (raised & FE_INVALID ? IOC : 0) | (raised & FE_DIVBYZERO ? DZC : 0) |
            (raised & FE_OVERFLOW ? OFC : 0) |
            (raised & FE_UNDERFLOW ? UFC : 0) | (raised & FE_INEXACT ? IXC : 0);
}

enum op { ADD, MUL, DIV, SQRT, FMA, OPS };
static const char *const names[] = {"add", "mul", "div", "sqrt", "fma"};

// False: the host cannot tell whether it was tiny before rounding.
static bool expect(enum op op, uint64_t a, uint64_t b, uint64_t c,
        uint32_t *fpscr, uint64_t *result) {
    a = take(a, fpscr);
    b = op == SQRT ? 0 : take(b, fpscr);
    c = op == FMA ? take(c, fpscr) : 0;
    // FPMulAdd(): the addend comes first; infinity times 0 wins over a quiet
    // addend.
    const uint64_t all[] = {c, a, b};
    const bool none = op == FMA &&
            (((a & ~SIGN) == INF && !(b & ~SIGN)) ||
                    ((b & ~SIGN) == INF && !(a & ~SIGN)));
    if (none && is_nan(c) && c & QUIET) {
        *fpscr |= IOC;
        *result = NAN_BITS;
        return true;
    }
    if (op == FMA ? nan_result(all, 3, fpscr, result)
                  : nan_result(all + 1, op == SQRT ? 1 : 2, fpscr, result)) {
        return true;
    }
    const volatile double x = value_of(a), y = value_of(b), z = value_of(c);
    volatile double host;
    set_mode(*fpscr);
    switch (op) {
    case ADD:
        host = x + y;
        break;
    case MUL:
        host = x * y;
        break;
    case DIV:
        host = x / y;
        break;
    case SQRT:
        host = sqrt(x);
        break;
    default:
        host = fma(x, y, z);
        break;
    }
    uint32_t flags = host_flags();
    uint64_t bits = bits_of(host);
    if (is_nan(bits)) {
        bits = NAN_BITS;
    }
    const uint64_t magnitude = bits & ~SIGN;
    if (magnitude == LEAST_NORMAL && (flags & IXC)) {
        return false;
    }
    const bool tiny = magnitude < LEAST_NORMAL && (magnitude || flags & IXC);
    if (tiny && (*fpscr & FZ)) {
        // What was flushed has no other flags, and is no exact 0.
        *fpscr |= UFC;
        *result = bits & SIGN;
        return true;
    }
    *fpscr |= flags;
    *result = bits;
    return true;
}

static uint64_t own(enum op op, uint64_t a, uint64_t b, uint64_t c,
        uint32_t *fpscr) {
    const struct float_format *const f = &float_double;
    switch (op) {
    case ADD:
        return float_add(f, a, b, fpscr);
    case MUL:
        return float_mul(f, a, b, fpscr);
    case DIV:
        return float_div(f, a, b, fpscr);
    case SQRT:
        return float_sqrt(f, a, fpscr);
    default:
        return float_fma(f, c, a, b, fpscr);
    }
}

static uint32_t modes(void) {
    // Half of them as the reset leaves the modes.
    return (uint32_t)next_random() & (next_random() & 1 ? 0x03C00000 : 0);
}

static unsigned complain(const char *what, uint64_t a, uint64_t b, uint64_t c,
        uint32_t fpscr, const uint64_t got[2], const uint64_t wanted[2]) {
    if (got[0] == wanted[0] && got[1] == wanted[1]) {
        return 0;
    }
    print_error("%s %016" PRIx64 " %016" PRIx64 " %016" PRIx64
                " fpscr %08x: %016" PRIx64 " %08x, expected %016" PRIx64
                " %08x\n",
            what, a, b, c, (unsigned)fpscr, got[0], (unsigned)got[1], wanted[0],
            (unsigned)wanted[1]);
    return 1;
}

static void test_arithmetic(void **state) {
    (void)state;
    const uint64_t cases = from_environment("XIPSAFE_CASES", CASES);
    random_state = from_environment("XIPSAFE_SEED", 88172645463325252ull);
    unsigned bad = 0;
    uint64_t undecided = 0;
    for (uint64_t i = 0; i < cases && bad < 20; i++) {
        const enum op op = (enum op)(next_random() % OPS);
        const uint64_t a = operand(0x3FF0000000000000), b = operand(a);
        // Near the product, so that most of it cancels.
        const uint64_t c = next_random() & 1
                ? operand(b)
                : bits_of(-value_of(a) * value_of(b)) + next_random() % 3;
        const uint32_t fpscr = modes();
        uint32_t wanted_flags = fpscr, flags = fpscr;
        uint64_t wanted;
        if (!expect(op, a, b, c, &wanted_flags, &wanted)) {
            undecided++;
            continue;
        }
        const uint64_t result = own(op, a, b, c, &flags);
        bad += complain(names[op], a, b, c, fpscr,
                (const uint64_t[]){result, flags},
                (const uint64_t[]){wanted, wanted_flags});
    }
    assert_int_equal(bad, 0);
    assert_true(undecided < cases / 100);
}

/// To integers ///

static double rounded(double x, enum float_rounding mode) {
    switch (mode) {
    case FLOAT_TO_NEAREST:
        return nearbyint(x);
    case FLOAT_UP:
        return ceil(x);
    case FLOAT_DOWN:
        return floor(x);
    case FLOAT_TO_ZERO:
        return trunc(x);
    default:
        return round(x);
    }
}

static uint32_t fixed(uint64_t a, unsigned fraction, unsigned bits,
        bool is_signed, enum float_rounding mode, uint32_t *fpscr) {
    a = take(a, fpscr);
    if (is_nan(a)) {
        *fpscr |= IOC;
        return 0;
    }
    const double exact = ldexp(value_of(a), (int)fraction);
    const double whole = rounded(exact, mode);
    const double least = is_signed ? -ldexp(1, (int)bits - 1) : 0;
    const double most = ldexp(1, (int)bits - (is_signed ? 1 : 0)) - 1;
    if (whole < least || whole > most) {
        *fpscr |= IOC;
        return (uint32_t)(int64_t)(whole < least ? least : most);
    }
    *fpscr |= whole != exact ? IXC : 0;
    return (uint32_t)(int64_t)whole;
}

static void test_integers(void **state) {
    (void)state;
    random_state = from_environment("XIPSAFE_SEED", 3);
    unsigned bad = 0;
    for (uint64_t i = 0; i < CASES && bad < 20; i++) {
        const uint64_t a = next_random() & 1
                ? operand(0x41E0000000000000)
                : bits_of((double)(int64_t)next_random() /
                          (double)(1ull << next_random() % 64));
        const unsigned bits = next_random() & 1 ? 32 : 16;
        const unsigned fraction =
                next_random() & 1 ? 0 : (unsigned)(next_random() % (bits + 1));
        const bool is_signed = next_random() & 1;
        const enum float_rounding mode =
                (enum float_rounding)(next_random() % 5);
        const uint32_t fpscr = modes();
        uint32_t wanted_flags = fpscr, flags = fpscr;
        const uint32_t wanted =
                fixed(a, fraction, bits, is_signed, mode, &wanted_flags);
        const uint32_t result = float_to_fixed(&float_double, a, fraction, bits,
                is_signed, mode, &flags);
        // The instruction extends a halfword.
        const uint32_t mask = bits == 16 ? 0xFFFF : UINT32_MAX;
        bad += complain("to fixed", a, fraction, bits, fpscr,
                (const uint64_t[]){result & mask, flags},
                (const uint64_t[]){wanted & mask, wanted_flags});

        const uint32_t word = (uint32_t)next_random();
        const double back =
                ldexp(is_signed ? (int32_t)word : (double)word, -(int)fraction);
        flags = fpscr;
        bad += complain("from fixed", word, fraction, is_signed, fpscr,
                (const uint64_t[]){float_from_fixed(&float_double, word,
                                           fraction, is_signed, mode, &flags),
                        flags},
                (const uint64_t[]){bits_of(back), fpscr});

        const bool exact = next_random() & 1;
        uint64_t integral;
        wanted_flags = flags = fpscr;
        const uint64_t taken = take(a, &wanted_flags);
        if (!nan_result(&taken, 1, &wanted_flags, &integral)) {
            integral = bits_of(rounded(value_of(taken), mode));
            integral |= taken & SIGN; // -0.3 becomes -0
            wanted_flags |= exact && integral != taken ? IXC : 0;
        }
        bad += complain("integral", a, mode, exact, fpscr,
                (const uint64_t[]){
                        float_integral(&float_double, a, mode, exact, &flags),
                        flags},
                (const uint64_t[]){integral, wanted_flags});
    }
    assert_int_equal(bad, 0);
}

/// To other formats ///

static uint64_t single_bits(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return bits;
}

static void test_singles(void **state) {
    (void)state;
    random_state = from_environment("XIPSAFE_SEED", 4);
    unsigned bad = 0;
    for (uint64_t i = 0; i < CASES && bad < 20; i++) {
        const uint64_t a = next_random() & 1
                ? operand(0x47EFFFFFE0000000)
                : (next_random() & 0x800FFFFFFFFFFFFF) |
                        (860 + next_random() % 300) << 52;
        const uint32_t fpscr = modes();
        uint32_t wanted_flags = fpscr, flags = fpscr;
        const uint64_t result =
                float_convert(&float_single, &float_double, a, &flags);
        const uint64_t taken = take(a, &wanted_flags);
        uint64_t wanted, nan;
        if (nan_result(&taken, 1, &wanted_flags, &nan)) {
            wanted = fpscr & DN ? 0x7FC00000
                                : (nan >> 32 & 0x80000000) | 0x7FC00000 |
                            (nan >> 29 & 0x3FFFFF);
        } else {
            const volatile double x = value_of(taken);
            set_mode(fpscr);
            const volatile float y = (float)x;
            const uint32_t raised = host_flags();
            wanted = single_bits(y);
            const uint64_t magnitude = wanted & 0x7FFFFFFF;
            if (magnitude == 0x800000 && raised & IXC) {
                continue;
            }
            if (magnitude < 0x800000 && taken & ~SIGN && fpscr & FZ) {
                wanted &= 0x80000000;
                wanted_flags |= UFC;
            } else {
                wanted_flags |= raised;
            }
        }
        bad += complain("to single", a, 0, 0, fpscr,
                (const uint64_t[]){result, flags},
                (const uint64_t[]){wanted, wanted_flags});

        // Back: exact, but for what is flushed and for NaNs.
        const uint32_t s = (uint32_t)next_random();
        const bool denormal = s & 0x7FFFFF && !(s & 0x7F800000);
        float f;
        memcpy(&f, &s, 4);
        if ((s & 0x7FFFFFFF) > 0x7F800000) {
            continue;
        }
        flags = fpscr;
        const bool flushed = denormal && fpscr & FZ;
        bad += complain("to double", s, 0, 0, fpscr,
                (const uint64_t[]){
                        float_convert(&float_double, &float_single, s, &flags),
                        flags},
                (const uint64_t[]){
                        flushed ? (uint64_t)s >> 31 << 63 : bits_of((double)f),
                        flushed ? fpscr | IDC : fpscr});
    }
    assert_int_equal(bad, 0);
}

// The nearest multiple of the last place of a half, which is exact in doubles.
static void test_halves(void **state) {
    (void)state;
    random_state = from_environment("XIPSAFE_SEED", 5);
    unsigned bad = 0;
    for (uint64_t i = 0; i < CASES && bad < 20; i++) {
        const uint64_t a = (next_random() & 0x800FFFFFFFFFFFFF &
                                   ~0ull << next_random() % 52) |
                (990 + next_random() % 52) << 52;
        const uint32_t fpscr = (uint32_t)(next_random() & 3) << 22;
        const double x = value_of(a);
        int exponent;
        frexp(x, &exponent);
        exponent = exponent - 1 < -14 ? -14 : exponent - 1;
        const double ulp = ldexp(1, exponent - 10);
        const double near =
                rounded(x / ulp, (enum float_rounding)(fpscr >> 22)) * ulp;
        if (fabs(near) > 65504) {
            continue;
        }
        uint32_t flags = fpscr, back_flags = 0;
        const uint32_t half = float_to_half(&float_double, a, &flags);
        const uint64_t back = float_from_half(&float_double, half, &back_flags);
        const bool tiny = fabs(x) < ldexp(1, -14);
        bad += complain("half", a, half, 0, fpscr,
                (const uint64_t[]){back, flags},
                (const uint64_t[]){bits_of(near) | (a & SIGN),
                        near == x ? fpscr : fpscr | IXC | (tiny ? UFC : 0)});
    }
    assert_int_equal(bad, 0);
}

/// Order ///

static void test_order(void **state) {
    (void)state;
    random_state = from_environment("XIPSAFE_SEED", 6);
    unsigned bad = 0;
    for (uint64_t i = 0; i < CASES && bad < 20; i++) {
        const uint64_t a = operand(0x3FF0000000000000), b = operand(a);
        const uint32_t fpscr = modes();
        const bool quiet = next_random() & 1;
        uint32_t wanted_flags = fpscr, flags = fpscr;
        const uint64_t x = take(a, &wanted_flags), y = take(b, &wanted_flags);
        const bool signals =
                (is_nan(x) && !(x & QUIET)) || (is_nan(y) && !(y & QUIET));
        uint32_t order = value_of(x) == value_of(y) ? 6
                : value_of(x) < value_of(y)         ? 8
                                                    : 2;
        uint32_t compared = wanted_flags;
        if (is_nan(x) || is_nan(y)) {
            order = 3;
            compared |= !quiet || signals ? IOC : 0;
        }
        bad += complain("compare", a, b, quiet, fpscr,
                (const uint64_t[]){
                        float_compare(&float_double, a, b, quiet, &flags),
                        flags},
                (const uint64_t[]){(uint64_t)order << 28, compared});

        const bool min = next_random() & 1;
        uint64_t wanted;
        if (is_nan(x) != is_nan(y) && !signals) {
            wanted = is_nan(x) ? y : x;
        } else if (!nan_result((const uint64_t[]){x, y}, 2, &wanted_flags,
                           &wanted)) {
            wanted = value_of(x) < value_of(y)  ? (min ? x : y)
                    : value_of(y) < value_of(x) ? (min ? y : x)
                    : min == (bool)(x >> 63)    ? x
                                                : y;
        }
        flags = fpscr;
        bad += complain(min ? "min" : "max", a, b, 0, fpscr,
                (const uint64_t[]){
                        float_max(&float_double, a, b, min, &flags), flags},
                (const uint64_t[]){wanted, wanted_flags});
    }
    assert_int_equal(bad, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_arithmetic),
            cmocka_unit_test(test_integers),
            cmocka_unit_test(test_singles),
            cmocka_unit_test(test_halves),
            cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
