/*
 * test_number - numbers, sizes, regions and times, and names of exceptions
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/base/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/array.h"
#include "base/exception_name.h"
#include "base/number.h"

static void test_number_has_one_grammar(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {
            {"0", 0},
            {"17", 17},
            {"017", 17}, // never octal
            {"0x10", 16},
            {"0XfF", 255},
            {"16K", 16384},
            {"16k", 16384},
            {"1M", 1 << 20},
            {"2G", 2ull << 30},
            {"0x10K", 16384},
            {"4294967295", UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint64_t value = 99;
        if (!number_parse(good[i].text, UINT32_MAX, &value)) {
            fail_msg("'%s' is refused", good[i].text);
        }
        assert_int_equal(value, good[i].value);
    }
    static const char *const bad[] = {"", " 1", "1 ", "-1", "+1", "0x", "0xg",
            "K", "1KB", "1KK", "1.5K", "12x", "4294967296", "4G", "4194304K",
            "99999999999999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint64_t value = 99;
        if (number_parse(bad[i], UINT32_MAX, &value)) {
            fail_msg("'%s' is taken for %llu", bad[i],
                    (unsigned long long)value);
        }
        assert_int_equal(value, 99);
    }
}

static void test_suffix_never_overflows(void **state) {
    (void)state;
    uint64_t value;
    assert_true(number_parse("17179869183G", UINT64_MAX, &value));
    assert_int_equal(value, 17179869183ull << 30);
    assert_false(number_parse("17179869184G", UINT64_MAX, &value));
}

static void test_region_lies_in_32_bits(void **state) {
    (void)state;
    uint32_t addr, size;
    assert_true(number_parse_region("0x90000000:16M", &addr, &size));
    assert_int_equal(addr, 0x90000000u);
    assert_int_equal(size, 16u << 20);
    assert_true(number_parse_region("0xFFFFF000:4K", &addr, &size));
    static const char *const bad[] = {"0x90000000",
            "0x90000000:", "0x90000000:0", "0xFFFFF000:8K", ":16M", "1:2:3",
            "0:4G"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (number_parse_region(bad[i], &addr, &size)) {
            fail_msg("'%s' is taken", bad[i]);
        }
    }
}

static void test_time_needs_its_unit(void **state) {
    (void)state;
    uint64_t ps;
    assert_true(number_parse_time("1.5ms", &ps));
    assert_int_equal(ps, 1500000000ull);
    assert_true(number_parse_time("50ns", &ps));
    assert_int_equal(ps, 50000);
    static const char *const bad[] = {"10", "s", "-1s", "1 s", "1.s", "1m"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (number_parse_time(bad[i], &ps)) {
            fail_msg("'%s' is taken", bad[i]);
        }
    }
}

static void test_exceptions_have_names_both_ways(void **state) {
    (void)state;
    for (unsigned n = 0; n < EXCEPTION_IRQ0; n++) {
        const char *name = exception_name(n);
        if (name) {
            assert_int_equal(exception_number(name, strlen(name)), n);
        }
    }
    assert_string_equal(exception_name(15), "SysTick");
    assert_int_equal(exception_number("systick", 7), 15);
    assert_int_equal(exception_number("SVCall", 6), 11);
    assert_int_equal(exception_number("SVC", 3), 11);
    assert_int_equal(exception_number("DebugMon", 8), 12);
    assert_int_equal(exception_number("SVCx", 4), 0);
    assert_int_equal(exception_number("", 0), 0);
    assert_null(exception_name(16));
}

static void test_array_keeps_what_it_has(void **state) {
    (void)state;
    uint32_t *list = NULL;
    size_t room = 0;
    for (uint32_t i = 0; i < 5000; i++) {
        uint32_t *grown = array_more(list, i, &room, sizeof *list);
        assert_non_null(grown);
        list = grown;
        list[i] = i;
        assert_true(room > i);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        assert_int_equal(list[i], i);
    }
    // More than an address space holds: refused, and the array stays.
    size_t full = room;
    assert_null(array_more(list, full, &full, SIZE_MAX / 4));
    assert_int_equal(list[4999], 4999);
    free(list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_number_has_one_grammar),
            cmocka_unit_test(test_suffix_never_overflows),
            cmocka_unit_test(test_region_lies_in_32_bits),
            cmocka_unit_test(test_time_needs_its_unit),
            cmocka_unit_test(test_exceptions_have_names_both_ways),
            cmocka_unit_test(test_array_keeps_what_it_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
