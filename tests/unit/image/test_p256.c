/*
 * test_p256 - the signature check against BearSSL's own
 *
 * SPDX-License-Identifier: MIT
 *
 * XIPSAFE_CASES and XIPSAFE_SEED set how many random signatures, and which.
 */
// sources: xipsafe/image/xip_p256.c xipsafe/image/xip_sha256.c
// sources: tests/support/p256_fast.c tests/support/p256_bearssl.c
// libs: bearssl
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bearssl.h>
#include <cmocka.h>

#include "support/fence.h"
#include "support/p256_options.h"
#include "xip_p256_priv.h"

#define DER_MAX 140u

struct signature {
    uint8_t key[XIP_P256_POINT_BYTES];
    uint8_t digest[32];
    uint8_t der[DER_MAX];
    uint32_t len;
};

/// Help ///

static uint64_t random_state;

static uint32_t draw(uint32_t below) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 33) % below;
}

static uint64_t from_environment(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 0) : otherwise;
}

static void unhex(uint8_t *bytes, unsigned len, const char *hex) {
    for (unsigned i = 0; i < len; i++) {
        const char digits[3] = {hex[2 * i], hex[2 * i + 1]};
        char *end;
        bytes[i] = (uint8_t)strtoul(digits, &end, 16);
        assert_true(end == digits + 2);
    }
}

// Big-endian numbers of 64 digits.
static void number(uint8_t bytes[32], const char *hex) {
    unhex(bytes, 32, hex);
}

#define ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static bool is_zero_modulo_order(const uint8_t bytes[32]) {
    uint8_t order[32], zero[32] = {0};
    number(order, ORDER);
    return memcmp(bytes, zero, 32) == 0 || memcmp(bytes, order, 32) == 0;
}

// All builds of it say the same.
static bool is_good(const struct signature *s) {
    const struct xip_image_trust trust = {0};
    static struct fence fence; // a byte behind the signature is noticed
    if (!fence.base) {
        fence = fence_make(DER_MAX);
    }
    const uint8_t *der = fence_put(&fence, s->der, s->len);
    const bool good = xip_p256_verify_(s->key, s->digest, der, s->len, &trust);
    assert_int_equal(p256_fast_verify(s->key, s->digest, der, s->len, &trust),
            good);
    // BearSSL's curve has no multiple of 0, of a digest that nobody has.
    if (!is_zero_modulo_order(s->digest)) {
        assert_int_equal(p256_bearssl_verify(s->key, s->digest, der, s->len,
                                 &trust),
                good);
    }
    return good;
}

static bool bearssl_says(const struct signature *s) {
    uint8_t key[XIP_P256_POINT_BYTES];
    memcpy(key, s->key, sizeof key);
    const br_ec_public_key public_key = {BR_EC_secp256r1, key, sizeof key};
    return br_ecdsa_i31_vrfy_asn1(&br_ec_prime_i31, s->digest, 32, &public_key,
                   s->der, s->len) == 1;
}

static void small(uint8_t bytes[32], uint8_t value) {
    memset(bytes, 0, 32);
    bytes[31] = value;
}

// The order less a small number.
static void order_less(uint8_t bytes[32], uint8_t value) {
    number(bytes, ORDER);
    bytes[31] = (uint8_t)(bytes[31] - value);
}

static void set_key(struct signature *s, const uint8_t secret[32]) {
    uint8_t x[32];
    memcpy(x, secret, sizeof x);
    const br_ec_private_key key = {BR_EC_secp256r1, x, sizeof x};
    assert_int_equal(br_ec_compute_pub(&br_ec_prime_i31, NULL, s->key, &key),
            XIP_P256_POINT_BYTES);
}

static void sign(struct signature *s, const uint8_t secret[32]) {
    uint8_t x[32];
    memcpy(x, secret, sizeof x);
    const br_ec_private_key key = {BR_EC_secp256r1, x, sizeof x};
    set_key(s, secret);
    s->len = (uint32_t)br_ecdsa_i31_sign_asn1(&br_ec_prime_i31,
            &br_sha256_vtable, s->digest, &key, s->der);
    assert_int_not_equal(s->len, 0);
}

// Each INTEGER as 33 bytes, with a zero in front.
static void set_values(struct signature *s, const uint8_t r[32],
        const uint8_t value[32]) {
    const uint8_t head[3] = {0x02, 33, 0};
    s->len = 2 + 2 * 35;
    s->der[0] = 0x30;
    s->der[1] = 2 * 35;
    memcpy(s->der + 2, head, sizeof head);
    memcpy(s->der + 5, r, 32);
    memcpy(s->der + 37, head, sizeof head);
    memcpy(s->der + 40, value, 32);
}

static void draw_bytes(uint8_t *bytes, unsigned len) {
    for (unsigned i = 0; i < len; i++) {
        bytes[i] = (uint8_t)draw(256);
    }
}

