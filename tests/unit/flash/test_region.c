/*
 * test_region - a region reaches everything in itself and nothing outside
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/flash/*.c xipsafe/part/*.c xipsafe/resident/*.c host/nor/*.c host/port/*.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "port/hostport.h"
#include "xip_region.h"

#define CHIP_BYTES (16u << 20)
#define OFF 0x200000u
#define SIZE 0x4000u
#define BLOCK 4096u

static struct xip_flash dev;
static struct xip_region region;

static void open_region(void) {
    hostport_open("w25q128jv", NULL);
    const struct xip_flash_config config = hostport_config();
    assert_int_equal(xip_flash_attach(&dev, &config), 0);
    assert_int_equal(xip_region_init(&region, &dev, OFF, SIZE, 0), 0);
}

static int close_region(void **state) {
    (void)state;
    hostport_close();
    return 0;
}

static const uint8_t *chip(uint32_t off) {
    return nor_array(hostport.nor) + off;
}

static void blocks_are_the_smallest_unit_unless_told(void **state) {
    (void)state;
    open_region();
    assert_int_equal(region.block_bytes, BLOCK);
    assert_int_equal(region.block_count, 4);
    struct xip_region large;
    assert_int_equal(xip_region_init(&large, &dev, OFF, SIZE, 0x2000), 0);
    assert_int_equal(large.block_count, 2);
    // All of the chip, and its last block.
    assert_int_equal(xip_region_init(&large, &dev, 0, CHIP_BYTES, 0), 0);
    assert_int_equal(xip_region_init(&large, &dev, CHIP_BYTES - BLOCK, BLOCK,
                             0),
            0);
}

static void init_refuses(void **state) {
    (void)state;
    open_region();
    static const struct {
        uint32_t off, size, block;
        int err;
    } cases[] = {
            {OFF, 0, 0, XIP_ERR_RANGE},
            {CHIP_BYTES, BLOCK, 0, XIP_ERR_RANGE},
            {CHIP_BYTES - BLOCK, 2 * BLOCK, 0, XIP_ERR_RANGE},
            {0xFFFFF000u, 0x2000, 0, XIP_ERR_RANGE}, // the sum wraps
            {0x1000, 0xFFFFF000u, 0, XIP_ERR_RANGE},
            {OFF + 1, SIZE, 0, XIP_ERR_ALIGN},
            {OFF, SIZE + 256, 0, XIP_ERR_ALIGN},
            {OFF, SIZE, 256, XIP_ERR_ALIGN},
            {OFF, SIZE, 0x3000, XIP_ERR_ALIGN},
            {OFF, SIZE, 0x8000, XIP_ERR_ALIGN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct xip_region r = region;
        uint8_t byte;
        assert_int_equal(xip_region_init(&r, &dev, cases[i].off, cases[i].size,
                                 cases[i].block),
                cases[i].err);
        assert_int_equal(xip_region_read(&r, 0, &byte, 1), XIP_ERR_PARAM);
    }
    struct xip_flash unready = {0};
    struct xip_region r;
    assert_int_equal(xip_region_init(NULL, &dev, OFF, SIZE, 0), XIP_ERR_PARAM);
    assert_int_equal(xip_region_init(&r, NULL, OFF, SIZE, 0), XIP_ERR_PARAM);
    assert_int_equal(xip_region_init(&r, &unready, OFF, SIZE, 0),
            XIP_ERR_PARAM);
}

static void the_running_image_is_no_region(void **state) {
    (void)state;
    open_region();
    struct xip_flash_config c = hostport_config();
    c.image_addr = HOSTPORT_WINDOW + OFF + SIZE - 4;
    c.image_bytes = 0x1000;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    struct xip_region r;
    assert_int_equal(xip_region_init(&r, &dev, OFF, SIZE, 0), XIP_ERR_RUNNING);
    assert_int_equal(xip_region_init(&r, &dev, OFF, SIZE - BLOCK, 0), 0);
    c.flags = XIP_FLASH_ALLOW_RUNNING;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    assert_int_equal(xip_region_init(&r, &dev, OFF, SIZE, 0), 0);
    // An image that comes to lie there later is protected by the flash layer.
    c.flags = 0;
    assert_int_equal(xip_flash_attach(&dev, &c), 0);
    assert_int_equal(xip_region_erase(&r, 0, SIZE), XIP_ERR_RUNNING);
}

// Every combination of interesting offsets and lengths, against arithmetic
// that is wide enough; what is refused has sent nothing.
static void nothing_outside_is_reached(void **state) {
    (void)state;
    open_region();
    static const uint32_t values[] = {0, 1, 255, BLOCK - 1, BLOCK, BLOCK + 1,
            SIZE - BLOCK, SIZE - 1, SIZE, SIZE + 1, OFF, CHIP_BYTES - OFF,
            CHIP_BYTES, 0u - OFF, 0u - OFF + 1u, 0x80000000u, 0u - SIZE,
            0u - BLOCK, 0xFFFFFFFFu};
    static uint8_t data[SIZE];
    const size_t n = sizeof values / sizeof values[0];
    for (size_t i = 0; i < n * n; i++) {
        const uint32_t off = values[i / n];
        const uint32_t len = values[i % n];
        const bool in = (uint64_t)off + len <= SIZE;
        memset(hostport.commands, 0, sizeof hostport.commands);
        const int err[4] = {
                xip_region_read(&region, off, data, len),
                xip_region_verify(&region, off, data, len),
                in ? 0 : xip_region_program(&region, off, data, len),
                in ? 0 : xip_region_erase(&region, off, len),
        };
        for (size_t k = 0; k < 4; k++) {
            assert_int_equal(err[k], in ? 0 : XIP_ERR_RANGE);
        }
        assert_int_equal(hostport.commands[0x06], 0);
    }
}

static void blocks_outside_are_refused(void **state) {
    (void)state;
    open_region();
    static const struct {
        uint32_t block, off, len;
    } bad[] = {{4, 0, 0}, {4, 0, 1}, {0xFFFFFFFFu, 0, 1}, {0x100000, 0, 1},
            {0, BLOCK, 1}, {3, BLOCK - 1, 2}, {0, 1, 0xFFFFFFFFu},
            {0, 0xFFFFFFFFu, 2}, {2, BLOCK + 1, 0}};
    uint8_t data[2];
    memset(hostport.commands, 0, sizeof hostport.commands);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(xip_region_block_read(&region, bad[i].block,
                                 bad[i].off, data, bad[i].len),
                XIP_ERR_RANGE);
        assert_int_equal(xip_region_block_program(&region, bad[i].block,
                                 bad[i].off, data, bad[i].len),
                XIP_ERR_RANGE);
    }
    assert_int_equal(xip_region_block_erase(&region, 4), XIP_ERR_RANGE);
    // 0x100000 * 4096 is 0 in 32 bits.
    assert_int_equal(xip_region_block_erase(&region, 0x100000), XIP_ERR_RANGE);
    assert_int_equal(hostport.commands[0x06], 0);
}

static void bytes_go_where_they_should(void **state) {
    (void)state;
    open_region();
    uint8_t data[600];
    uint8_t back[600];
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (uint8_t)(i * 7 + 1);
    }
    assert_int_equal(xip_region_block_program(&region, 3, 100, data,
                             sizeof data),
            0);
    assert_memory_equal(chip(OFF + 3 * BLOCK + 100), data, sizeof data);
    assert_int_equal(xip_region_read(&region, 3 * BLOCK + 100, back, 600), 0);
    assert_memory_equal(back, data, 600);
    assert_int_equal(xip_region_verify(&region, 3 * BLOCK + 100, data, 600), 0);
    data[0] ^= 1;
    assert_int_equal(xip_region_verify(&region, 3 * BLOCK + 100, data, 600),
            XIP_ERR_VERIFY);

    // Neighbours on both sides stay.
    const uint8_t mark = 0x5A;
    assert_int_equal(xip_flash_program(&dev, OFF - 1, &mark, 1), 0);
    assert_int_equal(xip_flash_program(&dev, OFF + SIZE, &mark, 1), 0);
    assert_int_equal(xip_region_program(&region, 0, &mark, 1), 0);
    for (uint32_t block = 0; block < 4; block++) {
        assert_int_equal(xip_region_block_erase(&region, block), 0);
    }
    assert_int_equal(*chip(OFF - 1), mark);
    assert_int_equal(*chip(OFF + SIZE), mark);
    for (uint32_t i = 0; i < SIZE; i++) {
        assert_int_equal(*chip(OFF + i), 0xFF);
    }
    assert_int_equal(xip_region_sync(&region), 0);
}

static void an_uninitialised_region_refuses(void **state) {
    (void)state;
    open_region();
    const struct xip_region none = {0};
    uint8_t byte = 0;
    assert_int_equal(xip_region_read(&none, 0, &byte, 1), XIP_ERR_PARAM);
    assert_int_equal(xip_region_program(NULL, 0, &byte, 1), XIP_ERR_PARAM);
    assert_int_equal(xip_region_erase(&none, 0, 4096), XIP_ERR_PARAM);
    assert_int_equal(xip_region_block_erase(NULL, 0), XIP_ERR_PARAM);
    assert_int_equal(xip_region_sync(&none), XIP_ERR_PARAM);
}

#define TEST(f) cmocka_unit_test_teardown(f, close_region)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(blocks_are_the_smallest_unit_unless_told),
            TEST(init_refuses),
            TEST(the_running_image_is_no_region),
            TEST(nothing_outside_is_reached),
            TEST(blocks_outside_are_refused),
            TEST(bytes_go_where_they_should),
            TEST(an_uninitialised_region_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
