/*
 * xip_p256 - is this an ECDSA signature on P-256?
 *
 * SPDX-License-Identifier: MIT
 *
 * Arithmetic and curve for one thing only, so that they are small and can feed
 * a watchdog. Everything that is verified is public, so nothing here takes
 * constant time: do not sign with it. With XIP_CFG_IMAGE_BEARSSL the curve is
 * BearSSL's.
 *
 * unit_p256 compares it with BearSSL's verification, on random signatures and
 * on those that hit the exceptions of the formulas; unit_p256_field compares
 * the arithmetic with a long division, on numbers that make carries.
 */
#include "xip_p256_priv.h"

#include <string.h>

#include "xip_compiler.h"
#include "xip_sha256_priv.h"

#if XIP_CFG_IMAGE_BEARSSL
#include <bearssl.h>
#endif

#define BITS 256u
#define WORDS 8u
#define WORD_BITS 32u
#define COORDINATE_BYTES (4u * WORDS)
#define UNCOMPRESSED 0x04u // SEC 1, 2.3.3

typedef uint32_t number[WORDS]; // the lowest word first

struct field {
    number m;
    uint32_t m0i; // -1/m mod 2^32
};

// FIPS 186-4 D.1.2.3.
#if !XIP_CFG_IMAGE_BEARSSL
static const struct field field_p = {
        {0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0, 0, 0, 1, 0xFFFFFFFF},
        1,
};
#endif
static const struct field field_n = {
        {0xFC632551, 0xF3B9CAC2, 0xA7179E84, 0xBCE6FAAD, 0xFFFFFFFF, 0xFFFFFFFF,
                0, 0xFFFFFFFF},
        0xEE00BC4F,
};

/// Arithmetic modulo p and n ///

// d = a + b, or a - b with what = MINUS; d may be one of them. Returns the
// carry: of a difference, 1 if it is not below 0.
#define PLUS 0u
#define MINUS UINT32_MAX
static uint32_t sum(number d, const number a, const number b, uint32_t what) {
    uint64_t t = what & 1u;
    XIP_IMAGE_UNROLL_
    for (unsigned i = 0; i < WORDS; i++) {
        t += (uint64_t)a[i] + (b[i] ^ what);
        d[i] = (uint32_t)t;
        t >>= WORD_BITS;
    }
    return (uint32_t)t;
}

static bool is_below(const number x, const struct field *f) {
    number rest;
    return sum(rest, x, f->m, MINUS) == 0u;
}

// d = x modulo m; x has a word more, top, and is below 2m.
static XIP_NOINLINE void reduce(number d, const number x, uint32_t top,
        const struct field *f) {
    number rest;
    top |= sum(rest, x, f->m, MINUS);
    const uint32_t *const from = top != 0u ? rest : x;
    for (unsigned i = 0; i < WORDS; i++) { // d may be x
        d[i] = from[i];
    }
}

// a b + c + *above is never more than two words. Returns the low one.
XIP_ALWAYS_INLINE uint32_t add_to_product(uint32_t a, uint32_t b, uint32_t c,
        uint32_t *above) {
#ifdef __ARM_FEATURE_DSP
    // GCC does not know it: a third of the time of a signature.
    __asm("umaal %0, %1, %2, %3" : "+r"(c), "+r"(*above) : "r"(a), "r"(b));
    return c;
#else
    const uint64_t x = (uint64_t)a * b + c + *above;
    *above = (uint32_t)(x >> WORD_BITS);
    return (uint32_t)x;
#endif
}

// t = t + a b. Returns the word above.
static XIP_NOINLINE uint32_t add_product(uint32_t *t, uint32_t a,
        const uint32_t *b) {
    uint32_t above = 0;
    XIP_IMAGE_UNROLL_
    for (unsigned i = 0; i < WORDS; i++) {
        t[i] = add_to_product(a, b[i], t[i], &above);
    }
    return above;
}

#if XIP_CFG_IMAGE_FAST && !XIP_CFG_IMAGE_BEARSSL
// t = t + t[0] p, and t[0] is 0 then: p is 2^256 - 2^224 + 2^192 + 2^96 - 1.
// Returns the word above, of 8 words.
static uint32_t add_p(uint32_t *t) {
    const uint32_t q = t[0];
    uint64_t x = (uint64_t)t[3] + q;
    t[3] = (uint32_t)x;
    x = (x >> WORD_BITS) + t[4];
    t[4] = (uint32_t)x;
    x = (x >> WORD_BITS) + t[5];
    t[5] = (uint32_t)x;
    x = (x >> WORD_BITS) + t[6] + q;
    t[6] = (uint32_t)x;
    // q 2^256 - q 2^224 is q (2^32 - 1) 2^224.
    x = (x >> WORD_BITS) + t[7] + (uint64_t)q * UINT32_MAX;
    t[7] = (uint32_t)x;
    t[0] = 0;
    return (uint32_t)(x >> WORD_BITS);
}
#endif

