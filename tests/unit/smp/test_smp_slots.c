/*
 * test_smp_slots - slots and updater behind the SMP server
 *
 * SPDX-License-Identifier: MIT
 *
 * Through xip_smp_handle() where a client could see it, so that both halves
 * agree.
 */
// sources: xipsafe/smp/xip_smp_slots.c xipsafe/transport/xip_smp.c
// sources: xipsafe/transport/xip_cbor.c xipsafe/update/*.c
// sources: xipsafe/image/xip_image.c xipsafe/image/xip_verify.c
// sources: xipsafe/image/xip_p256.c xipsafe/image/xip_sha256.c
// sources: xipsafe/slots/*.c xipsafe/*/xip_part.c
// sources: tests/support/fake_flash.c
// libs: bearssl
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fake_flash.h"
#include "support/image_maker.h"
#include "xip_cbor.h"
#include "xip_smp.h"
#include "xip_journal.h"
#include "xip_smp_slots.h"

#define SLOT_BYTES 0x20000u
#define SLOT_COUNT 3u
#define HEADER 0x200u
#define PAYLOAD payload
#define CHUNK_SHA 7 // what the file's SHA-256 is made of
#define CHUNK 512u

static struct fake_flash fake;
static struct xip_boot_slot slots[SLOT_COUNT];
static uint32_t payload;
static struct xip_journal_flash place;
static struct xip_slots journal;
static struct xip_slots *kept; // NULL: no journal
static struct xip_smp_slots glue;
static struct xip_smp smp;
static uint8_t image[SLOT_BYTES + 2000];
static uint32_t image_bytes;

static uint32_t addr_of(unsigned slot) {
    return FAKE_WINDOW + 0x10000u + slot * SLOT_BYTES;
}

static uint8_t *memory_of(unsigned slot) {
    return fake.mem + (addr_of(slot) - FAKE_WINDOW);
}

static void make_image(unsigned slot, uint8_t major, uint8_t signer) {
    struct maker m;
    maker_start(&m, image, HEADER, PAYLOAD, addr_of(slot));
    maker_version(&m, major, 1, 2, 0);
    image[HEADER + 1000] = major;
    maker_seal(&m);
    if (signer) {
        maker_sign(&m, signer);
    }
    image_bytes = m.size;
}

static uint8_t golden; // its number and 1

static void open_server(const struct xip_image_trust *trust) {
    struct xip_smp_slots_config config = {
            .dev = &fake.dev,
            .slots = slots,
            .slot_count = SLOT_COUNT,
            .golden = golden,
            .journal = kept,
            .erase_max_bytes = 4096,
            .trust = trust,
    };
    xip_smp_slots_init(&glue, &config);
    const struct xip_smp_config server = {
            .images = &glue.images,
            .ctx = &glue,
            .buffer_bytes = 1024,
    };
    xip_smp_init(&smp, &server);
}

// Version 1 runs from slot 0, the others are empty.
static int open_chip(void **state) {
    (void)state;
    static const uint32_t sizes[] = {0x1000, 0x8000, 0};
    payload = 20000;
    fake_open(&fake, sizes, 256);
    for (unsigned i = 0; i < SLOT_COUNT; i++) {
        slots[i] = (struct xip_boot_slot){memory_of(i), addr_of(i), SLOT_BYTES};
    }
    make_image(0, 1, 0);
    memcpy(memory_of(0), image, image_bytes);
    fake.dev.config.window_addr = FAKE_WINDOW;
    fake.dev.config.image_addr = addr_of(0);
    fake.dev.config.image_bytes = image_bytes;
    kept = NULL;
    golden = 0;
    open_server(NULL);
    return 0;
}

// As after a reset.
static void open_with_journal(void) {
    struct xip_journal_io io;
    assert_int_equal(xip_journal_flash_io(&io, &place, &fake.dev, 0x7E000,
                             0x2000),
            0);
    assert_int_equal(xip_slots_open(&journal, &io, slots, SLOT_COUNT), 0);
    kept = &journal;
    open_server(NULL);
}

/// A client ///

static uint8_t answer[1024];
static uint32_t answer_bytes;

