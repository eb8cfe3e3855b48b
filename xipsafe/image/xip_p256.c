/*
 * xip_p256 - is this an ECDSA signature on P-256?
 *
 * SPDX-License-Identifier: MIT
 *
 * The arithmetic modulo p and n is BearSSL's (i31: 31 bits a word, Montgomery
 * multiplication), by the functions under its public ones. The curve is here:
 * BearSSL's own code for it knows three curves, signs too, and cannot feed a
 * watchdog in its 0.4 s. Everything that is verified is public, so nothing here
 * takes constant time: do not sign with it.
 *
 * unit_p256 compares it with BearSSL's verification.
 */
#include "xip_p256_priv.h"

#include <string.h>

#define COORDINATE_BYTES 32u
#define BITS 256u
// 8 whole words of 31 bits and 8 bits, as BearSSL announces the size.
#define ANNOUNCED 0x108u
#define WORDS 10u
#define WORD_BITS 31u
#define WORD_MASK 0x7FFFFFFFu
#define UNCOMPRESSED 0x04u // SEC 1, 2.3.3

// BearSSL 0.6, src/inner.h; no public header has them.
uint32_t br_i31_add(uint32_t *a, const uint32_t *b, uint32_t ctl);
uint32_t br_i31_sub(uint32_t *a, const uint32_t *b, uint32_t ctl);
uint32_t br_i31_iszero(const uint32_t *x);
void br_i31_montymul(uint32_t *d, const uint32_t *x, const uint32_t *y,
        const uint32_t *m, uint32_t m0i);

typedef uint32_t number[WORDS];
typedef number point[3];

struct field {
    number m;
    uint32_t m0i; // -1/m mod 2^31
};

// FIPS 186-4 D.1.2.3. A tilde in a comment: times 2^279 modulo p, Montgomery's
// form.
static const struct field field_p = {
        {ANNOUNCED, 0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, 0x00000007, 0, 0,
                0x00000040, 0x7FFFFF80, 0x000000FF},
        0x00000001,
};
static const struct field field_n = {
        {ANNOUNCED, 0x7C632551, 0x67739585, 0x1C5E7A13, 0x6737D56D, 0x7FFFFFFB,
                0x7FFFFFFF, 0x0000003F, 0x7FFFFF80, 0x000000FF},
        0x6E00BC4F,
};
static const number square_p = {ANNOUNCED, 0x00014000, 0x00018000, 0,
        0x7FF40000, 0x7FEFFFFF, 0x7FF7FFFF, 0x7FAFFFFF, 0x005FFFFF, 0};
static const number curve_b = {ANNOUNCED, 0x6FEE1803, 0x6229C4BD, 0x21B139BE,
        0x327150AA, 0x3567802E, 0x3F7212ED, 0x012E4355, 0x782DD38D, 0x0000000E};
static const number generator[2] = {
        {ANNOUNCED, 0x1E0C482F, 0x5418A914, 0x02F3CE61, 0x711D7560, 0x03ADD4AF,
                0x37762251, 0x4C2D62A5, 0x2F71ECF1, 0x000000BB},
        {ANNOUNCED, 0x0542B8FF, 0x57CE9556, 0x39BBE4A6, 0x10D29F99, 0x2C5A55C7,
                0x0DD21F32, 0x29AED111, 0x2ABE96E1, 0x0000008C},
};

/// A machine for formulas ///

// Registers: the point that grows, the one that is added to it, intermediate
// results. A point is x/z^2~, y/z^3~, z~; z of 0 is infinity.
// clang-format off
enum { TX, TY, TZ, PX, PY, PZ, A, B, C, D, E, F, REGISTERS };
// clang-format on

typedef number registers[REGISTERS];

// Two bytes each, where a call would take ten. The result of MUL is no operand
// of it, that of SUB and ADD not the second one unless it is the first, too.
#define MUL(d, a, b) (uint16_t)((d) << 4 | (a) << 8 | (b) << 12)
#define ADD(d, a, b) (uint16_t)(MUL(d, a, b) | 1u)
#define SUB(d, a, b) (uint16_t)(MUL(d, a, b) | 2u)
#define END 3u

