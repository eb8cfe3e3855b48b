/*
 * test_boot_recorded - trials, confirmations, rejections, and what starts
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/image/*.c xipsafe/boot/*.c xipsafe/slots/*.c
// sources: xipsafe/*/xip_part.c tests/support/fake_flash.c
// libs: bearssl
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support/fake_flash.h"
#include "support/image_maker.h"
#include "xip_boot.h"

#define SLOTS 3
#define SLOT_BYTES 4096u
#define SLOT_ADDR(i) (0x90000000u + SLOT_BYTES * (uint32_t)(i))
#define HEADER_BYTES 0x200u
#define RAM_ADDR 0x20000000u
#define RAM_BYTES 0x18000u
#define JOURNAL_OFF 0x10000u

static uint8_t memory[SLOTS][SLOT_BYTES];
static struct xip_boot_slot places[SLOTS];
static const struct xip_boot_ram ram[] = {{RAM_ADDR, RAM_BYTES}};
static struct fake_flash fake;
static struct xip_journal_flash flash;
static struct xip_slots slots;
static struct xip_boot_policy policy;
static uint8_t reported[SLOTS];
static unsigned reports;
static uint32_t floor_counter;
static int counter_error;

static void report(void *ctx, unsigned slot, const struct xip_image *img) {
    (void)ctx;
    reported[slot] = img->reason;
    reports++;
}

static const struct xip_boot_config config = {
        .slots = places,
        .ram = ram,
        .slot_count = SLOTS,
        .ram_count = 1,
        .vector_count = 98,
        .report = report,
};

// A power-up or a reset as far as the application's start: what is in RAM goes.
static void open_slots(void) {
    struct xip_journal_io io;
    memset(&slots, 0xA5, sizeof slots);
    assert_int_equal(xip_journal_flash_io(&io, &flash, &fake.dev, JOURNAL_OFF,
                             0x2000),
            0);
    assert_int_equal(xip_slots_open(&slots, &io, places, SLOTS), 0);
}

static int boot(void) {
    struct xip_boot_choice choice;
    open_slots();
    reports = 0;
    memset(reported, 0xEE, sizeof reported);
    const int err = xip_boot_choose_recorded(&config, &slots, &policy, &choice);
    assert_int_equal(reports, SLOTS); // once each
    if (err) {
        assert_int_equal(err, XIP_ERR_IMAGE);
        return -1;
    }
    assert_int_equal(reported[choice.slot], XIP_REASON_NONE);
    assert_int_equal(choice.vectors_addr,
            SLOT_ADDR(choice.slot) + HEADER_BYTES);
    return (int)choice.slot;
}

static struct maker begin(unsigned slot, uint8_t major) {
    struct maker m;
    memset(memory[slot], 0xFF, SLOT_BYTES);
    maker_start(&m, memory[slot], HEADER_BYTES, 1000, SLOT_ADDR(slot));
    maker_version(&m, major, 0, 0, 0);
    maker_put32(m.data + HEADER_BYTES, RAM_ADDR + RAM_BYTES);
    maker_put32(m.data + HEADER_BYTES + 4,
            SLOT_ADDR(slot) + HEADER_BYTES + 400 + 1);
    return m;
}

static void put(unsigned slot, uint8_t major) {
    struct maker m = begin(slot, major);
    maker_seal(&m);
}

static void put_trial(unsigned slot, uint8_t major) {
    put(slot, major);
    open_slots();
    assert_int_equal(xip_slots_test(&slots, slot), 0);
}

static void damage(unsigned slot) {
    memory[slot][HEADER_BYTES + 500] ^= 1;
}

static struct xip_slot_info entry(unsigned slot) {
    struct xip_slot_info info;
    open_slots();
    assert_int_equal(xip_slots_list(&slots, slot, &info), 0);
    return info;
}

static int set_up(void **state) {
    (void)state;
    static const uint32_t sizes[] = {0x1000, 0};
    fake_open(&fake, sizes, 256);
    memset(memory, 0xFF, sizeof memory);
    memset(&policy, 0, sizeof policy);
    floor_counter = 0;
    counter_error = 0;
    for (unsigned i = 0; i < SLOTS; i++) {
        places[i] = (struct xip_boot_slot){memory[i], SLOT_ADDR(i), SLOT_BYTES};
    }
    return 0;
}

/// Without a record ///

