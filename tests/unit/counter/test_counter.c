/*
 * test_counter - a floor that only rises, whatever happens to the power
 *
 * SPDX-License-Identifier: MIT
 *
 * A double word that a cut has torn reads differently each time: as before, as
 * it should be, as anything in between, or as damaged. XIPSAFE_SEED chooses
 * which.
 */
// sources: xipsafe/counter/xip_counter.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "xip_counter.h"

#define PAGE_BYTES 64u // four positions
#define WORDS (2u * PAGE_BYTES / 8u)
#define RAISES 10u // every page is erased twice
#define NEVER UINT32_MAX

struct word {
    uint64_t is, was; // of a torn one: what it should be, what it was
    bool torn;
};

static struct {
    struct word word[WORDS];
    uint32_t ops, cut_at; // operations so far; the one in which power fails
    bool stuck;           // the page takes nothing more
    jmp_buf power_fails;
} flash;

static uint64_t random_state;

static uint64_t draw(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static bool read(void *ctx, uint32_t off, uint32_t words[2]) {
    (void)ctx;
    const struct word *w = &flash.word[off / 8];
    uint64_t value = w->is;
    bool good = true;
    if (w->torn) {
        const uint64_t mix = draw();
        switch (draw() % 4) {
        case 0:
            value = w->was;
            break;
        case 1:
            break;
        case 2:
            value = (w->is & mix) | (w->was & ~mix);
            break;
        default:
            value = draw();
            good = false;
            break;
        }
    }
    words[0] = (uint32_t)value;
    words[1] = (uint32_t)(value >> 32);
    return good;
}

static void change(uint32_t i, uint64_t value, bool cut) {
    struct word *w = &flash.word[i];
    const uint64_t was = w->torn && draw() % 2 ? w->was : w->is;
    *w = (struct word){.is = value, .was = was, .torn = cut};
}

// The supply fails in every operation, after it and, if the next one is cut,
// before it.
static int program(void *ctx, uint32_t off, const uint32_t words[2]) {
    (void)ctx;
    const uint64_t value = words[0] | (uint64_t)words[1] << 32;
    const struct word *w = &flash.word[off / 8];
    assert_true(w->torn || w->is == UINT64_MAX || value == 0);
    if (flash.stuck || (w->torn && value != 0 && draw() % 4)) {
        return XIP_ERR_VERIFY; // PROGERR
    }
    const bool cut = ++flash.ops == flash.cut_at;
    change(off / 8, value, cut);
    if (cut) {
        longjmp(flash.power_fails, 1);
    }
    return 0;
}

static int erase(void *ctx, uint32_t off) {
    (void)ctx;
    assert_int_equal(off % PAGE_BYTES, 0);
    const bool cut = ++flash.ops == flash.cut_at;
    for (uint32_t i = off / 8; i < (off + PAGE_BYTES) / 8; i++) {
        change(i, UINT64_MAX, cut);
    }
    if (cut) {
        longjmp(flash.power_fails, 1);
    }
    return 0;
}

static struct xip_counter_io io = {
        .read = read,
        .program = program,
        .erase = erase,
        .page_bytes = PAGE_BYTES,
};

static void erase_all(void) {
    memset(&flash, 0, sizeof flash);
    flash.cut_at = NEVER;
    for (unsigned i = 0; i < WORDS; i++) {
        flash.word[i].is = UINT64_MAX;
    }
}

static uint32_t get(void) {
    uint32_t floor = 0;
    assert_int_equal(xip_counter_get(&io, &floor), 0);
    return floor;
}

/// Tests ///

static void test_rises(void **state) {
    (void)state;
    erase_all();
    assert_int_equal(get(), 0);
    for (uint32_t i = 1; i < 100; i++) {
        assert_int_equal(xip_counter_raise(&io, 3 * i), 0);
        assert_int_equal(get(), 3 * i);
        const uint32_t ops = flash.ops;
        assert_int_equal(xip_counter_raise(&io, 3 * i - 1), 0);
        assert_int_equal(xip_counter_raise(&io, 3 * i), 0);
        assert_int_equal(get(), 3 * i);
        assert_int_equal(flash.ops, ops); // nothing was programmed
    }
    assert_int_equal(xip_counter_raise(&io, UINT32_MAX), 0);
    assert_int_equal(get(), UINT32_MAX);
}

static void test_does_not_take_more(void **state) {
    (void)state;
    erase_all();
    assert_int_equal(xip_counter_raise(&io, 7), 0);
    flash.stuck = true;
    assert_int_equal(xip_counter_raise(&io, 8), XIP_ERR_VERIFY);
    assert_int_equal(get(), 7);
    flash.stuck = false;
    assert_int_equal(xip_counter_raise(&io, 8), 0);
    assert_int_equal(get(), 8);
}

// What is there but no record: pages that something else has used.
static void test_other_contents(void **state) {
    (void)state;
    erase_all();
    for (unsigned i = 0; i < WORDS; i++) {
        flash.word[i].is = draw() & 0x7FFFFFFF7FFFFFFF;
    }
    assert_int_equal(get(), 0);
    assert_int_equal(xip_counter_raise(&io, 1), 0);
    assert_int_equal(get(), 1);
}

// One start of the device: the floor is told, then raised. Returns false if the
// supply failed; *certain is what was told before.
static bool start(uint32_t cut_at, uint32_t target, uint32_t *certain) {
    flash.ops = 0;
    flash.cut_at = cut_at;
    if (setjmp(flash.power_fails)) {
        return false;
    }
    uint32_t floor = 0;
    if (xip_counter_get(&io, &floor) == 0) {
        assert_true(floor >= *certain);
        assert_true(floor <= target);
        *certain = floor;
    }
    if (xip_counter_raise(&io, target) == 0) {
        *certain = target;
    }
    return true;
}

// Cuts in up to three starts in a row, at each operation of each.
static void run_cuts(uint32_t before, uint32_t first, uint32_t second,
        uint32_t third) {
    const uint32_t target = before + 1;
    erase_all();
    for (uint32_t i = 1; i <= before; i++) {
        assert_int_equal(xip_counter_raise(&io, i), 0);
    }
    uint32_t certain = before;
    (void)start(first, target, &certain);
    (void)start(second, target, &certain);
    (void)start(third, target, &certain);
    for (unsigned i = 0; i < 3; i++) {
        assert_true(start(NEVER, target, &certain));
    }
    assert_int_equal(certain, target);
    assert_int_equal(get(), target);
    assert_int_equal(get(), target);
}

static void test_cuts(void **state) {
    (void)state;
    for (uint32_t before = 0; before < RAISES; before++) {
        for (uint32_t i = 0; i < 6 * 6 * 6; i++) {
            for (unsigned again = 0; again < 40; again++) {
                run_cuts(before, 1 + i % 6, 1 + i / 6 % 6, 1 + i / 36);
            }
        }
    }
}

int main(void) {
    const char *seed = getenv("XIPSAFE_SEED");
    random_state = seed ? strtoull(seed, NULL, 0) | 1 : 88172645463325252u;
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_rises),
            cmocka_unit_test(test_does_not_take_more),
            cmocka_unit_test(test_other_contents),
            cmocka_unit_test(test_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
