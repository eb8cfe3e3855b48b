/*
 * float_convert - to and from integers, fixed point and other formats
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/cpu/float/float_priv.h"

// What is left of the binary point of |x|, rounded; *inexact: there was a
// fraction. The first bit of x is below 2^64.
static uint64_t whole_of(struct float_number_ x, enum float_rounding rounding,
        bool *inexact) {
    const int by = x.exponent + 63; // 65.63 bits
    const float_wide_ scaled = by >= 0
            ? x.significand << by
            : float_shift_(x.significand, (unsigned)-by);
    const uint64_t whole = (uint64_t)(scaled >> 63);
    const float_wide_ rest = scaled & INT64_MAX;
    *inexact = rest != 0;
    return whole +
            float_rounds_up_(rounding, x.sign, whole & 1, rest,
                    (float_wide_)1 << 62);
}

uint64_t float_integral(const struct float_format *f, uint64_t a,
        enum float_rounding rounding, bool exact, uint32_t *fpscr) {
    a = float_take_(f, a, fpscr);
    if (float_is_nan_(f, a)) {
        return float_nan_of_(f, &a, 1, fpscr);
    }
    const struct float_number_ x = float_number_of_(f, a);
    if (float_is_infinite_(f, a) || float_is_zero_(f, a) || x.exponent >= 0) {
        return a;
    }
    bool inexact;
    const uint64_t whole = whole_of(x, rounding, &inexact);
    *fpscr |= inexact && exact ? FLOAT_IXC_ : 0;
    if (!whole) {
        return float_signed_(f, x.sign, 0);
    }
    const struct float_number_ integral = {x.sign, 0, whole};
    return float_fit_(f, integral, FLOAT_TO_ZERO, fpscr);
}

static uint32_t saturated(bool sign, unsigned bits, bool is_signed,
        uint32_t *fpscr) {
    *fpscr |= FLOAT_IOC_;
    if (!is_signed) {
        return sign ? 0 : UINT32_MAX >> (32 - bits);
    }
    return (sign ? 0 : UINT32_MAX) + (1u << (bits - 1));
}

uint32_t float_to_fixed(const struct float_format *f, uint64_t a,
        unsigned fraction, unsigned bits, bool is_signed,
        enum float_rounding rounding, uint32_t *fpscr) {
    a = float_take_(f, a, fpscr);
    if (float_is_nan_(f, a)) {
        *fpscr |= FLOAT_IOC_;
        return 0;
    }
    if (float_is_zero_(f, a)) {
        return 0;
    }
    struct float_number_ x = float_number_of_(f, a);
    x.exponent += (int)fraction;
    // 2^33 or more, even if only the last bit is set.
    if (float_is_infinite_(f, a) || x.exponent + (int)f->fraction > 33) {
        return saturated(x.sign, bits, is_signed, fpscr);
    }
    bool inexact;
    const uint64_t whole = whole_of(x, rounding, &inexact);
    const uint64_t most = !is_signed ? (x.sign ? 0 : UINT32_MAX >> (32 - bits))
                                     : (1u << (bits - 1)) - (x.sign ? 0u : 1u);
    if (whole > most) {
        return saturated(x.sign, bits, is_signed, fpscr);
    }
    *fpscr |= inexact ? FLOAT_IXC_ : 0;
    return x.sign ? 0 - (uint32_t)whole : (uint32_t)whole;
}

uint64_t float_from_fixed(const struct float_format *f, uint32_t value,
        unsigned fraction, bool is_signed, enum float_rounding rounding,
        uint32_t *fpscr) {
    const bool sign = is_signed && value >> 31;
    if (value == 0) {
        return 0;
    }
    return float_fit_(f,
            (struct float_number_){
                    .sign = sign,
                    .exponent = -(int)fraction,
                    .significand = sign ? 0 - value : value,
            },
            rounding, fpscr);
}

// FPConvertNaN(): the sign, and as many bits as there are from the top.
static uint64_t convert_nan(const struct float_format *to,
        const struct float_format *from, uint64_t a, uint32_t *fpscr) {
    *fpscr |= float_is_signalling_(from, a) ? FLOAT_IOC_ : 0;
    if (*fpscr & FLOAT_DN_) {
        return float_default_nan_(to);
    }
    const uint64_t payload = a & (float_quiet_(from) - 1);
    const int by = (int)to->fraction - (int)from->fraction;
    const uint64_t moved = by >= 0 ? payload << by : payload >> -by;
    return float_signed_(to, a & float_sign_(from),
            float_default_nan_(to) | moved);
}

uint64_t float_convert(const struct float_format *to,
        const struct float_format *from, uint64_t a, uint32_t *fpscr) {
    a = float_take_(from, a, fpscr);
    const bool sign = a & float_sign_(from);
    if (float_is_nan_(from, a)) {
        return convert_nan(to, from, a, fpscr);
    }
    if (float_is_infinite_(from, a)) {
        return float_signed_(to, sign, float_infinity_(to));
    }
    if (float_is_zero_(from, a)) {
        return float_signed_(to, sign, 0);
    }
    return float_fit_(to, float_number_of_(from, a), float_rounding_of(*fpscr),
            fpscr);
}

// FPHalfToSingle(), FPHalfToDouble(). Half precision numbers are never flushed.
uint64_t float_from_half(const struct float_format *to, uint32_t half,
        uint32_t *fpscr) {
    const bool sign = half & 0x8000;
    const uint32_t exponent = half >> 10 & 31;
    if (exponent == 31 && !(*fpscr & FLOAT_AHP_)) {
        return float_is_nan_(&float_half, half)
                ? convert_nan(to, &float_half, half, fpscr)
                : float_signed_(to, sign, float_infinity_(to));
    }
    if (float_is_zero_(&float_half, half)) {
        return float_signed_(to, sign, 0);
    }
    return float_fit_(to, float_number_of_(&float_half, half),
            float_rounding_of(*fpscr), fpscr);
}

static uint32_t too_large_for_half(bool sign, uint32_t *fpscr) {
    const enum float_rounding rounding = float_rounding_of(*fpscr);
    const uint32_t bits = sign ? 0x8000 : 0;
    if (*fpscr & FLOAT_AHP_) {
        *fpscr |= FLOAT_IOC_;
        return bits | 0x7FFF;
    }
    const bool infinite = rounding == FLOAT_TO_NEAREST ||
            (rounding == FLOAT_UP && !sign) || (rounding == FLOAT_DOWN && sign);
    *fpscr |= FLOAT_OFC_ | FLOAT_IXC_;
    return bits | (infinite ? 0x7C00 : 0x7BFF);
}

uint32_t float_to_half(const struct float_format *from, uint64_t a,
        uint32_t *fpscr) {
    a = float_take_(from, a, fpscr);
    const bool ahp = *fpscr & FLOAT_AHP_;
    const uint32_t sign = a & float_sign_(from) ? 0x8000 : 0;
    if (float_is_nan_(from, a)) {
        if (!ahp) {
            return (uint32_t)convert_nan(&float_half, from, a, fpscr);
        }
        *fpscr |= FLOAT_IOC_;
        return sign;
    }
    if (float_is_infinite_(from, a)) {
        *fpscr |= ahp ? FLOAT_IOC_ : 0;
        return sign | (ahp ? 0x7FFF : 0x7C00);
    }
    if (float_is_zero_(from, a)) {
        return sign;
    }
    const uint64_t half = float_round_(&float_half, float_number_of_(from, a),
            float_rounding_of(*fpscr), fpscr);
    return half == UINT64_MAX ? too_large_for_half(sign, fpscr)
                              : (uint32_t)half;
}