static void request(unsigned op, unsigned command, const uint8_t *map,
        size_t map_bytes) {
    uint8_t packet[1100] = {(uint8_t)(1 << 3 | op), 0,
            (uint8_t)(map_bytes >> 8), (uint8_t)map_bytes, 0, 1, 7,
            (uint8_t)command};
    memcpy(packet + 8, map, map_bytes);
    answer_bytes = xip_smp_handle(&smp, packet, 8 + (uint32_t)map_bytes, answer,
            sizeof answer);
    assert_true(answer_bytes > 8);
}

static struct xip_cbor answer_map(void) {
    return (struct xip_cbor){answer + 8, answer + answer_bytes, false};
}

// The code of the image group, 0 if there is none.
static uint32_t code(void) {
    struct xip_cbor map = answer_map();
    struct xip_cbor_item item;
    if (!xip_cbor_find(&map, "err", &item)) {
        return 0;
    }
    // {"err": {"group": 1, "rc": n}}
    map.next += 5;
    assert_true(xip_cbor_find(&map, "rc", &item));
    return item.value;
}

static uint32_t send_piece(uint32_t off, uint32_t n, uint32_t total,
        bool upgrade) {
    uint8_t map[1000];
    struct xip_cbor_writer w = {map, map + sizeof map, false};
    struct xip_cbor_item item;
    uint8_t sha[32];
    memset(sha, CHUNK_SHA, sizeof sha);
    xip_cbor_put(&w, XIP_CBOR_MAP, kept ? 5 : 4);
    if (kept) {
        xip_cbor_put_text(&w, "sha");
        xip_cbor_put_string(&w, XIP_CBOR_BYTES, sha, sizeof sha);
    }
    xip_cbor_put_text(&w, "off");
    xip_cbor_put(&w, XIP_CBOR_UINT, off);
    xip_cbor_put_text(&w, "len");
    xip_cbor_put(&w, XIP_CBOR_UINT, total);
    xip_cbor_put_text(&w, "upgrade");
    xip_cbor_put_bool(&w, upgrade);
    xip_cbor_put_text(&w, "data");
    xip_cbor_put_string(&w, XIP_CBOR_BYTES, image + off, n);
    request(2, 1, map, (size_t)(w.next - map));
    const struct xip_cbor now = answer_map();
    return xip_cbor_find(&now, "off", &item) ? item.value : UINT32_MAX;
}

// Returns the last code.
static uint32_t upload_all(uint32_t total, uint32_t chunk, bool upgrade) {
    for (uint32_t off = 0; off < total;) {
        const uint32_t n = total - off < chunk ? total - off : chunk;
        const uint32_t next = send_piece(off, n, total, upgrade);
        if (next == UINT32_MAX) {
            return code();
        }
        assert_int_equal(next, off + n);
        off = next;
        assert_true(xip_smp_slots_idle(&glue) >= 0);
    }
    return 0;
}

static uint8_t flags_of(unsigned slot) {
    struct xip_smp_slot s = {0};
    assert_int_equal(glue.images.slot(&glue, slot, &s), 0);
    assert_int_equal(s.addr, addr_of(slot));
    assert_int_equal(s.size_bytes, SLOT_BYTES);
    return s.flags;
}

#define RUNS \
    (XIP_SMP_PRESENT | XIP_SMP_BOOTABLE | XIP_SMP_ACTIVE | XIP_SMP_CONFIRMED)
#define NEXT \
    (XIP_SMP_PRESENT | XIP_SMP_BOOTABLE | XIP_SMP_PENDING | XIP_SMP_PERMANENT)

/// Tests ///

static void test_slots_are_shown(void **state) {
    (void)state;
    struct xip_smp_slot s = {0};
    assert_int_equal(flags_of(0), RUNS);
    assert_int_equal(flags_of(1), 0);
    (void)glue.images.slot(&glue, 0, &s);
    assert_int_equal(s.version.major, 1);
    assert_int_equal(s.version.minor, 1);
    assert_int_equal(s.version.revision, 2);
    struct maker m = {.data = image, .signed_bytes = HEADER + PAYLOAD};
    uint8_t digest[32];
    maker_digest(&m, digest);
    assert_memory_equal(s.digest, digest, 32);
    // An image in the wrong slot is none.
    memcpy(memory_of(1), image, image_bytes);
    assert_int_equal(flags_of(1), 0);
    // A boot program: nothing runs, and the image starts next.
    fake.dev.config.image_bytes = 0;
    assert_int_equal(flags_of(0), NEXT);
}

