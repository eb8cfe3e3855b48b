/*
 * test_update_journal - updates that a reset ended, and senders that repeat
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/update/*.c xipsafe/image/xip_image.c
// sources: xipsafe/slots/*.c xipsafe/*/xip_part.c tests/support/fake_flash.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fake_flash.h"
#include "xip_image.h"
#include "xip_update.h"

#define SLOT 0x20000u
#define SLOT_BYTES 0x40000u
#define JOURNAL 0x70000u
#define HEADER 0x200u
#define AREA 151u
#define STEP XIP_UPDATE_STEP_BYTES

static const uint32_t sizes[] = {0x1000, 0x10000, 0};
static struct fake_flash fake;
static struct xip_boot_slot places[2];
static struct xip_journal_flash place;
static struct xip_slots slots;
static struct xip_update update;
static struct xip_update_options options;
static uint8_t image[SLOT_BYTES];
static uint32_t image_bytes;

static void put16(uint8_t *p, uint32_t value) {
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *p, uint32_t value) {
    put16(p, value);
    put16(p + 2, value >> 16);
}

static void make_image(uint32_t bytes, uint32_t seed) {
    image_bytes = bytes;
    for (uint32_t i = 0; i < bytes; i++) {
        seed = seed * 1664525u + 1013904223u;
        image[i] = (uint8_t)(seed >> 24);
    }
    memset(image, 0, HEADER);
    put32(image, XIP_IMAGE_MAGIC);
    put32(image + 4, FAKE_WINDOW + SLOT);
    put16(image + 8, HEADER);
    put32(image + 12, bytes - HEADER - AREA);
    put32(image + 16, XIP_IMAGE_FLAG_ROM_FIXED);
    uint8_t *p = image + bytes - AREA;
    put16(p, XIP_IMAGE_TLV_MAGIC);
    put16(p + 2, AREA);
    put16(p + 4, XIP_TLV_SHA256);
    put16(p + 6, 32);
    put16(p + 40, 0xA0);
    put16(p + 42, AREA - 44);
}

static void open_slots(void) {
    struct xip_journal_io io;
    assert_int_equal(xip_journal_flash_io(&io, &place, &fake.dev, JOURNAL,
                             0x2000),
            0);
    assert_int_equal(xip_slots_open(&slots, &io, places, 2), 0);
    options = (struct xip_update_options){.slots = &slots, .slot = 1};
}

static int set_up(void **state) {
    (void)state;
    fake_open(&fake, sizes, 256);
    memset(fake.mem + SLOT, 0xA5, SLOT_BYTES);
    places[0] = (struct xip_boot_slot){fake.mem, FAKE_WINDOW, SLOT};
    places[1] = (struct xip_boot_slot){
            fake.mem + SLOT, FAKE_WINDOW + SLOT, SLOT_BYTES};
    open_slots();
    return 0;
}

static int begin(void) {
    return xip_update_begin(&update, &fake.dev, SLOT, SLOT_BYTES, &options);
}

// The rest of the image, in pieces.
static int send(uint32_t from, uint32_t to, uint32_t piece) {
    int err = 0;
    while (err == 0 && from < to) {
        const uint32_t n = piece < to - from ? piece : to - from;
        err = xip_update_write(&update, image + from, n);
        from += n;
    }
    return err;
}

static int install(void) {
    int err = begin();
    err = err ? err : send(0, image_bytes, 1000);
    return err ? err : xip_update_finish(&update);
}

static uint8_t state_of(unsigned slot) {
    struct xip_slot_info info;
    (void)!xip_slots_list(&slots, slot, &info);
    return info.state;
}

static void assert_installed(void) {
    assert_memory_equal(fake.mem + SLOT, image, image_bytes);
    assert_int_equal(state_of(1), XIP_SLOT_TRIAL);
}

static void an_update_ends_on_trial(void **state) {
    (void)state;
    make_image(150000, 1);
    assert_int_equal(begin(), 0);
    assert_int_equal(send(0, 300, 100), 0);
    assert_int_equal(state_of(1), XIP_SLOT_UNKNOWN); // nothing was touched
    assert_int_equal(fake.operations, 0);
    assert_int_equal(send(300, 600, 100), 0);
    assert_int_equal(state_of(1), XIP_SLOT_WRITING);
    assert_int_equal(send(600, image_bytes, 700), 0);
    assert_int_equal(xip_update_finish(&update), 0);
    assert_installed();
    assert_int_equal(fake.twice, 0);
}

// The reset, and the sender that asks where to go on.
static void resume(bool skip) {
    open_slots();
    assert_int_equal(begin(), 0);
    // What was open is unstable: it reads as anything.
    const uint32_t kept = slots.state[1] == 2 ? (uint32_t)slots.state[10] << 16
                                              : 0; // in steps of 64 KB
    if (kept) {
        memset(fake.mem + SLOT + kept, 0, SLOT_BYTES - kept - 0x1000);
    }
    if (fake.mem[SLOT] != 0xFF) {
        memset(fake.mem + SLOT, 0, 256);
    }
    assert_int_equal(send(0, 512, 100), 0);
    assert_int_equal(update.kept_bytes, kept);
    if (skip) {
        assert_int_equal(xip_update_resume(&update), kept ? 1 : 0);
        assert_int_equal(update.received_bytes, kept ? kept : 512);
    }
    assert_int_equal(send(update.received_bytes, image_bytes, 1000), 0);
    assert_int_equal(xip_update_finish(&update), 0);
    assert_installed();
}

