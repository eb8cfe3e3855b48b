/*
 * core_float - single-precision arithmetic, mostly in integers
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M ARM A2.5: rounding modes, flush-to-zero, default NaN, cumulative
 * flags, tininess before rounding. A number on its way is sign, exponent and a
 * significand of 64 bits whose lowest bit also stands for all below it. The
 * usual case, normal numbers rounded to nearest, is left to the host's doubles.
 */
#include "sim/cpu/core_priv.h"

#define AHP (1u << 26)
#define DN (1u << 25)
#define FZ (1u << 24)
#define IDC (1u << 7)
#define IXC (1u << 4)
#define UFC (1u << 3)
#define OFC (1u << 2)
#define DZC (1u << 1)
#define IOC (1u << 0)

#define SIGN 0x80000000u
#define INFINITY_BITS 0x7F800000u
#define QUIET 0x00400000u
#define DEFAULT_NAN 0x7FC00000u

enum rounding { TO_NEAREST, UP, DOWN, TO_ZERO };

__extension__ typedef unsigned __int128 u128;

// value = significand * 2^exponent; finite and not 0.
struct number {
    bool sign;
    int exponent;
    uint64_t significand;
};

static enum rounding rounding_of(uint32_t fpscr) {
    return (enum rounding)(fpscr >> 22 & 3);
}

static uint32_t sign_bit(bool sign) {
    return sign ? SIGN : 0;
}

static bool is_nan(uint32_t a) {
    return (a & ~SIGN) > INFINITY_BITS;
}

static bool is_infinite(uint32_t a) {
    return (a & ~SIGN) == INFINITY_BITS;
}

static bool is_zero(uint32_t a) {
    return (a & ~SIGN) == 0;
}

static bool is_signalling(uint32_t a) {
    return is_nan(a) && !(a & QUIET);
}

// An operand: with FZ, a denormal number is 0.
static uint32_t take(uint32_t a, uint32_t *fpscr) {
    if ((*fpscr & FZ) && !is_zero(a) && !(a & INFINITY_BITS)) {
        *fpscr |= IDC;
        return a & SIGN;
    }
    return a;
}

static struct number number_of(uint32_t a) {
    const uint32_t exponent = a >> 23 & 0xFF, fraction = a & 0x7FFFFF;
    return (struct number){
            .sign = a >> 31,
            .exponent = (exponent ? (int)exponent : 1) - 127 - 23,
            .significand = exponent ? fraction | 0x800000 : fraction,
    };
}

static uint64_t shift_right(uint64_t value, unsigned by) {
    if (by == 0) {
        return value;
    }
    if (by > 63) {
        return value != 0;
    }
    return value >> by | ((value << (64 - by)) != 0);
}

static bool rounds_up(enum rounding rounding, bool sign, bool odd,
        uint64_t rest, uint64_t half) {
    switch (rounding) {
    case TO_NEAREST:
        return rest > half || (rest == half && odd);
    case UP:
        return rest && !sign;
    case DOWN:
        return rest && sign;
    default:
        return false;
    }
}

static uint32_t overflow(bool sign, enum rounding rounding, uint32_t *fpscr) {
    const bool infinite = rounding == TO_NEAREST || (rounding == UP && !sign) ||
            (rounding == DOWN && sign);
    *fpscr |= OFC | IXC;
    return sign_bit(sign) | (infinite ? INFINITY_BITS : INFINITY_BITS - 1);
}

