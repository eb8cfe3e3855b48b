/*
 * test_fault_ring - the last records stay, whatever a power cut does
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/fault/xip_fault_ring.c xipsafe/flash/*.c xipsafe/part/*.c
// sources: xipsafe/resident/*.c host/nor/*.c host/port/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "port/hostport.h"
#include "xip_fault_ring.h"

#define OFF 0x200000u
#define BLOCK 4096u
#define BLOCKS 3u
#define RECORD_BYTES 556u

static struct xip_flash dev;
static struct xip_region region;

static void open_region(void) {
    hostport_open("w25q128jv", NULL);
    const struct xip_flash_config config = hostport_config();
    assert_int_equal(xip_flash_attach(&dev, &config), 0);
    assert_int_equal(xip_region_init(&region, &dev, OFF, BLOCKS * BLOCK, 0), 0);
}

static int close_region(void **state) {
    (void)state;
    hostport_close();
    return 0;
}

static uint32_t crc32(const uint8_t *data, size_t size) {
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

union store {
    struct xip_fault_record record;
    uint8_t bytes[RECORD_BYTES];
};

// A record that `mark` tells from others.
static const struct xip_fault_record *make(union store *s, uint32_t mark) {
    memset(s, (int)mark, sizeof *s);
    s->record.magic = XIP_FAULT_MAGIC;
    s->record.layout = sizeof s->record << 16 | XIP_FAULT_LAYOUT;
    s->record.size_bytes = RECORD_BYTES;
    s->record.sp = mark;
    s->record.crc = crc32(s->bytes + 16, RECORD_BYTES - 16);
    return &s->record;
}

static void store(uint32_t mark) {
    union store s;
    assert_int_equal(xip_fault_ring_store(&region, make(&s, mark)), 0);
}

// The mark of that age; 0: none.
static uint32_t mark_of(uint32_t age) {
    union store s;
    const int size = xip_fault_ring_read(&region, age, &s, sizeof s);
    assert_true(size == 0 || size == RECORD_BYTES);
    return size ? s.record.sp : 0;
}

static void the_last_ones_stay(void **state) {
    (void)state;
    open_region();
    assert_int_equal(mark_of(0), 0);
    for (uint32_t mark = 1; mark <= 8; mark++) {
        store(mark);
        for (uint32_t age = 0; age < BLOCKS + 1; age++) {
            const bool there = age < mark && age < BLOCKS;
            assert_int_equal(mark_of(age), there ? mark - age : 0);
        }
    }
}

static void a_torn_record_is_none(void **state) {
    (void)state;
    open_region();
    static const uint32_t zero;
    store(1);
    store(2);
    store(3);
    // Block 1 has the second one: a bit of it is lost.
    assert_int_equal(xip_region_program(&region, BLOCK + 300, &zero, 1), 0);
    assert_int_equal(mark_of(0), 3);
    assert_int_equal(mark_of(1), 1);
    assert_int_equal(mark_of(2), 0);
    // A block whose two words are missing, as before the last step.
    assert_int_equal(xip_region_block_erase(&region, 2), 0);
    union store s;
    assert_int_equal(xip_region_block_program(&region, 2, 8, make(&s, 9),
                             RECORD_BYTES),
            0);
    assert_int_equal(mark_of(0), 1);
    // Two words that do not belong together, as an old block has them.
    const uint32_t wrong[2] = {50, 50};
    assert_int_equal(xip_region_block_program(&region, 2, 0, wrong, 8), 0);
    assert_int_equal(mark_of(0), 1);
    store(4);
    assert_int_equal(mark_of(0), 4);
    // Nothing but garbage.
    for (uint32_t block = 0; block < BLOCKS; block++) {
        assert_int_equal(xip_region_block_erase(&region, block), 0);
        assert_int_equal(xip_region_block_program(&region, block, 0,
                                 &s.bytes[20], 40),
                0);
    }
    assert_int_equal(mark_of(0), 0);
}

static const uint32_t *head_of(uint32_t block) {
    return (const void *)(nor_array(hostport.nor) + OFF + block * BLOCK);
}

// The newest record is in block 0.
static void the_newest_goes_last(void) {
    if (head_of(0)[0] != 4) {
        assert_int_equal(head_of(1)[0], UINT32_MAX);
        assert_int_equal(head_of(2)[0], UINT32_MAX);
    }
}

// A cut between two erases must not leave an older record as the newest one.
static void it_forgets_the_oldest_first(void **state) {
    (void)state;
    open_region();
    for (uint32_t mark = 1; mark <= 4; mark++) {
        store(mark);
    }
    assert_int_equal(head_of(0)[0], 4);
    hostport.tick = the_newest_goes_last;
    assert_int_equal(xip_fault_ring_clear(&region), 0);
    hostport.tick = NULL;
    assert_int_equal(mark_of(0), 0);
    store(5);
    assert_int_equal(mark_of(0), 5);
    assert_int_equal(mark_of(1), 0);
    assert_int_equal(xip_fault_ring_clear(NULL), XIP_ERR_PARAM);
}

static void it_refuses(void **state) {
    (void)state;
    open_region();
    union store s;
    make(&s, 1);
    s.record.size_bytes = BLOCK;
    assert_int_equal(xip_fault_ring_store(&region, &s.record), XIP_ERR_RANGE);
    assert_int_equal(xip_fault_ring_store(NULL, &s.record), XIP_ERR_PARAM);
    assert_int_equal(xip_fault_ring_store(&region, NULL), XIP_ERR_PARAM);
    assert_int_equal(xip_fault_ring_read(&region, 0, &s, 100), XIP_ERR_PARAM);
    store(1);
    assert_int_equal(xip_fault_ring_read(&region, 0, &s,
                             sizeof(struct xip_fault_record)),
            XIP_ERR_RANGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test_teardown(the_last_ones_stay, close_region),
            cmocka_unit_test_teardown(a_torn_record_is_none, close_region),
            cmocka_unit_test_teardown(it_forgets_the_oldest_first,
                    close_region),
            cmocka_unit_test_teardown(it_refuses, close_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
