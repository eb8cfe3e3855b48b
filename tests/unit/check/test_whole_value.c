/*
 * test_whole_value - sets of numbers hold all results of their numbers
 *
 * SPDX-License-Identifier: MIT
 *
 * Of random sets and ranges, random members: what an operation makes of two
 * members is in what it makes of the sets.
 */
// sources: host/check/whole/value/whole_value.c
// libs: cmocka
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "check/whole/value/whole_value.h"
#include "thumb/thumb.h"

static uint64_t random_state = 1;

static uint32_t random_word(void) {
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33);
}

// Small and large, near the ends, aligned: where carries are.
static uint32_t random_number(void) {
    const uint32_t r = random_word() << 1 ^ random_word();
    switch (random_word() % 6) {
    case 0:
        return r & 15;
    case 1:
        return r & 0xFFF;
    case 2:
        return 0u - (r & 0xFF);
    case 3:
        return 0x80000000u ^ (r & 0x1F);
    case 4:
        return 0x20000000u | (r & 0xFFFC);
    default:
        return r;
    }
}

static bool is_ram(const void *ctx, uint32_t low, uint32_t high) {
    (void)ctx;
    return low < 0x40000000u && high >= 0x20000000u;
}

static const struct whole_world_ world = {is_ram, NULL};

static struct whole_value_ random_value(uint32_t *member) {
    struct whole_value_ v;
    const uint32_t a = random_number(), b = random_number();
    switch (random_word() % 4) {
    case 0:
        *member = a;
        return whole_const_(a);
    case 1: {
        const struct whole_value_ x = whole_const_(a), y = whole_const_(b);
        *member = random_word() & 1 ? a : b;
        return whole_join_(&world, &x, &y);
    }
    case 2: {
        const unsigned step = random_word() % 4;
        const uint32_t low = a < b ? a : b;
        const uint32_t n = ((a < b ? b : a) - low) >> step;
        v = whole_range_(low, low + (n << step), step);
        *member = low + ((n ? random_number() % n : 0) << step);
        return v;
    }
    default:
        *member = a;
        return whole_any_();
    }
}

static bool has(const struct whole_value_ *v, uint32_t member) {
    uint32_t low, high;
    switch (v->kind) {
    case WHOLE_SET:
        for (unsigned i = 0; i < v->count; i++) {
            if (v->v[i] == member) {
                return true;
            }
        }
        return false;
    case WHOLE_RANGE:
        whole_bounds_(v, &low, &high);
        return member >= low && member <= high &&
                !((member - low) & ((1u << v->step) - 1));
    default:
        return v->kind == WHOLE_ANY;
    }
}

static uint32_t shifted(uint32_t v, unsigned shift, unsigned n) {
    const uint64_t wide = v;
    switch (shift) {
    case THUMB_SHIFT_LSL:
        return (uint32_t)(wide << n);
    case THUMB_SHIFT_LSR:
        return (uint32_t)(wide >> n);
    case THUMB_SHIFT_ASR:
        return (uint32_t)((int64_t)(int32_t)v >> n);
    default:
        return n % 32 ? v >> n % 32 | v << (32 - n % 32) : v;
    }
}

static uint32_t product(uint32_t a, uint32_t b) {
    return a * b;
}

#define TIMES 400000

static const uint32_t limits[4] = {0x40u, 0x20000100u, 0x80000001u, 0};

