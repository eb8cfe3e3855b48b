/*
 * test_quadspi_map - the modelled QUADSPI in memory-mapped mode
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/base/*.c
// sources: host/sim/stm32/*.c host/sim/stm32l4/*.c host/sim/machine/board*.c host/sim/machine/machine.c
// sources: host/board/*.c host/base/*.c host/nor/nor_parts.c
// sources: host/sim/rules.c
// sources: tests/support/fake_sim.c
// sources: tests/support/fake_nor.c
#include "support/quadspi_bench.h"

/// The window ///

static void mapping_opens_the_window(void **state) {
    (void)state;
    assert_false(sim_window_is_open(s));
    fake_w32(s, CCR, MAP_FAST);
    assert_true(sim_window_is_open(s));
    // nCS high 2, 8 + 24 + 8, then 32 clocks per word.
    assert_int_equal(fake_window_timing(s).first_ps, (2 + 40 + 32) * CLK);
    assert_int_equal(fake_window_timing(s).next_ps, 32 * CLK);
    assert_int_equal(b.nor->asked.opcode, 0x0B);
    assert_int_equal(b.nor->asked.dummy_clocks, 8);
    assert_no_violation(s);
}

static void quad_mapping(void **state) {
    (void)state;
    fake_w32(s, ABR, 0xFF);
    fake_w32(s, CCR, MAP_QUAD);
    assert_true(sim_window_is_open(s));
    assert_int_equal(fake_window_timing(s).first_ps,
            (2 + 8 + 6 + 2 + 4 + 8) * CLK);
    // The mode byte reached the chip.
    assert_int_equal(fake_last(b.nor)->frame.alt, 0xFF);
    assert_int_not_equal(fake_last(b.nor)->end, 0);
}

static void continuous_read_drops_the_opcode(void **state) {
    (void)state;
    fake_w32(s, ABR, 0xA5);
    fake_w32(s, CCR, MAP_QUAD | 1u << 28); // SIOO
    assert_true(sim_window_is_open(s));
    assert_true(fake_last(b.nor)->frame.has_opcode);
    assert_false(b.nor->asked.has_opcode);
    assert_int_equal(fake_window_timing(s).first_ps, (2 + 6 + 2 + 4 + 8) * CLK);
}

static void abort_closes_the_window(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_or32(s, CR, ABORT);
    assert_false(sim_window_is_open(s)); // at once, not when it is done
    assert_string_equal(fake_window_reason(s), "QUADSPI is in command mode");
    assert_int_equal(sr() & BUSY, BUSY);
    assert_true(fake_wait(s, CR, ABORT, 0, SIM_US));
    assert_int_equal(sr() & (BUSY | TCF), TCF);
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, RDSR);
    (void)fake_read(s, DR, 1);
    abort_();
    assert_no_violation(s);
    assert_false(sim_window_is_open(s));
    fake_w32(s, CCR, MAP_FAST);
    assert_true(sim_window_is_open(s));
}

static void disabling_closes_the_window(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_w32(s, CR, fake_r32(s, CR) & ~EN);
    assert_false(sim_window_is_open(s));
    assert_int_equal(sr() & BUSY, 0);
    assert_no_violation(s);
}

static void leaving_without_abort(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    sim_window_tell_read(s);
    fake_w32(s, CCR, WREN);
    assert_int_equal(fake_violation(s)->rule, SIM_RULE_QUADSPI_BUSY_MAPPED);
    assert_rule(s, "quadspi-busy-write");
    assert_true(sim_window_is_open(s));
    fake_run(s, SIM_US);
    assert_int_equal(b.nor->count, 0);
}

// RM0351 17.3.6: BUSY goes high as soon as the first access occurs, and stays.
static void busy_from_the_first_access_on(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    assert_int_equal(sr() & BUSY, 0);
    fake_w32(s, CCR, MAP_FAST);
    fake_w32(s, DCR, 23u << 16 | 2u << 8); // nCS high 3
    assert_int_equal(fake_window_timing(s).first_ps, (3 + 40 + 32) * CLK);
    prescaler(4);
    assert_int_equal(fake_window_timing(s).next_ps, 32 * 2 * CLK);
    assert_int_equal(sr() & BUSY, 0);
    sim_window_tell_read(s);
    assert_int_equal(sr() & BUSY, BUSY);
    abort_();
    assert_int_equal(sr() & BUSY, 0);
    assert_no_violation(s);
}

// HAL_QSPI_Abort() aborts if BUSY is 1.
static void leaving_before_an_access(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_w32(s, CCR, WREN);
    assert_false(sim_window_is_open(s));
    assert_string_equal(fake_window_reason(s), "QUADSPI is in command mode");
    fake_run(s, SIM_US);
    assert_int_equal(b.nor->count, 1);
    assert_int_equal(sr() & BUSY, 0);
    assert_no_violation(s);
}

// Mapped while the chip erases: the window opens when the erase is over.
static void busy_chip_keeps_the_window_closed(void **state) {
    (void)state;
    const sim_time end = sim_now(s) + 50 * SIM_MS;
    b.nor->busy_until = end;
    fake_w32(s, CCR, MAP_FAST);
    assert_false(sim_window_is_open(s));
    assert_string_equal(fake_window_reason(s), "the chip is erasing");
    fake_run_until(s, end - 1);
    assert_false(sim_window_is_open(s));
    fake_run(s, 1);
    assert_true(sim_window_is_open(s));
}

static void unreadable_chip_gives_its_reason(void **state) {
    (void)state;
    b.nor->unreadable = "quad enable is not set";
    fake_w32(s, CCR, MAP_FAST);
    assert_false(sim_window_is_open(s));
    assert_string_equal(fake_window_reason(s), "quad enable is not set");
    assert_non_null(strstr(fake_window_cure(s), "quad enable bit"));
}

// ES0250: AR[1:0] of the last indirect command.
static void mapping_with_a_left_over_address(void **state) {
    (void)state;
    prescaler(4);
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0x101);
    (void)fake_read(s, DR, 1);
    idle();
    fake_w32(s, CCR, MAP_FAST);
    assert_rule(s, "quadspi-ar");
    abort_();
    fake_w32(s, CCR, RDSR); // no address: AR can be written
    (void)fake_read(s, DR, 1);
    fake_w32(s, AR, 0);
    fake_w32(s, CCR, MAP_FAST);
    assert_rule(s, "quadspi-ar"); // cleared, but not aborted
    abort_();
    fake_w32(s, CCR, MAP_FAST);
    assert_no_violation(s);
    abort_();
    fake_w32(s, CCR, RDSR);
    (void)fake_read(s, DR, 1);
    fake_w32(s, AR, 1);
    abort_();
    fake_w32(s, CCR, MAP_FAST);
    assert_rule(s, "quadspi-ar"); // aborted, but not cleared
}

static void mapping_after_an_aligned_address(void **state) {
    (void)state;
    prescaler(4);
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0x104);
    (void)fake_read(s, DR, 1);
    idle();
    fake_w32(s, CCR, MAP_FAST);
    assert_no_violation(s);
}

// The address that counts is the one of the last command that had one.
static void mapping_after_two_reads(void **state) {
    (void)state;
    prescaler(4);
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, READ);
    fake_w32(s, AR, 0x101);
    (void)fake_read(s, DR, 1);
    idle();
    fake_w32(s, AR, 0x104);
    (void)fake_read(s, DR, 1);
    idle();
    fake_w32(s, CCR, MAP_FAST);
    assert_no_violation(s);
}

static void mapping_with_timeout_counter(void **state) {
    (void)state;
    fake_or32(s, CR, TCEN);
    fake_w32(s, LPTR, 100);
    fake_w32(s, CCR, MAP_FAST);
    assert_rule(s, "quadspi-tcen");
    // A driver that has it all the same gets its flag.
    sim_window_tell_read(s);
    fake_run(s, 100 * CLK - 1);
    assert_int_equal(sr() & (TOF | BUSY), BUSY);
    fake_run(s, 1);
    assert_int_equal(sr() & (TOF | BUSY), TOF);
    sim_window_tell_read(s);
    assert_int_equal(sr() & BUSY, BUSY);
    fake_w32(s, FCR, TOF);
    fake_run(s, SIM_MS);
    assert_int_equal(sr() & TOF, 0);
    assert_true(sim_window_is_open(s));
}

static void clock_taken_from_the_window(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_w32(s, RCC_AHB3ENR, 0);
    assert_rule(s, "window-clock");
    assert_false(sim_window_is_open(s));
    fake_w32(s, RCC_AHB3ENR, 1u << 8);
    fake_w32(s, CCR, MAP_FAST);
    assert_true(sim_window_is_open(s));
    fake_w32(s, RCC_AHB3RSTR, 1u << 8);
    assert_rule(s, "window-controller");
    assert_false(sim_window_is_open(s));
    fake_w32(s, RCC_AHB3RSTR, 0);
    assert_int_equal(fake_r32(s, CR), 0);
}

// With the window closed the same writes are a driver's own business.
static void clock_taken_while_closed(void **state) {
    (void)state;
    fake_w32(s, RCC_AHB3ENR, 0);
    fake_w32(s, RCC_AHB3ENR, 1u << 8);
    fake_w32(s, RCC_AHB3RSTR, 1u << 8);
    fake_w32(s, RCC_AHB3RSTR, 0);
    bench_pin(&b, 'E', 12, 3, 0);
    assert_no_violation(s);
}

static void other_speed_is_a_note(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_w32(s, RCC_CFGR, 3 | 8u << 4); // HPRE 2
    assert_no_violation(s);
    assert_true(sim_window_is_open(s));
    assert_int_equal(fake_notes(s, "while the QUADSPI window is open"), 1);
    assert_int_equal(fake_window_timing(s).next_ps, 32 * 2 * CLK);
}

static void pins_taken_from_the_window(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    bench_pin(&b, 'E', 8, 1, 0);   // another pin of the port
    bench_pin(&b, 'E', 14, 0, 10); // IO2: not used by this read
    assert_no_violation(s);
    bench_pin(&b, 'E', 11, 3, 10);
    assert_rule(s, "window-pins");
    assert_false(sim_window_is_open(s));
    bench_pin(&b, 'E', 11, 2, 10);
    assert_true(sim_window_is_open(s));
    fake_w32(s, RCC + 0x2C, 1u << 4); // reset of the whole port
    assert_rule(s, "window-pins");
}

// A read on four lanes needs IO2, which the reads above leave alone.
static void quad_read_needs_all_pins(void **state) {
    (void)state;
    fake_w32(s, ABR, 0xFF);
    fake_w32(s, CCR, MAP_QUAD);
    assert_no_violation(s);
    bench_pin(&b, 'E', 14, 0, 10);
    assert_rule(s, "window-pins");
    assert_false(sim_window_is_open(s));
}

static void commands_without_pins(void **state) {
    (void)state;
    bench_pin(&b, 'E', 10, 3, 10);
    fake_w32(s, DLR, 0);
    fake_w32(s, CCR, RDSR);
    assert_int_equal(fake_read(s, DR, 1), 0xFF);
    assert_int_equal(b.nor->count, 0);
    assert_int_equal(fake_notes(s, "CLK pin PE10 is not set to AF10"), 1);
    abort_();
    fake_w32(s, CCR, MAP_FAST);
    assert_false(sim_window_is_open(s));
}

// A system reset resets pins, clock and controller, and is no driver's mistake.
static void system_reset_closes_quietly(void **state) {
    (void)state;
    fake_w32(s, CCR, MAP_FAST);
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_false(sim_window_is_open(s));
    assert_no_violation(s);
    assert_int_equal(fake_notes(s, "while the QUADSPI window is open"), 0);
    fake_or32(s, RCC_AHB3ENR, 1u << 8);
    assert_int_equal(sr(), 0);
}

static void reset_in_a_frame_raises_ncs(void **state) {
    (void)state;
    fake_w32(s, DLR, 255);
    fake_w32(s, CCR, PP);
    fake_w32(s, AR, 0);
    fake_w32(s, DR, 0);
    fake_run(s, 50 * CLK);
    fake_reset(s, SIM_RESET_IWDG);
    assert_int_not_equal(fake_last(b.nor)->end, 0);
    assert_int_equal(fake_last(b.nor)->bytes, 2);
}

static void power_cut_in_a_frame(void **state) {
    (void)state;
    fake_w32(s, DLR, 255);
    fake_w32(s, CCR, PP);
    fake_w32(s, AR, 0);
    fake_w32(s, DR, 0);
    sim_board_power(b.board, false);
    assert_false(b.nor->powered);
    fake_run(s, SIM_MS);
    sim_board_power(b.board, true);
    assert_true(b.nor->powered);
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_false(sim_window_is_open(s));
}

static void fsize_that_does_not_fit(void **state) {
    (void)state;
    fake_w32(s, DCR, 22u << 16);
    fake_w32(s, CCR, MAP_FAST);
    assert_int_equal(fake_notes(s, "FSIZE says 8388608 bytes"), 1);
}

/// What the chip tells ///

static void reports_become_violations(void **state) {
    (void)state;
    struct sim_board_nor to = {.sim = s, .window_addr = 0x90000000};
    for (int kind = NOR_READ_BUSY; kind < NOR_NOTES; kind++) {
        const struct nor_report report = {.kind = (enum nor_report_kind)kind,
                .opcode = 0x03,
                .off = 0x1000,
                .text = "something at some place"};
        sim_board_nor_report(&to, &report);
        assert_non_null(fake_rule(s));
        assert_memory_equal(fake_rule(s), "nor-", 4);
        assert_non_null(strstr(fake_violation(s)->what, "some place"));
        fake_forget(s);
    }
    const struct nor_report poll = {
            .kind = NOR_NO_ANSWER, .opcode = 0x05, .text = "not answered"};
    sim_board_nor_report(&to, &poll);
    sim_board_nor_report(&to, &poll);
    assert_no_violation(s);
    assert_int_equal(fake_notes(s, "not answered"), 1);
    fake_changed(s);
    sim_board_nor_changed(&to, 0x1000, 256);
    assert_int_equal(fake_changed(s), 256);
    sim_board_nor_operation(&to, 'E', 0x2000, 4096, 0, true);
    assert_int_equal(fake_trace(s, SIM_TRACE_CHIP, 0)->a, 'E');
    assert_int_equal(fake_trace(s, SIM_TRACE_CHIP, 0)->b, 0x2000);
    assert_int_equal(fake_trace(s, SIM_TRACE_CHIP, 0)->c, 1);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
            TEST(mapping_opens_the_window),
            TEST(quad_mapping),
            TEST(continuous_read_drops_the_opcode),
            TEST(abort_closes_the_window),
            TEST(disabling_closes_the_window),
            TEST(leaving_without_abort),
            TEST(busy_from_the_first_access_on),
            TEST(leaving_before_an_access),
            TEST(busy_chip_keeps_the_window_closed),
            TEST(unreadable_chip_gives_its_reason),
            TEST(mapping_with_a_left_over_address),
            TEST(mapping_after_an_aligned_address),
            TEST(mapping_after_two_reads),
            TEST(mapping_with_timeout_counter),
            TEST(clock_taken_from_the_window),
            TEST(clock_taken_while_closed),
            TEST(other_speed_is_a_note),
            TEST(pins_taken_from_the_window),
            TEST(quad_read_needs_all_pins),
            TEST(commands_without_pins),
            TEST(system_reset_closes_quietly),
            TEST(reset_in_a_frame_raises_ncs),
            TEST(power_cut_in_a_frame),
            TEST(fsize_that_does_not_fit),
            TEST(reports_become_violations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
