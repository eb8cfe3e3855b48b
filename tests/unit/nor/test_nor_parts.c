/*
 * test_nor_parts - what Macronix, ISSI and GigaDevice do differently
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/nor/*.c
#include "support/nor_bench.h"

static struct bench b;

static void open_chip(const char *name) {
    bench_open(&b, name, NULL, (struct nor_options){.seed = 1});
}

static uint8_t byte_at(uint32_t addr) {
    uint8_t byte = 0;
    bench_read(&b, addr, &byte, 1);
    return byte;
}

static void suspend_an_erase(uint8_t opcode) {
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0x8000);
    bench_wait(&b, 10 * NOR_MS);
    bench_cmd(&b, opcode);
    bench_wait(&b, nor_part_of(b.nor)->suspend_latency_us * NOR_US);
    assert_int_equal(bench_reg(&b, 0x05) & 3, 0);
}

static void suspend_a_program(uint8_t opcode) {
    bench_cmd(&b, 0x06);
    bench_page(&b, 0x4000, (const uint8_t *)"\0", 1);
    bench_wait(&b, 50 * NOR_US);
    bench_cmd(&b, opcode);
    bench_wait(&b, nor_part_of(b.nor)->suspend_latency_us * NOR_US);
    assert_int_equal(bench_reg(&b, 0x05) & 3, 0);
}

static void resume(uint8_t opcode) {
    bench_cmd(&b, opcode);
    assert_true(nor_busy(b.nor, b.now));
    bench_idle(&b);
}

static void write_status(uint8_t value) {
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x01, &value, 1);
    bench_idle(&b);
}

/// Where a suspension shows ///

static void suspended_in_the_parts_own_register(void **state) {
    (void)state;
    static const struct {
        const char *part;
        uint8_t reg, erase, program, idle;
        uint8_t suspend, resume;
    } parts[] = {
            {"mx25r6435f", 0x2B, 0x08, 0x04, 0x00, 0xB0, 0x30},
            {"mx25r6435f", 0x2B, 0x08, 0x04, 0x00, 0x75, 0x7A},
            {"mx25l51245g", 0x2B, 0x08, 0x04, 0x00, 0xB0, 0x30},
            {"is25lp128f", 0x48, 0x08, 0x04, 0x00, 0x75, 0x7A},
            {"is25lp128f", 0x48, 0x08, 0x04, 0x00, 0xB0, 0x30},
            {"gd25q128e", 0x35, 0x80, 0x04, 0x00, 0x75, 0x7A},
            {"mt25ql128", 0x70, 0xC0, 0x84, 0x80, 0x75, 0x7A},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        open_chip(parts[i].part);
        assert_int_equal(bench_reg(&b, parts[i].reg), parts[i].idle);
        suspend_an_erase(parts[i].suspend);
        assert_int_equal(bench_reg(&b, parts[i].reg), parts[i].erase);
        resume(parts[i].resume);
        suspend_a_program(parts[i].suspend);
        assert_int_equal(bench_reg(&b, parts[i].reg), parts[i].program);
        resume(parts[i].resume);
        assert_int_equal(bench_reg(&b, parts[i].reg), parts[i].idle);
        assert_int_equal(byte_at(0x4000), 0);
        bench_quiet(&b);
        bench_close(&b);
    }
}

// 7Ah resumes nothing where 30h does, and the other way round.
static void the_other_resume_is_ignored(void **state) {
    (void)state;
    open_chip("mx25l51245g");
    suspend_an_erase(0xB0);
    bench_cmd(&b, 0x7A);
    assert_int_equal(bench_reg(&b, 0x2B), 0x08);
    bench_close(&b);
    open_chip("w25q128jv");
    suspend_an_erase(0x75);
    bench_quiet(&b);
    bench_cmd(&b, 0x30);
    assert_int_equal(bench_reg(&b, 0x35), 0x82);
    bench_quiet(&b);
    bench_close(&b);
}

// DW12 of each: a program elsewhere in a suspended erase.
static void nesting_follows_the_table(void **state) {
    (void)state;
    static const struct {
        const char *part;
        bool allowed;
    } parts[] = {{"mx25r6435f", false}, {"is25lp128f", false},
            {"gd25q128e", true}, {"mt25ql128", true}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        open_chip(parts[i].part);
        suspend_an_erase(nor_part_of(b.nor)->suspend_opcode);
        bench_cmd(&b, 0x06);
        bench_page(&b, 0x20000, (const uint8_t *)"\0", 1);
        assert_int_equal(nor_busy(b.nor, b.now), parts[i].allowed);
        if (parts[i].allowed) {
            bench_quiet(&b);
        } else {
            bench_only(&b, NOR_COMMAND_BUSY);
        }
        bench_close(&b);
    }
}

/// Failure ///

static void macronix_says_what_failed_last(void **state) {
    (void)state;
    open_chip("mx25l51245g");
    write_status(0x04); // the last 64 KB
    bench_erase(&b, 0xD8, 0x3FF0000);
    bench_forget(&b);
    // Three address bytes do not reach the last block.
    assert_int_equal(bench_reg(&b, 0x2B), 0);
    struct nor_frame f = bench_shape(0xDC, true, 0x3FF0000, 0);
    f.addr_bytes = 4;
    bench_cmd(&b, 0x06);
    bench_frame(&b, &f, NULL, NULL, 0);
    bench_only(&b, NOR_PROTECTED);
    assert_int_equal(bench_reg(&b, 0x2B), 0x40);
    bench_program(&b, 0, (const uint8_t *)"\0", 1);
    assert_int_equal(bench_reg(&b, 0x2B), 0x40); // of erases only
    bench_erase(&b, 0x20, 0);
    assert_int_equal(bench_reg(&b, 0x2B), 0);
    bench_quiet(&b);
    bench_close(&b);
}

static void issi_keeps_errors_until_cleared(void **state) {
    (void)state;
    open_chip("is25lp128f");
    assert_int_equal(bench_reg(&b, 0x81), 0xE0);
    write_status(0x04);
    bench_program(&b, 0xFF0000, (const uint8_t *)"\0", 1);
    bench_only(&b, NOR_PROTECTED);
    assert_int_equal(bench_reg(&b, 0x81), 0xE6);
    bench_erase(&b, 0xD7, 0); // 4 KB, as 20h
    assert_int_equal(bench_reg(&b, 0x81), 0xE6);
    bench_cmd(&b, 0x82);
    assert_int_equal(bench_reg(&b, 0x81), 0xE0);
    bench_quiet(&b);
    // TBS, once: the first blocks instead.
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x42, (const uint8_t *)"\2", 1);
    bench_idle(&b);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x42, (const uint8_t *)"\0", 1);
    bench_idle(&b);
    assert_int_equal(bench_reg(&b, 0x48), 0x02);
    bench_program(&b, 0xFF0000, (const uint8_t *)"\0", 1);
    bench_quiet(&b);
    bench_erase(&b, 0x20, 0);
    bench_only(&b, NOR_PROTECTED);
    bench_close(&b);
}

/// Quad ///

static void quad_enable_is_in_status_register_1(void **state) {
    (void)state;
    static const char *const parts[] = {"mx25r6435f", "is25lp128f"};
    for (size_t i = 0; i < 2; i++) {
        open_chip(parts[i]);
        bench_program(&b, 0x77, (const uint8_t *)"\x29", 1);
        const struct nor_frame f = bench_quad(0x77, 0xFF, 4);
        uint8_t got = 0;
        bench_frame(&b, &f, NULL, &got, 1);
        bench_only(&b, NOR_BAD_FRAME);
        write_status(0x40);
        bench_frame(&b, &f, NULL, &got, 1);
        assert_int_equal(got, 0x29);
        nor_power_off(b.nor, b.now);
        nor_power_on(b.nor, b.now);
        bench_wait(&b, 10 * NOR_MS);
        assert_int_equal(bench_reg(&b, 0x05), 0x40);
        bench_quiet(&b);
        bench_close(&b);
    }
}

static void quad_programs(void **state) {
    (void)state;
    open_chip("mx25r6435f");
    write_status(0x40);
    struct nor_frame f = bench_shape(0x38, true, 0x100, 4);
    f.addr_lanes = 4;
    bench_cmd(&b, 0x06);
    bench_frame(&b, &f, (const uint8_t *)"\x17", NULL, 1);
    bench_idle(&b);
    assert_int_equal(byte_at(0x100), 0x17);
    bench_quiet(&b);
    f = bench_shape(0x32, true, 0x200, 4);
    bench_cmd(&b, 0x06);
    bench_frame(&b, &f, (const uint8_t *)"\x17", NULL, 1);
    bench_only(&b, NOR_UNKNOWN_OPCODE);
    bench_close(&b);
}

static void mode_bits(void **state) {
    (void)state;
    static const struct {
        const char *part;
        uint8_t stay[3], leave[3];
    } parts[] = {
            {"mx25r6435f", {0xA5, 0x5A, 0xF0}, {0xAA, 0x00, 0x20}},
            {"is25lp128f", {0xA5, 0xA0, 0xAF}, {0x20, 0xB0, 0x00}},
            {"gd25q128e", {0x20, 0xA5, 0xEF}, {0x00, 0x10, 0xFF}},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        open_chip(parts[i].part);
        if (parts[i].part[0] == 'g') {
            bench_cmd(&b, 0x06);
            bench_set_reg(&b, 0x31, (const uint8_t *)"\2", 1);
            bench_idle(&b);
        } else {
            write_status(0x40);
        }
        for (unsigned j = 0; j < 3; j++) {
            uint8_t got = 0;
            struct nor_frame f = bench_quad(0, parts[i].stay[j], 4);
            bench_frame(&b, &f, NULL, &got, 1);
            f.has_opcode = false;
            f.opcode_lanes = 0;
            f.alt = parts[i].leave[j];
            bench_frame(&b, &f, NULL, &got, 1);
            assert_int_equal(got, 0xFF);
            assert_int_equal(bench_reg(&b, 0x05) & 1, 0);
            bench_quiet(&b);
        }
        bench_close(&b);
    }
}

/// Four address bytes ///

static void four_byte_opcodes_and_mode(void **state) {
    (void)state;
    const uint32_t at = 0x3000010;
    open_chip("mx25l51245g");
    struct nor_frame f = bench_shape(0x12, true, at, 1);
    f.addr_bytes = 4;
    bench_cmd(&b, 0x06);
    bench_frame(&b, &f, (const uint8_t *)"\x35", NULL, 1);
    bench_idle(&b);
    assert_int_equal(nor_array(b.nor)[at], 0x35);
    uint8_t got = 0;
    f.opcode = 0x13;
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(got, 0x35);
    assert_int_equal(byte_at(at & 0xFFFFFF), 0xFF);
    bench_quiet(&b);
    f.opcode = 0x03;
    bench_frame(&b, &f, NULL, &got, 1);
    bench_only(&b, NOR_BAD_FRAME);
    bench_cmd(&b, 0xB7);
    assert_int_equal(bench_reg(&b, 0x15), 0x20);
    bench_frame(&b, &f, NULL, &got, 1);
    assert_int_equal(got, 0x35);
    bench_cmd(&b, 0xE9);
    assert_int_equal(bench_reg(&b, 0x15), 0x00);
    bench_cmd(&b, 0xB7);
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_wait(&b, 40 * NOR_US);
    byte_at(0); // three bytes again
    bench_quiet(&b);
    bench_close(&b);
}

// A non-volatile write of one register leaves volatile bits of another alone.
static void a_volatile_bit_outlives_other_writes(void **state) {
    (void)state;
    open_chip("gd25q128e");
    bench_cmd(&b, 0x50);
    bench_set_reg(&b, 0x31, (const uint8_t *)"\2", 1);
    write_status(0x04);
    assert_int_equal(bench_reg(&b, 0x35), 0x02);
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_wait(&b, 40 * NOR_US);
    assert_int_equal(bench_reg(&b, 0x35), 0x00);
    assert_int_equal(bench_reg(&b, 0x05), 0x04);
    bench_quiet(&b);
    bench_close(&b);
}

/// Sectors that are not alike ///

// 4 KB sectors in the upper 128 KB only, and no larger ones there.
static void erases_by_place(void **state) {
    (void)state;
    struct nor_part part = *nor_part_find("w25q128jv");
    const uint32_t top = part.size_bytes - (128u << 10);
    part.region[0] = (struct nor_region){top, 6};
    part.region[1] = (struct nor_region){128u << 10, 1};
    bench_open_part(&b, &part, NULL, (struct nor_options){.seed = 1});
    for (uint32_t i = 0; i < 2; i++) {
        const uint32_t addr = top - 0x10000 + i * 0x10000;
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, i ? 0xD8 : 0x20, addr);
        bench_only(&b, NOR_ERASE_UNIT);
        assert_false(nor_busy(b.nor, b.now));
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, i ? 0x20 : 0xD8, addr);
        bench_quiet(&b);
        assert_true(nor_busy(b.nor, b.now));
        bench_idle(&b);
    }
    // All of the chip has no place.
    bench_cmd(&b, 0x06);
    bench_cmd(&b, 0xC7);
    bench_quiet(&b);
    assert_true(nor_busy(b.nor, b.now));
    bench_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(suspended_in_the_parts_own_register),
            cmocka_unit_test(the_other_resume_is_ignored),
            cmocka_unit_test(nesting_follows_the_table),
            cmocka_unit_test(macronix_says_what_failed_last),
            cmocka_unit_test(issi_keeps_errors_until_cleared),
            cmocka_unit_test(quad_enable_is_in_status_register_1),
            cmocka_unit_test(quad_programs),
            cmocka_unit_test(mode_bits),
            cmocka_unit_test(erases_by_place),
            cmocka_unit_test(four_byte_opcodes_and_mode),
            cmocka_unit_test(a_volatile_bit_outlives_other_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
