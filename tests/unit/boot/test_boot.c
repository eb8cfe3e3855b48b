/*
 * test_boot - choice among slots and the checks before the jump
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/image/*.c xipsafe/boot/xip_boot.c
// sources: xipsafe/boot/xip_boot_warm.c
// libs: bearssl
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support/image_maker.h"
#include "xip_boot.h"

#define KEY_SEED 5
#define OTHER_SEED 6
#define SLOTS 4
#define SLOT_BYTES 4096u
#define SLOT_ADDR(i) (0x90000000u + SLOT_BYTES * (uint32_t)(i))
#define HEADER_BYTES 0x200u
#define PAYLOAD_BYTES 1000u
#define RAM_ADDR 0x20000000u
#define RAM_BYTES 0x18000u
#define NOT_REPORTED 0xFF

static uint8_t memory[SLOTS][SLOT_BYTES];
static uint8_t key_spki[XIP_IMAGE_KEY_BYTES];
static const uint8_t *const keys[] = {key_spki};

static struct xip_boot_slot slots[SLOTS];
static const struct xip_boot_ram ram[] = {
        {RAM_ADDR, RAM_BYTES},
        {0x10000000, 0x8000},
};
static uint8_t reported[SLOTS];
static unsigned last_reported;

static void report(void *ctx, unsigned slot, const struct xip_image *img) {
    assert_ptr_equal(ctx, reported);
    assert_true(slot < SLOTS);
    assert_int_equal(reported[slot], NOT_REPORTED); // once each
    reported[slot] = img->reason;
    last_reported = slot;
}

static struct xip_boot_config config;

static int set_up(void **state) {
    (void)state;
    maker_public(KEY_SEED, key_spki);
    memset(memory, 0xFF, sizeof memory);
    memset(reported, NOT_REPORTED, sizeof reported);
    for (unsigned i = 0; i < SLOTS; i++) {
        slots[i] = (struct xip_boot_slot){memory[i], SLOT_ADDR(i), SLOT_BYTES};
    }
    config = (struct xip_boot_config){
            .slots = slots,
            .ram = ram,
            .slot_count = SLOTS,
            .ram_count = 2,
            .vector_count = 98,
            .trust = {.keys = keys, .key_count = 1},
            .report = report,
            .ctx = reported,
    };
    return 0;
}

static struct maker begin(unsigned slot, uint8_t major) {
    struct maker m;
    maker_start(&m, memory[slot], HEADER_BYTES, PAYLOAD_BYTES, SLOT_ADDR(slot));
    maker_version(&m, major, 0, 0, 0);
    maker_put32(m.data + HEADER_BYTES, RAM_ADDR + RAM_BYTES);
    maker_put32(m.data + HEADER_BYTES + 4,
            SLOT_ADDR(slot) + HEADER_BYTES + 400 + 1);
    return m;
}

static void finish(struct maker *m, uint8_t seed) {
    maker_seal(m);
    maker_sign(m, seed);
}

static void put_good(unsigned slot, uint8_t major) {
    struct maker m = begin(slot, major);
    finish(&m, KEY_SEED);
}

static void expect_choice(unsigned slot) {
    struct xip_boot_choice choice;
    assert_int_equal(xip_boot_choose(&config, &choice), 0);
    assert_int_equal(choice.slot, slot);
    assert_int_equal(choice.vectors_addr, SLOT_ADDR(slot) + HEADER_BYTES);
    assert_ptr_equal(choice.image.data, memory[slot]);
    assert_int_equal(reported[slot], XIP_REASON_NONE);
    assert_int_equal(last_reported, slot);
    for (unsigned i = 0; i < SLOTS; i++) {
        assert_int_not_equal(reported[i], NOT_REPORTED);
        assert_true(i == slot || reported[i] != XIP_REASON_NONE);
    }
}

static void expect_nothing(void) {
    struct xip_boot_choice choice;
    assert_int_equal(xip_boot_choose(&config, &choice), XIP_ERR_IMAGE);
    for (unsigned i = 0; i < SLOTS; i++) {
        assert_int_not_equal(reported[i], NOT_REPORTED);
        assert_int_not_equal(reported[i], XIP_REASON_NONE);
    }
}

/// Choice ///

static void empty_flash_boots_nothing(void **state) {
    (void)state;
    expect_nothing();
    for (unsigned i = 0; i < SLOTS; i++) {
        assert_int_equal(reported[i], XIP_REASON_EMPTY);
    }
}

static void highest_version_wins(void **state) {
    (void)state;
    put_good(0, 1);
    put_good(1, 3);
    put_good(2, 2);
    expect_choice(1);
    assert_int_equal(reported[0], XIP_REASON_OLDER);
    assert_int_equal(reported[2], XIP_REASON_OLDER);
    assert_int_equal(reported[3], XIP_REASON_EMPTY);
}

static void lower_slot_wins_a_tie(void **state) {
    (void)state;
    put_good(1, 2);
    put_good(3, 2);
    expect_choice(1);
    assert_int_equal(reported[3], XIP_REASON_OLDER);
}

static void next_one_if_the_best_is_bad(void **state) {
    (void)state;
    put_good(0, 1);
    struct maker m = begin(1, 4); // damaged
    finish(&m, KEY_SEED);
    m.data[HEADER_BYTES + 500] ^= 0x10;
    m = begin(2, 3); // by somebody else
    finish(&m, OTHER_SEED);
    m = begin(3, 2); // not signed
    maker_seal(&m);
    expect_choice(0);
    assert_int_equal(reported[1], XIP_REASON_DIGEST);
    assert_int_equal(reported[2], XIP_REASON_UNKNOWN_KEY);
    assert_int_equal(reported[3], XIP_REASON_UNSIGNED);
}

static void bad_vectors_fall_back_too(void **state) {
    (void)state;
    put_good(0, 1);
    struct maker m = begin(1, 2);
    maker_put32(m.data + HEADER_BYTES + 4, SLOT_ADDR(0) + HEADER_BYTES + 401);
    finish(&m, KEY_SEED);
    expect_choice(0);
    assert_int_equal(reported[1], XIP_REASON_ENTRY);
}

// A good image copied to another slot would run the code of its own slot.
static void copy_in_the_wrong_slot_is_refused(void **state) {
    (void)state;
    put_good(0, 2);
    memcpy(memory[1], memory[0], SLOT_BYTES);
    memset(memory[0], 0xFF, SLOT_BYTES);
    put_good(2, 1);
    expect_choice(2);
    assert_int_equal(reported[1], XIP_REASON_ADDRESS);
}

static void image_must_end_inside_its_slot(void **state) {
    (void)state;
    put_good(0, 1);
    slots[0].size_bytes = HEADER_BYTES + PAYLOAD_BYTES + 20;
    expect_nothing();
    assert_int_equal(reported[0], XIP_REASON_TRUNCATED);
}

static void without_key_a_digest_is_enough(void **state) {
    (void)state;
    struct maker m = begin(1, 2);
    maker_seal(&m);
    m = begin(0, 1);
    finish(&m, OTHER_SEED);
    config.trust.key_count = 0;
    expect_choice(1);
    set_up(NULL);
    m = begin(1, 2);
    maker_seal(&m);
    m.data[HEADER_BYTES + 8] ^= 1;
    config.trust.key_count = 0;
    expect_nothing();
    assert_int_equal(reported[1], XIP_REASON_DIGEST);
}

static void works_without_a_report(void **state) {
    (void)state;
    put_good(2, 1);
    config.report = NULL;
    struct xip_boot_choice choice;
    assert_int_equal(xip_boot_choose(&config, &choice), 0);
    assert_int_equal(choice.slot, 2);
}

static void most_slots_and_one_too_many(void **state) {
    (void)state;
    static struct xip_boot_slot many[XIP_BOOT_SLOTS_MAX + 1];
    static uint8_t nothing[64];
    for (unsigned i = 0; i < XIP_BOOT_SLOTS_MAX + 1; i++) {
        many[i] = (struct xip_boot_slot){nothing, 0x90000000, sizeof nothing};
    }
    put_good(3, 1);
    many[XIP_BOOT_SLOTS_MAX - 1] = slots[3];
    config.slots = many;
    config.report = NULL;
    config.slot_count = XIP_BOOT_SLOTS_MAX;
    struct xip_boot_choice choice;
    assert_int_equal(xip_boot_choose(&config, &choice), 0);
    assert_int_equal(choice.slot, XIP_BOOT_SLOTS_MAX - 1);
    config.slot_count = XIP_BOOT_SLOTS_MAX + 1;
    assert_int_equal(xip_boot_choose(&config, &choice), XIP_ERR_PARAM);
    config.slot_count = 0;
    assert_int_equal(xip_boot_choose(&config, &choice), XIP_ERR_IMAGE);
}

/// Before the jump ///

static void check_vectors(uint32_t sp, uint32_t entry, unsigned reason) {
    struct maker m = begin(1, 1);
    maker_put32(m.data + HEADER_BYTES, sp);
    maker_put32(m.data + HEADER_BYTES + 4, entry);
    finish(&m, KEY_SEED);
    struct xip_image img;
    assert_int_equal(xip_image_parse(&img, m.data, SLOT_BYTES), 0);
    assert_int_equal(xip_boot_check_vectors(&img, SLOT_ADDR(1), &config),
            reason ? XIP_ERR_IMAGE : 0);
    assert_int_equal(img.reason, reason);
}

static void stack_pointer(void **state) {
    (void)state;
    const uint32_t entry = SLOT_ADDR(1) + HEADER_BYTES + 0x189;
    const uint32_t top = RAM_ADDR + RAM_BYTES;
    check_vectors(top, entry, XIP_REASON_NONE);
    check_vectors(RAM_ADDR + 8, entry, XIP_REASON_NONE);
    check_vectors(0x10008000, entry, XIP_REASON_NONE);
    check_vectors(top + 8, entry, XIP_REASON_STACK);
    check_vectors(RAM_ADDR, entry, XIP_REASON_STACK);
    check_vectors(top - 4, entry, XIP_REASON_STACK);
    check_vectors(top - 1, entry, XIP_REASON_STACK);
    check_vectors(0, entry, XIP_REASON_STACK);
    check_vectors(0xFFFFFFFF, entry, XIP_REASON_STACK);
    check_vectors(0xFFFFFFF8, entry, XIP_REASON_STACK);
    check_vectors(SLOT_ADDR(1) + 0x400, entry, XIP_REASON_STACK);
}

static void reset_vector(void **state) {
    (void)state;
    const uint32_t top = RAM_ADDR + RAM_BYTES;
    const uint32_t start = SLOT_ADDR(1) + HEADER_BYTES;
    check_vectors(top, start + 401, XIP_REASON_NONE);
    check_vectors(top, start + PAYLOAD_BYTES - 1, XIP_REASON_NONE);
    check_vectors(top, start + PAYLOAD_BYTES + 1, XIP_REASON_ENTRY);
    check_vectors(top, start - 1, XIP_REASON_ENTRY);
    check_vectors(top, start + 400, XIP_REASON_ENTRY);
    check_vectors(top, RAM_ADDR + 1, XIP_REASON_ENTRY);
    check_vectors(top, 0x08000001, XIP_REASON_ENTRY);
    check_vectors(top, 0, XIP_REASON_ENTRY);
    check_vectors(top, 0xFFFFFFFF, XIP_REASON_ENTRY);
}

static void vector_table(void **state) {
    (void)state;
    struct maker m = begin(1, 1);
    finish(&m, KEY_SEED);
    struct xip_image img;
    assert_int_equal(xip_image_parse(&img, m.data, SLOT_BYTES), 0);
    // 98 entries want 512, the least VTOR can do is 128.
    assert_int_equal(xip_boot_check_vectors(&img, SLOT_ADDR(1), &config), 0);
    assert_int_equal(xip_boot_check_vectors(&img, SLOT_ADDR(1) + 0x100,
                             &config),
            XIP_ERR_IMAGE);
    assert_int_equal(img.reason, XIP_REASON_VECTORS);
    // As long as the payload, aligned to 1 KB; then longer by one entry. The
    // image is taken to stand where its entry still lies inside.
    config.vector_count = PAYLOAD_BYTES / 4;
    assert_int_equal(xip_boot_check_vectors(&img, 0x90000E00, &config), 0);
    config.vector_count = PAYLOAD_BYTES / 4 + 1;
    assert_int_equal(xip_boot_check_vectors(&img, 0x90000E00, &config),
            XIP_ERR_IMAGE);
    assert_int_equal(img.reason, XIP_REASON_VECTORS);
}

static void header_that_breaks_the_alignment(void **state) {
    (void)state;
    struct maker m;
    maker_start(&m, memory[0], 0x180, PAYLOAD_BYTES, SLOT_ADDR(0));
    maker_put32(m.data + 0x180, RAM_ADDR + RAM_BYTES);
    maker_put32(m.data + 0x184, SLOT_ADDR(0) + 0x180 + 401);
    finish(&m, KEY_SEED);
    expect_nothing();
    assert_int_equal(reported[0], XIP_REASON_VECTORS);
}

// What is kept for a warm reset: lost with the power, and by any change.
static void warm_record(void **state) {
    (void)state;
    struct xip_boot_warm warm;
    uint8_t digest[XIP_IMAGE_DIGEST_BYTES];
    for (unsigned i = 0; i < sizeof digest; i++) {
        digest[i] = (uint8_t)(i * 7 + 3);
    }
    static const uint8_t garbage[] = {0, 0xFF, 0x55};
    for (unsigned i = 0; i < sizeof garbage; i++) {
        memset(&warm, garbage[i], sizeof warm);
        assert_null(xip_boot_warm_known(&warm, false));
    }
    for (unsigned bit = 0; bit < 8 * sizeof warm; bit++) {
        xip_boot_warm_keep(&warm, digest);
        assert_memory_equal(xip_boot_warm_known(&warm, false), digest,
                sizeof digest);
        ((uint8_t *)&warm)[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_null(xip_boot_warm_known(&warm, false));
    }
    xip_boot_warm_keep(&warm, digest);
    assert_null(xip_boot_warm_known(&warm, true));
    assert_null(xip_boot_warm_known(&warm, false)); // nor later
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test_setup(empty_flash_boots_nothing, set_up),
            cmocka_unit_test_setup(highest_version_wins, set_up),
            cmocka_unit_test_setup(lower_slot_wins_a_tie, set_up),
            cmocka_unit_test_setup(next_one_if_the_best_is_bad, set_up),
            cmocka_unit_test_setup(bad_vectors_fall_back_too, set_up),
            cmocka_unit_test_setup(copy_in_the_wrong_slot_is_refused, set_up),
            cmocka_unit_test_setup(image_must_end_inside_its_slot, set_up),
            cmocka_unit_test_setup(without_key_a_digest_is_enough, set_up),
            cmocka_unit_test_setup(works_without_a_report, set_up),
            cmocka_unit_test_setup(most_slots_and_one_too_many, set_up),
            cmocka_unit_test_setup(stack_pointer, set_up),
            cmocka_unit_test_setup(reset_vector, set_up),
            cmocka_unit_test_setup(vector_table, set_up),
            cmocka_unit_test_setup(header_that_breaks_the_alignment, set_up),
            cmocka_unit_test(warm_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