// FPRound().
static uint32_t round_number(struct number x, enum rounding rounding,
        uint32_t *fpscr) {
    const int zeros = __builtin_clzll(x.significand);
    uint64_t significand = x.significand << zeros;
    int exponent = x.exponent - zeros + 63 + 127;
    const bool tiny = exponent < 1;
    if (tiny && (*fpscr & FZ)) {
        *fpscr |= UFC;
        return sign_bit(x.sign);
    }
    if (tiny) {
        significand = shift_right(significand, (unsigned)(1 - exponent));
        exponent = 1;
    }
    const uint64_t rest = significand & ((1ull << 40) - 1);
    uint32_t bits = (uint32_t)(significand >> 40);
    // The implicit bit counts as one in the exponent, if it is there.
    bits += (uint32_t)(exponent - 1) << 23;
    if (rounds_up(rounding, x.sign, bits & 1, rest, 1ull << 39)) {
        bits++;
    }
    if (exponent >= 255 || bits >= INFINITY_BITS) {
        return overflow(x.sign, rounding, fpscr);
    }
    *fpscr |= rest ? IXC | (tiny ? UFC : 0) : 0;
    return sign_bit(x.sign) | bits;
}

static uint32_t round_it(struct number x, uint32_t *fpscr) {
    return round_number(x, rounding_of(*fpscr), fpscr);
}

static uint32_t invalid(uint32_t *fpscr) {
    *fpscr |= IOC;
    return DEFAULT_NAN;
}

// FPProcessNaNs() and its sisters: the first signalling one, or the first.
static uint32_t nan_of(const uint32_t *operands, int count, uint32_t *fpscr) {
    uint32_t chosen = 0;
    bool signalling = false;
    for (int i = 0; i < count; i++) {
        const bool better = is_signalling(operands[i]) && !signalling;
        if (better || (is_nan(operands[i]) && !chosen)) {
            chosen = operands[i];
            signalling |= better;
        }
    }
    *fpscr |= signalling ? IOC : 0;
    return *fpscr & DN ? DEFAULT_NAN : chosen | QUIET;
}

static uint32_t two_nans(uint32_t a, uint32_t b, uint32_t *fpscr) {
    return nan_of((const uint32_t[]){a, b}, 2, fpscr);
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
    *fpscr |= (double)value != exact ? IXC : 0;
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
    return rounding_of(fpscr) == TO_NEAREST && is_normal(a) && is_normal(b);
}

/// Sum ///

static u128 shift_right_wide(u128 value, unsigned by) {
    if (by == 0) {
        return value;
    }
    if (by > 127) {
        return value != 0;
    }
    return value >> by | ((value << (128 - by)) != 0);
}

static uint64_t narrow(u128 value) {
    return (uint64_t)(value >> 64) | ((uint64_t)value != 0);
}

struct wide {
    bool sign;
    int exponent;
    u128 significand; // below 2^126
};

static uint32_t sum_wide(struct wide a, struct wide b, uint32_t *fpscr) {
    const struct wide *high = a.exponent >= b.exponent ? &a : &b;
    struct wide *low = a.exponent >= b.exponent ? &b : &a;
    low->significand = shift_right_wide(low->significand,
            (unsigned)(high->exponent - low->exponent));
    const u128 large = high->significand, small = low->significand;
    bool sign = high->sign;
    u128 sum = large + small;
    if (high->sign != low->sign) {
        sign = large >= small ? high->sign : low->sign;
        sum = large >= small ? large - small : small - large;
    }
    if (sum == 0) {
        return sign_bit(rounding_of(*fpscr) == DOWN);
    }
    int exponent = high->exponent + 64;
    while (!(sum >> 124)) { // keep the bits that cancellation left
        sum <<= 1;
        exponent--;
    }
    return round_it((struct number){sign, exponent, narrow(sum)}, fpscr);
}

static struct wide wide_of(struct number x, unsigned by) {
    return (struct wide){
            .sign = x.sign,
            .exponent = x.exponent - (int)by,
            .significand = (u128)x.significand << by,
    };
}