static void a_factory_image_starts_and_nothing_is_written(void **state) {
    (void)state;
    assert_int_equal(boot(), -1);
    put(0, 1);
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(boot(), 0);
    }
    put(1, 2); // by a programmer
    assert_int_equal(boot(), 1);
    assert_int_equal(reported[0], XIP_REASON_OTHER);
    damage(1);
    assert_int_equal(boot(), 0);
    assert_int_equal(reported[1], XIP_REASON_DIGEST);
    assert_int_equal(fake.operations, 0);
}

// The journal cannot be read: the highest version, as without one.
static void without_a_journal(void **state) {
    (void)state;
    struct xip_boot_choice choice;
    put(0, 1);
    put_trial(1, 3);
    put(2, 2);
    assert_int_equal(xip_boot_choose_recorded(&config, NULL, &policy, &choice),
            0);
    assert_int_equal(choice.slot, 1);
    slots.count--;
    assert_int_equal(xip_boot_choose_recorded(&config, &slots, &policy,
                             &choice),
            XIP_ERR_PARAM);
}

static void put_trailer(unsigned slot, unsigned unit, bool ok) {
    static const uint8_t magic8[16] = {0x77, 0xC2, 0x95, 0xF3, 0x60, 0xD2, 0xEF,
            0x7F, 0x35, 0x52, 0x50, 0x0F, 0x2C, 0xB6, 0x79, 0x80};
    static const uint8_t magic[14] = {0x2D, 0xE1, 0x5D, 0x29, 0x41, 0x0B, 0x8D,
            0x77, 0x67, 0x9C, 0x11, 0x0F, 0x1F, 0x8A};
    static const unsigned ok_off[] = {[8] = 24, [16] = 32, [32] = 64};
    uint8_t *end = memory[slot] + SLOT_BYTES;
    if (unit == 8) {
        memcpy(end - 16, magic8, 16);
    } else {
        end[-16] = (uint8_t)unit;
        end[-15] = 0;
        memcpy(end - 14, magic, 14);
    }
    if (ok) {
        *(end - ok_off[unit]) = 1;
    }
}

static void a_trailer_of_mcuboot_counts(void **state) {
    (void)state;
    for (unsigned unit = 8; unit <= 32; unit *= 2) {
        set_up(NULL);
        put(0, 1);
        put(1, 2);
        put_trailer(1, unit, false); // imgtool --pad
        for (unsigned i = 1; i <= 3; i++) {
            assert_int_equal(boot(), 1);
            assert_int_equal(entry(1).tries, i);
        }
        assert_int_equal(boot(), 0);
        assert_int_equal(reported[1], XIP_REASON_UNCONFIRMED);
        put(1, 3);
        put_trailer(1, unit, true); // imgtool --confirm
        assert_int_equal(entry(1).state, XIP_SLOT_CONFIRMED);
        for (unsigned i = 0; i < 5; i++) {
            assert_int_equal(boot(), 1);
        }
    }
}

static void a_trailer_in_the_image_is_none(void **state) {
    (void)state;
    struct maker m;
    memset(memory[0], 0xFF, SLOT_BYTES);
    maker_start(&m, memory[0], HEADER_BYTES, SLOT_BYTES - HEADER_BYTES - 60,
            SLOT_ADDR(0));
    maker_put32(m.data + HEADER_BYTES, RAM_ADDR + RAM_BYTES);
    maker_put32(m.data + HEADER_BYTES + 4, SLOT_ADDR(0) + HEADER_BYTES + 401);
    maker_seal(&m);
    put_trailer(0, 8, false);
    assert_int_equal(entry(0).state, XIP_SLOT_UNKNOWN);
}

/// Trials ///

static void a_trial_that_is_confirmed(void **state) {
    (void)state;
    put(0, 1);
    put_trial(1, 2);
    assert_int_equal(boot(), 1);
    assert_int_equal(xip_slots_confirm(&slots, 1), 0);
    const unsigned written = fake.operations;
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(boot(), 1);
        assert_int_equal(xip_slots_confirm(&slots, 1), 0);
    }
    assert_int_equal(fake.operations, written);
    assert_int_equal(entry(1).state, XIP_SLOT_CONFIRMED);
    assert_int_equal(xip_slots_chosen(&slots), 1);
}

static void a_trial_that_is_not(void **state) {
    (void)state;
    for (unsigned max = 1; max <= 4; max++) {
        set_up(NULL);
        policy.trials_max = (uint8_t)max;
        put(0, 1);
        put_trial(1, 2);
        static uint8_t before[SLOT_BYTES];
        memcpy(before, memory[1], SLOT_BYTES);
        for (unsigned i = 0; i < max; i++) {
            assert_int_equal(boot(), 1);
        }
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(boot(), 0);
            assert_int_equal(reported[1], XIP_REASON_UNCONFIRMED);
        }
        assert_int_equal(entry(1).state, XIP_SLOT_REJECTED);
        assert_memory_equal(before, memory[1], SLOT_BYTES);
        // Until somebody asks for it again.
        assert_int_equal(xip_slots_test(&slots, 1), 0);
        assert_int_equal(boot(), 1);
    }
}