static void test_upload_chooses_the_slot(void **state) {
    (void)state;
    static const uint32_t chunks[] = {CHUNK, 800, 97, 33};
    for (unsigned i = 0; i < 4; i++) {
        for (unsigned slot = 1; slot < SLOT_COUNT; slot++) {
            make_image(slot, (uint8_t)(2 + i), 0);
            assert_int_equal(upload_all(image_bytes, chunks[i], true), 0);
            assert_memory_equal(memory_of(slot), image, image_bytes);
        }
        assert_int_equal(flags_of(0), RUNS);
        assert_int_equal(flags_of(1), NEXT); // equal versions: the first
        assert_int_equal(flags_of(2), XIP_SMP_PRESENT | XIP_SMP_BOOTABLE);
    }
}

// So little of the header that it does not say where it belongs.
static void test_tiny_packets(void **state) {
    (void)state;
    make_image(1, 2, 0);
    assert_int_equal(upload_all(image_bytes, 11, false), 0);
    assert_memory_equal(memory_of(1), image, image_bytes);
    make_image(2, 2, 0);
    assert_int_equal(upload_all(image_bytes, 11, false), 25);
    make_image(1, 3, 0);
    assert_int_equal(upload_all(image_bytes, 11, true), 21);
}

static void test_what_is_refused(void **state) {
    (void)state;
    const unsigned before = fake.erases;
    make_image(0, 2, 0); // for the slot that runs
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 25);
    make_image(7, 2, 0); // for another board
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 25);
    make_image(1, 2, 0);
    assert_int_equal(upload_all(SLOT_BYTES + 1, CHUNK, false), 30);
    image[0] ^= 1;
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 22);
    make_image(1, 1, 0); // not newer
    assert_int_equal(upload_all(image_bytes, CHUNK, true), 27);
    image[16] = image[17] = 0; // not ROM_FIXED
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 25);
    assert_int_equal(fake.erases, before);
}

// What the factory put there stays.
static void test_golden_slot(void **state) {
    (void)state;
    golden = 2 + 1;
    open_server(NULL);
    const unsigned before = fake.erases;
    make_image(2, 2, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 25);
    assert_int_equal(glue.images.erase(&glue, 2), XIP_ERR_RUNNING);
    request(2, 5, (const uint8_t *)"\xa1\x64slot\x02", 7);
    assert_int_equal(code(), 33);
    assert_int_equal(fake.erases, before);
    make_image(1, 2, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);
    assert_int_equal(glue.images.erase(&glue, 1), 0);
}

static void test_damaged_image(void **state) {
    (void)state;
    make_image(1, 2, 0);
    image[HEADER + 5000] ^= 4;
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 24);
    assert_int_equal(flags_of(1), 0);
    assert_int_equal(memory_of(1)[0], 0xFF);
    // Its end is missing, although the client says that this is all of it.
    make_image(1, 2, 0);
    assert_int_equal(upload_all(image_bytes - 1, CHUNK, false), 21);
    assert_int_equal(flags_of(1), 0);
    // Padding behind it does not matter.
    memset(image + image_bytes, 0xFF, 1000);
    assert_int_equal(upload_all(image_bytes + 1000, CHUNK, false), 0);
    assert_int_equal(flags_of(1), NEXT);
}

static void test_signatures(void **state) {
    (void)state;
    uint8_t spki[91];
    maker_public(5, spki);
    const uint8_t *const keys[] = {spki};
    const struct xip_image_trust trust = {.keys = keys, .key_count = 1};
    open_server(&trust);
    make_image(1, 2, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 24);
    make_image(1, 2, 6);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 24);
    assert_int_equal(flags_of(1), 0);
    make_image(1, 2, 5);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);
    assert_int_equal(flags_of(1), NEXT);
}

