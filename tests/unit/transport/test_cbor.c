/*
 * test_cbor - the CBOR reader and writer: values, containers, damage
 *
 * SPDX-License-Identifier: MIT
 *
 * The encodings are examples of RFC 8949, appendix A.
 */
// sources: xipsafe/transport/xip_cbor.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xip_cbor.h"

static struct xip_cbor over(const uint8_t *data, size_t size) {
    return (struct xip_cbor){.next = data, .end = data + size};
}

#define OVER(...) \
    over((const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[]){__VA_ARGS__})

static struct xip_cbor_item read_one(struct xip_cbor c) {
    struct xip_cbor_item item;
    assert_true(xip_cbor_read(&c, &item));
    assert_ptr_equal(c.next, c.end);
    return item;
}

static void is_damaged(struct xip_cbor c) {
    struct xip_cbor_item item;
    const bool ok = xip_cbor_read(&c, &item) && xip_cbor_skip(&c, &item);
    assert_false(ok);
    assert_true(c.failed);
    assert_true(c.next <= c.end);
    // It stays failed.
    assert_false(xip_cbor_read(&c, &item));
}

// One item, whatever it contains.
static void is_whole(struct xip_cbor c) {
    struct xip_cbor_item item;
    assert_true(xip_cbor_read(&c, &item));
    assert_true(xip_cbor_skip(&c, &item));
    assert_ptr_equal(c.next, c.end);
}

static void test_numbers(void **state) {
    (void)state;
    assert_int_equal(read_one(OVER(0x00)).value, 0);
    assert_int_equal(read_one(OVER(0x17)).value, 23);
    assert_int_equal(read_one(OVER(0x18, 0x18)).value, 24);
    assert_int_equal(read_one(OVER(0x19, 0x03, 0xe8)).value, 1000);
    assert_int_equal(read_one(OVER(0x1a, 0x00, 0x0f, 0x42, 0x40)).value,
            1000000);
    // Longer than needed is still the number.
    assert_int_equal(read_one(OVER(0x1b, 0, 0, 0, 0, 0, 0, 0, 5)).value, 5);
    assert_int_equal(read_one(OVER(0x1b, 0, 0, 0, 1, 0, 0, 0, 0)).value,
            UINT32_MAX);
    assert_int_equal(read_one(OVER(0x20)).type, XIP_CBOR_NEGATIVE);
    assert_int_equal(read_one(OVER(0x38, 0x63)).value, 99); // -100
}

static void test_simple_values(void **state) {
    (void)state;
    assert_int_equal(read_one(OVER(0xf4)).value, XIP_CBOR_FALSE);
    assert_int_equal(read_one(OVER(0xf5)).value, XIP_CBOR_TRUE);
    is_whole(OVER(0xf6));
    is_whole(OVER(0xf8, 0xff));
    is_whole(OVER(0xf9, 0x3c, 0x00));
    is_whole(OVER(0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a));
}

static void test_strings(void **state) {
    (void)state;
    struct xip_cbor_item item = read_one(OVER(0x64, 'I', 'E', 'T', 'F'));
    assert_true(xip_cbor_is(&item, "IETF"));
    assert_false(xip_cbor_is(&item, "IET"));
    assert_false(xip_cbor_is(&item, "IETFX"));
    item = read_one(OVER(0x40));
    assert_int_equal(item.type, XIP_CBOR_BYTES);
    assert_int_equal(item.value, 0);
    item = read_one(OVER(0x44, 'I', 'E', 'T', 'F'));
    assert_false(xip_cbor_is(&item, "IETF")); // no text
    // A tag has no effect: tag 1, epoch time.
    assert_int_equal(read_one(OVER(0xc1, 0x1a, 0x51, 0x4b, 0x67, 0xb0)).value,
            1363896240);
}

static void test_containers_are_skipped(void **state) {
    (void)state;
    is_whole(OVER(0x80));
    is_whole(OVER(0x83, 1, 0x82, 2, 3, 0x82, 4, 5));
    is_whole(OVER(0xa2, 0x61, 'a', 1, 0x61, 'b', 0x82, 2, 3));
    // Without length.
    is_whole(OVER(0x9f, 0xff));
    is_whole(OVER(0x9f, 1, 0x82, 2, 3, 0x9f, 4, 5, 0xff, 0xff));
    is_whole(OVER(0xbf, 0x61, 'a', 1, 0x61, 'b', 0x9f, 2, 3, 0xff, 0xff));
    is_whole(OVER(0x5f, 0x42, 1, 2, 0x43, 3, 4, 5, 0xff));
    is_whole(OVER(0x7f, 0x65, 's', 't', 'r', 'e', 'a', 0x64, 'm', 'i', 'n', 'g',
            0xff));
}

static void test_depth_is_bounded(void **state) {
    (void)state;
    uint8_t nested[XIP_CBOR_DEPTH_MAX + 2];
    memset(nested, 0x81, sizeof nested);
    nested[XIP_CBOR_DEPTH_MAX] = 0;
    is_whole(over(nested, XIP_CBOR_DEPTH_MAX + 1));
    nested[XIP_CBOR_DEPTH_MAX] = 0x81;
    nested[XIP_CBOR_DEPTH_MAX + 1] = 0;
    is_damaged(over(nested, XIP_CBOR_DEPTH_MAX + 2));
}