static void a_loss_of_power_is_refunded_three_times(void **state) {
    (void)state;
    put(0, 1);
    put_trial(1, 2);
    policy.power_lost = true; // the first start is one all the same
    assert_int_equal(boot(), 1);
    assert_int_equal(entry(1).tries, 1);
    assert_int_equal(entry(1).refunds, 0);
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(boot(), 1);
        assert_int_equal(entry(1).tries, 1);
        assert_int_equal(entry(1).refunds, i);
    }
    assert_int_equal(boot(), 1);
    assert_int_equal(boot(), 1);
    assert_int_equal(entry(1).tries, 3);
    assert_int_equal(boot(), 0);
}

static void other_resets_are_not_refunded(void **state) {
    (void)state;
    put(0, 1);
    put_trial(1, 2);
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(boot(), 1);
        assert_int_equal(entry(1).tries, i);
    }
    // A refund also for the last one.
    policy.power_lost = true;
    assert_int_equal(boot(), 1);
    policy.power_lost = false;
    assert_int_equal(boot(), 0);
}

static void a_trial_that_does_not_verify_is_rejected(void **state) {
    (void)state;
    put(0, 1);
    put_trial(1, 2);
    damage(1);
    assert_int_equal(boot(), 0);
    assert_int_equal(reported[1], XIP_REASON_DIGEST);
    const struct xip_slot_info info = entry(1);
    assert_int_equal(info.state, XIP_SLOT_REJECTED);
    assert_int_equal(info.reason, XIP_REASON_DIGEST);
    damage(1); // undone: the record stays
    assert_int_equal(boot(), 0);
}

static void a_trial_that_cannot_be_recorded_does_not_start(void **state) {
    (void)state;
    put(0, 1);
    put_trial(1, 2);
    fake_restart(&fake);
    fake.fail_at = 1;
    fake.fail_err = XIP_ERR_PROTECT;
    assert_int_equal(boot(), 0);
    assert_int_equal(reported[1], XIP_REASON_NO_RECORD);
}

static void plan_failure(unsigned at) {
    fake_restart(&fake);
    fake.fail_at = at;
    fake.fail_err = XIP_ERR_PROTECT;
}

// Nothing else is there: an update that was received is better than none.
static void a_trial_that_cannot_be_recorded_is_the_last_resort(void **state) {
    (void)state;
    put(0, 1);
    put_trial(1, 2);
    damage(0);
    plan_failure(1);
    assert_int_equal(boot(), 1);
    assert_int_equal(entry(1).tries, 0);
    damage(1);
    plan_failure(1);
    assert_int_equal(boot(), -1);
}

// What a cut has left of a record cannot be settled: the one before it counts.
static void a_journal_that_cannot_be_written_decides(void **state) {
    (void)state;
    struct xip_boot_choice choice;
    struct xip_journal_io io;
    put(0, 1);
    put_trial(1, 2);
    assert_int_equal(xip_slots_reject(&slots, 1, 200), 0);
    plan_failure(3);
    assert_int_equal(xip_slots_confirm(&slots, 0), XIP_ERR_PROTECT);
    plan_failure(1);
    memset(&slots, 0xA5, sizeof slots);
    assert_int_equal(xip_journal_flash_io(&io, &flash, &fake.dev, JOURNAL_OFF,
                             0x2000),
            0);
    assert_int_equal(xip_slots_open(&slots, &io, places, SLOTS),
            XIP_ERR_PROTECT);
    assert_int_equal(slots.count, SLOTS);
    assert_int_equal(xip_boot_choose_recorded(&config, &slots, &policy,
                             &choice),
            0);
    assert_int_equal(choice.slot, 0);
    assert_int_equal(reported[1], 200);
    assert_int_equal(xip_slots_confirm(&slots, 0), XIP_ERR_PARAM);
    io.payload_bytes = 0xFF;
    assert_int_equal(xip_slots_open(&slots, &io, places, SLOTS), XIP_ERR_PARAM);
    assert_int_equal(slots.count, 0); // it was not read
}

