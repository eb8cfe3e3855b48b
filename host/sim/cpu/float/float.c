/*
 * float - sum, product, quotient, root, comparison
 *
 * SPDX-License-Identifier: MIT
 *
 * The usual case, normal singles rounded to nearest, is left to the host's
 * doubles.
 */
#include <math.h>
#include <string.h>

#include "sim/cpu/float/float_priv.h"

const struct float_format float_half = {10, 5}, float_single = {23, 8},
                          float_double = {52, 11};

/// Numbers ///

uint64_t float_take_(const struct float_format *f, uint64_t a,
        uint32_t *fpscr) {
    const bool denormal = !float_is_zero_(f, a) && !(a & float_infinity_(f));
    if ((*fpscr & FLOAT_FZ_) && denormal) {
        *fpscr |= FLOAT_IDC_;
        return a & float_sign_(f);
    }
    return a;
}

struct float_number_ float_number_of_(const struct float_format *f,
        uint64_t a) {
    const uint64_t implicit = 1ull << f->fraction;
    const uint64_t fraction = a & (implicit - 1);
    const int exponent = (int)((a & float_infinity_(f)) >> f->fraction);
    return (struct float_number_){
            .sign = a & float_sign_(f),
            .exponent = (exponent ? exponent : 1) - float_bias_(f) -
                    (int)f->fraction,
            .significand = exponent ? fraction | implicit : fraction,
    };
}

float_wide_ float_shift_(float_wide_ value, unsigned by) {
    if (by == 0) {
        return value;
    }
    if (by > 127) {
        return value != 0;
    }
    return value >> by | ((value << (128 - by)) != 0);
}

struct float_number_ float_normal_(struct float_number_ x) {
    const uint64_t high = (uint64_t)(x.significand >> 64);
    const int zeros = high ? __builtin_clzll(high)
                           : 64 + __builtin_clzll((uint64_t)x.significand);
    x.significand <<= zeros;
    x.exponent -= zeros;
    return x;
}

bool float_rounds_up_(enum float_rounding rounding, bool sign, bool odd,
        float_wide_ rest, float_wide_ half) {
    switch (rounding) {
    case FLOAT_TO_NEAREST:
        return rest > half || (rest == half && odd);
    case FLOAT_TO_AWAY:
        return rest >= half;
    case FLOAT_UP:
        return rest && !sign;
    case FLOAT_DOWN:
        return rest && sign;
    default:
        return false;
    }
}

uint64_t float_round_(const struct float_format *f, struct float_number_ x,
        enum float_rounding rounding, uint32_t *fpscr) {
    x = float_normal_(x);
    int exponent = x.exponent + 127 + float_bias_(f);
    const bool tiny = exponent < 1;
    if (tiny && (*fpscr & FLOAT_FZ_) && f != &float_half) {
        *fpscr |= FLOAT_UFC_;
        return float_signed_(f, x.sign, 0);
    }
    if (tiny) {
        x.significand = float_shift_(x.significand, (unsigned)(1 - exponent));
        exponent = 1;
    }
    const unsigned lost = 127 - f->fraction;
    const float_wide_ rest = x.significand & (((float_wide_)1 << lost) - 1);
    uint64_t bits = (uint64_t)(x.significand >> lost);
    // The implicit bit counts as one in the exponent, if it is there.
    bits += (uint64_t)(exponent - 1) << f->fraction;
    if (float_rounds_up_(rounding, x.sign, bits & 1, rest,
                (float_wide_)1 << (lost - 1))) {
        bits++;
    }
    // An alternative half has numbers where infinity and NaNs would be.
    const bool all = f == &float_half && (*fpscr & FLOAT_AHP_);
    if (exponent >= 1 << f->exponent ||
            bits >= (all ? float_sign_(f) : float_infinity_(f))) {
        return UINT64_MAX;
    }
    *fpscr |= rest ? FLOAT_IXC_ | (tiny ? FLOAT_UFC_ : 0) : 0;
    return float_signed_(f, x.sign, bits);
}

uint64_t float_fit_(const struct float_format *f, struct float_number_ x,
        enum float_rounding rounding, uint32_t *fpscr) {
    const uint64_t bits = float_round_(f, x, rounding, fpscr);
    if (bits != UINT64_MAX) {
        return bits;
    }
    const bool infinite = rounding == FLOAT_TO_NEAREST ||
            (rounding == FLOAT_UP && !x.sign) ||
            (rounding == FLOAT_DOWN && x.sign);
    *fpscr |= FLOAT_OFC_ | FLOAT_IXC_;
    return float_signed_(f, x.sign, float_infinity_(f) - (infinite ? 0 : 1));
}

static uint64_t round_it(const struct float_format *f, struct float_number_ x,
        uint32_t *fpscr) {
    return float_fit_(f, x, float_rounding_of(*fpscr), fpscr);
}

