/*
 * test_nor_misuse - what a chip lets pass and the model names; commands beside
 * reads, erases and programs
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/nor/*.c
#include "support/nor_bench.h"

static struct bench b;

static void open_chip(const char *name, bool cold) {
    bench_open(&b, name, NULL, (struct nor_options){.seed = 1, .cold = cold});
}

static void each_part(void (*test)(const struct nor_part *part)) {
    const struct nor_part *part;
    for (size_t i = 0; (part = nor_part_at(i)); i++) {
        open_chip(part->name, false);
        test(part);
        bench_close(&b);
    }
}

static void data_frame(const struct nor_frame *f, uint8_t byte) {
    bench_frame(&b, f, &byte, NULL, 1);
}

/// Figures of the bus ///

static void a_part_has_limits(const struct nor_part *part) {
    assert_true(part->read_mhz && part->other_mhz >= part->read_mhz);
    assert_true(part->high_read_ns && part->high_other_ns);
}

static void every_part_has_limits(void **state) {
    (void)state;
    each_part(a_part_has_limits);
}

static void read_at(uint8_t opcode, uint8_t dummy, uint32_t clock_ps) {
    struct nor_frame f = bench_shape(opcode, true, 0, 1);
    f.dummy_clocks = dummy;
    f.clock_ps = clock_ps;
    uint8_t byte;
    bench_frame(&b, &f, NULL, &byte, 1);
}

static void clock_limits(const struct nor_part *part) {
    const uint32_t mhz =
            part->low_power_mhz ? part->low_power_mhz : part->read_mhz;
    read_at(0x03, 0, 1000000 / mhz + 1);
    bench_quiet(&b);
    read_at(0x03, 0, 1000000 / (mhz + 1));
    bench_only(&b, NOR_CLOCK);
    if (!part->low_power_mhz) {
        read_at(0x0B, 8, 1000000 / part->other_mhz + 1);
        bench_quiet(&b);
    }
    read_at(0x0B, 8, 1000000 / (part->other_mhz + 2));
    bench_only(&b, NOR_CLOCK);
}

static void a_clock_above_the_commands_limit(void **state) {
    (void)state;
    each_part(clock_limits);
}

// MX25R: 33 MHz as delivered, 80 MHz after the second configuration byte.
static void low_power_mode_has_its_own_limit(void **state) {
    (void)state;
    open_chip("mx25r6435f", false);
    read_at(0x0B, 8, 12500);
    bench_only(&b, NOR_CLOCK);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x01, (const uint8_t *)"\0\0\x02", 3);
    bench_idle(&b);
    read_at(0x0B, 8, 12500);
    bench_quiet(&b);
    bench_close(&b);
}

static void frame_after(uint64_t high_ps, uint8_t opcode) {
    struct nor_frame f = bench_shape(opcode, false, 0, 0);
    f.clock_ps = 25000;
    b.now += high_ps;
    nor_begin(b.nor, b.now, &f);
    nor_end(b.nor, b.now);
}

static void select_high_too_short(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    (void)bench_reg(&b, 0x05);
    frame_after(10000, 0x06); // after a read
    bench_quiet(&b);
    frame_after(50000, 0x04);
    bench_quiet(&b);
    frame_after(49000, 0x04); // after a command
    bench_only(&b, NOR_SELECT_HIGH);
    bench_close(&b);
}

static void both_edges_for_one(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    struct nor_frame f = bench_shape(0x03, true, 0, 1);
    f.ddr = true;
    data_frame(&f, 0);
    assert_int_equal(b.reports[NOR_DDR], 1);
    bench_close(&b);
}

static void mapping_is_checked_as_a_frame(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    struct nor_frame f = bench_quad(0, 0xFF, 4);
    f.clock_ps = 25000;
    nor_check_mapping(b.nor, b.now, &f, 25000);
    bench_quiet(&b);
    nor_check_mapping(b.nor, b.now, &f, 9000);
    bench_only(&b, NOR_SELECT_HIGH);
    f.alt_bytes = 0;
    f.alt_lanes = 0;
    f.dummy_clocks = 6;
    nor_check_mapping(b.nor, b.now, &f, 25000);
    bench_only(&b, NOR_MODE_BITS);
    f = bench_shape(0x03, true, 0, 1);
    f.clock_ps = 12500;
    nor_check_mapping(b.nor, b.now, &f, 25000);
    bench_only(&b, NOR_CLOCK);
    bench_close(&b);
}

/// Power-up, reset ///

static void first_power_on_is_like_any_other(void **state) {
    (void)state;
    open_chip("w25q128jv", true);
    const struct nor_frame f = bench_quad(0, 0xFF, 4);
    assert_false(nor_readable(b.nor, b.now, &f, NULL));
    bench_cmd(&b, 0x9F);
    bench_only(&b, NOR_TOO_FAST);
    assert_int_equal(b.last.cause, NOR_CAUSE_POWER_UP);
    b.now = 20 * NOR_US; // tVSL
    assert_true(nor_readable(b.nor, b.now, &f, NULL));
    bench_cmd(&b, 0x06); // tPUW is 5 ms: noted
    bench_quiet(&b);
    assert_int_equal(b.reports[NOR_EARLY_WRITE], 1);
    assert_int_equal(bench_reg(&b, 0x05), 2);
    b.now = 5 * NOR_MS;
    bench_cmd(&b, 0x06);
    assert_int_equal(b.reports[NOR_EARLY_WRITE], 1);
    bench_close(&b);
    bench_open(&b, "w25q128jv", NULL,
            (struct nor_options){.cold = true, .head_start_us = 15});
    assert_false(nor_readable(b.nor, 4 * NOR_US, &f, NULL));
    assert_true(nor_readable(b.nor, 5 * NOR_US, &f, NULL));
    bench_close(&b);
}

static void erase_begins(uint32_t addr) {
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, addr);
    bench_wait(&b, NOR_MS);
}

// A driver that looked and resets all the same knows what it does.
static void reset_of_a_chip_that_works(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    erase_begins(0x1000);
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_only(&b, NOR_RESET_BUSY);
    bench_wait(&b, NOR_MS);
    erase_begins(0x2000);
    assert_int_equal(bench_reg(&b, 0x05) & 1, 1);
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_quiet(&b);
    bench_wait(&b, NOR_MS);
    erase_begins(0x2000);
    const struct nor_frame f = bench_shape(0x03, true, 0, 1);
    const char *why = NULL;
    assert_false(nor_readable(b.nor, b.now, &f, &why));
    assert_string_equal(why, "the chip is erasing");
    nor_new_driver(b.nor); // a reset of the MCU: this is its recovery
    assert_false(nor_readable(b.nor, b.now, &f, &why));
    assert_string_equal(why, "the chip is erasing since before the reset");
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_quiet(&b);
    bench_wait(&b, NOR_MS);
    erase_begins(0x2000); // its own one
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_only(&b, NOR_RESET_BUSY);
    bench_close(&b);
}

static void reads_too_soon_after_a_suspend(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    erase_begins(0x1000);
    bench_cmd(&b, 0x75);
    uint8_t byte;
    bench_read(&b, 0x8000, &byte, 1);
    bench_only(&b, NOR_READ_BUSY);
    assert_int_equal(b.last.cause, NOR_CAUSE_SUSPENDING);
    bench_cmd(&b, 0x06);
    bench_only(&b, NOR_COMMAND_BUSY);
    assert_int_equal(b.last.cause, NOR_CAUSE_SUSPENDING);
    bench_wait(&b, 20 * NOR_US);
    bench_read(&b, 0x1000, &byte, 1);
    bench_only(&b, NOR_READ_BUSY);
    assert_int_equal(b.last.cause, NOR_CAUSE_SUSPENDED);
    bench_close(&b);
}

static void a_frame_that_does_not_fit_says_why(void **state) {
    (void)state;
    open_chip("w25q128jv-im", false); // quad enable is not set
    struct nor_frame f = bench_quad(0, 0xFF, 4);
    data_frame(&f, 0);
    assert_int_equal(b.last.cause, NOR_CAUSE_QUAD_ENABLE);
    f = bench_shape(0x0B, true, 0, 1);
    data_frame(&f, 0);
    assert_int_equal(b.last.cause, NOR_CAUSE_DUMMY_CLOCKS);
    bench_close(&b);
}

/// Status writes ///

static void write_status(const uint8_t *data, size_t n) {
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x01, data, n);
    bench_idle(&b);
}

// SR1 read twice and written back as SR1 and SR2: 40h is CMP there.
static void a_status_write_that_turns_protection_around(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    write_status((const uint8_t *)"\0\x42", 2);
    bench_only(&b, NOR_STATUS_WRITE);
    assert_non_null(strstr(b.last.text, "CMP"));
    assert_null(strstr(b.last.text, "quad enable"));
    write_status((const uint8_t *)"\0\0", 2);
    bench_only(&b, NOR_STATUS_WRITE);
    assert_non_null(strstr(b.last.text, "quad enable"));
    bench_close(&b);
}

static void protection_that_grows_is_noted(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    write_status((const uint8_t *)"\x04", 1);
    bench_quiet(&b);
    assert_int_equal(b.reports[NOR_NOW_PROTECTED], 1);
    bench_forget(&b);
    write_status((const uint8_t *)"\0", 1);
    assert_int_equal(b.reports[NOR_NOW_PROTECTED], 0);
    bench_close(&b);
    open_chip("mx25r6435f", false); // bit 6 is quad enable there
    write_status((const uint8_t *)"\x40", 1);
    assert_int_equal(b.reports[NOR_NOW_PROTECTED], 0);
    write_status((const uint8_t *)"\0", 1);
    bench_only(&b, NOR_STATUS_WRITE);
    bench_close(&b);
}

static void a_status_write_that_locks_the_register(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    write_status((const uint8_t *)"\x80", 1);
    bench_quiet(&b);
    assert_int_equal(b.reports[NOR_NOW_PROTECTED], 1);
    assert_string_equal(b.last.text,
            "01h sets the lock of the status register: SR1 goes from 00h to "
            "80h. While WP# is low the chip refuses status writes (SRP, "
            "SRWD)");
    write_status((const uint8_t *)"\x80", 1); // it was set
    assert_int_equal(b.reports[NOR_NOW_PROTECTED], 1);
    write_status((const uint8_t *)"\x84\x03", 2);
    assert_string_equal(b.last.text,
            "01h sets protection bits: SR1 goes from 80h to 84h. From then on "
            "the chip refuses status writes (SRL, SRP1)");
    bench_close(&b);
}

/// Other commands ///

static void unknown_and_not_modelled_differ(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    bench_cmd(&b, 0xE7);
    bench_quiet(&b);
    assert_int_equal(b.reports[NOR_NOT_MODELLED], 1);
    bench_forget(&b);
    bench_cmd(&b, 0x48);
    assert_int_equal(b.reports[NOR_INCOMPLETE], 1);
    bench_forget(&b);
    bench_cmd(&b, 0xC3);
    bench_only(&b, NOR_UNKNOWN_OPCODE);
    bench_close(&b);
}

static void ignored_of_an_idle_chip(const struct nor_part *part) {
    bench_cmd(&b, part->resume_opcode); // a bring-up does not know yet
    assert_int_equal(b.reports[NOR_IDLE], 0);
    bench_cmd(&b, part->suspend_opcode);
    assert_int_equal(b.reports[NOR_IDLE], 1);
    bench_frame(&b, &(struct nor_frame){true, 0x9F, 1, .data_lanes = 1}, NULL,
            (uint8_t[1]){0}, 1);
    bench_cmd(&b, part->resume_opcode);
    assert_int_equal(b.reports[NOR_IDLE], 2);
    // What the driver could not know is no mistake.
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0);
    bench_wait(&b, (uint64_t)part->erase[0].typ_us * NOR_US);
    bench_cmd(&b, part->suspend_opcode);
    assert_int_equal(b.reports[NOR_IDLE], 2);
    (void)bench_reg(&b, 0x05);
    bench_cmd(&b, part->suspend_opcode);
    assert_int_equal(b.reports[NOR_IDLE], 3);
    nor_new_driver(b.nor);
    bench_cmd(&b, part->resume_opcode);
    assert_int_equal(b.reports[NOR_IDLE], 3);
    bench_quiet(&b);
}

static void suspend_and_resume_of_an_idle_chip(void **state) {
    (void)state;
    each_part(ignored_of_an_idle_chip);
}

static void suspended_twice(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0);
    bench_cmd(&b, 0x75);
    bench_cmd(&b, 0x75); // before it is suspended: as before
    bench_wait(&b, 20 * NOR_US);
    (void)bench_reg(&b, 0x05);
    assert_int_equal(b.reports[NOR_IDLE], 0);
    bench_cmd(&b, 0x75);
    assert_int_equal(b.reports[NOR_IDLE], 1);
    assert_non_null(strstr(b.last.text, "is suspended already"));
    bench_cmd(&b, 0x7A);
    bench_cmd(&b, 0x75); // it runs again
    assert_int_equal(b.reports[NOR_IDLE], 1);
    bench_close(&b);
}

// It leaves the operation suspended. A recovery from any state sends it, too.
static void a_resume_of_another_maker(void **state) {
    (void)state;
    open_chip("mx25l51245g", false);
    bench_cmd(&b, 0x7A);
    bench_quiet(&b); // a bring-up
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x20, 0);
    bench_cmd(&b, 0xB0);
    bench_wait(&b, 25 * NOR_US);
    bench_cmd(&b, 0x7A);
    assert_string_equal(b.last.text,
            "mx25l51245g has no command 7Ah: it resumes by 30h, and its "
            "operation stays suspended");
    bench_cmd(&b, 0x30);
    bench_idle(&b);
    bench_cmd(&b, 0x7A);
    assert_string_equal(b.last.text,
            "mx25l51245g has no command 7Ah: it resumes by 30h");
    bench_quiet(&b);
    assert_int_equal(b.reports[NOR_IDLE], 2);
    bench_close(&b);
}

static void unique_id(void **state) {
    (void)state;
    static const char *const parts[] = {"w25q128jv", "gd25q128e"};
    for (unsigned i = 0; i < 2; i++) {
        open_chip(parts[i], false);
        struct nor_frame f = bench_shape(0x4B, false, 0, 1);
        f.dummy_clocks = 31;
        uint8_t once[8];
        uint8_t again[8];
        bench_frame(&b, &f, NULL, once, 8);
        bench_only(&b, NOR_BAD_FRAME);
        f.dummy_clocks = 32;
        bench_frame(&b, &f, NULL, once, 8);
        // Three of the four bytes as an address.
        f.addr_bytes = 3;
        f.addr_lanes = 1;
        f.dummy_clocks = 8;
        bench_frame(&b, &f, NULL, again, 8);
        assert_memory_equal(once, again, 8);
        bench_quiet(&b);
        bench_close(&b);
    }
}

static uint8_t security_byte(uint32_t addr) {
    struct nor_frame f = bench_shape(0x48, true, addr, 1);
    f.dummy_clocks = 8;
    uint8_t byte = 0;
    bench_frame(&b, &f, NULL, &byte, 1);
    return byte;
}

static void security_program(uint32_t addr, uint8_t byte) {
    bench_cmd(&b, 0x06);
    const struct nor_frame f = bench_shape(0x42, true, addr, 1);
    data_frame(&f, byte);
}

static void security_registers(void **state) {
    (void)state;
    static const char *const parts[] = {"w25q128jv", "gd25q128e"};
    for (unsigned i = 0; i < 2; i++) {
        open_chip(parts[i], false);
        assert_int_equal(security_byte(0x1010), 0xFF);
        security_program(0x1010, 0x5A);
        assert_true(nor_busy(b.nor, b.now));
        bench_idle(&b);
        assert_int_equal(security_byte(0x1010), 0x5A);
        assert_int_equal(security_byte(0x2010), 0xFF);
        uint8_t byte;
        bench_read(&b, 0x1010, &byte, 1);
        assert_int_equal(byte, 0xFF); // not the array
        bench_cmd(&b, 0x06);
        bench_cmd_at(&b, 0x44, 0x1000);
        bench_idle(&b);
        assert_int_equal(security_byte(0x1010), 0xFF);
        bench_quiet(&b);
        security_program(0x4000, 0);
        bench_only(&b, NOR_BAD_FRAME);
        bench_close(&b);
    }
}

static void locked_security_register(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x31, (const uint8_t *)"\x12", 1); // LB2
    bench_idle(&b);
    bench_only(&b, NOR_STATUS_WRITE);
    security_program(0x2000, 0);
    bench_only(&b, NOR_PROTECTED);
    security_program(0x1000, 0);
    bench_idle(&b);
    bench_quiet(&b);
    bench_close(&b);
}

static bool locked(uint32_t addr) {
    const struct nor_frame f = bench_shape(0x3D, true, addr, 1);
    uint8_t byte = 0;
    bench_frame(&b, &f, NULL, &byte, 1);
    return byte & 1;
}

static void locks_of_single_blocks(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    bench_erase(&b, 0x20, 0x10000); // WPS is 0: BP counts
    bench_quiet(&b);
    bench_cmd(&b, 0x06);
    bench_set_reg(&b, 0x11, (const uint8_t *)"\x04", 1);
    bench_idle(&b);
    assert_true(locked(0x10000)); // as after power-up
    bench_erase(&b, 0x20, 0x10000);
    bench_only(&b, NOR_PROTECTED);
    bench_cmd_at(&b, 0x39, 0x10000);
    bench_only(&b, NOR_NO_WEL);
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x39, 0x10000);
    assert_false(locked(0x1F000));
    assert_true(locked(0x20000));
    bench_erase(&b, 0x20, 0x10000);
    bench_quiet(&b);
    bench_cmd(&b, 0x06);
    bench_cmd(&b, 0x98);
    assert_false(locked(0x20000));
    bench_cmd(&b, 0x06);
    bench_cmd_at(&b, 0x36, 0x1000); // 4 KB in the first block
    assert_true(locked(0x1000));
    assert_false(locked(0x2000));
    bench_cmd(&b, 0x06);
    bench_cmd(&b, 0x7E);
    assert_true(locked(0x2000));
    bench_quiet(&b);
    bench_close(&b);
}

static void fill_pattern(void) {
    uint8_t page[256];
    for (unsigned i = 0; i < 256; i++) {
        page[i] = (uint8_t)i;
    }
    bench_program(&b, 0, page, 256);
}

static void wrapped_bursts(void **state) {
    (void)state;
    open_chip("w25q128jv", false);
    fill_pattern();
    struct nor_frame f = bench_shape(0x77, false, 0, 4);
    f.dummy_clocks = 6;
    data_frame(&f, 0x20); // W4 0: on, 16 bytes
    uint8_t got[32];
    f = bench_quad(0x1C, 0xFF, 4);
    bench_frame(&b, &f, NULL, got, 8);
    assert_memory_equal(got, "\x1C\x1D\x1E\x1F\x10\x11\x12\x13", 8);
    const char *why = NULL;
    assert_false(nor_readable(b.nor, b.now, &f, &why));
    assert_non_null(strstr(why, "wrap"));
    bench_read(&b, 0x1C, got, 8); // on one line: none
    assert_int_equal(got[4], 0x20);
    bench_cmd(&b, 0x66);
    bench_cmd(&b, 0x99);
    bench_wait(&b, 30 * NOR_US);
    assert_true(nor_readable(b.nor, b.now, &f, NULL));
    bench_quiet(&b);
    bench_close(&b);
    open_chip("mx25r6435f", false);
    fill_pattern();
    bench_set_reg(&b, 0xC0, (const uint8_t *)"\0", 1);
    write_status((const uint8_t *)"\x40", 1);
    bench_frame(&b, &f, NULL, got, 8);
    assert_memory_equal(got, "\x1C\x1D\x1E\x1F\x18\x19\x1A\x1B", 8);
    bench_set_reg(&b, 0xC0, (const uint8_t *)"\x10", 1);
    bench_frame(&b, &f, NULL, got, 8);
    assert_int_equal(got[4], 0x20);
    bench_quiet(&b);
    bench_close(&b);
}

/// QPI ///

static struct nor_frame four_lines(uint8_t opcode, uint8_t data_lanes) {
    struct nor_frame f = bench_shape(opcode, false, 0, data_lanes);
    f.opcode_lanes = 4;
    return f;
}

static void send_qpi(uint8_t opcode) {
    const struct nor_frame f = four_lines(opcode, 0);
    bench_frame(&b, &f, NULL, NULL, 0);
}

static void qpi_in_and_out(const struct nor_part *part) {
    if (!part->qpi_enter_opcode) {
        return;
    }
    if (part->qe == NOR_QE_SR2_BIT1) {
        bench_cmd(&b, 0x50);
        bench_set_reg(&b, 0x31, (const uint8_t *)"\x02", 1);
    }
    bench_program(&b, 0x40, (const uint8_t *)"\x77", 1);
    send_qpi(part->qpi_exit_opcode); // two clocks: no opcode yet
    send_qpi(0x66);
    bench_quiet(&b);
    bench_cmd(&b, part->qpi_enter_opcode);
    uint8_t byte = 0xFF;
    struct nor_frame f = four_lines(0x05, 4);
    bench_frame(&b, &f, NULL, &byte, 1);
    assert_int_equal(byte & 3, 0);
    f = bench_quad(0x40, 0xFF, 0);
    f.opcode_lanes = 4;
    f.dummy_clocks =
            (uint8_t)(part->family == NOR_MICRON ? 8
                                                 : part->qpi_read_clocks - 2);
    bench_frame(&b, &f, NULL, &byte, 1);
    assert_int_equal(byte, 0x77);
    bench_quiet(&b);
    (void)bench_reg(&b, 0x05); // on one line
    bench_only(&b, NOR_BAD_FRAME);
    send_qpi(part->qpi_exit_opcode);
    assert_int_equal(bench_reg(&b, 0x05) & 3, 0);
    bench_quiet(&b);
}

static void qpi(void **state) {
    (void)state;
    each_part(qpi_in_and_out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(every_part_has_limits),
            cmocka_unit_test(a_clock_above_the_commands_limit),
            cmocka_unit_test(low_power_mode_has_its_own_limit),
            cmocka_unit_test(select_high_too_short),
            cmocka_unit_test(both_edges_for_one),
            cmocka_unit_test(mapping_is_checked_as_a_frame),
            cmocka_unit_test(first_power_on_is_like_any_other),
            cmocka_unit_test(reset_of_a_chip_that_works),
            cmocka_unit_test(reads_too_soon_after_a_suspend),
            cmocka_unit_test(a_frame_that_does_not_fit_says_why),
            cmocka_unit_test(a_status_write_that_turns_protection_around),
            cmocka_unit_test(protection_that_grows_is_noted),
            cmocka_unit_test(a_status_write_that_locks_the_register),
            cmocka_unit_test(unknown_and_not_modelled_differ),
            cmocka_unit_test(suspend_and_resume_of_an_idle_chip),
            cmocka_unit_test(suspended_twice),
            cmocka_unit_test(a_resume_of_another_maker),
            cmocka_unit_test(unique_id),
            cmocka_unit_test(security_registers),
            cmocka_unit_test(locked_security_register),
            cmocka_unit_test(locks_of_single_blocks),
            cmocka_unit_test(wrapped_bursts),
            cmocka_unit_test(qpi),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
