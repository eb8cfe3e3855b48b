/*
 * float_priv - what the files of this room share
 *
 * SPDX-License-Identifier: MIT
 *
 * A number on its way is sign, exponent and a significand of 128 bits whose
 * lowest bit also stands for all below it.
 */
#ifndef FLOAT_PRIV_H
#define FLOAT_PRIV_H

#include "sim/cpu/float/float.h"

#define FLOAT_AHP_ (1u << 26)
#define FLOAT_DN_ (1u << 25)
#define FLOAT_FZ_ (1u << 24)
#define FLOAT_IDC_ (1u << 7)
#define FLOAT_IXC_ (1u << 4)
#define FLOAT_UFC_ (1u << 3)
#define FLOAT_OFC_ (1u << 2)
#define FLOAT_DZC_ (1u << 1)
#define FLOAT_IOC_ (1u << 0)

__extension__ typedef unsigned __int128 float_wide_;

// value = significand * 2^exponent; finite and not 0.
struct float_number_ {
    bool sign;
    int exponent;
    float_wide_ significand;
};

static inline uint64_t float_sign_(const struct float_format *f) {
    return 1ull << (f->fraction + f->exponent);
}

static inline uint64_t float_infinity_(const struct float_format *f) {
    return ((1ull << f->exponent) - 1) << f->fraction;
}

static inline uint64_t float_quiet_(const struct float_format *f) {
    return 1ull << (f->fraction - 1);
}

static inline int float_bias_(const struct float_format *f) {
    return (1 << (f->exponent - 1)) - 1;
}

static inline uint64_t float_magnitude_(const struct float_format *f,
        uint64_t a) {
    return a & (float_sign_(f) - 1);
}

static inline bool float_is_nan_(const struct float_format *f, uint64_t a) {
    return float_magnitude_(f, a) > float_infinity_(f);
}

static inline bool float_is_infinite_(const struct float_format *f,
        uint64_t a) {
    return float_magnitude_(f, a) == float_infinity_(f);
}

static inline bool float_is_zero_(const struct float_format *f, uint64_t a) {
    return float_magnitude_(f, a) == 0;
}

static inline bool float_is_signalling_(const struct float_format *f,
        uint64_t a) {
    return float_is_nan_(f, a) && !(a & float_quiet_(f));
}

static inline uint64_t float_default_nan_(const struct float_format *f) {
    return float_infinity_(f) | float_quiet_(f);
}

static inline uint64_t float_signed_(const struct float_format *f, bool sign,
        uint64_t magnitude) {
    return sign ? magnitude | float_sign_(f) : magnitude;
}

// An operand: with FZ, a denormal number is 0.
uint64_t float_take_(const struct float_format *f, uint64_t a, uint32_t *fpscr);
struct float_number_ float_number_of_(const struct float_format *f, uint64_t a);
// All bits that are lost are in the lowest one.
float_wide_ float_shift_(float_wide_ value, unsigned by);
// Moves the first bit of the significand to bit 127.
struct float_number_ float_normal_(struct float_number_ x);
bool float_rounds_up_(enum float_rounding rounding, bool sign, bool odd,
        float_wide_ rest, float_wide_ half);
// FPRound(), but for what is too large: that is UINT64_MAX. A half is never
// flushed.
uint64_t float_round_(const struct float_format *f, struct float_number_ x,
        enum float_rounding rounding, uint32_t *fpscr);
// The same, with infinity or the largest number.
uint64_t float_fit_(const struct float_format *f, struct float_number_ x,
        enum float_rounding rounding, uint32_t *fpscr);
uint64_t float_invalid_(const struct float_format *f, uint32_t *fpscr);
// FPProcessNaNs() and its sisters: the first signalling one, or the first.
uint64_t float_nan_of_(const struct float_format *f, const uint64_t *operands,
        int count, uint32_t *fpscr);

#endif
