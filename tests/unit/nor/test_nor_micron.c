/*
 * test_nor_micron - what a Micron part does differently in the chip model
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/nor/*.c
#include "support/nor_bench.h"

static struct bench b;

static int open_n25q(void **state) {
    (void)state;
    bench_open(&b, "n25q128a", NULL, (struct nor_options){.seed = 1});
    return 0;
}

static int close_bench(void **state) {
    (void)state;
    bench_close(&b);
    return 0;
}

static uint8_t byte_at(uint32_t addr) {
    uint8_t byte = 0;
    bench_read(&b, addr, &byte, 1);
    return byte;
}

/// Micron ///

static void micron_status(void **state) {
    (void)state;
    assert_int_equal(bench_reg(&b, 0x70), 0x80);
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0x1000);
    assert_int_equal(bench_reg(&b, 0x70), 0x00);
    assert_int_equal(bench_reg(&b, 0x05), 0x03);
    bench_wait(&b, NOR_MS);
    bench_cmd(&b, 0x75);
    bench_wait(&b, 25 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x70), 0xC0);
    assert_int_equal(bench_reg(&b, 0x05), 0x00);
    bench_cmd(&b, 0x7A);
    bench_idle(&b);
    assert_int_equal(bench_reg(&b, 0x70), 0x80);
    bench_cmd(&b, 0x06);
    bench_page(&b, 0, (const uint8_t *)"\0", 1);
    bench_wait(&b, 100 * NOR_US);
    bench_cmd(&b, 0x75);
    bench_wait(&b, 25 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x70), 0x84);
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0x5000); // nothing nests in a program
    bench_only(&b, NOR_COMMAND_BUSY);
    bench_cmd(&b, 0x7A);
    bench_idle(&b);
    bench_quiet(&b);
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x52, 0); // no 32 KB erase
    bench_only(&b, NOR_UNKNOWN_OPCODE);
    bench_reg(&b, 0x35);
    bench_only(&b, NOR_UNKNOWN_OPCODE);
    bench_cmd(&b, 0xB9); // none on the 3 V part
    bench_only(&b, NOR_UNKNOWN_OPCODE);
}

static void micron_errors_stick(void **state) {
    (void)state;
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x01, (const uint8_t *)"\x04", 1); // the last 64 KB
    assert_int_equal(nor_busy_until(b.nor), b.now + 1300 * NOR_US);
    bench_idle(&b);
    bench_program(&b, 0xFF0000, (const uint8_t *)"\0", 1);
    bench_only(&b, NOR_PROTECTED);
    assert_int_equal(bench_reg(&b, 0x70), 0x92);
    assert_int_equal(bench_reg(&b, 0x05), 0x06); // WEL stays
    bench_erase(&b, 0xD8, 0xFF0000);
    bench_only(&b, NOR_PROTECTED);
    assert_int_equal(bench_reg(&b, 0x70), 0xB2);
    bench_cmd(&b, 0x50);
    assert_int_equal(bench_reg(&b, 0x70), 0x80);
    bench_cmd(&b, 0x04);
    bench_program(&b, 0xFEFFFF, (const uint8_t *)"\0", 1);
    bench_quiet(&b);
    assert_int_equal(byte_at(0xFEFFFF), 0);
    assert_int_equal(bench_reg(&b, 0x05), 0x04);
}

static void micron_dummy_clocks(void **state) {
    (void)state;
    bench_program(&b, 0x77, (const uint8_t *)"\x29", 1);
    assert_int_equal(bench_reg(&b, 0x85), 0xFB);
    uint8_t got = 0;
    struct nor_frame f = bench_quad(0x77, 0, 10);
    f.alt_bytes = 0;
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(got, 0x29);
    f = bench_quad(0x77, 0xFF, 8); // two of the ten clocks as mode bits
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(got, 0x29);
    bench_quiet(&b);
    bench_set_reg(&b, 0x81, (const uint8_t *)"\x6B", 1);
    bench_only(&b, NOR_NO_WEL);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x81, (const uint8_t *)"\x6B", 1);
    assert_false(nor_busy(b.nor, b.now));
    assert_int_equal(bench_reg(&b, 0x05), 0);
    bench_frame(&b, &f, NULL, &got, 1);
    bench_only(&b, NOR_BAD_FRAME);
    assert_int_equal(got, 0xFF);
    f.dummy_clocks = 4;
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(got, 0x29);
    struct nor_frame g = bench_shape(0x0B, true, 0x77, 1);
    g.dummy_clocks = 6;
    bench_frame(&b, &g, NULL, &got, 1);
    assert_int_equal(got, 0x29);
    bench_quiet(&b);
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_wait(&b, 40 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x85), 0xFB);
    // NVCR: counts from the next power-on.
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0xB1, (const uint8_t *)"\xFF\x4F", 2);
    bench_idle(&b);
    assert_int_equal(bench_reg(&b, 0x85), 0xFB);
    nor_power_off(b.nor, b.now);
    nor_power_on(b.nor, b.now);
    bench_wait(&b, NOR_MS);
    assert_int_equal(bench_reg(&b, 0x85), 0x4B);
    uint8_t nvcr[2];
    g = bench_shape(0xB5, false, 0, 1);
    bench_frame(&b, &g, NULL, nvcr, 2);
    assert_memory_equal(nvcr, "\xFF\x4F", 2);
    f.dummy_clocks = 2;
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(got, 0x29);
    bench_quiet(&b);
}

static void micron_xip_and_quad_protocol(void **state) {
    (void)state;
    bench_program(&b, 0x77, (const uint8_t *)"\x29", 1);
    uint8_t got = 0;
    // With XIP disabled in the VCR the confirmation bit means nothing.
    struct nor_frame f = bench_quad(0x77, 0x00, 8);
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x81, (const uint8_t *)"\xF3", 1);
    bench_frame(&b, &f, NULL, &got, 1);
    bench_reg(&b, 0x05);
    bench_only(&b, NOR_BAD_FRAME);
    f.has_opcode = false;
    f.opcode_lanes = 0;
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(got, 0x29);
    f.alt = 0x10; // confirmation bit 1: leaves
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(got, 0x29);
    assert_int_equal(bench_reg(&b, 0x05), 0);
    bench_quiet(&b);
    // EVCR bit 7 = 0: every command on four lanes.
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x61, (const uint8_t *)"\x5F", 1);
    bench_reg(&b, 0x05);
    bench_only(&b, NOR_BAD_FRAME);
    struct nor_frame q = bench_shape(0x05, false, 0, 4);
    q.opcode_lanes = 4;
    bench_frame(&b, &q, NULL, &got, 1);
    assert_int_equal(got, 0);
    q = bench_quad(0x77, 0xFF, 8);
    q.opcode_lanes = 4;
    bench_frame(&b, &q, NULL, &got, 1);
    assert_int_equal(got, 0x29);
    bench_quiet(&b);
}

// NVCR bits 11:9: the chip wakes up in XIP with EBh.
static void micron_xip_at_power_on(void **state) {
    (void)state;
    bench_program(&b, 0x77, (const uint8_t *)"\x29", 1);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0xB1, (const uint8_t *)"\xFF\xF9", 2);
    bench_idle(&b);
    nor_power_off(b.nor, b.now);
    nor_power_on(b.nor, b.now);
    bench_wait(&b, NOR_MS);
    bench_reg(&b, 0x05);
    bench_only(&b, NOR_BAD_FRAME);
    bench_reg(&b, 0x05); // a refused frame does not end it
    bench_only(&b, NOR_BAD_FRAME);
    uint8_t got = 0;
    struct nor_frame f = bench_quad(0x77, 0x00, 8);
    f.has_opcode = false;
    f.opcode_lanes = 0;
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(got, 0x29);
    bench_cmd(&b, 0xFF); // eight clocks reach the confirmation bit
    assert_int_equal(bench_reg(&b, 0x05), 0);
    bench_quiet(&b);
}

#define N(t) cmocka_unit_test_setup_teardown(t, open_n25q, close_bench)

int main(void) {
    const struct CMUnitTest tests[] = {
            N(micron_status),
            N(micron_errors_stick),
            N(micron_dummy_clocks),
            N(micron_xip_and_quad_protocol),
            N(micron_xip_at_power_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