uint32_t core_float_add_(uint32_t a, uint32_t b, uint32_t *fpscr) {
    uint32_t result;
    if (host_can(a, b, *fpscr) &&
            round_on_host(sum_to_odd(host_value(a), host_value(b)), &result,
                    fpscr)) {
        return result;
    }
    a = take(a, fpscr);
    b = take(b, fpscr);
    if (is_nan(a) || is_nan(b)) {
        return two_nans(a, b, fpscr);
    }
    if (is_infinite(a) || is_infinite(b)) {
        if (is_infinite(a) && is_infinite(b) && a != b) {
            return invalid(fpscr);
        }
        return is_infinite(a) ? a : b;
    }
    if (is_zero(a) || is_zero(b)) {
        if (is_zero(a) && is_zero(b)) {
            return a == b ? a : sign_bit(rounding_of(*fpscr) == DOWN);
        }
        return is_zero(a) ? b : a;
    }
    return sum_wide(wide_of(number_of(a), 100), wide_of(number_of(b), 100),
            fpscr);
}

/// Product and quotient ///

static struct number product(uint32_t a, uint32_t b) {
    const struct number x = number_of(a), y = number_of(b);
    return (struct number){
            .sign = x.sign != y.sign,
            .exponent = x.exponent + y.exponent,
            .significand = x.significand * y.significand,
    };
}

uint32_t core_float_mul_(uint32_t a, uint32_t b, uint32_t *fpscr) {
    uint32_t result;
    if (host_can(a, b, *fpscr) &&
            round_on_host(host_value(a) * host_value(b), &result, fpscr)) {
        return result;
    }
    a = take(a, fpscr);
    b = take(b, fpscr);
    const uint32_t sign = (a ^ b) & SIGN;
    if (is_nan(a) || is_nan(b)) {
        return two_nans(a, b, fpscr);
    }
    if (is_infinite(a) || is_infinite(b)) {
        return is_zero(a) || is_zero(b) ? invalid(fpscr) : sign | INFINITY_BITS;
    }
    if (is_zero(a) || is_zero(b)) {
        return sign;
    }
    return round_it(product(a, b), fpscr);
}

uint32_t core_float_div_(uint32_t a, uint32_t b, uint32_t *fpscr) {
    a = take(a, fpscr);
    b = take(b, fpscr);
    const uint32_t sign = (a ^ b) & SIGN;
    if (is_nan(a) || is_nan(b)) {
        return two_nans(a, b, fpscr);
    }
    if ((is_infinite(a) && is_infinite(b)) || (is_zero(a) && is_zero(b))) {
        return invalid(fpscr);
    }
    if (is_infinite(a) || is_zero(b)) {
        *fpscr |= is_infinite(a) ? 0 : DZC;
        return sign | INFINITY_BITS;
    }
    if (is_zero(a) || is_infinite(b)) {
        return sign;
    }
    const struct number x = number_of(a), y = number_of(b);
    const int zeros = __builtin_clzll(x.significand);
    const uint64_t dividend = x.significand << zeros;
    const uint64_t quotient = dividend / y.significand;
    return round_it(
            (struct number){
                    .sign = sign != 0,
                    .exponent = x.exponent - zeros - y.exponent,
                    .significand =
                            quotient | (dividend % y.significand ? 1 : 0),
            },
            fpscr);
}

uint32_t core_float_sqrt_(uint32_t a, uint32_t *fpscr) {
    a = take(a, fpscr);
    if (is_nan(a)) {
        return nan_of(&a, 1, fpscr);
    }
    if (is_zero(a)) {
        return a;
    }
    if (a & SIGN) {
        return invalid(fpscr);
    }
    if (is_infinite(a)) {
        return a;
    }
    struct number x = number_of(a);
    int shift = __builtin_clzll(x.significand) - 1;
    shift -= (x.exponent - shift) & 1; // an even exponent
    uint64_t rest = x.significand << shift, root = 0;
    for (uint64_t bit = 1ull << 62; bit; bit >>= 2) {
        if (rest >= root + bit) {
            rest -= root + bit;
            root = root / 2 + bit;
        } else {
            root /= 2;
        }
    }
    return round_it(
            (struct number){
                    .exponent = (x.exponent - shift) / 2 - 1,
                    .significand = root << 1 | (rest ? 1 : 0),
            },
            fpscr);
}