static void a_downgrade_is_refused_unless_allowed(void **state) {
    (void)state;
    put(0, 5);
    put_trial(1, 4);
    assert_int_equal(boot(), 0);
    assert_int_equal(reported[1], XIP_REASON_DOWNGRADE);
    assert_int_equal(entry(1).reason, XIP_REASON_DOWNGRADE);
    put_trial(1, 5); // the same version is none
    assert_int_equal(boot(), 1);
    put_trial(1, 4);
    policy.allow_downgrade = true;
    assert_int_equal(boot(), 1);
    assert_int_equal(xip_slots_confirm(&slots, 1), 0);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(boot(), 1);
    }
}

/// What else decides ///

static void a_choice_stays(void **state) {
    (void)state;
    put(0, 1);
    put(1, 2);
    assert_int_equal(boot(), 1);
    assert_int_equal(xip_slots_choose(&slots, 0), 0);
    assert_int_equal(boot(), 0);
    assert_int_equal(boot(), 0);
    put(2, 3); // nothing is known of it, and it is newer
    assert_int_equal(boot(), 2);
    put(2, 1);
    assert_int_equal(boot(), 0);
    damage(0);
    assert_int_equal(boot(), 1);
    assert_int_equal(xip_slots_choose(&slots, 1), 0);
    assert_int_equal(xip_slots_reject(&slots, 1, 200), 0);
    assert_int_equal(xip_slots_chosen(&slots), -1);
    assert_int_equal(boot(), 2);
    assert_int_equal(reported[1], 200);
    assert_int_equal(xip_slots_choose(&slots, 1), XIP_ERR_VERSION);
}

static void a_choice_belongs_to_its_image(void **state) {
    (void)state;
    put(0, 1);
    put(1, 2);
    open_slots();
    assert_int_equal(xip_slots_choose(&slots, 0), 0);
    assert_int_equal(boot(), 0);
    put(0, 0); // by a programmer
    assert_int_equal(boot(), 1);
}

static void only_what_ran_can_be_confirmed(void **state) {
    (void)state;
    put(0, 1);
    put_trial(1, 2);
    assert_int_equal(xip_slots_confirm(&slots, 1), XIP_ERR_VERSION);
    assert_int_equal(xip_slots_confirm(&slots, 2), XIP_ERR_IMAGE);
    assert_int_equal(xip_slots_confirm(&slots, SLOTS), XIP_ERR_PARAM);
    assert_int_equal(xip_slots_reject(&slots, 1, 200), 0);
    assert_int_equal(xip_slots_confirm(&slots, 1), XIP_ERR_VERSION);
    assert_int_equal(xip_slots_confirm(&slots, 0), 0);
    assert_int_equal(boot(), 0);
}

static void an_entry_belongs_to_its_image(void **state) {
    (void)state;
    put(0, 1);
    put_trial(1, 2);
    open_slots();
    assert_int_equal(xip_slots_reject(&slots, 1, 200), 0);
    assert_int_equal(boot(), 0);
    put(1, 3);
    assert_int_equal(entry(1).state, XIP_SLOT_UNKNOWN);
    assert_int_equal(boot(), 1);
}

static void what_is_being_written_never_starts(void **state) {
    (void)state;
    put(0, 1);
    put(1, 2);
    open_slots();
    assert_int_equal(xip_slots_writing(&slots, 1, 7, 0x400), 0);
    assert_int_equal(boot(), 0);
    assert_int_equal(reported[1], XIP_REASON_UNFINISHED);
    assert_int_equal(xip_slots_written(&slots, 1, 7), 0x400);
    assert_int_equal(xip_slots_written(&slots, 1, 8), 0);
    assert_int_equal(xip_slots_written(&slots, 0, 7), 0);
    damage(0);
    assert_int_equal(boot(), -1);
    assert_int_equal(xip_slots_test(&slots, 1), 0);
    assert_int_equal(xip_slots_written(&slots, 1, 7), 0);
    assert_int_equal(slots.state[1], 0);
    assert_int_equal(boot(), 1);
    // One at a time: another one ends it.
    assert_int_equal(xip_slots_writing(&slots, 0, 7, 0x400), 0);
    assert_int_equal(xip_slots_writing(&slots, 2, 7, 0x800), 0);
    assert_int_equal(xip_slots_written(&slots, 0, 7), 0);
    assert_int_equal(xip_slots_written(&slots, 2, 7), 0x800);
}

static void golden_comes_last(void **state) {
    (void)state;
    policy.golden = 1;
    put(0, 9);
    put(1, 1);
    assert_int_equal(boot(), 1);
    put_trial(2,
            2); // a golden image is no floor for versions while another runs
    assert_int_equal(boot(), 2);
    damage(1);
    damage(2);
    assert_int_equal(boot(), 0);
}