// d = a b / 2^256 modulo m, Montgomery's product. One of a and b is below m,
// the other one is any number, so that the sum is below 2m. d may be one of
// them.
static void multiply(number d, const number a, const number b,
        const struct field *f) {
    uint32_t t[2u * WORDS];
    uint32_t top = 0;
    (void)sum(t, b, b, MINUS); // 0, faster than a small memset()
    for (unsigned i = 0; i < WORDS; i++) {
        uint32_t *const at = t + i;
        uint64_t above = (uint64_t)add_product(at, a[i], b) + top;
#if XIP_CFG_IMAGE_FAST && !XIP_CFG_IMAGE_BEARSSL
        above += f == &field_p ? add_p(at)
                               : add_product(at, at[0] * f->m0i, f->m);
#else
        above += add_product(at, at[0] * f->m0i, f->m); // at[0] is 0 now
#endif
        at[WORDS] = (uint32_t)above;
        top = (uint32_t)(above >> WORD_BITS);
    }
    reduce(d, t + WORDS, top, f);
}

/// Numbers ///

static XIP_NOINLINE void copy(uint32_t *to, const uint32_t *from) {
    memcpy(to, from, sizeof(number));
}

static bool is_zero(const number x) {
    uint32_t any = 0;
    for (unsigned i = 0; i < WORDS; i++) {
        any |= x[i];
    }
    return any == 0u;
}

static void decode(number x, const uint8_t *bytes) {
    for (unsigned i = WORDS; i-- != 0u; bytes += 4) {
        x[i] = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
                (uint32_t)bytes[2] << 8 | bytes[3];
    }
}

// One INTEGER of a signature, at *der, without its leading zeros; false if it
// is none or too large.
static bool decode_integer(number x, const uint8_t **der, const uint8_t *end) {
    uint8_t bytes[COORDINATE_BYTES] = {0};
    const uint8_t *p = *der;
    if (end - p < 2 || p[0] != 0x02u || p[1] >= 0x80u || end - p - 2 < p[1]) {
        return false;
    }
    uint32_t len = p[1];
    p += 2;
    *der = p + len;
    for (; len != 0u && *p == 0u; len--) {
        p++;
    }
    if (len > COORDINATE_BYTES) {
        return false;
    }
    memcpy(bytes + COORDINATE_BYTES - len, p, len);
    decode(x, bytes);
    return !is_zero(x) && is_below(x, &field_n);
}

#if !XIP_CFG_IMAGE_BEARSSL
/// A machine for formulas ///

// A tilde in a comment: times 2^256 modulo p, Montgomery's form.
typedef number point[3];

// 2^256~ and b~.
static const number load_constants[2] = {
        {3, 0, 0xFFFFFFFF, 0xFFFFFFFB, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 4},
        {0x29C4BDDF, 0xD89CDF62, 0x78843090, 0xACF005CD, 0xF7212ED6, 0xE5A220AB,
                0x04874834, 0xDC30061D},
};
static const point generator = {
        {0x18A9143C, 0x79E730D4, 0x5FEDB601, 0x75BA95FC, 0x77622510, 0x79FB732B,
                0xA53755C6, 0x18905F76},
        {0xCE95560A, 0xDDF25357, 0xBA19E45C, 0x8B4AB8E4, 0xDD21F325, 0xD2E88688,
                0x25885D85, 0x8571FF18},
        {1, 0, 0, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFE, 0},
};

// Registers: the point that grows, the one that is added to it, intermediate
// results. A point is x/z^2~, y/z^3~, z~; z of 0 is infinity.
// clang-format off
enum { TX, TY, TZ, PX, PY, PZ, A, B, C, D, E, F, REGISTERS };
// clang-format on

typedef number registers[REGISTERS];

// Two bytes each, where a call would take ten.
#define MUL(d, a, b) (uint16_t)((d) << 4 | (a) << 8 | (b) << 12)
#define ADD(d, a, b) (uint16_t)(MUL(d, a, b) | 1u)
#define SUB(d, a, b) (uint16_t)(MUL(d, a, b) | 2u)
#define END 3u

// Operands of ADD and SUB are below m, and so are all results.
static void run(registers t, const uint16_t *code) {
    const struct field *const f = &field_p;
    for (uint32_t op; (op = *code++) != END;) {
        uint32_t *const d = t[op >> 4 & 15u];
        const uint32_t *const a = t[op >> 8 & 15u];
        const uint32_t *const b = t[op >> 12];
        if ((op & 3u) == 0u) {
            multiply(d, a, b, f);
        } else if ((op & 1u) != 0u) {
            reduce(d, d, sum(d, a, b, PLUS), f);
        } else if (sum(d, a, b, MINUS) == 0u) {
            (void)sum(d, d, f->m, PLUS);
        }
    }
}