static void a_cut_at_every_operation(void **state) {
    (void)state;
    make_image(150000, 2);
    set_up(NULL);
    assert_int_equal(install(), 0);
    const unsigned all = fake.operations;
    unsigned kept = 0;
    for (unsigned n = 0; n < 3 * all; n += n < 60 || n > 3 * all - 60 ? 1 : 7) {
        set_up(NULL);
        fake.fail_at = n / 3 + 1;
        fake.tear = (enum fake_tear)(n % 3);
        fake.seed = n + 1;
        if (setjmp(fake.power) == 0) {
            (void)!install();
            fail_msg("no cut");
        }
        fake_restart(&fake);
        resume(n % 2);
        kept += update.kept_bytes != 0;
        assert_true(update.kept_bytes == 0 ||
                fake.programs < all - update.kept_bytes / 256 + 20);
    }
    assert_true(kept > 100);
}

static void fail_behind(uint32_t bytes) {
    assert_int_equal(begin(), 0);
    assert_int_equal(send(0, bytes, 1000), 0);
    fake_restart(&fake);
    open_slots(); // the reset
}

static void another_image_of_the_same_header(void **state) {
    (void)state;
    make_image(150000, 3);
    fail_behind(100000);
    make_image(150000, 4);
    assert_int_equal(install(), XIP_ERR_TRANSFER);
    assert_int_equal(install(), 0); // from the start
    assert_int_equal(update.kept_bytes, 0);
    assert_installed();
}

static void another_header_is_another_image(void **state) {
    (void)state;
    make_image(150000, 3);
    fail_behind(100000);
    make_image(150001, 4);
    assert_int_equal(install(), 0);
    assert_int_equal(update.kept_bytes, 0);
    assert_installed();
}

static void an_identity_tells_images_apart(void **state) {
    (void)state;
    make_image(150000, 3);
    options.identity = 0x1111;
    fail_behind(100000);
    make_image(150000, 4);
    options.identity = 0x2222;
    assert_int_equal(install(), 0);
    assert_int_equal(update.kept_bytes, 0);
    assert_installed();
}

// The TLV areas are looked at in any case.
static void what_is_kept_ends_before_the_areas(void **state) {
    (void)state;
    make_image(2 * STEP + 100, 5);
    fail_behind(2 * STEP + 50);
    assert_int_equal(begin(), 0);
    assert_int_equal(send(0, 256, 256), 0);
    assert_int_equal(update.kept_bytes, STEP);
    assert_int_equal(xip_update_resume(&update), 1);
    assert_int_equal(xip_update_resume(&update), 0);
    assert_int_equal(send(STEP, image_bytes, 999), 0);
    assert_int_equal(xip_update_finish(&update), 0);
    assert_installed();
}

// Idle time must not erase what may be kept.
static void idle_waits_for_the_first_page(void **state) {
    (void)state;
    make_image(150000, 6);
    fail_behind(100000);
    assert_int_equal(begin(), 0);
    assert_int_equal(send(0, 100, 100), 0);
    assert_int_equal(xip_update_idle(&update), 0);
    assert_int_equal(send(100, 256, 156), 0);
    assert_int_equal(update.kept_bytes, STEP);
    assert_int_equal(xip_update_idle(&update), 1);
    assert_int_equal(send(256, image_bytes, 1000), 0);
    assert_int_equal(xip_update_finish(&update), 0);
    assert_installed();
}

static void pieces_again_and_gaps(void **state) {
    (void)state;
    make_image(70000, 7);
    assert_int_equal(begin(), 0);
    uint32_t random = 1;
    while (update.received_bytes < image_bytes) {
        random = random * 1664525u + 1013904223u;
        const uint32_t back = (random >> 8) % 3000;
        const uint32_t at = update.received_bytes;
        const uint32_t from = back < at ? at - back : 0;
        const uint32_t rest = image_bytes - from;
        const uint32_t n = (random >> 20) % 4000 % (rest + 1);
        assert_int_equal(xip_update_write_at(&update, from, image + from, n),
                0);
        assert_true(update.received_bytes >= at);
        assert_int_equal(xip_update_write_at(&update, update.received_bytes + 1,
                                 image, 1),
                XIP_ERR_TRANSFER);
    }
    assert_int_equal(xip_update_finish(&update), 0);
    assert_installed();
    assert_int_equal(xip_update_write_at(NULL, 0, image, 1), XIP_ERR_PARAM);
    assert_int_equal(xip_update_resume(NULL), XIP_ERR_PARAM);
}

