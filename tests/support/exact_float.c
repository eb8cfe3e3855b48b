/*
 * exact_float - the arithmetic of exact_float.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "exact_float.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { IOC = 1, DZC = 2, OFC = 4, UFC = 8, IXC = 16, IDC = 128 };
#define FZ (1u << 24)
#define DN (1u << 25)
#define AHP (1u << 26)
#define SIGN 0x80000000u
#define INF 0x7F800000u
#define DEFAULT 0x7FC00000u

/// Large integers ///

enum { LIMBS = 24, UNIT = 150, PRODUCT = 2 * UNIT };

struct big {
    uint32_t limb[LIMBS]; // the lowest first
};

static struct big big_of(uint64_t value, unsigned shift) {
    struct big x = {{0}};
    for (unsigned i = 0; i < 64; i++) {
        if (value >> i & 1) {
            x.limb[(i + shift) / 32] |= 1u << (i + shift) % 32;
        }
    }
    return x;
}

static int compare(const struct big *a, const struct big *b) {
    for (int i = LIMBS - 1; i >= 0; i--) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] < b->limb[i] ? -1 : 1;
        }
    }
    return 0;
}

static struct big sum(const struct big *a, const struct big *b) {
    struct big x;
    uint64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        carry += (uint64_t)a->limb[i] + b->limb[i];
        x.limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
    return x;
}

static struct big difference(const struct big *a, const struct big *b) {
    struct big x;
    int64_t borrow = 0;
    for (int i = 0; i < LIMBS; i++) {
        borrow += (int64_t)a->limb[i] - b->limb[i];
        x.limb[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    return x;
}

static bool is_none(const struct big *a) {
    const struct big zero = {{0}};
    return compare(a, &zero) == 0;
}

/// Numbers ///

// A finite magnitude is digits * 2^exponent.
struct number {
    uint64_t digits;
    int exponent;
};

static struct number number_of(uint32_t bits) {
    const uint32_t e = bits >> 23 & 0xFF, fraction = bits & 0x7FFFFF;
    return (struct number){
            .digits = e ? fraction + 0x800000 : fraction,
            .exponent = (e ? (int)e : 1) - 150,
    };
}

static struct number number_of_half(uint32_t bits) {
    const uint32_t e = bits >> 10, fraction = bits & 0x3FF; // 32 too
    return (struct number){
            .digits = e ? fraction + 0x400 : fraction,
            .exponent = (e ? (int)e : 1) - 25,
    };
}

// In units of 2^-unit.
static struct big in_units(struct number x, int unit) {
    return big_of(x.digits, (unsigned)(x.exponent + unit));
}

// What is rounded: a magnitude of which only comparisons are asked. `left` and
// the candidate, times the digits of `factor`, are in the same unit; a root
// compares squares.
struct exact {
    struct big left;
    struct number factor; // 1 unless a quotient
    bool root;
    int unit;
};

// The sign of the magnitude minus candidate.
static int against(const struct exact *x, struct number candidate) {
    struct number product = candidate;
    if (x->root) {
        product.digits *= candidate.digits;
        product.exponent += candidate.exponent;
    } else {
        product.digits *= x->factor.digits;
        product.exponent += x->factor.exponent;
    }
    const struct big right = in_units(product, x->unit);
    return compare(&x->left, &right);
}

/// Rounding ///

struct format {
    struct number (*number)(uint32_t bits);
    uint32_t largest, smallest_normal;
    bool saturates; // no infinity: alternative half precision
    bool flushes;
};

static struct number middle(const struct format *f, uint32_t lower) {
    const struct number a = f->number(lower), b = f->number(lower + 1);
    // Between neighbours: both have the smaller one's exponent or one more.
    return (struct number){
            .digits = a.digits + (b.digits << (b.exponent - a.exponent)),
            .exponent = a.exponent - 1,
    };
}

static uint32_t round_exact(const struct format *f, const struct exact *x,
        bool negative, unsigned mode, uint32_t hint, uint32_t *fpscr) {
    // The largest number that is not above it.
    uint32_t low = 0, high = f->largest + 1;
    for (uint32_t step = 1; hint < high; step *= 2) {
        if (against(x, f->number(hint)) >= 0) {
            low = hint;
            hint = high - hint > step ? hint + step : high;
        } else {
            high = hint;
            if (low) {
                break;
            }
            hint = hint > step ? hint - step : 0;
        }
        if (high - low == 1) {
            break;
        }
    }
    while (high - low > 1) {
        const uint32_t between = low + (high - low) / 2;
        if (against(x, f->number(between)) >= 0) {
            low = between;
        } else {
            high = between;
        }
    }
    const bool exact = against(x, f->number(low)) == 0;
    const bool tiny = against(x, f->number(f->smallest_normal)) < 0;
    if (tiny && f->flushes && (*fpscr & FZ)) {
        *fpscr |= UFC;
        return 0;
    }
    if (exact) {
        return low;
    }
    const int half = against(x, middle(f, low));
    const bool up = mode == 0 ? half > 0 || (half == 0 && (low & 1))
            : mode == 1       ? !negative
            : mode == 2       ? negative
                              : false;
    const bool beyond =
            low == f->largest && against(x, f->number(f->largest + 1)) >= 0;
    if (beyond || low + up > f->largest) {
        if (f->saturates) {
            *fpscr |= IOC;
            return f->largest;
        }
        *fpscr |= OFC | IXC;
        const bool infinite = mode == 0 || (mode == 1 && !negative) ||
                (mode == 2 && negative);
        return f->largest + infinite;
    }
    *fpscr |= IXC | (tiny ? UFC : 0);
    return low + up;
}

static const struct format single = {
        number_of, INF - 1, 0x00800000, false, true};

static uint32_t hint_of(double value) {
    const float narrow = (float)fabs(value);
    uint32_t bits;
    memcpy(&bits, &narrow, 4);
    return bits < INF ? bits : INF - 1;
}

static uint32_t to_single(const struct exact *x, bool negative, double hint,
        uint32_t *fpscr) {
    return (negative ? SIGN : 0) |
            round_exact(&single, x, negative, *fpscr >> 22 & 3, hint_of(hint),
                    fpscr);
}

/// Operands ///

enum type { ZERO, FINITE, INFINITE, QUIET, SIGNALLING };

static enum type type_of(uint32_t *a, uint32_t *fpscr) {
    const uint32_t rest = *a & ~SIGN;
    if (rest == 0) {
        return ZERO;
    }
    if (rest < 0x00800000 && (*fpscr & FZ)) {
        *fpscr |= IDC;
        *a &= SIGN;
        return ZERO;
    }
    if (rest < INF) {
        return FINITE;
    }
    return rest == INF ? INFINITE : rest & 0x400000 ? QUIET : SIGNALLING;
}

static double value_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, 4);
    return (double)value;
}

static uint32_t bad(uint32_t *fpscr) {
    *fpscr |= IOC;
    return DEFAULT;
}

// FPProcessNaNs3(), for two operands with a repeated one. False: none is NaN.
static bool nans(const enum type type[3], const uint32_t value[3],
        uint32_t *fpscr, uint32_t *result) {
    for (int wanted = SIGNALLING; wanted >= QUIET; wanted--) {
        for (int i = 0; i < 3; i++) {
            if ((int)type[i] == wanted) {
                *fpscr |= wanted == SIGNALLING ? IOC : 0;
                *result = *fpscr & DN ? DEFAULT : value[i] | 0x400000;
                return true;
            }
        }
    }
    return false;
}

/// Operations ///

// c + a * b, or with `product_only` a * b, or with b == 1 the sum.
static uint32_t multiply_add(uint32_t c, uint32_t a, uint32_t b,
        bool product_only, uint32_t *fpscr) {
    const uint32_t sign = (a ^ b) & SIGN;
    const struct number x = number_of(a), y = number_of(b);
    const struct number product = {
            x.digits * y.digits, x.exponent + y.exponent};
    struct exact exact = {.factor = {1, 0}, .unit = PRODUCT};
    exact.left = in_units(product, PRODUCT);
    bool negative = sign;
    double hint = value_of(a) * value_of(b);
    if (!product_only) {
        const struct big addend = in_units(number_of(c), PRODUCT);
        const struct big left = exact.left;
        hint += value_of(c);
        if ((c & SIGN) == sign) {
            exact.left = sum(&left, &addend);
        } else if (compare(&left, &addend) >= 0) {
            exact.left = difference(&left, &addend);
        } else {
            exact.left = difference(&addend, &left);
            negative = !negative;
        }
        if (is_none(&exact.left)) {
            return (*fpscr >> 22 & 3) == 2 ? SIGN : 0;
        }
    }
    return to_single(&exact, negative, hint, fpscr);
}

static uint32_t add(uint32_t a, uint32_t b, uint32_t *fpscr) {
    uint32_t result;
    const enum type t[3] = {type_of(&a, fpscr), type_of(&b, fpscr), ZERO};
    if (nans(t, (const uint32_t[]){a, b, 0}, fpscr, &result)) {
        return result;
    }
    if (t[0] == INFINITE || t[1] == INFINITE) {
        return t[0] != INFINITE              ? b
                : t[1] == INFINITE && a != b ? bad(fpscr)
                                             : a;
    }
    if (t[0] == ZERO && t[1] == ZERO && a == b) {
        return a;
    }
    return multiply_add(a, b, 0x3F800000, false, fpscr);
}

static uint32_t mul(uint32_t a, uint32_t b, uint32_t *fpscr) {
    uint32_t result;
    const enum type t[3] = {type_of(&a, fpscr), type_of(&b, fpscr), ZERO};
    if (nans(t, (const uint32_t[]){a, b, 0}, fpscr, &result)) {
        return result;
    }
    const bool infinite = t[0] == INFINITE || t[1] == INFINITE;
    const bool zero = t[0] == ZERO || t[1] == ZERO;
    if (infinite || zero) {
        return infinite && zero ? bad(fpscr)
                                : ((a ^ b) & SIGN) | (infinite ? INF : 0);
    }
    return multiply_add(0, a, b, true, fpscr);
}

static uint32_t divide(uint32_t a, uint32_t b, uint32_t *fpscr) {
    uint32_t result;
    const enum type t[3] = {type_of(&a, fpscr), type_of(&b, fpscr), ZERO};
    const uint32_t sign = (a ^ b) & SIGN;
    if (nans(t, (const uint32_t[]){a, b, 0}, fpscr, &result)) {
        return result;
    }
    if (t[0] == t[1] && t[0] != FINITE) {
        return bad(fpscr);
    }
    if (t[0] == INFINITE || t[1] == ZERO) {
        *fpscr |= t[0] == FINITE ? DZC : 0;
        return sign | INF;
    }
    if (t[0] == ZERO || t[1] == INFINITE) {
        return sign;
    }
    const struct exact exact = {
            .left = in_units(number_of(a), PRODUCT + 2),
            .factor = number_of(b),
            .unit = PRODUCT + 2,
    };
    return to_single(&exact, sign, value_of(a) / value_of(b), fpscr);
}

static uint32_t root(uint32_t a, uint32_t *fpscr) {
    uint32_t result;
    const enum type t[3] = {type_of(&a, fpscr), ZERO, ZERO};
    if (nans(t, (const uint32_t[]){a, 0, 0}, fpscr, &result)) {
        return result;
    }
    if (t[0] == ZERO || a == INF) {
        return a;
    }
    if (a & SIGN) {
        return bad(fpscr);
    }
    const struct exact exact = {
            .left = in_units(number_of(a), PRODUCT + 2),
            .root = true,
            .unit = PRODUCT + 2,
    };
    return to_single(&exact, false, sqrt(value_of(a)), fpscr);
}

static uint32_t fused(uint32_t c, uint32_t a, uint32_t b, uint32_t *fpscr) {
    uint32_t result = 0;
    const enum type t[3] = {
            type_of(&c, fpscr), type_of(&a, fpscr), type_of(&b, fpscr)};
    const uint32_t sign = (a ^ b) & SIGN;
    const bool none = (t[1] == INFINITE && t[2] == ZERO) ||
            (t[1] == ZERO && t[2] == INFINITE);
    const bool done = nans(t, (const uint32_t[]){c, a, b}, fpscr, &result);
    if (done) {
        return t[0] == QUIET && none ? bad(fpscr) : result;
    }
    const bool infinite = t[1] == INFINITE || t[2] == INFINITE;
    if (none || (infinite && t[0] == INFINITE && (c & SIGN) != sign)) {
        return bad(fpscr);
    }
    if (infinite || t[0] == INFINITE) {
        return infinite ? sign | INF : c;
    }
    if (t[0] == ZERO && (t[1] == ZERO || t[2] == ZERO) && (c & SIGN) == sign) {
        return sign;
    }
    return multiply_add(c, a, b, false, fpscr);
}

static uint32_t order(uint32_t a, uint32_t b, bool signal, uint32_t *fpscr) {
    const enum type s = type_of(&a, fpscr), t = type_of(&b, fpscr);
    if (s >= QUIET || t >= QUIET) {
        *fpscr |= signal || s == SIGNALLING || t == SIGNALLING ? IOC : 0;
        return 3u << 28;
    }
    const double x = value_of(a), y = value_of(b);
    return (x == y ? 6u : x < y ? 8u : 2u) << 28;
}

static uint32_t to_fixed(uint32_t a, uint32_t how, uint32_t *fpscr) {
    const unsigned fraction = how & 0xFF, bits = how >> 8 & 0xFF;
    const bool is_signed = how & EXACT_SIGNED, negative = a & SIGN;
    const enum type t = type_of(&a, fpscr);
    if (t >= QUIET || t == ZERO) {
        *fpscr |= t == ZERO ? 0 : IOC;
        return 0;
    }
    // The integer of at most 34 bits below it, by trial.
    const unsigned mode = how & EXACT_TRUNCATE ? 3 : *fpscr >> 22 & 3;
    struct number x = number_of(a & ~SIGN);
    x.exponent += (int)fraction;
    const struct big exact = in_units(x, UNIT);
    uint64_t whole = 0;
    for (int i = 33; i >= 0; i--) {
        const struct big trial = big_of(whole | 1ull << i, UNIT);
        if (compare(&exact, &trial) >= 0) {
            whole |= 1ull << i;
        }
    }
    const struct big below = big_of(whole, UNIT);
    const struct big middle_ = big_of(2 * whole + 1, UNIT - 1);
    const bool inexact = compare(&exact, &below) != 0;
    const int half = compare(&exact, &middle_);
    if (inexact) {
        whole += mode == 0  ? half > 0 || (half == 0 && (whole & 1))
                : mode == 1 ? !negative
                : mode == 2 ? negative
                            : 0;
    }
    const uint64_t most = !is_signed ? (negative ? 0 : (1ull << bits) - 1)
                                     : (1ull << (bits - 1)) - !negative;
    if (t == INFINITE || whole > most) {
        *fpscr |= IOC;
        whole = most;
    } else {
        *fpscr |= inexact ? IXC : 0;
    }
    return (uint32_t)(negative ? 0 - whole : whole);
}

static uint32_t from_fixed(uint32_t a, uint32_t how, uint32_t *fpscr) {
    const bool negative = (how & EXACT_SIGNED) && a & SIGN;
    const struct number x = {negative ? 0 - a : a, -(int)(how & 0xFF)};
    const struct exact exact = {
            .left = in_units(x, UNIT), .factor = {1, 0}, .unit = UNIT};
    const unsigned mode = how & EXACT_TRUNCATE ? 0 : *fpscr >> 22 & 3;
    if (!a) {
        return 0;
    }
    return (negative ? SIGN : 0) |
            round_exact(&single, &exact, negative, mode,
                    hint_of(ldexp((double)x.digits, x.exponent)), fpscr);
}

static uint32_t to_half(uint32_t a, uint32_t *fpscr) {
    const enum type t = type_of(&a, fpscr);
    const uint32_t sign = a >> 16 & 0x8000;
    const bool ahp = *fpscr & AHP;
    if (t >= QUIET) {
        *fpscr |= t == SIGNALLING || ahp ? IOC : 0;
        return ahp            ? sign
                : *fpscr & DN ? 0x7E00
                              : sign | 0x7E00 | (a >> 13 & 0x1FF);
    }
    if (t == INFINITE) {
        *fpscr |= ahp ? IOC : 0;
        return sign | (ahp ? 0x7FFF : 0x7C00);
    }
    if (t == ZERO) {
        return sign;
    }
    const struct format half = {
            number_of_half, ahp ? 0x7FFF : 0x7BFF, 0x400, ahp, false};
    const struct exact exact = {.left = in_units(number_of(a), UNIT),
            .factor = {1, 0},
            .unit = UNIT};
    return sign |
            round_exact(&half, &exact, sign, *fpscr >> 22 & 3, half.largest / 2,
                    fpscr);
}

static uint32_t from_half(uint32_t a, uint32_t *fpscr) {
    const uint32_t sign = (a & 0x8000) << 16, fraction = a & 0x3FF;
    if ((a & 0x7C00) == 0x7C00 && !(*fpscr & AHP)) {
        if (!fraction) {
            return sign | INF;
        }
        *fpscr |= fraction & 0x200 ? 0 : IOC;
        return *fpscr & DN ? DEFAULT : sign | DEFAULT | fraction << 13;
    }
    const struct number x = number_of_half(a & 0x7FFF);
    const float value = (float)ldexp((double)x.digits, x.exponent); // exact
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return sign | bits;
}

uint32_t exact_float(enum exact_op op, uint32_t a, uint32_t b, uint32_t c,
        uint32_t *fpscr) {
    switch (op) {
    case EXACT_ADD:
        return add(a, b, fpscr);
    case EXACT_MUL:
        return mul(a, b, fpscr);
    case EXACT_DIV:
        return divide(a, b, fpscr);
    case EXACT_SQRT:
        return root(a, fpscr);
    case EXACT_FMA:
        return fused(c, a, b, fpscr);
    case EXACT_COMPARE:
    case EXACT_COMPARE_E:
        return order(a, b, op == EXACT_COMPARE_E, fpscr);
    case EXACT_TO_FIXED:
        return to_fixed(a, c, fpscr);
    case EXACT_FROM_FIXED:
        return from_fixed(a, c, fpscr);
    case EXACT_TO_HALF:
        return to_half(a, fpscr);
    default:
        return from_half(a & 0xFFFF, fpscr);
    }
}