// FPMulAdd(): addend + a * b, rounded once.
uint32_t core_float_fma_(uint32_t addend, uint32_t a, uint32_t b,
        uint32_t *fpscr) {
    uint32_t result;
    if (host_can(a, b, *fpscr) && is_normal(addend) &&
            round_on_host(sum_to_odd(host_value(a) * host_value(b),
                                  host_value(addend)),
                    &result, fpscr)) {
        return result;
    }
    addend = take(addend, fpscr);
    a = take(a, fpscr);
    b = take(b, fpscr);
    const bool none =
            (is_infinite(a) && is_zero(b)) || (is_zero(a) && is_infinite(b));
    const uint32_t sign = (a ^ b) & SIGN;
    if (is_nan(addend) && !is_signalling(addend) && none) {
        return invalid(fpscr);
    }
    if (is_nan(addend) || is_nan(a) || is_nan(b)) {
        return nan_of((const uint32_t[]){addend, a, b}, 3, fpscr);
    }
    const bool infinite = is_infinite(a) || is_infinite(b);
    if (none || (infinite && is_infinite(addend) && (addend & SIGN) != sign)) {
        return invalid(fpscr);
    }
    if (infinite || is_infinite(addend)) {
        return infinite ? sign | INFINITY_BITS : addend;
    }
    if (is_zero(a) || is_zero(b)) {
        if (is_zero(addend)) {
            return addend == sign ? addend
                                  : sign_bit(rounding_of(*fpscr) == DOWN);
        }
        return addend;
    }
    const struct number exact = product(a, b);
    if (is_zero(addend)) {
        return round_it(exact, fpscr);
    }
    return sum_wide(wide_of(exact, 76), wide_of(number_of(addend), 100), fpscr);
}

uint32_t core_float_compare_(uint32_t a, uint32_t b, bool quiet,
        uint32_t *fpscr) {
    a = take(a, fpscr);
    b = take(b, fpscr);
    if (is_nan(a) || is_nan(b)) {
        if (!quiet || is_signalling(a) || is_signalling(b)) {
            *fpscr |= IOC;
        }
        return 3u << 28;
    }
    if (a == b || (is_zero(a) && is_zero(b))) {
        return 6u << 28;
    }
    const int32_t x = a & SIGN ? -(int32_t)(a & ~SIGN) : (int32_t)a;
    const int32_t y = b & SIGN ? -(int32_t)(b & ~SIGN) : (int32_t)b;
    return x < y ? 8u << 28 : 2u << 28;
}

/// Conversions ///

static uint32_t saturated(bool sign, unsigned bits, bool is_signed,
        uint32_t *fpscr) {
    *fpscr |= IOC;
    if (!is_signed) {
        return sign ? 0 : UINT32_MAX >> (32 - bits);
    }
    return (sign ? 0 : UINT32_MAX) + (1u << (bits - 1));
}

uint32_t core_float_to_fixed_(uint32_t a, unsigned fraction, unsigned bits,
        bool is_signed, bool truncate, uint32_t *fpscr) {
    a = take(a, fpscr);
    if (is_nan(a)) {
        *fpscr |= IOC;
        return 0;
    }
    if (is_zero(a)) {
        return 0;
    }
    const bool sign = a >> 31;
    const struct number x = number_of(a);
    const int exponent = x.exponent + (int)fraction;
    if (is_infinite(a) || exponent > 8) { // 2^32 or more
        return saturated(sign, bits, is_signed, fpscr);
    }
    // 32.32 bits; the significand has 24.
    const int by = exponent + 32;
    const uint64_t scaled = by >= 0 ? x.significand << by
                                    : shift_right(x.significand, (unsigned)-by);
    uint64_t whole = scaled >> 32;
    const uint64_t rest = scaled & UINT32_MAX;
    whole += rounds_up(truncate ? TO_ZERO : rounding_of(*fpscr), sign,
            whole & 1, rest, 1u << 31);
    const uint64_t most = !is_signed ? (sign ? 0 : UINT32_MAX >> (32 - bits))
                                     : (1u << (bits - 1)) - (sign ? 0u : 1u);
    if (whole > most) {
        return saturated(sign, bits, is_signed, fpscr);
    }
    *fpscr |= rest ? IXC : 0;
    return sign ? 0 - (uint32_t)whole : (uint32_t)whole;
}