static void the_slot_must_be_the_journals(void **state) {
    (void)state;
    options.slot = 2;
    assert_int_equal(begin(), XIP_ERR_PARAM);
    options.slot = 0;
    assert_int_equal(begin(), XIP_ERR_PARAM);
    options.slot = 1;
    assert_int_equal(xip_update_begin(&update, &fake.dev, SLOT, 0x1000,
                             &options),
            XIP_ERR_PARAM);
    assert_int_equal(begin(), 0);
}

/// What is the same already ///

static uint8_t unit[0x1000];

static void compare(void) {
    options.compare = unit;
    options.compare_bytes = sizeof unit;
}

// Another version: some bytes are different, `changes` of them.
static void change_image(uint32_t seed, unsigned changes) {
    image[20]++;
    for (unsigned i = 0; i < changes; i++) {
        seed = seed * 1664525u + 1013904223u;
        image[HEADER + (seed >> 8) % (image_bytes - HEADER - AREA)] ^= 0x55;
    }
    image[image_bytes - AREA + 8] ^= (uint8_t)seed; // of its digest
}

static void unchanged_units_are_left_alone(void **state) {
    (void)state;
    static const uint32_t pieces[] = {100, 256, 1000, 4096, 5000, 65536};
    for (unsigned i = 0; i < 36; i++) {
        set_up(NULL);
        make_image(150000 + i, i);
        assert_int_equal(install(), 0);
        fake_restart(&fake);
        const unsigned changes = i % 6;
        change_image(i, changes);
        open_slots();
        compare();
        assert_int_equal(begin(), 0);
        assert_int_equal(send(0, image_bytes, pieces[i / 6]), 0);
        assert_int_equal(xip_update_finish(&update), 0);
        assert_installed();
        // The first unit, that of the areas, the trailer's, the changes.
        assert_true(fake.erases <= 3 + changes);
        assert_true(update.skipped_bytes >= (37 - 2 - changes) * 0x1000u);
        assert_true(update.skipped_bytes < 36 * 0x1000u);
        assert_int_equal(fake.twice, 0);
    }
}

static void what_is_not_known_is_erased(void **state) {
    (void)state;
    make_image(150000, 1);
    memcpy(fake.mem + SLOT, image, image_bytes); // by a programmer
    compare();
    assert_int_equal(install(), 0);
    assert_int_equal(update.skipped_bytes, 0);
    assert_installed();
    // An update of it was cut: a unit may only look the same.
    change_image(2, 1);
    open_slots();
    compare();
    fail_behind(30000);
    compare();
    assert_int_equal(install(), 0);
    assert_int_equal(update.skipped_bytes, 0);
    assert_installed();
}

static void a_complete_image_without_its_entry_is_erased(void **state) {
    (void)state;
    make_image(150000, 1);
    assert_int_equal(install(), 0);
    const unsigned all = fake.operations;
    set_up(NULL);
    fake.fail_at = all - 3;
    fake.fail_err = XIP_ERR_PROTECT;
    assert_int_equal(install(), XIP_ERR_PROTECT);
    assert_memory_equal(fake.mem + SLOT, image, image_bytes);
    fake_restart(&fake);
    open_slots();
    compare();
    assert_int_equal(install(), 0);
    assert_int_equal(update.skipped_bytes, 0);
    assert_installed();
}

static void a_cut_among_unchanged_units(void **state) {
    (void)state;
    static unsigned n; // a cut is a longjmp
    for (n = 0;; n++) {
        set_up(NULL);
        make_image(150000, 9);
        assert_int_equal(install(), 0);
        fake_restart(&fake);
        open_slots();
        compare();
        change_image(10, 8);
        fake.fail_at = n / 3 + 1;
        fake.tear = (enum fake_tear)(n % 3);
        fake.seed = n + 1;
        if (setjmp(fake.power) == 0) {
            assert_int_equal(install(), 0);
            assert_true(n > 300);
            return;
        }
        fake_restart(&fake);
        resume(n % 2);
    }
}

static void too_little_ram_to_compare(void **state) {
    (void)state;
    compare();
    options.compare_bytes--;
    assert_int_equal(begin(), XIP_ERR_PARAM);
}

static void a_journal_that_fails_stops_it(void **state) {
    (void)state;
    make_image(70000, 8);
    fake.fail_at = 1;
    fake.fail_err = XIP_ERR_PROTECT;
    assert_int_equal(install(), XIP_ERR_PROTECT);
    assert_int_equal(fake.mem[SLOT], 0xA5); // nothing was erased
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)
int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(an_update_ends_on_trial),
            TEST(a_cut_at_every_operation),
            TEST(another_image_of_the_same_header),
            TEST(another_header_is_another_image),
            TEST(an_identity_tells_images_apart),
            TEST(what_is_kept_ends_before_the_areas),
            TEST(idle_waits_for_the_first_page),
            TEST(pieces_again_and_gaps),
            TEST(the_slot_must_be_the_journals),
            TEST(unchanged_units_are_left_alone),
            TEST(what_is_not_known_is_erased),
            TEST(a_complete_image_without_its_entry_is_erased),
            TEST(a_cut_among_unchanged_units),
            TEST(too_little_ram_to_compare),
            TEST(a_journal_that_fails_stops_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