static void results_are_in_the_result(void **ctx) {
    (void)ctx;
    for (int i = 0; i < TIMES; i++) {
        uint32_t x, y;
        const struct whole_value_ a = random_value(&x), b = random_value(&y);
        const unsigned shift = random_word() % 4, n = random_word() % 33;
        assert_true(has(&a, x) && has(&b, y));
        const struct {
            struct whole_value_ set;
            uint32_t number;
        } results[] = {
                {whole_add_(&world, &a, &b), x + y},
                {whole_sub_(&world, &a, &b), x - y},
                {whole_and_(&world, &a, &b), x & y},
                {whole_or_(&world, &a, &b), x | y},
                {whole_xor_(&world, &a, &b), x ^ y},
                {whole_shift_(&a, shift, n), shifted(x, shift, n)},
                {whole_combine_(&world, &a, &b, product), x * y},
                {whole_join_(&world, &a, &b), x},
                {whole_join_(&world, &a, &b), y},
                {whole_widen_(&world, &a, &b), x},
                {whole_widen_(&world, &a, &b), y},
                {whole_widen_to_(&world, &a, &b, limits, 4), x},
                {whole_widen_to_(&world, &a, &b, limits, 4), y},
        };
        for (size_t k = 0; k < sizeof results / sizeof results[0]; k++) {
            if (!has(&results[k].set, results[k].number)) {
                fail_msg("%d: operation %zu of %08x and %08x (shift %u by %u) "
                         "gives %08x, which is not in its set",
                        i, k, x, y, shift, n, results[k].number);
            }
        }
    }
}

static void widening_ends(void **ctx) {
    (void)ctx;
    for (int i = 0; i < 1000; i++) {
        uint32_t x;
        struct whole_value_ all = random_value(&x);
        unsigned changes = 0;
        for (int k = 0; k < 200; k++) {
            const struct whole_value_ more = random_value(&x);
            const struct whole_value_ next = i & 1
                    ? whole_widen_(&world, &all, &more)
                    : whole_widen_to_(&world, &all, &more, limits, 4);
            changes += !whole_equal_(&next, &all);
            all = next;
        }
        assert_in_range(changes, 0, WHOLE_COUNT + 40 + 8);
    }
}

// A count goes up to the next number that it is compared with, or right below
// it; an address that steps by four too.
static void widening_stops_at_limits(void **ctx) {
    (void)ctx;
    const struct whole_value_ nine = whole_range_(0, 8, 0);
    const struct whole_value_ ten = whole_const_(9);
    struct whole_value_ all = whole_widen_to_(&world, &nine, &ten, limits, 4);
    assert_int_equal(all.high, 0x3f);
    const struct whole_value_ more = whole_const_(0x40);
    all = whole_widen_to_(&world, &all, &more, limits, 4);
    assert_int_equal(all.high, 0x40);
    const struct whole_value_ most = whole_const_(0x41);
    all = whole_widen_to_(&world, &all, &most, limits, 1);
    assert_int_equal(all.high, ~0u);
    const struct whole_value_ words = whole_range_(0x20000000u, 0x20000020u, 2);
    const struct whole_value_ next = whole_const_(0x20000024u);
    all = whole_widen_to_(&world, &words, &next, limits, 4);
    assert_int_equal(all.low, 0x20000000u);
    assert_int_equal(all.high, 0x200000fcu);
    assert_int_equal(all.step, 2);
}

// What a device delivers is no address, nor with a small number; with an
// address it may be one, and one of both may be anything.
static void device_numbers_are_no_address(void **ctx) {
    (void)ctx;
    const struct whole_value_ device = whole_number_();
    const struct whole_value_ ram = whole_const_(0x20000000u);
    const struct whole_value_ small = whole_const_(0x40u);
    const struct whole_value_ zero = whole_const_(0);
    assert_int_equal(whole_or_(&world, &device, &small).kind, WHOLE_NUMBER);
    assert_int_equal(whole_add_(&world, &device, &small).kind, WHOLE_NUMBER);
    const struct whole_value_ half = whole_const_(0x10000000u);
    assert_int_equal(whole_add_(&world, &device, &ram).kind, WHOLE_ANY);
    assert_int_equal(whole_add_(&world, &device, &half).kind, WHOLE_ANY);
    assert_int_equal(whole_or_(&world, &device, &ram).kind, WHOLE_ANY);
    assert_int_equal(whole_join_(&world, &device, &ram).kind, WHOLE_ANY);
    assert_int_equal(whole_join_(&world, &device, &small).kind, WHOLE_ANY);
    assert_int_equal(whole_join_(&world, &device, &zero).kind, WHOLE_NUMBER);
}