uint64_t float_invalid_(const struct float_format *f, uint32_t *fpscr) {
    *fpscr |= FLOAT_IOC_;
    return float_default_nan_(f);
}

uint64_t float_nan_of_(const struct float_format *f, const uint64_t *operands,
        int count, uint32_t *fpscr) {
    uint64_t chosen = 0;
    bool signalling = false;
    for (int i = 0; i < count; i++) {
        const bool better = float_is_signalling_(f, operands[i]) && !signalling;
        if (better || (float_is_nan_(f, operands[i]) && !chosen)) {
            chosen = operands[i];
            signalling |= better;
        }
    }
    *fpscr |= signalling ? FLOAT_IOC_ : 0;
    return *fpscr & FLOAT_DN_ ? float_default_nan_(f)
                              : chosen | float_quiet_(f);
}

static uint64_t two_nans(const struct float_format *f, uint64_t a, uint64_t b,
        uint32_t *fpscr) {
    return float_nan_of_(f, (const uint64_t[]){a, b}, 2, fpscr);
}

/// What the host can do ///

static bool is_normal(uint32_t a) {
    return (((a >> 23) + 1) & 0xFF) > 1;
}

static double host_value(uint32_t a) {
    float value;
    memcpy(&value, &a, 4);
    return (double)value;
}

// A result, exact or odd, to nearest. False: it may be tiny, 0,
// or too large.
static bool round_on_host(double exact, uint32_t *result, uint32_t *fpscr) {
    const float value = (float)exact;
    memcpy(result, &value, 4);
    const uint32_t exponent = *result >> 23 & 0xFF;
    if (exponent < 2 || exponent == 255) {
        return false;
    }
    *fpscr |= (double)value != exact ? FLOAT_IXC_ : 0;
    return true;
}

// The sum of two doubles, odd if it is not exact: rounding that to a single is
// as good as rounding the sum.
static double sum_to_odd(double a, double b) {
    const double sum = a + b, part = sum - a;
    const double rest = (a - (sum - part)) + (b - part);
    uint64_t bits;
    memcpy(&bits, &sum, 8);
    if (rest != 0 && !(bits & 1)) {
        bits += (rest > 0) == (sum > 0) ? 1 : UINT64_MAX;
    }
    double odd;
    memcpy(&odd, &bits, 8);
    return odd;
}

static bool host_can(uint32_t a, uint32_t b, uint32_t fpscr) {
    return float_rounding_of(fpscr) == FLOAT_TO_NEAREST && is_normal(a) &&
            is_normal(b);
}

uint32_t float_add_single(uint32_t a, uint32_t b, uint32_t *fpscr) {
    uint32_t result;
    if (host_can(a, b, *fpscr) &&
            round_on_host(sum_to_odd(host_value(a), host_value(b)), &result,
                    fpscr)) {
        return result;
    }
    return (uint32_t)float_add(&float_single, a, b, fpscr);
}

uint32_t float_mul_single(uint32_t a, uint32_t b, uint32_t *fpscr) {
    uint32_t result;
    if (host_can(a, b, *fpscr) &&
            round_on_host(host_value(a) * host_value(b), &result, fpscr)) {
        return result;
    }
    return (uint32_t)float_mul(&float_single, a, b, fpscr);
}

// A quotient or root of singles may be rounded to a double first: that has more
// than twice as many bits. Whether it is exact, the product says.
uint32_t float_div_single(uint32_t a, uint32_t b, uint32_t *fpscr) {
    uint32_t result, ignored = 0;
    if (host_can(a, b, *fpscr) &&
            round_on_host(host_value(a) / host_value(b), &result, &ignored)) {
        const bool exact = host_value(result) * host_value(b) == host_value(a);
        *fpscr |= exact ? 0 : FLOAT_IXC_;
        return result;
    }
    return (uint32_t)float_div(&float_single, a, b, fpscr);
}

uint32_t float_sqrt_single(uint32_t a, uint32_t *fpscr) {
    uint32_t result, ignored = 0;
    if (host_can(a, a, *fpscr) && !(a >> 31) &&
            round_on_host(sqrt(host_value(a)), &result, &ignored)) {
        const bool exact =
                host_value(result) * host_value(result) == host_value(a);
        *fpscr |= exact ? 0 : FLOAT_IXC_;
        return result;
    }
    return (uint32_t)float_sqrt(&float_single, a, fpscr);
}

uint32_t float_fma_single(uint32_t addend, uint32_t a, uint32_t b,
        uint32_t *fpscr) {
    uint32_t result;
    if (host_can(a, b, *fpscr) && is_normal(addend) &&
            round_on_host(sum_to_odd(host_value(a) * host_value(b),
                                  host_value(addend)),
                    &result, fpscr)) {
        return result;
    }
    return (uint32_t)float_fma(&float_single, addend, a, b, fpscr);
}

