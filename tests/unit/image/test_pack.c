/*
 * test_pack - several images in one file: made, read, damaged
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/image/pack.c host/base/cli.c
// libs: bearssl
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <bearssl.h>
#include <cmocka.h>

#include "image/pack.h"

static uint8_t bytes[3000];
static struct pack pack;
static uint8_t *file;
static size_t size;

// Lengths around the alignment, and none at all.
static int set_up(void **state) {
    (void)state;
    static const size_t lengths[] = {1000, 16, 0, 1, 999};
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i * 37 + 1);
    }
    pack = (struct pack){.count = 5};
    for (unsigned i = 0; i < pack.count; i++) {
        pack.at[i] = (struct pack_image){
                0x90000000u + i * 0x100000u, bytes + 100 * i, lengths[i]};
    }
    file = pack_make(&pack, &size);
    assert_non_null(file);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    free(file);
    return 0;
}

// In memory of just that size, for the sanitizers.
static const char *parse(const uint8_t *data, size_t n) {
    struct pack got;
    uint8_t *const copy = malloc(n + !n);
    assert_non_null(copy);
    memcpy(copy, data, n);
    const char *const wrong = pack_parse(copy, n, &got);
    assert_int_equal(got.count, wrong ? 0 : pack.count);
    free(copy);
    return wrong;
}

static void what_was_made_is_read(void **state) {
    (void)state;
    struct pack got;
    assert_true(pack_is(file, size));
    assert_null(pack_parse(file, size, &got));
    assert_int_equal(got.count, pack.count);
    for (unsigned i = 0; i < pack.count; i++) {
        assert_int_equal(got.at[i].addr, pack.at[i].addr);
        assert_int_equal(got.at[i].size, pack.at[i].size);
        assert_memory_equal(got.at[i].data, pack.at[i].data, got.at[i].size);
        assert_int_equal((got.at[i].data - file) % 16, 0);
    }
}

static void every_bit_counts(void **state) {
    (void)state;
    for (size_t i = 0; i < size; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            file[i] ^= (uint8_t)(1u << bit);
            assert_non_null(parse(file, size));
            file[i] ^= (uint8_t)(1u << bit);
        }
    }
    assert_null(parse(file, size));
}

static void every_length_counts(void **state) {
    (void)state;
    for (size_t n = 0; n < size; n++) {
        assert_non_null(parse(file, n));
    }
    uint8_t *const longer = calloc(1, size + 100);
    assert_non_null(longer);
    memcpy(longer, file, size);
    for (size_t n = size + 1; n < size + 100; n++) {
        assert_string_equal(parse(longer, n),
                "the pack has bytes behind its "
                "end");
    }
    free(longer);
}

static void damage_has_a_name(void **state) {
    (void)state;
    assert_string_equal(parse((const uint8_t *)"\x3d\xb8\xf3\x96 an image", 13),
            "no pack of images");
    assert_string_equal(parse(file, size - 1), "the pack is cut off");
    file[4] = '\n';
    assert_string_equal(parse(file, size),
            "the pack was damaged by a transfer as text; send it as binary");
    file[4] = '\r';
    file[8] = 2;
    assert_string_equal(parse(file, size),
            "the pack has another version than 1; a newer xipsafe may know it");
    file[8] = 1;
    file[16]++;
    assert_string_equal(parse(file, size),
            "the pack is damaged: the digest of its table is wrong");
    file[16]--;
    file[size - 1]++;
    assert_string_equal(parse(file, size),
            "the pack is damaged: the digest of an image is wrong");
}

// The digest of a table that was changed is right again.
static void seal(uint8_t *data) {
    const size_t table = 16 + 48 * (size_t)pack.count;
    br_sha256_context sha;
    br_sha256_init(&sha);
    br_sha256_update(&sha, data, table);
    br_sha256_out(&sha, data + table);
}

static void a_table_that_lies(void **state) {
    (void)state;
    static const uint32_t values[] = {
            0, 1, 15, 256, 0x1000, 0x7FFFFFFF, 0xFFFFFFF0, 0xFFFFFFFF};
    for (size_t field = 0; field < 3 * (size_t)pack.count; field++) {
        const size_t at = 16 + 48 * (field / 3) + 4 + 4 * (field % 3);
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
            uint8_t was[4];
            memcpy(was, file + at, sizeof was);
            const bool same = !memcmp(was, &values[i], sizeof was);
            memcpy(file + at, &values[i], sizeof was);
            seal(file);
            assert_int_equal(!parse(file, size), same);
            memcpy(file + at, was, sizeof was);
        }
    }
    seal(file);
    assert_null(parse(file, size));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(what_was_made_is_read),
            TEST(every_bit_counts),
            TEST(every_length_counts),
            TEST(damage_has_a_name),
            TEST(a_table_that_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