// clang-format off

// T = 2T, of infinity, too. m = 3(x + z^2)(x - z^2), s = 4xy^2, x' = m^2 - 2s,
// y' = m(s - x') - 8y^4, z' = 2yz.
static const uint16_t double_point[] = {
        MUL(A, TZ, TZ), SUB(B, TX, A), ADD(A, A, TX), MUL(C, A, B),
        ADD(A, C, C), ADD(A, A, C),               // A = m
        MUL(B, TY, TY), ADD(B, B, B),             // B = 2y^2
        MUL(C, TX, B), ADD(C, C, C),              // C = s
        MUL(D, TY, TZ), ADD(TZ, D, D),
        MUL(D, A, A), SUB(D, D, C), SUB(TX, D, C),
        SUB(C, C, TX), MUL(D, A, C),
        MUL(A, B, B), ADD(A, A, A), SUB(TY, D, A),
        END,
};

// T = T + P, for different points of which none is infinity; otherwise z' = 0,
// and r is left in A. u = x z^2, s = y z^3 of the other one, h = u2 - u1,
// r = s2 - s1, x' = r^2 - h^3 - 2 u1 h^2, y' = r(u1 h^2 - x') - s1 h^3,
// z' = h z1 z2.
static const uint16_t add_points[] = {
        MUL(A, PZ, PZ), MUL(B, TX, A),            // B = u1
        MUL(C, PZ, A), MUL(D, TY, C),             // D = s1
        MUL(A, TZ, TZ), MUL(C, PX, A),
        MUL(E, TZ, A), MUL(A, PY, E),
        SUB(A, A, D), SUB(C, C, B),               // A = r, C = h
        MUL(E, C, C), MUL(F, B, E), MUL(B, E, C), // F = u1 h^2, B = h^3
        MUL(E, A, A), SUB(E, E, B), SUB(E, E, F), SUB(TX, E, F),
        SUB(F, F, TX), MUL(E, A, F),
        MUL(F, B, D), SUB(TY, E, F),
        MUL(F, TZ, PZ), MUL(TZ, F, C),
        END,
};

// T = P with P from plain numbers to Montgomery's form; A is 2^256~, B is b~.
// C = 0 if y^2 = x^3 - 3x + b. The product with 2^256~ is 2^512 times 2^-256.
static const uint16_t load_point[] = {
        MUL(TX, PX, A), MUL(TY, PY, A),
        MUL(D, TX, TX), MUL(C, D, TX),
        SUB(C, C, TX), SUB(C, C, TX), SUB(C, C, TX), ADD(C, C, B),
        MUL(D, TY, TY), SUB(C, C, D),
        END,
};

// Is x of the point T the plain number PX? C = 0 if it is. A is 2^256~.
static const uint16_t compare_x[] = {
        MUL(B, TZ, TZ), MUL(D, PX, A), MUL(C, D, B), SUB(C, C, TX),
        END,
};

// clang-format on

/// The curve ///

// T = T + P, for all points.
static void add(registers t) {
    if (is_zero(t[PZ])) {
        return;
    }
    const bool none = is_zero(t[TZ]);
    if (!none) {
        run(t, add_points);
    }
    const bool same = !none && is_zero(t[TZ]) && is_zero(t[A]);
    if (none || same) {
        memcpy(t[TX], t[PX], sizeof(point));
    }
    if (same) {
        run(t, double_point);
    }
}

// T = Q, the key: an uncompressed point on the curve.
static bool load_key(registers t, const uint8_t *key) {
    decode(t[PX], key + 1);
    decode(t[PY], key + 1 + COORDINATE_BYTES);
    memcpy(t[A], load_constants, sizeof(load_constants));
    copy(t[TZ], generator[2]);
    run(t, load_point);
    return key[0] == UNCOMPRESSED && is_below(t[PX], &field_p) &&
            is_below(t[PY], &field_p) && is_zero(t[C]);
}

// Bits of each multiplier at a time.
#define WIDTH (1u + XIP_CFG_IMAGE_FAST)
#define COLUMNS (1u << WIDTH)

// WIDTH bits from i on, a multiple of WIDTH.
static uint32_t bits(const number x, uint32_t i) {
    return x[i / WORD_BITS] >> (i % WORD_BITS) & (COLUMNS - 1u);
}