static void test_test_confirm_erase(void **state) {
    (void)state;
    make_image(1, 2, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);
    make_image(2, 3, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);
    // It would start anyway; the other one would not.
    assert_int_equal(glue.images.test(&glue, 2), 0);
    assert_int_equal(glue.images.test(&glue, 1), XIP_ERR_VERSION);
    assert_int_equal(glue.images.confirm(&glue, 0), 0);
    assert_int_equal(glue.images.confirm(&glue, 1), XIP_ERR_VERSION);
    assert_int_equal(glue.images.erase(&glue, 2), 0);
    for (uint32_t i = 0; i < SLOT_BYTES; i++) {
        assert_int_equal(memory_of(2)[i], 0xFF);
    }
    assert_int_equal(flags_of(1), NEXT);
    // By the protocol: the running one never.
    request(2, 5, (const uint8_t *)"\xa1\x64slot\x00", 7);
    assert_int_equal(code(), 33);
    assert_int_equal(flags_of(0), RUNS);
}

static void test_an_upload_that_is_given_up(void **state) {
    (void)state;
    assert_int_equal(xip_smp_slots_idle(&glue), 0);
    make_image(1, 2, 0);
    assert_int_equal(send_piece(0, CHUNK, image_bytes, false), CHUNK);
    make_image(2, 2, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);
    assert_int_equal(flags_of(1), 0);
    assert_int_equal(flags_of(2), NEXT);
    assert_int_equal(xip_smp_slots_idle(&glue), 0);
    // Erased in the middle: the rest is not written.
    make_image(1, 2, 0);
    assert_int_equal(send_piece(0, CHUNK, image_bytes, false), CHUNK);
    request(2, 5, (const uint8_t *)"\xa1\x64slot\x01", 7);
    assert_int_equal(send_piece(CHUNK, CHUNK, image_bytes, false), 0);
    assert_int_equal(glue.images.write(&glue, image, 1), XIP_ERR_TRANSFER);
}

static void test_flash_that_fails(void **state) {
    (void)state;
    make_image(1, 2, 0);
    fake.fail_at = fake.operations + 9;
    fake.fail_err = XIP_ERR_VERIFY;
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 12);
    fake.fail_at = 0;
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);
    assert_memory_equal(memory_of(1), image, image_bytes);
}

static void test_with_a_journal(void **state) {
    (void)state;
    open_with_journal();
    assert_int_equal(flags_of(0), RUNS); // as the factory has left it
    make_image(1, 2, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);
    assert_int_equal(flags_of(1),
            XIP_SMP_PRESENT | XIP_SMP_BOOTABLE | XIP_SMP_PENDING);
    assert_int_equal(glue.images.test(&glue, 1), 0);
    // An image that was never started cannot be confirmed.
    assert_int_equal(glue.images.confirm(&glue, 1), XIP_ERR_VERSION);

    // It runs, on trial.
    struct xip_slot_info info;
    assert_int_equal(xip_slots_list(&journal, 1, &info), 0);
    info.tries = 1;
    assert_int_equal(xip_slots_record(&journal, 1, &info), 0);
    fake.dev.config.image_addr = addr_of(1);
    open_with_journal();
    assert_int_equal(flags_of(1),
            XIP_SMP_PRESENT | XIP_SMP_BOOTABLE | XIP_SMP_ACTIVE);
    assert_int_equal(glue.images.confirm(&glue, 1), 0);
    assert_int_equal(flags_of(1), RUNS);

    // Rejected: still listed, not bootable; test gives it another chance.
    make_image(0, 3, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);
    assert_int_equal(xip_slots_reject(&journal, 0, XIP_REASON_APPLICATION), 0);
    assert_int_equal(flags_of(0), XIP_SMP_PRESENT);
    assert_int_equal(glue.images.test(&glue, 0), 0);
    assert_int_equal(flags_of(0),
            XIP_SMP_PRESENT | XIP_SMP_BOOTABLE | XIP_SMP_PENDING);
}