// A set, or what a handler has saved: it stays so if a number is added.
static void what_was_saved_stays_so(void **state) {
    (void)state;
    const struct whole_value_ one = whole_const_(0x20000100u);
    const struct whole_value_ place = whole_saved_place_();
    const struct whole_value_ word = whole_saved_word_();
    const struct whole_value_ four = whole_const_(4);
    struct whole_value_ both = whole_join_(&world, &one, &place);
    assert_true(whole_is_saved_place_(&both));
    assert_int_equal(both.count, 1);
    both = whole_add_(&world, &both, &four);
    assert_true(whole_is_saved_place_(&both));
    assert_int_equal(both.v[0], 0x20000104u);
    both = whole_sub_(&world, &both, &four);
    assert_int_equal(both.v[0], 0x20000100u);
    // A word that was saved is no place, whatever it is joined with.
    both = whole_join_(&world, &both, &word);
    assert_int_equal(both.kind, WHOLE_SAVED);
    assert_false(whole_is_saved_place_(&both));
    both = whole_join_(&world, &word, &one);
    assert_false(whole_is_saved_place_(&both));
    const struct whole_value_ any = whole_any_();
    const struct whole_value_ others[] = {any, whole_number_(),
            whole_frame_(1, 0), whole_range_(0, 0x1000, 2), whole_kept_(4)};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        both = whole_join_(&world, &place, &others[i]);
        assert_int_equal(both.kind, WHOLE_ANY);
        both = whole_join_(&world, &others[i], &place);
        assert_int_equal(both.kind, WHOLE_ANY);
    }
    both = whole_add_(&world, &place, &place);
    assert_int_equal(both.kind, WHOLE_ANY);
}

// A place in a frame comes back from another number only by the way it went.
static void a_hidden_place_comes_back(void **state) {
    const struct whole_value_ place = whole_frame_(7, -22);
    const struct whole_value_ mask = whole_const_(0x5A5A5A5Au);
    const struct whole_value_ other = whole_const_(0x5A5A5A5Bu);
    const struct whole_value_ two = whole_range_(0, 1, 0);
    const struct whole_value_ zero = whole_const_(0), one = whole_const_(1);
    struct whole_value_ v = whole_xor_(&world, &mask, &place);
    (void)state;
    assert_int_equal(v.kind, WHOLE_HIDDEN);
    const struct whole_value_ hidden = v;
    v = whole_xor_(&world, &hidden, &mask);
    assert_true(whole_equal_(&v, &place));
    v = whole_xor_(&world, &hidden, &other);
    assert_int_equal(v.kind, WHOLE_HIDDEN);
    v = whole_xor_(&world, &v, &one);
    assert_true(whole_equal_(&v, &place));
    v = whole_xor_(&world, &place, &zero);
    assert_true(whole_equal_(&v, &place));
    v = whole_xor_(&world, &hidden, &two);
    assert_int_equal(v.kind, WHOLE_ANY);
    v = whole_xor_(&world, &hidden, &place);
    assert_int_equal(v.kind, WHOLE_ANY);
    v = whole_shift_(&hidden, THUMB_SHIFT_LSL, 2);
    assert_int_equal(v.kind, WHOLE_ANY);
    v = whole_join_(&world, &hidden, &place);
    assert_int_equal(v.kind, WHOLE_ANY);
    v = whole_add_(&world, &hidden, &zero);
    assert_int_equal(v.kind, WHOLE_ANY);
    v = whole_unhidden_(&hidden);
    assert_int_equal(v.kind, WHOLE_ANY);
}