static void rather_a_rejected_image_than_nothing(void **state) {
    (void)state;
    put(0, 1);
    put_trial(1, 2);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(boot(), 1);
    }
    assert_int_equal(boot(), 0);
    damage(0);
    assert_int_equal(boot(), 1);
    open_slots();
    assert_int_equal(xip_slots_reject(&slots, 1, 200), 0);
    assert_int_equal(boot(), -1); // but never one that the application rejected
}

static int get_counter(void *ctx, uint32_t *floor) {
    assert_ptr_equal(ctx, &policy);
    *floor = floor_counter;
    return counter_error;
}
static int raise_counter(void *ctx, uint32_t counter) {
    assert_ptr_equal(ctx, &policy);
    assert_true(counter > floor_counter);
    floor_counter = counter;
    return 0;
}

static void put_counted(unsigned slot, uint8_t major, uint32_t counter) {
    struct maker m = begin(slot, major);
    uint8_t value[4];
    maker_put32(value, counter);
    maker_area(&m, XIP_IMAGE_TLV_PROTECTED_MAGIC);
    maker_tlv(&m, XIP_TLV_SECURITY_COUNTER, value, 4);
    maker_protected_done(&m);
    maker_seal(&m);
}

static void the_security_counter_is_a_floor(void **state) {
    (void)state;
    policy.counter_get = get_counter;
    policy.counter_raise = raise_counter;
    policy.ctx = &policy;
    put_counted(0, 1, 3);
    put_counted(1, 2, 4);
    open_slots();
    assert_int_equal(xip_slots_test(&slots, 1), 0);
    assert_int_equal(boot(), 1);
    assert_int_equal(floor_counter, 0); // not before it is confirmed
    assert_int_equal(xip_slots_confirm(&slots, 1), 0);
    assert_int_equal(boot(), 1);
    assert_int_equal(floor_counter, 4);
    damage(1);
    assert_int_equal(boot(), -1);
    assert_int_equal(reported[0], XIP_REASON_COUNTER);
    damage(1);
    counter_error = XIP_ERR_VERIFY;
    assert_int_equal(boot(), -1);
}

static void parameters(void **state) {
    (void)state;
    struct xip_journal_io io;
    struct xip_slot_info info;
    open_slots();
    io = slots.journal.io;
    assert_int_equal(xip_slots_open(NULL, &io, places, SLOTS), XIP_ERR_PARAM);
    assert_int_equal(xip_slots_open(&slots, &io, NULL, SLOTS), XIP_ERR_PARAM);
    assert_int_equal(xip_slots_open(&slots, &io, places, 0), XIP_ERR_PARAM);
    assert_int_equal(xip_slots_open(&slots, &io, places, XIP_SLOTS_MAX + 1),
            XIP_ERR_PARAM);
    open_slots();
    assert_int_equal(xip_slots_list(&slots, SLOTS, &info), XIP_ERR_PARAM);
    assert_int_equal(xip_slots_list(&slots, 0, &info), XIP_ERR_IMAGE);
    assert_int_equal(xip_slots_test(&slots, SLOTS), XIP_ERR_PARAM);
    assert_int_equal(xip_slots_test(&slots, 0), XIP_ERR_IMAGE);
    assert_int_equal(xip_slots_record(&slots, SLOTS, &info), XIP_ERR_PARAM);
    assert_int_equal(xip_slots_writing(&slots, SLOTS, 0, 0), XIP_ERR_PARAM);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)
int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(a_factory_image_starts_and_nothing_is_written),
            TEST(without_a_journal),
            TEST(a_trailer_of_mcuboot_counts),
            TEST(a_trailer_in_the_image_is_none),
            TEST(a_trial_that_is_confirmed),
            TEST(a_trial_that_is_not),
            TEST(a_loss_of_power_is_refunded_three_times),
            TEST(other_resets_are_not_refunded),
            TEST(a_trial_that_does_not_verify_is_rejected),
            TEST(a_trial_that_cannot_be_recorded_does_not_start),
            TEST(a_trial_that_cannot_be_recorded_is_the_last_resort),
            TEST(a_journal_that_cannot_be_written_decides),
            TEST(a_downgrade_is_refused_unless_allowed),
            TEST(a_choice_stays),
            TEST(a_choice_belongs_to_its_image),
            TEST(only_what_ran_can_be_confirmed),
            TEST(an_entry_belongs_to_its_image),
            TEST(what_is_being_written_never_starts),
            TEST(golden_comes_last),
            TEST(rather_a_rejected_image_than_nothing),
            TEST(the_security_counter_is_a_floor),
            TEST(parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