/// Tests ///

static void test_random(void **state) {
    (void)state;
    const uint64_t cases = from_environment("XIPSAFE_CASES", 60);
    for (uint64_t i = 0; i < cases; i++) {
        struct signature s;
        uint8_t secret[32];
        draw_bytes(secret, sizeof secret);
        secret[0] &= 0x7F;
        draw_bytes(s.digest, sizeof s.digest);
        if (i % 4 == 0) {
            memset(s.digest, 0xFF, 4 + i % 28); // above the order
        }
        sign(&s, secret);
        assert_true(is_good(&s));
        // Any other bit is another signature, digest or key.
        struct signature other = s;
        const unsigned at = draw(32 * 8);
        other.digest[at / 8] ^= (uint8_t)(1u << at % 8);
        assert_false(is_good(&other));
        other = s;
        other.der[draw(s.len)] ^= (uint8_t)(1u << draw(8));
        assert_int_equal(is_good(&other), bearssl_says(&other));
        other = s;
        other.key[draw(sizeof s.key)] ^= (uint8_t)(1u << draw(8));
        assert_false(is_good(&other));
    }
}

// Keys of which the sum with the generator, or a step on the way, is a double
// or nothing.
static void test_keys_near_the_generator(void **state) {
    (void)state;
    for (uint8_t i = 1; i < 12; i++) {
        struct signature s;
        uint8_t secret[32];
        draw_bytes(s.digest, sizeof s.digest);
        small(secret, i);
        sign(&s, secret);
        assert_true(is_good(&s));
        order_less(secret, i);
        sign(&s, secret);
        assert_true(is_good(&s));
        s.digest[5] ^= 4;
        assert_false(is_good(&s));
    }
}

// Multiples from 1 to 15 of the generator, and as many of a near key: doubles
// and sums that cancel each other, at each place of the last bits.
static void test_small_multiples(void **state) {
    (void)state;
    for (unsigned i = 0; i < 4 * 15 * 15; i++) {
        struct signature s;
        uint8_t secret[32], r[32], one[32];
        small(secret, (uint8_t)(1 + i % 2));
        if (i / 2 % 2) {
            order_less(secret, (uint8_t)(1 + i % 2));
        }
        set_key(&s, secret);
        // s = 1: the digest is one multiple, r the other one.
        small(s.digest, (uint8_t)(1 + i / 4 % 15));
        small(r, (uint8_t)(1 + i / 60));
        small(one, 1);
        set_values(&s, r, one);
        assert_int_equal(is_good(&s), bearssl_says(&s));
    }
}

static void test_sum_is_infinity(void **state) {
    (void)state;
    struct signature s;
    uint8_t one[32], r[32];
    small(one, 1);
    set_key(&s, one);
    small(r, 5);
    order_less(s.digest, 5);
    set_values(&s, r, one);
    assert_false(is_good(&s));
}

// The x of the sum may be above the order: r is then less by it. Here the sum
// is generator and key, which was made for it.
static void test_x_above_the_order(void **state) {
    (void)state;
    struct signature s = {.key = {4}};
    uint8_t three[32];
    number(s.key + 1,
            "4850d2963fe5d2f3c1b251a96ba095eb"
            "adeee7b736b34c6a731a8666fcca67bf");
    number(s.key + 33,
            "999c111ef77bf8d58fd61dcecf607598"
            "f61d6651366c9902400b7dd93112b636");
    small(three, 3); // x less the order
    set_values(&s, three, three);
    memcpy(s.digest, three, sizeof three);
    assert_true(bearssl_says(&s));
    assert_true(is_good(&s));
    s.der[s.len - 1] = 4;
    assert_false(is_good(&s));
    // The same values, and the order.
    uint8_t more[32];
    order_less(more, 0xFD); // - 3, of the last byte
    set_values(&s, more, three);
    assert_false(is_good(&s));
    set_values(&s, three, more);
    assert_false(is_good(&s));
}

// tests/vectors/p256/make says what they are.
static void test_edge_vectors(void **state) {
    (void)state;
    FILE *file = fopen("tests/vectors/p256/edge.txt", "r");
    assert_non_null(file);
    char verdict[8], name[64], key[131], digest[65], r[65], s_text[65];
    unsigned accepted = 0, rejected = 0;
    while (fscanf(file, "%7s %63s %130s %64s %64s %64s", verdict, name, key,
                   digest, r, s_text) == 6) {
        struct signature s;
        uint8_t r_bytes[32], s_bytes[32];
        unhex(s.key, sizeof s.key, key);
        unhex(s.digest, sizeof s.digest, digest);
        number(r_bytes, r);
        number(s_bytes, s_text);
        set_values(&s, r_bytes, s_bytes);
        const bool accept = strcmp(verdict, "accept") == 0;
        if (is_good(&s) != accept) {
            fail_msg("%s is to be %sed", name, verdict);
        }
        accepted += accept;
        rejected += !accept;
        if (accept) {
            r_bytes[draw(32)] ^= (uint8_t)(1 + draw(255));
            set_values(&s, r_bytes, s_bytes);
            assert_false(is_good(&s));
        }
    }
    fclose(file);
    assert_true(accepted > 200 && rejected > 20);
}