/// Sum ///

// Of two bits at the top that are free, one takes the carry. A product of two
// doubles has 106 bits: the lowest 20 of a significand here are 0 before the
// smaller one moves, so that what cancels is exact.
static uint64_t sum(const struct float_format *f, struct float_number_ a,
        struct float_number_ b, uint32_t *fpscr) {
    a = float_normal_(a);
    b = float_normal_(b);
    const struct float_number_ high = a.exponent >= b.exponent ? a : b;
    const struct float_number_ low = a.exponent >= b.exponent ? b : a;
    const float_wide_ large = high.significand >> 2;
    const float_wide_ small = float_shift_(low.significand >> 2,
            (unsigned)(high.exponent - low.exponent));
    struct float_number_ x = {high.sign, high.exponent + 2, large + small};
    if (high.sign != low.sign) {
        x.sign = large >= small ? high.sign : low.sign;
        x.significand = large >= small ? large - small : small - large;
    }
    if (x.significand == 0) {
        return float_signed_(f, float_rounding_of(*fpscr) == FLOAT_DOWN, 0);
    }
    return round_it(f, x, fpscr);
}

uint64_t float_add(const struct float_format *f, uint64_t a, uint64_t b,
        uint32_t *fpscr) {
    a = float_take_(f, a, fpscr);
    b = float_take_(f, b, fpscr);
    if (float_is_nan_(f, a) || float_is_nan_(f, b)) {
        return two_nans(f, a, b, fpscr);
    }
    if (float_is_infinite_(f, a) || float_is_infinite_(f, b)) {
        if (float_is_infinite_(f, a) && float_is_infinite_(f, b) && a != b) {
            return float_invalid_(f, fpscr);
        }
        return float_is_infinite_(f, a) ? a : b;
    }
    if (float_is_zero_(f, a) || float_is_zero_(f, b)) {
        if (float_is_zero_(f, a) && float_is_zero_(f, b)) {
            return a == b ? a
                          : float_signed_(f,
                                    float_rounding_of(*fpscr) == FLOAT_DOWN, 0);
        }
        return float_is_zero_(f, a) ? b : a;
    }
    return sum(f, float_number_of_(f, a), float_number_of_(f, b), fpscr);
}

/// Product and quotient ///

static struct float_number_ product(const struct float_format *f, uint64_t a,
        uint64_t b) {
    const struct float_number_ x = float_number_of_(f, a);
    const struct float_number_ y = float_number_of_(f, b);
    return (struct float_number_){
            .sign = x.sign != y.sign,
            .exponent = x.exponent + y.exponent,
            .significand = x.significand * y.significand,
    };
}

uint64_t float_mul(const struct float_format *f, uint64_t a, uint64_t b,
        uint32_t *fpscr) {
    a = float_take_(f, a, fpscr);
    b = float_take_(f, b, fpscr);
    const uint64_t sign = (a ^ b) & float_sign_(f);
    if (float_is_nan_(f, a) || float_is_nan_(f, b)) {
        return two_nans(f, a, b, fpscr);
    }
    const bool zero = float_is_zero_(f, a) || float_is_zero_(f, b);
    if (float_is_infinite_(f, a) || float_is_infinite_(f, b)) {
        return zero ? float_invalid_(f, fpscr) : sign | float_infinity_(f);
    }
    return zero ? sign : round_it(f, product(f, a, b), fpscr);
}

uint64_t float_div(const struct float_format *f, uint64_t a, uint64_t b,
        uint32_t *fpscr) {
    a = float_take_(f, a, fpscr);
    b = float_take_(f, b, fpscr);
    const uint64_t sign = (a ^ b) & float_sign_(f);
    if (float_is_nan_(f, a) || float_is_nan_(f, b)) {
        return two_nans(f, a, b, fpscr);
    }
    if ((float_is_infinite_(f, a) && float_is_infinite_(f, b)) ||
            (float_is_zero_(f, a) && float_is_zero_(f, b))) {
        return float_invalid_(f, fpscr);
    }
    if (float_is_infinite_(f, a) || float_is_zero_(f, b)) {
        *fpscr |= float_is_infinite_(f, a) ? 0 : FLOAT_DZC_;
        return sign | float_infinity_(f);
    }
    if (float_is_zero_(f, a) || float_is_infinite_(f, b)) {
        return sign;
    }
    const struct float_number_ x = float_normal_(float_number_of_(f, a));
    const struct float_number_ y = float_number_of_(f, b);
    const float_wide_ quotient = x.significand / y.significand;
    return round_it(f,
            (struct float_number_){
                    .sign = sign != 0,
                    .exponent = x.exponent - y.exponent,
                    .significand =
                            quotient | (x.significand % y.significand ? 1 : 0),
            },
            fpscr);
}