static void shifts_align_a_place(void **state) {
    const struct whole_value_ place = whole_frame_(7, -22);
    (void)state;
    for (unsigned n = 1; n <= 3; n++) {
        const struct whole_value_ right =
                whole_shift_(&place, THUMB_SHIFT_LSR, n);
        for (unsigned k = 1; k <= 3; k++) {
            const struct whole_value_ back =
                    whole_shift_(&right, THUMB_SHIFT_LSL, k);
            const struct whole_value_ wanted =
                    whole_frame_(7, n == 1 ? -22 : -24);
            assert_true(n == k && n < 3 ? whole_equal_(&back, &wanted)
                                        : back.kind != WHOLE_FRAME);
        }
    }
    const struct whole_value_ right = whole_shift_(&place, THUMB_SHIFT_LSR, 2);
    const struct whole_value_ mask = whole_const_(0x5A5A5A5Au);
    struct whole_value_ v = whole_xor_(&world, &right, &mask);
    v = whole_xor_(&world, &v, &mask);
    assert_int_not_equal(v.kind, WHOLE_FRAME);
    v = whole_shift_(&place, THUMB_SHIFT_ASR, 2);
    assert_int_not_equal(v.kind, WHOLE_HIDDEN);
}

// What is alike in all numbers stays so: under a mask, and where a sum wraps.
static void steps_stay(void **state) {
    const struct whole_value_ numbers = whole_range_(2, 0xFFFFFFFEu, 2);
    const struct whole_value_ mask = whole_const_(0x1F);
    const struct whole_value_ low = whole_const_(3);
    const struct whole_value_ one = whole_const_(1);
    uint32_t first, last;
    (void)state;
    struct whole_value_ v = whole_and_(&world, &numbers, &mask);
    assert_int_equal(v.kind, WHOLE_SET);
    assert_int_equal(v.count, 8);
    assert_int_equal(v.v[0], 2);
    assert_int_equal(v.v[7], 30);
    v = whole_and_(&world, &numbers, &low);
    assert_true(whole_is_const_(&v) && v.v[0] == 2);
    v = whole_add_(&world, &numbers, &one);
    assert_true(whole_bounds_(&v, &first, &last));
    assert_int_equal(v.step, 2);
    assert_int_equal(first, 3);
    assert_int_equal(last, 0xFFFFFFFFu);
    const struct whole_value_ four = whole_const_(4);
    v = whole_add_(&world, &numbers, &four);
    assert_true(whole_bounds_(&v, &first, &last));
    assert_int_equal(v.step, 2);
    assert_int_equal(first, 2);
    assert_int_equal(last, 0xFFFFFFFEu);
}

static struct whole_value_ with(uint32_t number, uint8_t marks) {
    struct whole_value_ v = whole_const_(number);
    v.marks = marks;
    return v;
}

// Of a pointer and an index, and of two pointers; where only one is marked.
static void marks_go_on(void **state) {
    const struct whole_value_ p = with(0x20000000, WHOLE_LEADS);
    const struct whole_value_ q = with(0x10000000, WHOLE_LEADS);
    const struct whole_value_ old = with(0x30000000, WHOLE_RENEWED);
    const struct whole_value_ four = whole_const_(4);
    (void)state;
    assert_int_equal(whole_add_(&world, &p, &four).marks, WHOLE_LEADS);
    assert_int_equal(whole_sub_(&world, &p, &four).marks, WHOLE_LEADS);
    assert_int_equal(whole_add_(&world, &p, &q).marks, 0);
    assert_int_equal(whole_join_(&world, &p, &q).marks, WHOLE_LEADS);
    assert_int_equal(whole_join_(&world, &p, &four).marks, 0);
    assert_int_equal(whole_join_(&world, &p, &old).marks, WHOLE_RENEWED);
    assert_int_equal(whole_add_(&world, &four, &old).marks, WHOLE_RENEWED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(results_are_in_the_result),
            cmocka_unit_test(widening_ends),
            cmocka_unit_test(widening_stops_at_limits),
            cmocka_unit_test(device_numbers_are_no_address),
            cmocka_unit_test(what_was_saved_stays_so),
            cmocka_unit_test(a_hidden_place_comes_back),
            cmocka_unit_test(shifts_align_a_place),
            cmocka_unit_test(steps_stay),
            cmocka_unit_test(marks_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