static void test_values_out_of_range(void **state) {
    (void)state;
    struct signature s;
    uint8_t secret[32], zero[32], order[32], above[32], ones[32], one[32];
    small(secret, 77);
    draw_bytes(s.digest, sizeof s.digest);
    set_key(&s, secret);
    small(zero, 0);
    small(one, 1);
    number(order, ORDER);
    number(above, ORDER);
    above[31]++;
    memset(ones, 0xFF, sizeof ones);
    const uint8_t *const bad[] = {zero, order, above, ones};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        set_values(&s, bad[i], one);
        assert_false(is_good(&s));
        set_values(&s, one, bad[i]);
        assert_false(is_good(&s));
    }
    // r = 0 with a sum whose x is 0 modulo the order cannot be made; the sum at
    // infinity can.
    small(secret, 1);
    set_key(&s, secret);
    small(s.digest, 0);
    set_values(&s, zero, one);
    assert_false(is_good(&s));
}

static void test_key_is_no_point(void **state) {
    (void)state;
    struct signature s;
    uint8_t secret[32];
    small(secret, 9);
    draw_bytes(s.digest, sizeof s.digest);
    sign(&s, secret);
    s.key[0] = 2;
    assert_false(is_good(&s));
    // On the curve but for p in its x.
    struct signature far = {.key = {4}};
    number(far.key + 1,
            "ffffffff000000010000000000000000"
            "00000001000000000000000000000004");
    number(far.key + 33,
            "459243b9aa581806fe913bce99817ade"
            "11ca503c64d9a3c533415c083248fbcc");
    uint8_t five[32];
    small(five, 5);
    set_values(&far, five, five); // digest 0: the sum is the key, its x is 5
    assert_false(is_good(&far));
    memset(far.key + 1, 0, 32);
    far.key[32] = 5;
    assert_true(is_good(&far));
    far.key[64] ^= 1; // off the curve
    assert_false(is_good(&far));
}

static void test_der(void **state) {
    (void)state;
    struct signature s;
    uint8_t secret[32];
    small(secret, 200);
    draw_bytes(s.digest, sizeof s.digest);
    sign(&s, secret);
    for (uint32_t len = 0; len < s.len; len++) {
        struct signature cut = s;
        cut.len = len;
        assert_false(is_good(&cut));
        cut.der[1] = (uint8_t)(len - 2);
        assert_false(is_good(&cut));
    }
    struct signature longer = s;
    longer.der[longer.len++] = 0;
    assert_false(is_good(&longer));
    longer.der[1]++;
    assert_false(is_good(&longer));
    for (unsigned at = 0; at < s.len; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            struct signature other = s;
            other.der[at] = (uint8_t)byte;
            // Contents are in test_random.
            if (at < 4 || at == 4u + s.der[3] || at == 5u + s.der[3]) {
                assert_int_equal(is_good(&other), bearssl_says(&other));
            }
        }
    }
}

static void count(void *ctx) {
    ++*(unsigned *)ctx;
}

static void test_feeds(void **state) {
    (void)state;
    struct signature s;
    uint8_t secret[32];
    unsigned fed = 0;
    const struct xip_image_trust trust = {.feed = count, .ctx = &fed};
    small(secret, 200);
    draw_bytes(s.digest, sizeof s.digest);
    sign(&s, secret);
    assert_true(xip_p256_verify_(s.key, s.digest, s.der, s.len, &trust));
    assert_int_equal(fed, 255 + 3 + 256); // the table, too
    fed = 0;
    assert_true(p256_fast_verify(s.key, s.digest, s.der, s.len, &trust));
    assert_int_equal(fed, 255 + 15 + 256);
    fed = 0;
    assert_true(p256_bearssl_verify(s.key, s.digest, s.der, s.len, &trust));
    assert_int_equal(fed, 255 + 1);
}

int main(void) {
    const uint64_t seed = from_environment("XIPSAFE_SEED", 88172645463325252u);
    random_state = seed != 0 ? seed : 1;
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_random),
            cmocka_unit_test(test_keys_near_the_generator),
            cmocka_unit_test(test_small_multiples),
            cmocka_unit_test(test_sum_is_infinity),
            cmocka_unit_test(test_x_above_the_order),
            cmocka_unit_test(test_edge_vectors),
            cmocka_unit_test(test_values_out_of_range),
            cmocka_unit_test(test_key_is_no_point),
            cmocka_unit_test(test_der),
            cmocka_unit_test(test_feeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
