/*
 * test_p256_field - the arithmetic under the signature check, at its edges
 *
 * SPDX-License-Identifier: MIT
 *
 * Carries that a random signature meets once in 2^32 times, against a long
 * division.
 */
// sources: xipsafe/image/xip_sha256.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "xip_p256.c" // NOLINT(bugprone-suspicious-include): static functions

#define COUNT 70u

static number values[COUNT];

/// Reference ///

// x = 2x + bit modulo m, by one step of a long division.
static void shift_in(number x, unsigned bit, const number m) {
    unsigned carry = bit;
    for (unsigned i = 0; i < WORDS; i++) {
        const unsigned out = x[i] >> 31;
        x[i] = x[i] << 1 | carry;
        carry = out;
    }
    bool above = carry != 0;
    if (!above) {
        unsigned i = WORDS - 1;
        while (i && x[i] == m[i]) {
            i--;
        }
        above = x[i] >= m[i];
    }
    if (above) {
        int64_t borrow = 0;
        for (unsigned i = 0; i < WORDS; i++) {
            borrow += (int64_t)x[i] - m[i];
            x[i] = (uint32_t)borrow;
            borrow >>= 32;
        }
    }
}

// Of a number of 16 words.
static void modulo(number rest, const uint32_t *x, const number m) {
    memset(rest, 0, sizeof(number));
    for (unsigned i = 2 * WORDS * 32; i--;) {
        shift_in(rest, x[i / 32] >> (i % 32) & 1, m);
    }
}

static void product(uint32_t *d, const number a, const number b) {
    memset(d, 0, 2 * sizeof(number));
    for (unsigned i = 0; i < WORDS; i++) {
        uint64_t t = 0;
        for (unsigned j = 0; j < WORDS; j++) {
            t += (uint64_t)a[i] * b[j] + d[i + j];
            d[i + j] = (uint32_t)t;
            t >>= 32;
        }
        d[i + WORDS] = (uint32_t)t;
    }
}

static bool equal(const number a, const number b) {
    return memcmp(a, b, sizeof(number)) == 0;
}

/// Values ///

static uint64_t random_state = 88172645463325252u;

static uint32_t draw(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32);
}

// Powers of 2 less or more a little, moduli less or more a little, words of all
// ones and zeros.
static void make_values(const struct field *f) {
    unsigned n = 0;
    memset(values, 0, sizeof values);
    for (uint32_t i = 0; i < 4; i++) {
        values[n++][0] = i;
        number small = {i + 1};
        (void)sum(values[n++], f->m, small, MINUS);
        (void)sum(values[n++], f->m, small, PLUS);
        memset(values[n], 0xFF, sizeof(number));
        values[n++][0] -= i;
    }
    for (unsigned i = 1; i < WORDS; i++) {
        number one = {1};
        values[n][i] = 1;
        (void)sum(values[n + 1], values[n], one, MINUS);
        n += 2;
    }
    memcpy(values[n++], f->m, sizeof(number));
    while (n < COUNT) {
        for (unsigned i = 0; i < WORDS; i++) {
            const uint32_t kind = draw() % 4;
            values[n][i] = kind == 0 ? 0
                    : kind == 1      ? UINT32_MAX
                    : kind == 2      ? f->m[i]
                                     : draw();
        }
        n++;
    }
}

/// Tests ///

static void products_of(const struct field *f) {
    make_values(f);
    for (unsigned i = 0; i < COUNT; i++) {
        for (unsigned j = 0; j < COUNT; j++) {
            if (!is_below(values[j], f)) {
                continue;
            }
            number d, back, wanted;
            uint32_t wide[2 * WORDS] = {0};
            multiply(d, values[i], values[j], f);
            assert_true(is_below(d, f));
            memcpy(wide + WORDS, d, sizeof d); // times 2^256
            modulo(back, wide, f->m);
            product(wide, values[i], values[j]);
            modulo(wanted, wide, f->m);
            assert_true(equal(back, wanted));
            // Over its operands.
            number a, b;
            memcpy(a, values[i], sizeof a);
            memcpy(b, values[j], sizeof b);
            multiply(a, a, b, f);
            assert_true(equal(a, d));
            multiply(b, values[i], b, f);
            assert_true(equal(b, d));
        }
    }
}

static void test_products(void **state) {
    (void)state;
    products_of(&field_p);
    products_of(&field_n);
}

// The machine's ADD and SUB: of reduced operands, into one of them or another.
static void test_sums(void **state) {
    (void)state;
    static const uint16_t sums[] = {
            ADD(TX, A, B), SUB(TY, A, B), ADD(C, A, B), END};
    static const uint16_t over[] = {
            ADD(A, A, B), SUB(D, D, E), ADD(PY, PX, PY), SUB(F, PZ, F), END};
    const number one = {1};
    make_values(&field_p);
    for (unsigned i = 0; i < COUNT; i++) {
        for (unsigned j = 0; j < COUNT; j++) {
            const uint32_t *a = values[i], *b = values[j];
            registers t;
            number wanted, again;
            if (!is_below(a, &field_p) || !is_below(b, &field_p)) {
                continue;
            }
            uint32_t wide[2 * WORDS] = {0};
            wide[WORDS] = sum(wide, a, b, PLUS);
            modulo(wanted, wide, field_p.m);
            memcpy(t[A], a, sizeof(number));
            memcpy(t[B], b, sizeof(number));
            run(t, sums);
            assert_true(equal(t[TX], wanted));
            assert_true(is_below(t[TY], &field_p));
            // (a - b) + b is a.
            memset(wide, 0, sizeof wide);
            wide[WORDS] = sum(wide, t[TY], b, PLUS);
            modulo(again, wide, field_p.m);
            assert_true(equal(again, a));
            memcpy(t[D], a, sizeof(number));
            memcpy(t[E], b, sizeof(number));
            memcpy(t[PX], a, sizeof(number));
            memcpy(t[PY], b, sizeof(number));
            memcpy(t[PZ], a, sizeof(number));
            memcpy(t[F], b, sizeof(number));
            run(t, over);
            assert_true(equal(t[A], wanted) && equal(t[PY], wanted));
            assert_true(equal(t[D], t[TY]) && equal(t[F], t[TY]));
        }
    }
    assert_true(is_below(one, &field_p));
    assert_false(is_below(field_p.m, &field_p));
}

static void test_inverses(void **state) {
    (void)state;
    const struct xip_image_trust trust = {0};
    make_values(&field_n);
    for (unsigned i = 0; i < COUNT; i += 3) {
        number x, d;
        const number one = {1};
        if (is_zero(values[i]) || !is_below(values[i], &field_n)) {
            continue;
        }
        memcpy(x, values[i], sizeof x);
        invert(x, &trust); // 2^512/x
        multiply(x, x, one, &field_n);
        multiply(d, values[i], x, &field_n);
        assert_true(equal(d, one));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_products),
            cmocka_unit_test(test_sums),
            cmocka_unit_test(test_inverses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