uint32_t core_float_from_fixed_(uint32_t value, unsigned fraction,
        bool is_signed, bool nearest, uint32_t *fpscr) {
    const bool sign = is_signed && value >> 31;
    if (value == 0) {
        return 0;
    }
    return round_number(
            (struct number){
                    .sign = sign,
                    .exponent = -(int)fraction,
                    .significand = sign ? 0 - value : value,
            },
            nearest ? TO_NEAREST : rounding_of(*fpscr), fpscr);
}

// FPHalfToSingle(). Half precision numbers are never flushed.
uint32_t core_float_from_half_(uint32_t half, uint32_t *fpscr) {
    const uint32_t sign = (half & 0x8000) << 16;
    const uint32_t exponent = half >> 10 & 31, fraction = half & 0x3FF;
    if (exponent == 31 && !(*fpscr & AHP)) {
        if (!fraction) {
            return sign | INFINITY_BITS;
        }
        const uint32_t nan = sign | INFINITY_BITS | fraction << 13;
        return nan_of(&nan, 1, fpscr);
    }
    if (!exponent && !fraction) {
        return sign;
    }
    return round_it(
            (struct number){
                    .sign = sign != 0,
                    .exponent = (exponent ? (int)exponent : 1) - 15 - 10,
                    .significand = exponent ? fraction | 0x400 : fraction,
            },
            fpscr);
}

static uint32_t half_overflow(bool sign, enum rounding rounding, bool ahp,
        uint32_t *fpscr) {
    if (ahp) {
        *fpscr |= IOC;
        return sign << 15 | 0x7FFF;
    }
    const bool infinite = rounding == TO_NEAREST || (rounding == UP && !sign) ||
            (rounding == DOWN && sign);
    *fpscr |= OFC | IXC;
    return sign << 15 | (infinite ? 0x7C00 : 0x7BFF);
}

static uint32_t round_half(struct number x, uint32_t *fpscr) {
    const enum rounding rounding = rounding_of(*fpscr);
    const bool ahp = *fpscr & AHP;
    const int zeros = __builtin_clzll(x.significand);
    uint64_t significand = x.significand << zeros;
    int exponent = x.exponent - zeros + 63 + 15;
    const bool tiny = exponent < 1;
    if (tiny) {
        significand = shift_right(significand, (unsigned)(1 - exponent));
        exponent = 1;
    }
    const uint64_t rest = significand & ((1ull << 53) - 1);
    uint32_t bits = (uint32_t)(significand >> 53);
    bits += (uint32_t)(exponent - 1) << 10;
    if (rounds_up(rounding, x.sign, bits & 1, rest, 1ull << 52)) {
        bits++;
    }
    if (exponent > 31 || bits >= (ahp ? 0x8000u : 0x7C00u)) {
        return half_overflow(x.sign, rounding, ahp, fpscr);
    }
    *fpscr |= rest ? IXC | (tiny ? UFC : 0) : 0;
    return (uint32_t)x.sign << 15 | bits;
}

uint32_t core_float_to_half_(uint32_t a, uint32_t *fpscr) {
    a = take(a, fpscr);
    const uint32_t sign = a >> 16 & 0x8000;
    const bool ahp = *fpscr & AHP;
    if (is_nan(a)) {
        *fpscr |= ahp || is_signalling(a) ? IOC : 0;
        if (ahp) {
            return sign;
        }
        return *fpscr & DN ? 0x7E00 : sign | 0x7E00 | (a >> 13 & 0x1FF);
    }
    if (is_infinite(a)) {
        *fpscr |= ahp ? IOC : 0;
        return sign | (ahp ? 0x7FFF : 0x7C00);
    }
    return is_zero(a) ? sign : round_half(number_of(a), fpscr);
}
