/*
 * test_journal - the journal's format, its errors, and its wear
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/slots/xip_journal.c xipsafe/slots/xip_journal_flash.c
// sources: xipsafe/*/xip_part.c tests/support/fake_flash.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/fake_flash.h"
#include "xip_journal.h"

#define OFF 0x10000u
#define SECTOR 0x1000u
#define POSITION 128u
#define RECORDS (SECTOR / POSITION)

static struct fake_flash fake;
static struct xip_journal_flash flash;
static struct xip_journal_io io;
static struct xip_journal journal;

static int set_up(void **state) {
    (void)state;
    static const uint32_t sizes[] = {0x1000, 0x10000, 0};
    fake_open(&fake, sizes, 256);
    return xip_journal_flash_io(&io, &flash, &fake.dev, OFF, 2 * SECTOR);
}

static void payload_of(uint32_t n, uint8_t payload[XIP_JOURNAL_PAYLOAD_BYTES]) {
    for (unsigned i = 0; i < XIP_JOURNAL_PAYLOAD_BYTES; i++) {
        payload[i] = (uint8_t)((n >> i % 4 * 8) + i / 4);
    }
}

static void append(uint32_t n) {
    uint8_t payload[XIP_JOURNAL_PAYLOAD_BYTES];
    payload_of(n, payload);
    assert_int_equal(xip_journal_append(&journal, payload), 0);
}

static void expect(uint32_t n) {
    uint8_t payload[XIP_JOURNAL_PAYLOAD_BYTES];
    payload_of(n, payload);
    assert_int_equal(xip_journal_open(&journal, &io), 0);
    assert_false(journal.is_empty);
    assert_memory_equal(journal.payload, payload, sizeof payload);
}

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