// table[i + j COLUMNS] = i G + j T, for all i and j below COLUMNS.
static void make_table(registers t, point table[COLUMNS * COLUMNS],
        const struct xip_image_trust *trust) {
    memset(table, 0, sizeof(point));
    memcpy(table[1], generator, sizeof(point));
    memcpy(table[COLUMNS], t[TX], sizeof(point));
    for (uint32_t n = 1; n < COLUMNS * COLUMNS; n++) {
        const uint32_t step = n % COLUMNS != 0u ? 1u : COLUMNS;
        memcpy(t[TX], table[n - step], sizeof(point));
        memcpy(t[PX], table[step], sizeof(point));
        add(t);
        memcpy(table[n], t[TX], sizeof(point));
        xip_image_feed_(trust);
    }
}

// T = u G + v T, both at once, WIDTH bits of each at a time.
static void multiply_points(registers t, const number u, const number v,
        const struct xip_image_trust *trust) {
    point table[COLUMNS * COLUMNS];
    make_table(t, table, trust);
    memset(t[TZ], 0, sizeof(number));
    for (uint32_t i = BITS; i-- != 0u;) {
        run(t, double_point);
        if (i % WIDTH == 0u) {
            memcpy(t[PX], table[bits(u, i) + COLUMNS * bits(v, i)],
                    sizeof(point));
            add(t);
        }
        xip_image_feed_(trust);
    }
}

// Is the x of T, modulo n, the plain number r? There may be two such x below p.
static bool has_x(registers t, const number r) {
    copy(t[PX], r);
    copy(t[A], load_constants[0]);
    if (is_zero(t[TZ])) {
        return false;
    }
    do {
        run(t, compare_x);
        if (is_zero(t[C])) {
            return true;
        }
    } while (sum(t[PX], t[PX], field_n.m, PLUS) == 0u &&
            is_below(t[PX], &field_p));
    return false;
}

// Is r the x of u G + v Q, modulo n?
static bool sum_has_x(const uint8_t *key, const number u, const number v,
        const number r, const struct xip_image_trust *trust) {
    registers t;
    if (!load_key(t, key)) {
        return false;
    }
    multiply_points(t, u, v, trust);
    return has_x(t, r);
}

#else
/// The curve, by BearSSL ///

static void encode(uint8_t *bytes, const number x) {
    for (unsigned i = WORDS; i-- != 0u; bytes += 4) {
        bytes[0] = (uint8_t)(x[i] >> 24);
        bytes[1] = (uint8_t)(x[i] >> 16);
        bytes[2] = (uint8_t)(x[i] >> 8);
        bytes[3] = (uint8_t)x[i];
    }
}

// It checks that the key is a point, and that the sum is not at infinity.
static bool sum_has_x(const uint8_t *key, const number u, const number v,
        const number r, const struct xip_image_trust *trust) {
    uint8_t point[XIP_P256_POINT_BYTES];
    uint8_t of_generator[COORDINATE_BYTES];
    uint8_t of_key[COORDINATE_BYTES];
    memcpy(point, key, sizeof(point));
    encode(of_generator, u);
    encode(of_key, v);
    const uint32_t ok = br_ec_p256_m31.muladd(point, NULL, sizeof(point),
            of_key, sizeof(of_key), of_generator, sizeof(of_generator),
            BR_EC_secp256r1);
    xip_image_feed_(trust);
    number x;
    decode(x, point + 1);
    reduce(x, x, 0, &field_n);
    return ok == 1u && memcmp(x, r, sizeof(x)) == 0;
}
#endif

/// The signature ///

// x = 2^512/x modulo n: x to the power of n - 2, by Montgomery's products. The
// highest bit of n - 2 is set.
static void invert(number x, const struct xip_image_trust *trust) {
    number exponent;
    number base;
    copy(exponent, field_n.m);
    exponent[0] -= 2u;
    copy(base, x);
    for (uint32_t i = BITS - 1u; i-- != 0u;) {
        multiply(x, x, x, &field_n);
        if ((exponent[i / WORD_BITS] >> (i % WORD_BITS) & 1u) != 0u) {
            multiply(x, x, base, &field_n);
        }
        xip_image_feed_(trust);
    }
}

bool xip_p256_verify_(const uint8_t *key, const uint8_t *digest,
        const uint8_t *der, uint32_t len, const struct xip_image_trust *trust) {
    number r, s, u, v;
    const uint8_t *const end = der + len;
    if (len < 2u || der[0] != 0x30u || der[1] != len - 2u) {
        return false;
    }
    der += 2;
    if (!decode_integer(r, &der, end) || !decode_integer(s, &der, end) ||
            der != end) {
        return false;
    }
    invert(s, trust);
    memset(v, 0, sizeof(v));
    v[0] = 1;
    multiply(s, s, v, &field_n); // 2^256/s
    decode(u, digest);           // may be above n
    multiply(u, u, s, &field_n);
    multiply(v, r, s, &field_n);
    return sum_has_x(key, u, v, r, trust);
}
