/*
 * test_sha256 - SHA-256 against BearSSL's
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/image/xip_sha256.c
// libs: bearssl
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <bearssl.h>
#include <cmocka.h>

#include "support/fence.h"
#include "xip_sha256_priv.h"

#define BYTES_MAX 20000u

static const struct xip_image_trust nobody;

static void compare(const struct fence *fence, const uint8_t *data,
        uint32_t len) {
    uint8_t ours[XIP_IMAGE_DIGEST_BYTES], wanted[br_sha256_SIZE];
    br_sha256_context sha;
    br_sha256_init(&sha);
    br_sha256_update(&sha, data, len);
    br_sha256_out(&sha, wanted);
    memset(ours, 0, sizeof ours);
    xip_sha256_(ours, fence_put(fence, data, len), len, &nobody);
    assert_memory_equal(ours, wanted, sizeof ours);
}

// Every length up to some blocks, with the end of each on the border of a page;
// one of them at every alignment.
static void test_lengths(void **state) {
    (void)state;
    static uint8_t data[BYTES_MAX];
    struct fence fence = fence_make(BYTES_MAX);
    uint32_t x = 1;
    for (unsigned i = 0; i < BYTES_MAX; i++) {
        x = x * 1664525u + 1013904223u;
        data[i] = (uint8_t)(x >> 24);
    }
    for (uint32_t len = 0; len < 400; len++) {
        compare(&fence, data, len);
    }
    for (uint32_t len = BYTES_MAX - 70; len <= BYTES_MAX; len++) {
        compare(&fence, data + BYTES_MAX - len, len);
    }
    memset(data, 0xFF, sizeof data);
    compare(&fence, data, 5000);
    memset(data, 0, sizeof data);
    compare(&fence, data, 5000);
}

// FIPS 180-4 by its examples: what BearSSL says is not all there is.
static void test_known(void **state) {
    (void)state;
    static const uint8_t wanted[32] = {0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF,
            0xEA, 0x41, 0x41, 0x40, 0xDE, 0x5D, 0xAE, 0x22, 0x23, 0xB0, 0x03,
            0x61, 0xA3, 0x96, 0x17, 0x7A, 0x9C, 0xB4, 0x10, 0xFF, 0x61, 0xF2,
            0x00, 0x15, 0xAD};
    uint8_t digest[32];
    xip_sha256_(digest, (const uint8_t *)"abc", 3, &nobody);
    assert_memory_equal(digest, wanted, sizeof digest);
}

static void count(void *ctx) {
    ++*(unsigned *)ctx;
}

static void test_feeds(void **state) {
    (void)state;
    static const uint8_t data[3 * 1024];
    unsigned fed = 0;
    const struct xip_image_trust trust = {.feed = count, .ctx = &fed};
    uint8_t digest[32];
    xip_sha256_(digest, data, sizeof data - 64, &trust);
    assert_int_equal(fed, 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_lengths),
            cmocka_unit_test(test_known),
            cmocka_unit_test(test_feeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