// Bit by bit, as docs/SPEC.md has it.
static uint32_t crc32(const uint8_t *p, unsigned len) {
    uint32_t crc = UINT32_MAX;
    for (unsigned i = 0; i < 8 * len; i++) {
        const uint32_t bit = (p[i / 8] >> i % 8 ^ crc) & 1;
        crc = crc >> 1 ^ (bit ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static void assert_position(unsigned at, uint32_t seq, const uint8_t *payload) {
    static const uint8_t zeros[32];
    const uint8_t *p = fake.mem + OFF + at * POSITION;
    assert_memory_equal(p, zeros, 16);
    assert_memory_equal(p + 16, "XJ1", 4);
    assert_int_equal(get32(p + 20), seq);
    assert_memory_equal(p + 24, payload, 68);
    assert_int_equal(get32(p + 92), crc32(p + 16, 76));
    assert_memory_equal(p + 96, zeros, 32);
}

static void every_bit_is_as_specified(void **state) {
    (void)state;
    assert_int_equal(crc32((const uint8_t *)"123456789", 9), 0xCBF43926);
    assert_int_equal(xip_journal_open(&journal, &io), 0);
    assert_true(journal.is_empty);
    append(5);
    append(6);
    uint8_t payload[68] = {0};
    assert_position(0, 1, payload);
    payload_of(5, payload);
    assert_position(1, 2, payload);
    payload_of(6, payload);
    assert_position(2, 3, payload);
    for (unsigned i = 3 * POSITION; i < 2 * SECTOR; i++) {
        assert_true(i >= SECTOR || fake.mem[OFF + i] == 0xFF);
    }
    expect(6);
    assert_int_equal(journal.seq, 3);
}

// No unit of 16 bytes is programmed twice, as long as the power does not fail.
static void a_boot_that_changes_nothing_writes_nothing(void **state) {
    (void)state;
    assert_int_equal(xip_journal_open(&journal, &io), 0);
    assert_int_equal(xip_journal_settle(&journal), 0);
    assert_int_equal(fake.operations, 0);
    append(1);
    fake_restart(&fake);
    for (unsigned i = 0; i < 5; i++) {
        expect(1);
        assert_int_equal(xip_journal_settle(&journal), 0);
    }
    assert_int_equal(fake.operations, 0);
    append(2);
    assert_int_equal(fake.programs, 4);
    assert_int_equal(fake.twice, 0);
}

// 100,000 updates of eight records each: begin, some progress, trial, confirm.
static void a_hundred_thousand_updates(void **state) {
    (void)state;
    const uint32_t records = 8 * 100000;
    assert_int_equal(xip_journal_open(&journal, &io), 0);
    for (uint32_t n = 1; n <= records; n++) {
        append(n);
        if (n % 997 == 0) {
            expect(n);
        }
    }
    expect(records);
    assert_int_equal(fake.twice, 0);
    // One record of each sector is the copy that it begins with.
    assert_int_equal(fake.erases, (records + RECORDS - 2) / (RECORDS - 1));
    printf("%u records, %u erases of each sector\n", (unsigned)records,
            fake.erases / 2);
}

static void numbers_wrap(void **state) {
    (void)state;
    assert_int_equal(xip_journal_open(&journal, &io), 0);
    append(1);
    journal.seq = UINT32_MAX - 2;
    for (uint32_t n = 2; n < 2 * RECORDS; n++) {
        append(n);
        expect(n);
    }
    assert_true(journal.seq < 2 * RECORDS);
}

// A record of another format, or of none, is no record.
static void another_magic_is_no_record(void **state) {
    (void)state;
    assert_int_equal(xip_journal_open(&journal, &io), 0);
    append(1);
    append(2);
    uint8_t *record = fake.mem + OFF + 2 * POSITION + 16;
    record[2] = '2';
    const uint32_t crc = crc32(record, 76);
    for (unsigned i = 0; i < 4; i++) {
        record[76 + i] = (uint8_t)(crc >> 8 * i);
    }
    expect(1);
}

static void a_damaged_record_counts_for_nothing(void **state) {
    (void)state;
    assert_int_equal(xip_journal_open(&journal, &io), 0);
    append(1);
    append(2);
    for (unsigned i = 0; i < 80 * 8; i++) {
        fake.mem[OFF + 2 * POSITION + 16 + i / 8] ^= (uint8_t)(1u << i % 8);
        expect(1);
        fake.mem[OFF + 2 * POSITION + 16 + i / 8] ^= (uint8_t)(1u << i % 8);
    }
    expect(2);
}

static void an_error_closes_it(void **state) {
    (void)state;
    // Erase; claim, record, two seals of the copy; the same of the record.
    for (unsigned at = 1; at <= 9; at++) {
        set_up(NULL);
        assert_int_equal(xip_journal_open(&journal, &io), 0);
        fake.fail_at = at;
        fake.fail_err = XIP_ERR_VERIFY;
        uint8_t payload[XIP_JOURNAL_PAYLOAD_BYTES];
        payload_of(1, payload);
        assert_int_equal(xip_journal_append(&journal, payload), XIP_ERR_VERIFY);
        assert_int_equal(xip_journal_append(&journal, payload), XIP_ERR_PARAM);
        assert_int_equal(xip_journal_settle(&journal), XIP_ERR_PARAM);
        fake_restart(&fake);
        assert_int_equal(xip_journal_open(&journal, &io), 0);
        append(2);
        expect(2);
    }
}

static int no_read(void *ctx, uint32_t off, void *data, uint32_t len) {
    (void)ctx;
    (void)off;
    memset(data, 0, len);
    return XIP_ERR_BUSY;
}

static void a_read_that_fails(void **state) {
    (void)state;
    io.read = no_read;
    assert_int_equal(xip_journal_open(&journal, &io), XIP_ERR_BUSY);
    assert_int_equal(xip_journal_settle(&journal), XIP_ERR_PARAM);
}

static void impossible_places(void **state) {
    (void)state;
    struct xip_journal_io other;
    struct xip_flash *dev = &fake.dev;
    assert_int_equal(xip_journal_flash_io(&other, &flash, NULL, 0, 0x2000),
            XIP_ERR_PARAM);
    assert_int_equal(xip_journal_flash_io(&other, &flash, dev, 2 * FAKE_BYTES,
                             0x2000),
            XIP_ERR_RANGE);
    assert_int_equal(xip_journal_flash_io(&other, &flash, dev,
                             FAKE_BYTES - 0x1000, 0x2000),
            XIP_ERR_RANGE);
    static const uint32_t places[][2] = {
            {0x800, 0x2000}, {0, 0x1000}, {0, 0}, {0, 0x3000}, {0, 0x10000}};
    for (unsigned i = 0; i < 5; i++) {
        assert_int_equal(xip_journal_flash_io(&other, &flash, dev, places[i][0],
                                 places[i][1]),
                XIP_ERR_ALIGN);
    }
    assert_int_equal(xip_journal_open(NULL, &io), XIP_ERR_PARAM);
    assert_int_equal(xip_journal_open(&journal, NULL), XIP_ERR_PARAM);
    other = io;
    other.payload_bytes++;
    assert_int_equal(xip_journal_open(&journal, &other), XIP_ERR_PARAM);
    other = io;
    other.mark_bytes = 0;
    assert_int_equal(xip_journal_open(&journal, &other), XIP_ERR_PARAM);
    other = io;
    other.sector_bytes = POSITION;
    assert_int_equal(xip_journal_open(&journal, &other), XIP_ERR_PARAM);
    assert_int_equal(xip_journal_settle(NULL), XIP_ERR_PARAM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test_setup(every_bit_is_as_specified, set_up),
            cmocka_unit_test_setup(a_boot_that_changes_nothing_writes_nothing,
                    set_up),
            cmocka_unit_test_setup(a_hundred_thousand_updates, set_up),
            cmocka_unit_test_setup(numbers_wrap, set_up),
            cmocka_unit_test_setup(another_magic_is_no_record, set_up),
            cmocka_unit_test_setup(a_damaged_record_counts_for_nothing, set_up),
            cmocka_unit_test_setup(an_error_closes_it, set_up),
            cmocka_unit_test_setup(a_read_that_fails, set_up),
            cmocka_unit_test_setup(impossible_places, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