uint64_t float_sqrt(const struct float_format *f, uint64_t a, uint32_t *fpscr) {
    a = float_take_(f, a, fpscr);
    if (float_is_nan_(f, a)) {
        return float_nan_of_(f, &a, 1, fpscr);
    }
    if (float_is_zero_(f, a)) {
        return a;
    }
    if (a & float_sign_(f)) {
        return float_invalid_(f, fpscr);
    }
    if (float_is_infinite_(f, a)) {
        return a;
    }
    struct float_number_ x = float_normal_(float_number_of_(f, a));
    const int shift = 1 + ((x.exponent + 1) & 1); // an even exponent
    float_wide_ rest = x.significand >> shift, root = 0;
    for (float_wide_ bit = (float_wide_)1 << 126; bit; bit >>= 2) {
        if (rest >= root + bit) {
            rest -= root + bit;
            root = root / 2 + bit;
        } else {
            root /= 2;
        }
    }
    return round_it(f,
            (struct float_number_){
                    .exponent = (x.exponent + shift) / 2 - 1,
                    .significand = root << 1 | (rest ? 1 : 0),
            },
            fpscr);
}

// FPMulAdd().
uint64_t float_fma(const struct float_format *f, uint64_t addend, uint64_t a,
        uint64_t b, uint32_t *fpscr) {
    addend = float_take_(f, addend, fpscr);
    a = float_take_(f, a, fpscr);
    b = float_take_(f, b, fpscr);
    const bool zero = float_is_zero_(f, a) || float_is_zero_(f, b);
    const bool infinite = float_is_infinite_(f, a) || float_is_infinite_(f, b);
    const bool none = zero && infinite;
    const uint64_t sign = (a ^ b) & float_sign_(f);
    if (float_is_nan_(f, addend) && !float_is_signalling_(f, addend) && none) {
        return float_invalid_(f, fpscr);
    }
    if (float_is_nan_(f, addend) || float_is_nan_(f, a) ||
            float_is_nan_(f, b)) {
        return float_nan_of_(f, (const uint64_t[]){addend, a, b}, 3, fpscr);
    }
    if (none ||
            (infinite && float_is_infinite_(f, addend) &&
                    (addend & float_sign_(f)) != sign)) {
        return float_invalid_(f, fpscr);
    }
    if (infinite || float_is_infinite_(f, addend)) {
        return infinite ? sign | float_infinity_(f) : addend;
    }
    if (zero) {
        if (float_is_zero_(f, addend) && addend != sign) {
            return float_signed_(f, float_rounding_of(*fpscr) == FLOAT_DOWN, 0);
        }
        return addend;
    }
    const struct float_number_ exact = product(f, a, b);
    return float_is_zero_(f, addend)
            ? round_it(f, exact, fpscr)
            : sum(f, exact, float_number_of_(f, addend), fpscr);
}

/// Order ///

// As a signed integer, in the same order; both zeros are equal.
static int64_t rank(const struct float_format *f, uint64_t a) {
    const int64_t magnitude = (int64_t)float_magnitude_(f, a);
    return a & float_sign_(f) ? -magnitude : magnitude;
}

uint32_t float_compare(const struct float_format *f, uint64_t a, uint64_t b,
        bool quiet, uint32_t *fpscr) {
    a = float_take_(f, a, fpscr);
    b = float_take_(f, b, fpscr);
    if (float_is_nan_(f, a) || float_is_nan_(f, b)) {
        if (!quiet || float_is_signalling_(f, a) ||
                float_is_signalling_(f, b)) {
            *fpscr |= FLOAT_IOC_;
        }
        return 3u << 28;
    }
    const int64_t x = rank(f, a), y = rank(f, b);
    return x == y ? 6u << 28 : x < y ? 8u << 28 : 2u << 28;
}

uint64_t float_max(const struct float_format *f, uint64_t a, uint64_t b,
        bool min, uint32_t *fpscr) {
    const bool quiet_a = float_is_nan_(f, a) && !float_is_signalling_(f, a);
    const bool quiet_b = float_is_nan_(f, b) && !float_is_signalling_(f, b);
    const uint64_t least = float_signed_(f, !min, float_infinity_(f));
    if (quiet_a != quiet_b) {
        a = quiet_a ? least : a;
        b = quiet_b ? least : b;
    }
    a = float_take_(f, a, fpscr);
    b = float_take_(f, b, fpscr);
    if (float_is_nan_(f, a) || float_is_nan_(f, b)) {
        return two_nans(f, a, b, fpscr);
    }
    const int64_t x = rank(f, a), y = rank(f, b);
    if (x == y) { // of zeros, -0 is the smaller one
        return min ? a | b : a & b;
    }
    return (x < y) == min ? a : b;
}
