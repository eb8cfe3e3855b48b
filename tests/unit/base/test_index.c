/*
 * test_index - finds what was added, and nothing else
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/base/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/index.h"

enum { COUNT = 5000 };

// Some equal, most close to each other, some different in the high bits only.
static uint64_t key_of(size_t i) {
    return i % 7 == 0 ? 0x90000000u
            : i % 2   ? (uint64_t)i * 4
                      : (uint64_t)i << 32;
}

static void test_finds_all_with_a_key(void **state) {
    (void)state;
    struct index index = {0};
    size_t from = 0;
    assert_int_equal(index_next(&index, 1, &from), INDEX_NONE);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(index_add(&index, key_of(i), i));
    }
    static unsigned seen[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        size_t at;
        from = 0;
        while ((at = index_next(&index, key_of(i), &from)) != INDEX_NONE) {
            assert_true(at < COUNT);
            assert_int_equal(key_of(at), key_of(i));
            seen[at] += at == i;
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(seen[i], 1);
    }
    from = 0;
    assert_int_equal(index_next(&index, 3, &from), INDEX_NONE);
    index_free(&index);
    from = 0;
    assert_int_equal(index_next(&index, key_of(1), &from), INDEX_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_finds_all_with_a_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