static void run(registers t, const struct field *f, const uint16_t *code) {
    for (uint32_t op; (op = *code++) != END;) {
        uint32_t *d = t[op >> 4 & 15u];
        const uint32_t *a = t[op >> 8 & 15u];
        const uint32_t *b = t[op >> 12];
        if ((op & 3u) == 0u) {
            br_i31_montymul(d, a, b, f->m, f->m0i);
            continue;
        }
        if (d != a) {
            memcpy(d, a, sizeof(number));
        }
        if ((op & 1u) != 0u) {
            (void)br_i31_add(d, b, 1); // no carry: there are 279 bits
            (void)br_i31_sub(d, f->m, br_i31_sub(d, f->m, 0) ^ 1u);
        } else {
            (void)br_i31_add(d, f->m, br_i31_sub(d, b, 1));
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

// T = P with P from plain numbers to Montgomery's form; A is the square of
// 2^279, PZ is 1, D is b~. C = 0 if y^2 = x^3 - 3x + b.
static const uint16_t load_point[] = {
        MUL(TX, PX, A), MUL(TY, PY, A), MUL(TZ, PZ, A),
        MUL(B, TX, TX), MUL(C, B, TX),
        SUB(C, C, TX), SUB(C, C, TX), SUB(C, C, TX), ADD(C, C, D),
        MUL(B, TY, TY), SUB(C, C, B),
        END,
};

// Is x of the point T the plain number PX? C = 0 if it is. B is the square of
// 2^279.
static const uint16_t compare_x[] = {
        MUL(A, TZ, TZ), MUL(D, PX, B), MUL(C, D, A), SUB(C, C, TX),
        END,
};

// The multiples u of G and v of Q, in TX and TY. TX is R^2/s, PX is the digest,
// PY is r, PZ is 1.
static const uint16_t get_multiples[] = {
        MUL(A, TX, PZ), MUL(TX, PX, A), MUL(TY, PY, A),
        END,
};

// Modulo n, C being 0.
static const uint16_t square[] = {MUL(A, TX, TX), ADD(TX, A, C), END};
static const uint16_t multiply[] = {MUL(A, TX, B), ADD(TX, A, C), END};

// clang-format on

/// Numbers ///

static bool is_zero(const number x) {
    return br_i31_iszero(x) != 0u;
}

// br_i31_sub changes nothing here.
static bool is_below(number x, const struct field *f) {
    return br_i31_sub(x, f->m, 0) != 0u;
}

static uint32_t bit(const number x, uint32_t i) {
    return x[1u + i / WORD_BITS] >> (i % WORD_BITS) & 1u;
}

static void set_small(number x, uint32_t value) {
    memset(x, 0, sizeof(number));
    x[0] = ANNOUNCED;
    x[1] = value;
}

static void decode(number x, const uint8_t *bytes) {
    uint32_t pending = 0;
    uint32_t bits = 0;
    *x++ = ANNOUNCED;
    for (uint32_t i = COORDINATE_BYTES; i-- != 0u;) {
        const uint32_t byte = bytes[i];
        pending |= byte << bits;
        bits += 8u;
        if (bits >= WORD_BITS) {
            *x++ = pending & WORD_MASK;
            bits -= WORD_BITS;
            pending = byte >> (8u - bits);
        }
    }
    *x = pending;
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

/// The signature ///

void xip_image_feed_(const struct xip_image_trust *trust) {
    if (trust->feed != NULL) {
        trust->feed(trust->ctx);
    }
}

// TX = R^2/TX modulo n, R being 2^279: TX to the power of n - 2, by squares in
// Montgomery's form. The highest bit of n - 2 is set.
static void invert(registers t, const struct xip_image_trust *trust) {
    number exponent;
    memcpy(exponent, field_n.m, sizeof(number));
    exponent[1] -= 2u;
    memcpy(t[B], t[TX], sizeof(number));
    for (uint32_t i = BITS - 1u; i-- != 0u;) {
        run(t, &field_n, square);
        if (bit(exponent, i) != 0u) {
            run(t, &field_n, multiply);
        }
        xip_image_feed_(trust);
    }
}

// T = T + P, for all points.
static void add(registers t) {
    if (is_zero(t[PZ])) {
        return;
    }
    const bool none = is_zero(t[TZ]);
    if (!none) {
        run(t, &field_p, add_points);
    }
    const bool same = !none && is_zero(t[TZ]) && is_zero(t[A]);
    if (none || same) {
        memcpy(t[TX], t[PX], sizeof(point));
    }
    if (same) {
        run(t, &field_p, double_point);
    }
}

// T = u G + v Q, both at once: of two bits, G, Q or their sum is added.
static void multiply_points(registers t, const number u, const number v,
        const struct xip_image_trust *trust) {
    point table[3];
    memcpy(table[0], generator, sizeof(generator));
    memcpy(table[0][2], t[TZ], sizeof(number));
    memcpy(table[1], t[TX], sizeof(point));
    memcpy(t[PX], table[0], sizeof(point));
    add(t);
    memcpy(table[2], t[TX], sizeof(point));
    xip_image_feed_(trust);
    memset(t[TZ] + 1, 0, sizeof(number) - sizeof(uint32_t));
    for (uint32_t i = BITS; i-- != 0u;) {
        run(t, &field_p, double_point);
        const uint32_t which = bit(u, i) + 2u * bit(v, i);
        if (which != 0u) {
            memcpy(t[PX], table[which - 1u], sizeof(point));
            add(t);
        }
        xip_image_feed_(trust);
    }
}

// T = Q, the key: an uncompressed point on the curve.
static bool load_key(registers t, const uint8_t *key) {
    decode(t[PX], key + 1);
    decode(t[PY], key + 1 + COORDINATE_BYTES);
    set_small(t[PZ], 1);
    memcpy(t[A], square_p, sizeof(number));
    memcpy(t[D], curve_b, sizeof(number));
    run(t, &field_p, load_point);
    return key[0] == UNCOMPRESSED && is_below(t[PX], &field_p) &&
            is_below(t[PY], &field_p) && is_zero(t[C]);
}

// Is the x of T, modulo n, the plain number r? There may be two such x below p.
static bool has_x(registers t, const number r) {
    memcpy(t[PX], r, sizeof(number));
    memcpy(t[B], square_p, sizeof(number));
    if (is_zero(t[TZ])) {
        return false;
    }
    do {
        run(t, &field_p, compare_x);
        if (is_zero(t[C])) {
            return true;
        }
        (void)br_i31_add(t[PX], field_n.m, 1);
    } while (is_below(t[PX], &field_p));
    return false;
}

bool xip_p256_verify_(const uint8_t *key, const uint8_t *digest,
        const uint8_t *der, uint32_t len, const struct xip_image_trust *trust) {
    registers t;
    number r, u, v;
    const uint8_t *const end = der + len;
    if (len < 2u || der[0] != 0x30u || der[1] != len - 2u) {
        return false;
    }
    der += 2;
    if (!decode_integer(r, &der, end) || !decode_integer(t[TX], &der, end) ||
            der != end) {
        return false;
    }
    decode(t[PX], digest); // may be above n: a product never is
    memcpy(t[PY], r, sizeof(number));
    set_small(t[PZ], 1);
    set_small(t[C], 0);
    invert(t, trust);
    run(t, &field_n, get_multiples);
    memcpy(u, t[TX], sizeof(number));
    memcpy(v, t[TY], sizeof(number));
    if (!load_key(t, key)) {
        return false;
    }
    multiply_points(t, u, v, trust);
    return has_x(t, r);
}
