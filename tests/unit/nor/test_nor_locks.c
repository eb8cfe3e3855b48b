/*
 * test_nor_locks - locks, one-time areas and volatile modes of each maker
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/nor/*.c
#include "support/nor_bench.h"

static struct bench b;

static void open_chip(const char *name) {
    bench_open(&b, name, NULL, (struct nor_options){.seed = 1});
}

static struct nor_frame at(uint8_t opcode, uint8_t addr_bytes, uint32_t addr,
        unsigned data_lanes) {
    struct nor_frame f = bench_shape(opcode, true, addr, data_lanes);
    f.addr_bytes = addr_bytes;
    return f;
}

static void send(uint8_t opcode, uint8_t addr_bytes, uint32_t addr) {
    const struct nor_frame f = at(opcode, addr_bytes, addr, 0);
    bench_cmd(&b, 0x06);
    bench_frame(&b, &f, NULL, NULL, 0);
}

static void put(uint8_t opcode, uint8_t addr_bytes, uint32_t addr,
        uint8_t byte) {
    const struct nor_frame f = at(opcode, addr_bytes, addr, 1);
    bench_cmd(&b, 0x06);
    bench_frame(&b, &f, &byte, NULL, 1);
}

static uint8_t get(uint8_t opcode, uint8_t addr_bytes, uint32_t addr,
        uint8_t dummy) {
    struct nor_frame f = at(opcode, addr_bytes, addr, 1);
    uint8_t byte = 0x5A;
    f.dummy_clocks = dummy;
    bench_frame(&b, &f, NULL, &byte, 1);
    return byte;
}

static bool erases(uint32_t addr) {
    bench_forget(&b);
    bench_erase(&b, 0x20, addr);
    const bool good = b.reports[NOR_PROTECTED] == 0;
    assert_true(good || bench_total(&b) == 1);
    bench_forget(&b);
    return good;
}

static void power_cycle(void) {
    nor_power_off(b.nor, b.now);
    nor_power_on(b.nor, b.now);
    bench_wait(&b, 20 * NOR_MS);
}

/// Locks ///

static void macronix_individual_protection(void **state) {
    (void)state;
    open_chip("mx25l51245g");
    assert_int_equal(get(0xE0, 4, 0x20000, 0), 0xFF); // but not in force
    assert_true(erases(0x20000));
    bench_cmd(&b, 0x68);
    bench_only(&b, NOR_NO_WEL);
    bench_cmd(&b, 0x06);
    bench_cmd(&b, 0x68);
    assert_int_equal(b.reports[NOR_NOW_PROTECTED], 1);
    bench_idle(&b);
    assert_int_equal(bench_reg(&b, 0x2B) & 0x80, 0x80);
    assert_false(erases(0x20000));
    put(0xE1, 4, 0x20000, 0); // 64 KB
    assert_int_equal(get(0xE0, 4, 0x2F000, 0), 0);
    assert_true(erases(0x2F000));
    assert_false(erases(0x30000));
    put(0xE1, 4, 0x3000, 0); // 4 KB
    assert_true(erases(0x3000));
    assert_false(erases(0x4000));
    bench_cmd(&b, 0x06);
    bench_cmd(&b, 0x98);
    assert_true(erases(0x30000));
    send(0xE3, 4, 0x30000); // stays
    bench_idle(&b);
    assert_int_equal(get(0xE2, 4, 0x30000, 0), 0xFF);
    assert_false(erases(0x30000));
    bench_cmd(&b, 0x06);
    bench_cmd(&b, 0xE4);
    bench_idle(&b);
    assert_true(erases(0x30000));
    bench_cmd(&b, 0x06);
    bench_cmd(&b, 0x7E);
    assert_false(erases(0x30000));
    bench_cmd(&b, 0x7E);
    bench_only(&b, NOR_NO_WEL);
    power_cycle(); // all are locked again, and the choice stays
    assert_false(erases(0x2F000));
    bench_close(&b);
}

static void issi_sector_protection(void **state) {
    (void)state;
    open_chip("is25lp128f");
    assert_int_equal(get(0xFA, 3, 0x20000, 0), 0xFF);
    put(0xFB, 3, 0x20000, 0);
    assert_int_equal(get(0xE0, 4, 0x20000, 0), 0);
    assert_false(erases(0x20000));
    power_cycle();
    assert_true(erases(0x20000));
    send(0xFD, 3, 0x20000);
    bench_idle(&b);
    power_cycle();
    assert_int_equal(get(0xFC, 3, 0x20000, 0), 0);
    assert_false(erases(0x20000));
    bench_cmd(&b, 0x06);
    bench_cmd(&b, 0xE4);
    bench_idle(&b);
    // One sector out of what the status register protects.
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x01, (const uint8_t *)"\x3C", 1);
    bench_idle(&b);
    assert_false(erases(0x5000));
    bench_cmd_at(&b, 0x26, 0x5123);
    assert_true(erases(0x5000));
    assert_false(erases(0x6000));
    bench_cmd(&b, 0x24);
    assert_false(erases(0x5000));
    bench_close(&b);
}

static void micron_lock_registers(void **state) {
    (void)state;
    open_chip("n25q128a");
    put(0xE5, 3, 0x20000, 1);
    assert_int_equal(get(0xE8, 3, 0x2FFFF, 0), 1);
    assert_false(erases(0x2F000));
    assert_true(erases(0x30000));
    put(0xE5, 3, 0x20000, 0);
    assert_true(erases(0x2F000));
    put(0xE5, 3, 0x20000, 3); // and down
    assert_int_equal(get(0xE8, 3, 0x20000, 0), 3);
    put(0xE5, 3, 0x20000, 0);
    bench_only(&b, NOR_PROTECTED);
    power_cycle();
    assert_int_equal(get(0xE8, 3, 0x20000, 0), 0);
    bench_cmd(&b, 0xE4); // of its successor
    bench_only(&b, NOR_UNKNOWN_OPCODE);
    bench_close(&b);
    open_chip("mt25ql128");
    send(0xE3, 4, 0x20000);
    bench_idle(&b);
    power_cycle();
    assert_int_equal(get(0xE2, 4, 0x20000, 0), 0);
    assert_false(erases(0x20000));
    bench_close(&b);
}

/// Areas that are programmed once ///

static void macronix_secured_otp(void **state) {
    (void)state;
    static const uint32_t bytes[] = {1024, 512};
    static const char *const parts[] = {"mx25r6435f", "mx25l51245g"};
    for (unsigned i = 0; i < 2; i++) {
        open_chip(parts[i]);
        const struct nor_frame mapped = bench_shape(0x03, true, 0, 1);
        bench_program(&b, 0x10, (const uint8_t *)"\x12", 1);
        bench_cmd(&b, 0xB1);
        const char *why = "";
        assert_false(nor_readable(b.nor, b.now, &mapped, &why));
        assert_non_null(strstr(why, "secured OTP"));
        assert_int_equal(get(0x03, 3, 0x10, 0), 0xFF);
        bench_program(&b, 0x10, (const uint8_t *)"\x34", 1);
        assert_int_equal(get(0x03, 3, bytes[i] + 0x10, 0), 0x34);
        assert_false(erases(0));
        bench_cmd(&b, 0x06);
        bench_cmd(&b, 0x2F);
        bench_idle(&b);
        assert_int_equal(bench_reg(&b, 0x2B) & 2, 2);
        bench_forget(&b);
        put(0x02, 3, 0x20, 0);
        bench_only(&b, NOR_PROTECTED);
        bench_cmd(&b, 0xC1);
        assert_true(nor_readable(b.nor, b.now, &mapped, NULL));
        assert_int_equal(get(0x03, 3, 0x10, 0), 0x12);
        bench_close(&b);
    }
}

static void issi_information_rows(void **state) {
    (void)state;
    open_chip("is25lp128f");
    put(0x62, 3, 0x3010, 0x56);
    bench_idle(&b);
    assert_int_equal(get(0x68, 3, 0x3010, 8), 0x56);
    assert_int_equal(get(0x68, 3, 0x0010, 8), 0xFF);
    send(0x64, 3, 0x3000);
    bench_idle(&b);
    assert_int_equal(get(0x68, 3, 0x3010, 8), 0xFF);
    bench_quiet(&b);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x42, (const uint8_t *)"\x80", 1); // IRL3
    bench_idle(&b);
    put(0x62, 3, 0x3010, 0);
    bench_only(&b, NOR_PROTECTED);
    put(0x62, 3, 0x4000, 0);
    bench_only(&b, NOR_BAD_FRAME);
    bench_close(&b);
}

static void micron_otp(void **state) {
    (void)state;
    open_chip("n25q128a");
    put(0x42, 3, 3, 0x78);
    bench_idle(&b);
    assert_int_equal(get(0x4B, 3, 3, 8), 0x78);
    put(0x42, 3, 64, 0xFE); // the lock
    bench_idle(&b);
    bench_quiet(&b);
    put(0x42, 3, 4, 0);
    bench_only(&b, NOR_PROTECTED);
    bench_close(&b);
}

/// Modes ///

static void an_id_on_four_lines(void **state) {
    (void)state;
    static const char *const parts[] = {
            "mx25l51245g", "is25lp128f", "mt25ql128"};
    for (unsigned i = 0; i < 3; i++) {
        open_chip(parts[i]);
        struct nor_frame f = {true, 0xAF, 1, .data_lanes = 4};
        uint8_t id[3];
        bench_frame(&b, &f, NULL, id, 3);
        bench_only(&b, NOR_BAD_FRAME);
        bench_cmd(&b, 0x35);
        f.opcode_lanes = 4;
        bench_frame(&b, &f, NULL, id, 3);
        assert_memory_equal(id, nor_part_of(b.nor)->id, 3);
        bench_quiet(&b);
        bench_close(&b);
    }
}

static const char *refusal(const struct nor_frame *f) {
    const char *why = NULL;
    return nor_readable(b.nor, b.now, f, &why) ? "" : why;
}

static void bursts_that_wrap(void **state) {
    (void)state;
    static const uint8_t volatile_register = 0xF8; // VCR: 16 bytes
    struct nor_frame f = bench_shape(0x0B, true, 14, 1);
    uint8_t data[4];
    f.dummy_clocks = 8;
    open_chip("n25q128a");
    bench_program(&b, 0, (const uint8_t *)"\1\2", 2);
    assert_string_equal(refusal(&f), "");
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x81, &volatile_register, 1);
    assert_non_null(strstr(refusal(&f), "wrap"));
    bench_frame(&b, &f, NULL, data, 4);
    assert_memory_equal(data, "\xFF\xFF\1\2", 4);
    f = bench_shape(0x03, true, 14, 1);
    assert_string_equal(refusal(&f), "");
    bench_close(&b);
    // 77h concerns reads with the address on four lines.
    open_chip("w25q128jv");
    struct nor_frame wrap = {true, 0x77, 1, .dummy_clocks = 6, .data_lanes = 4};
    bench_frame(&b, &wrap, (const uint8_t *)"\x40", NULL, 1);
    f = bench_shape(0x6B, true, 0, 4);
    f.dummy_clocks = 8;
    assert_string_equal(refusal(&f), "");
    f = bench_quad(0, 0xFF, 4);
    assert_non_null(strstr(refusal(&f), "wrap"));
    bench_quiet(&b);
    bench_close(&b);
}

static void issi_read_parameters(void **state) {
    (void)state;
    struct nor_frame f = bench_shape(0x0B, true, 0, 1);
    open_chip("is25lp128f");
    bench_set_reg(&b, 0xC0, (const uint8_t *)"\x20", 1); // four dummy clocks
    assert_int_equal(bench_reg(&b, 0x61), 0x20);
    f.dummy_clocks = 8;
    assert_non_null(strstr(refusal(&f), "dummy clocks"));
    f.dummy_clocks = 4;
    assert_string_equal(refusal(&f), "");
    power_cycle();
    f.dummy_clocks = 8;
    assert_string_equal(refusal(&f), "");
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x65, (const uint8_t *)"\x21", 1); // stays
    bench_idle(&b);
    power_cycle();
    assert_int_equal(bench_reg(&b, 0x61), 0x21);
    bench_set_reg(&b, 0x83, (const uint8_t *)"\x40", 1);
    assert_int_equal(bench_reg(&b, 0x81) & 0xE0, 0x40);
    bench_quiet(&b);
    bench_close(&b);
}

static void four_address_bytes(void **state) {
    (void)state;
    open_chip("is25lp128f");
    bench_cmd(&b, 0xB7);
    assert_int_equal(bench_reg(&b, 0x16), 0x80);
    assert_int_equal(get(0x03, 4, 0, 0), 0xFF);
    bench_set_reg(&b, 0x17, (const uint8_t *)"\0", 1);
    assert_int_equal(get(0x03, 3, 0, 0), 0xFF);
    assert_int_equal(get(0x13, 4, 0, 0), 0xFF);
    bench_quiet(&b);
    bench_close(&b);
}

// What three address bytes do not reach.
static void macronix_extended_address(void **state) {
    (void)state;
    const struct nor_frame f = bench_shape(0x03, true, 0x10, 1);
    open_chip("mx25l51245g");
    bench_program(&b, 0x10, (const uint8_t *)"\x12", 1);
    bench_set_reg(&b, 0xC5, (const uint8_t *)"\2", 1);
    bench_only(&b, NOR_NO_WEL);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0xC5, (const uint8_t *)"\2", 1);
    assert_int_equal(bench_reg(&b, 0xC8), 2);
    assert_int_equal(get(0x03, 3, 0x10, 0), 0xFF);
    bench_program(&b, 0x10, (const uint8_t *)"\x34", 1);
    assert_int_equal(get(0x13, 4, 0x2000010, 0), 0x34);
    assert_non_null(strstr(refusal(&f), "extended address register"));
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_wait(&b, NOR_MS);
    assert_string_equal(refusal(&f), "");
    assert_int_equal(get(0x03, 3, 0x10, 0), 0x12);
    bench_quiet(&b);
    bench_close(&b);
}

static void read_parameters_of_qpi(void **state) {
    (void)state;
    open_chip("w25q128jv-im");
    bench_cmd(&b, 0x50);
    bench_set_reg(&b, 0x31, (const uint8_t *)"\x02", 1);
    bench_cmd(&b, 0x38);
    struct nor_frame f = {true, 0xC0, 4, .data_lanes = 4};
    bench_frame(&b, &f, (const uint8_t *)"\x30", NULL, 1); // eight clocks
    f = (struct nor_frame){
            true, 0x0B, 4, 3, 4, 0, .dummy_clocks = 8, .data_lanes = 4};
    assert_string_equal(refusal(&f), "");
    f.dummy_clocks = 2;
    assert_non_null(strstr(refusal(&f), "dummy clocks"));
    f.opcode = 0x0C;
    f.dummy_clocks = 8;
    assert_non_null(strstr(refusal(&f), "wrap"));
    bench_quiet(&b);
    bench_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(macronix_individual_protection),
            cmocka_unit_test(issi_sector_protection),
            cmocka_unit_test(micron_lock_registers),
            cmocka_unit_test(macronix_secured_otp),
            cmocka_unit_test(issi_information_rows),
            cmocka_unit_test(micron_otp),
            cmocka_unit_test(an_id_on_four_lines),
            cmocka_unit_test(bursts_that_wrap),
            cmocka_unit_test(issi_read_parameters),
            cmocka_unit_test(four_address_bytes),
            cmocka_unit_test(macronix_extended_address),
            cmocka_unit_test(read_parameters_of_qpi),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
