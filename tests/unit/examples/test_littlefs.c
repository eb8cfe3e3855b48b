/*
 * test_littlefs - the glue of examples/littlefs, called as littlefs calls it
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/flash/*.c xipsafe/part/*.c xipsafe/resident/*.c host/nor/*.c host/port/*.c
// sources: examples/littlefs/flash_lfs.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "examples/littlefs/flash_lfs.h"
#include "port/hostport.h"

#define OFF 0x100000u
#define SIZE 0x10000u

static struct xip_flash dev;
static struct xip_region region;
static struct flash_lfs flash;
static const struct lfs_config *const c = &flash.config;

static void open_all(void) {
    hostport_open("w25q128jv", NULL);
    const struct xip_flash_config config = hostport_config();
    assert_int_equal(xip_flash_attach(&dev, &config), 0);
    assert_int_equal(xip_region_init(&region, &dev, OFF, SIZE, 0), 0);
    flash_lfs_init(&flash, &region);
}

static int close_all(void **state) {
    (void)state;
    hostport_close();
    return 0;
}

// The rules that littlefs asserts when it mounts.
static void the_geometry_is_one_that_littlefs_takes(void **state) {
    (void)state;
    open_all();
    assert_int_equal(c->block_size, 4096);
    assert_int_equal(c->block_count, SIZE / 4096);
    assert_int_equal(c->cache_size % c->read_size, 0);
    assert_int_equal(c->cache_size % c->prog_size, 0);
    assert_int_equal(c->block_size % c->cache_size, 0);
    assert_int_equal(c->lookahead_size % 8, 0);
    assert_true(c->block_cycles > 0);
    assert_int_equal((uintptr_t)c->lookahead_buffer % 4, 0);
    assert_int_equal(sizeof flash.read_buffer, c->cache_size);
    assert_int_equal(sizeof flash.prog_buffer, c->cache_size);
    assert_int_equal(sizeof flash.lookahead_buffer, c->lookahead_size);
}

static void calls_go_to_the_region(void **state) {
    (void)state;
    open_all();
    uint8_t page[256];
    uint8_t back[256];
    memset(page, 0x3C, sizeof page);
    assert_int_equal(c->erase(c, 15), 0);
    assert_int_equal(c->prog(c, 15, 3840, page, sizeof page), 0);
    assert_int_equal(c->read(c, 15, 3840, back, sizeof back), 0);
    assert_memory_equal(back, page, sizeof page);
    assert_memory_equal(nor_array(hostport.nor) + OFF + SIZE - 256, page,
            sizeof page);
    assert_int_equal(c->sync(c), 0);
    assert_int_equal(c->erase(c, 16), LFS_ERR_IO);
    assert_int_equal(c->prog(c, 16, 0, page, 1), LFS_ERR_IO);
    assert_int_equal(c->read(c, 0, 4096, back, 1), LFS_ERR_IO);
}

// A block that cannot be written is given up, other troubles are not its
// fault.
static void bad_blocks_are_told_from_refusals(void **state) {
    (void)state;
    open_all();
    uint8_t page[256] = {0};
    assert_int_equal(c->prog(c, 2, 0, page, sizeof page), 0);
    memset(page, 0xA5, sizeof page);
    assert_int_equal(c->prog(c, 2, 0, page, sizeof page), LFS_ERR_CORRUPT);
    nor_set_faults(hostport.nor, &(struct nor_options){.ignore_wren = true});
    assert_int_equal(c->erase(c, 2), LFS_ERR_CORRUPT);
    nor_set_faults(hostport.nor, &(struct nor_options){0});
    hostport.bad_vector = 3;
    assert_int_equal(c->erase(c, 2), LFS_ERR_IO);
}

#define TEST(f) cmocka_unit_test_teardown(f, close_all)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(the_geometry_is_one_that_littlefs_takes),
            TEST(calls_go_to_the_region),
            TEST(bad_blocks_are_told_from_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