static void test_damage(void **state) {
    (void)state;
    is_damaged(over(NULL, 0));
    is_damaged(OVER(0x18));
    is_damaged(OVER(0x1a, 1, 2, 3));
    is_damaged(OVER(0x42, 1));
    is_damaged(OVER(0x5a, 0xff, 0xff, 0xff, 0xff, 1));
    is_damaged(OVER(0x7b, 0, 0, 0, 1, 0, 0, 0, 0, 1));
    is_damaged(OVER(0x1c)); // reserved
    is_damaged(OVER(0x3e));
    is_damaged(OVER(0xff)); // a break without a beginning
    is_damaged(OVER(0x1f));
    is_damaged(OVER(0xdf));
    is_damaged(OVER(0xc1)); // a tag of nothing
    is_damaged(OVER(0x82, 1));
    is_damaged(OVER(0x9f, 1));
    is_damaged(OVER(0xa1, 1));
    is_damaged(OVER(0xbf, 1, 2));
    is_damaged(OVER(0xba, 0xff, 0xff, 0xff, 0xff, 1, 2));
    is_damaged(OVER(0x9a, 0xff, 0xff, 0xff, 0xff, 1));
}

static void test_find(void **state) {
    (void)state;
    // {"a": [1, 2], "bc": {"a": 7}, 5: 6, "off": 300, "data": h'0102'}
    const struct xip_cbor map = OVER(0xa5, 0x61, 'a', 0x82, 1, 2, 0x62, 'b',
            'c', 0xa1, 0x61, 'a', 7, 5, 6, 0x63, 'o', 'f', 'f', 0x19, 0x01,
            0x2c, 0x64, 'd', 'a', 't', 'a', 0x42, 1, 2);
    struct xip_cbor_item item;
    assert_true(xip_cbor_find(&map, "off", &item));
    assert_int_equal(item.value, 300);
    assert_true(xip_cbor_find(&map, "data", &item));
    assert_int_equal(item.value, 2);
    assert_memory_equal(item.data, "\1\2", 2);
    assert_true(xip_cbor_find(&map, "a", &item)); // the outer one
    assert_int_equal(item.type, XIP_CBOR_ARRAY);
    assert_false(xip_cbor_find(&map, "dat", &item));
    assert_false(xip_cbor_find(&map, "datum", &item));

    const struct xip_cbor open =
            OVER(0xbf, 0x61, 'x', 0x9f, 1, 0xff, 0x61, 'y', 9, 0xff);
    assert_true(xip_cbor_find(&open, "y", &item));
    assert_int_equal(item.value, 9);
    assert_false(xip_cbor_find(&open, "z", &item));
    const struct xip_cbor array = OVER(0x82, 0x61, 'x', 1);
    assert_false(xip_cbor_find(&array, "x", &item));
}

static void test_writing(void **state) {
    (void)state;
    static const uint8_t wanted[] = {0xa3, 0x61, 'n', 0x19, 0x03, 0xe8, 0x61,
            's', 0x42, 1, 2, 0x61, 'b', 0x83, 0xf5, 0xf4, 0x1a, 0x00, 0x0f,
            0x42, 0x40};
    uint8_t out[sizeof wanted];
    for (size_t room = 0; room <= sizeof wanted; room++) {
        struct xip_cbor_writer w = {out, out + room, false};
        xip_cbor_put(&w, XIP_CBOR_MAP, 3);
        xip_cbor_put_text(&w, "n");
        xip_cbor_put(&w, XIP_CBOR_UINT, 1000);
        xip_cbor_put_text(&w, "s");
        xip_cbor_put_string(&w, XIP_CBOR_BYTES, "\1\2", 2);
        xip_cbor_put_text(&w, "b");
        xip_cbor_put(&w, XIP_CBOR_ARRAY, 3);
        xip_cbor_put_bool(&w, true);
        xip_cbor_put_bool(&w, false);
        xip_cbor_put(&w, XIP_CBOR_UINT, 1000000);
        assert_int_equal(w.full, room < sizeof wanted);
        assert_true(w.next <= out + room);
    }
    assert_memory_equal(out, wanted, sizeof wanted);
}

// Every value survives writing and reading.
static void test_there_and_back(void **state) {
    (void)state;
    static const uint32_t edges[] = {
            0, 23, 24, 255, 256, 65535, 65536, UINT32_MAX - 1, UINT32_MAX};
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++) {
        uint8_t out[5];
        struct xip_cbor_writer w = {out, out + sizeof out, false};
        xip_cbor_put(&w, XIP_CBOR_UINT, edges[i]);
        assert_false(w.full);
        assert_int_equal(read_one(over(out, (size_t)(w.next - out))).value,
                edges[i]);
    }
}

// AddressSanitizer watches the end of the block.
static void test_random_bytes(void **state) {
    (void)state;
    uint32_t random = 1;
    for (unsigned round = 0; round < 100000; round++) {
        uint8_t bytes[40];
        random = random * 1664525u + 1013904223u;
        const size_t size = (random >> 8) % sizeof bytes;
        for (size_t i = 0; i < size; i++) {
            random = random * 1664525u + 1013904223u;
            // Half of them maps and strings, which go deeper.
            bytes[i] = (uint8_t)(random >> (random >> 30 ? 16 : 24));
        }
        uint8_t *const block = malloc(size + 1);
        assert_non_null(block);
        memcpy(block + 1, bytes, size);
        struct xip_cbor c = over(block + 1, size);
        struct xip_cbor_item item;
        (void)xip_cbor_find(&c, "off", &item);
        while (xip_cbor_read(&c, &item) && xip_cbor_skip(&c, &item)) {
            assert_true(c.next <= c.end);
        }
        free(block);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_numbers),
            cmocka_unit_test(test_simple_values),
            cmocka_unit_test(test_strings),
            cmocka_unit_test(test_containers_are_skipped),
            cmocka_unit_test(test_depth_is_bounded),
            cmocka_unit_test(test_damage),
            cmocka_unit_test(test_find),
            cmocka_unit_test(test_writing),
            cmocka_unit_test(test_there_and_back),
            cmocka_unit_test(test_random_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