// What it would go back to stays, until it has confirmed itself.
static void test_a_running_trial(void **state) {
    (void)state;
    open_with_journal();
    make_image(1, 2, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);
    fake.dev.config.image_addr = addr_of(1) + HEADER;
    open_with_journal();
    const unsigned operations = fake.operations;
    make_image(0, 3, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 9);
    request(2, 5, (const uint8_t *)"\xa1\x64slot\x00", 7);
    assert_int_equal(code(), 9);
    assert_int_equal(fake.operations, operations);
    assert_int_equal(xip_slots_may_erase(&journal, 0, addr_of(1)),
            XIP_ERR_TRIAL);
    assert_int_equal(xip_slots_may_erase(&journal, 0, addr_of(2)), 0);
    assert_int_equal(xip_slots_may_erase(&journal, 0, 0x08000000), 0);
    assert_int_equal(xip_slots_may_erase(&journal, 3, addr_of(1)),
            XIP_ERR_PARAM);

    // A slot that could not start may be used.
    make_image(2, 3, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);

    struct xip_slot_info info;
    assert_int_equal(xip_slots_list(&journal, 1, &info), 0);
    info.tries = 1;
    assert_int_equal(xip_slots_record(&journal, 1, &info), 0);
    assert_int_equal(glue.images.confirm(&glue, 1), 0);
    make_image(0, 3, 0);
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);
}

static void test_an_upload_goes_on_after_a_reset(void **state) {
    (void)state;
    payload = 120000;
    open_with_journal();
    make_image(1, 2, 0);
    uint32_t off = 0;
    while (off < 80000) {
        off = send_piece(off, CHUNK, image_bytes, false);
    }
    open_with_journal();
    const unsigned before = fake.erases;
    off = send_piece(0, CHUNK, image_bytes, false);
    assert_int_equal(off, XIP_UPDATE_STEP_BYTES);
    while (off < image_bytes) {
        off = send_piece(off,
                image_bytes - off < CHUNK ? image_bytes - off : CHUNK,
                image_bytes, false);
    }
    assert_int_equal(off, image_bytes);
    assert_memory_equal(memory_of(1), image, image_bytes);
    assert_true(fake.erases - before < 120000 / 4096);
    // Another image does not go on there.
    payload = 110000;
    make_image(1, 3, 0);
    assert_int_equal(send_piece(0, CHUNK, image_bytes, false), CHUNK);
}

// What is erased is not part of an update that goes on.
static void test_an_erase_ends_an_upload(void **state) {
    (void)state;
    payload = 120000;
    open_with_journal();
    make_image(1, 2, 0);
    uint32_t off = 0;
    while (off < 80000) {
        off = send_piece(off, CHUNK, image_bytes, false);
    }
    request(2, 5, (const uint8_t *)"\xa1\x64slot\x01", 7);
    assert_int_equal(code(), 0);
    assert_int_equal(send_piece(0, CHUNK, image_bytes, false), CHUNK);
    open_with_journal();
    assert_int_equal(upload_all(image_bytes, CHUNK, false), 0);
    assert_memory_equal(memory_of(1), image, image_bytes);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(test_slots_are_shown),
            cmocka_unit_test(test_upload_chooses_the_slot),
            cmocka_unit_test(test_tiny_packets),
            cmocka_unit_test(test_what_is_refused),
            cmocka_unit_test(test_golden_slot),
            cmocka_unit_test(test_damaged_image),
            cmocka_unit_test(test_signatures),
            cmocka_unit_test(test_test_confirm_erase),
            cmocka_unit_test(test_an_erase_ends_an_upload),
            cmocka_unit_test(test_an_upload_that_is_given_up),
            cmocka_unit_test(test_flash_that_fails),
            cmocka_unit_test(test_with_a_journal),
            cmocka_unit_test(test_a_running_trial),
            cmocka_unit_test(test_an_upload_goes_on_after_a_reset),
    };
    struct CMUnitTest all[sizeof tests / sizeof tests[0]];
    memcpy(all, tests, sizeof all);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        all[i].setup_func = open_chip;
    }
    return cmocka_run_group_tests(all, NULL, NULL);
}
