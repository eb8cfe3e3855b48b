/*
 * test_rcc - clocks, gates, resets and backup domain of the modelled STM32L476
 *
 * SPDX-License-Identifier: MIT
 */
// sources: host/base/*.c
// sources: host/sim/stm32/*.c host/sim/stm32l4/*.c host/sim/machine/board*.c host/sim/machine/machine.c
// sources: host/board/*.c host/base/*.c host/nor/nor_parts.c
// sources: host/sim/rules.c
// sources: tests/support/fake_sim.c
// sources: tests/support/fake_nor.c
#include "support/stm32_bench.h"

static struct bench b;
static struct sim *s;

static int setup(void **state) {
    (void)state;
    bench_open(&b, "stm32l476g-disco", NULL);
    s = b.sim;
    return 0;
}

static int teardown(void **state) {
    (void)state;
    bench_close(&b);
    return 0;
}

static void starts_at_4_mhz(void **state) {
    (void)state;
    assert_int_equal(fake_hclk(s), 4000000);
    assert_int_equal(fake_r32(s, RCC_CR), 0x63);
    assert_int_equal(fake_r32(s, RCC_CFGR), 0);
    assert_int_equal(fake_r32(s, RCC_AHB1ENR), 0x100);
    assert_int_equal(fake_r32(s, RCC_CSR), 0x0C000600);
    assert_int_equal(fake_r32(s, RCC + 0x80), 0x01677C01);
    assert_no_violation(s);
}

// The order of HAL_RCC_OscConfig and HAL_RCC_ClockConfig.
static void cubemx_start(void **state) {
    (void)state;
    fake_or32(s, RCC_APB1ENR, 1u << 28);
    fake_w32(s, PWR_CR1, (fake_r32(s, PWR_CR1) & ~0x600u) | 0x200);
    assert_true(fake_wait(s, 0x40007014, 1u << 10, 0, 50 * SIM_US));
    assert_true(fake_wait(s, RCC_CR, 2, 2, 2 * SIM_MS));
    fake_or32(s, RCC_CR, 8); // MSIRGSEL
    fake_w32(s, RCC_CR, (fake_r32(s, RCC_CR) & ~0xF0u) | 0x60);
    fake_w32(s, RCC_CR, fake_r32(s, RCC_CR) & ~(1u << 24));
    assert_true(fake_wait(s, RCC_CR, 1u << 25, 0, 2 * SIM_MS));
    fake_w32(s, RCC_PLLCFGR, 1u | 40u << 8);
    fake_or32(s, RCC_CR, 1u << 24);
    fake_or32(s, RCC_PLLCFGR, 1u << 24);
    assert_int_equal(fake_r32(s, RCC_CR) & 1u << 25, 0); // not at once
    assert_true(fake_wait(s, RCC_CR, 1u << 25, 1u << 25, 2 * SIM_MS));
    fake_w32(s, FLASH_ACR, (fake_r32(s, FLASH_ACR) & ~7u) | 4);
    assert_int_equal(fake_r32(s, FLASH_ACR) & 7, 4);
    fake_w32(s, RCC_CFGR, (fake_r32(s, RCC_CFGR) & ~3u) | 3);
    assert_true(fake_wait(s, RCC_CFGR, 0xC, 0xC, 5 * SIM_MS));
    assert_int_equal(fake_hclk(s), 80000000);
    assert_no_violation(s);
}

static void pll_takes_its_time(void **state) {
    (void)state;
    fake_w32(s, RCC_PLLCFGR, 1u | 40u << 8 | 1u << 24);
    const sim_time from = sim_now(s);
    fake_or32(s, RCC_CR, 1u << 24);
    fake_run(s, 39 * SIM_US);
    assert_int_equal(fake_r32(s, RCC_CR) & 1u << 25, 0);
    fake_run_until(s, from + 40 * SIM_US);
    assert_int_not_equal(fake_r32(s, RCC_CR) & 1u << 25, 0);
    fake_w32(s, RCC_CR, fake_r32(s, RCC_CR) & ~(1u << 24));
    assert_int_equal(fake_r32(s, RCC_CR) & 1u << 25, 0);
}

static void hsi_and_dividers(void **state) {
    (void)state;
    fake_or32(s, RCC_CR, 1u << 8);
    assert_true(fake_wait(s, RCC_CR, 1u << 10, 1u << 10, SIM_MS));
    fake_w32(s, RCC_CFGR, 1);
    assert_int_equal(fake_hclk(s), 16000000);
    fake_w32(s, RCC_CFGR, 1 | 9u << 4); // HPRE 4
    assert_int_equal(fake_hclk(s), 4000000);
    fake_w32(s, RCC_CFGR, 1 | 12u << 4); // 64, not 32
    assert_int_equal(fake_hclk(s), 250000);
}

static void msi_range(void **state) {
    (void)state;
    fake_w32(s, RCC_CR, 0xB3); // range 11 without MSIRGSEL: no effect
    assert_int_equal(fake_hclk(s), 4000000);
    fake_w32(s, FLASH_ACR, 0x602);
    fake_w32(s, RCC_CR, 0xBB);
    assert_int_equal(fake_hclk(s), 48000000);
    fake_w32(s, RCC_CR, 0xFB); // range 15 does not exist
    assert_int_equal(fake_r32(s, RCC_CR) & 0xF0, 0xB0);
    assert_no_violation(s);
}

// SW on a source that is not ready: the clock changes when it is.
static void switch_waits(void **state) {
    (void)state;
    fake_or32(s, RCC_CR, 1u << 16); // HSE
    fake_w32(s, RCC_CFGR, 2);
    assert_int_equal(fake_r32(s, RCC_CFGR) & 0xC, 0);
    assert_int_equal(fake_hclk(s), 4000000);
    assert_int_equal(fake_notes(s, "selects HSE, which is not ready"), 1);
    fake_run(s, 3 * SIM_MS);
    assert_int_equal(fake_r32(s, RCC_CFGR) & 0xC, 8);
    assert_int_equal(fake_hclk(s), 8000000);
}

static void running_source_stays_on(void **state) {
    (void)state;
    fake_w32(s, RCC_CR, 0x62);
    assert_int_equal(fake_r32(s, RCC_CR) & 1, 1);
    bench_80mhz(&b);
    fake_w32(s, RCC_CR, 0x62); // PLL is SYSCLK, MSI feeds it
    assert_int_equal(fake_r32(s, RCC_CR) & 0x1000001, 0x1000001);
    assert_int_equal(fake_hclk(s), 80000000);
}

static void pllcfgr_is_locked_while_on(void **state) {
    (void)state;
    bench_80mhz(&b);
    fake_w32(s, RCC_PLLCFGR, 1u | 20u << 8 | 1u << 24);
    assert_int_equal(fake_r32(s, RCC_PLLCFGR) >> 8 & 0x7F, 40);
    assert_int_equal(fake_hclk(s), 80000000);
    assert_int_equal(fake_notes(s, "PLLCFGR"), 1);
}

static void flash_latency_too_low(void **state) {
    (void)state;
    fake_w32(s, FLASH_ACR, 0x603); // 64 MHz at most
    fake_w32(s, RCC_PLLCFGR, 1u | 40u << 8 | 1u << 24);
    fake_or32(s, RCC_CR, 1u << 24);
    fake_run(s, SIM_MS);
    assert_no_violation(s);
    fake_w32(s, RCC_CFGR, 3);
    assert_rule(s, "flash-latency");
    fake_w32(s, FLASH_ACR, 0x604);
    assert_no_violation(s);
    fake_w32(s, FLASH_ACR, 0x600); // lowered while the clock is high
    assert_rule(s, "flash-latency");
}

static void flash_latency_in_range_2(void **state) {
    (void)state;
    fake_or32(s, RCC_APB1ENR, 1u << 28);
    fake_w32(s, PWR_CR1, 0x400);
    assert_no_violation(s);
    fake_w32(s, RCC_CR, 0x7B); // 8 MHz, 0 wait states: 6 MHz in range 2
    assert_rule(s, "flash-latency");
    fake_w32(s, PWR_CR1, 0x200);
    assert_no_violation(s);
    assert_int_not_equal(fake_r32(s, 0x40007014) & 1u << 10, 0); // VOSF
    fake_run(s, 20 * SIM_US);
    assert_int_equal(fake_r32(s, 0x40007014) & 1u << 10, 0);
}

static void overspeed_and_pll_range(void **state) {
    (void)state;
    fake_w32(s, FLASH_ACR, 0x604);
    fake_w32(s, RCC_PLLCFGR, 1u | 50u << 8 | 1u << 24); // 100 MHz
    fake_or32(s, RCC_CR, 1u << 24);
    fake_run(s, SIM_MS);
    assert_no_violation(s);
    fake_w32(s, RCC_CFGR, 3);
    assert_rule(s, "clock-range");
    fake_reset(s, SIM_RESET_SOFTWARE);
    fake_w32(s, RCC_PLLCFGR, 1u | 1u << 4 | 40u << 8); // 2 MHz input
    fake_or32(s, RCC_CR, 1u << 24);
    assert_rule(s, "pll-range");
}

// RM0351 5.3.2: 2 MHz, by whichever write it goes above.
static void low_power_run(void **state) {
    (void)state;
    fake_or32(s, RCC_APB1ENR, 1u << 28);
    fake_w32(s, RCC_CR, 0x5B); // MSI range 5, 2 MHz
    fake_w32(s, 0x40007000, 0x4200);
    fake_w32(s, RCC_CFGR, 8u << 4);
    assert_no_violation(s);
    fake_w32(s, RCC_CR, 0x6B);
    assert_rule(s, "clock-range");
    assert_non_null(strstr(fake_violation(s)->what, "LPR=1"));
    fake_reset(s, SIM_RESET_SOFTWARE); // to 4 MHz, in normal run
    fake_forget(s);
    fake_or32(s, RCC_APB1ENR, 1u << 28);
    fake_w32(s, 0x40007000, 0x4200);
    assert_rule(s, "clock-range");
}

static void pll_without_input(void **state) {
    (void)state;
    fake_w32(s, RCC_PLLCFGR, 2u | 10u << 8 | 1u << 24); // HSI16, which is off
    fake_or32(s, RCC_CR, 1u << 24);
    fake_run(s, 10 * SIM_MS);
    assert_int_equal(fake_r32(s, RCC_CR) & 1u << 25, 0);
    assert_int_equal(fake_notes(s, "without a running input"), 1);
    fake_or32(s, RCC_CR, 1u << 8);
    fake_run(s, SIM_MS);
    assert_int_not_equal(fake_r32(s, RCC_CR) & 1u << 25, 0);
}

static void clock_ready_interrupt(void **state) {
    (void)state;
    fake_or32(s, RCC_CR, 1u << 8);
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, RCC + 0x1C), 0); // CIFR only with CIER
    fake_w32(s, RCC + 0x18, 1u << 4);
    fake_or32(s, RCC_CR, 1u << 16);
    assert_false(fake_irq(s, 5));
    fake_run(s, 3 * SIM_MS);
    assert_true(fake_irq(s, 5));
    fake_w32(s, RCC + 0x20, 1u << 4);
    assert_false(fake_irq(s, 5));
}

/// Gates ///

static void gate_off_reads_0_and_loses_writes(void **state) {
    (void)state;
    assert_int_equal(fake_r32(s, GPIO('E')), 0);
    fake_w32(s, GPIO('E'), 0);
    fake_w32(s, GPIO('E'), 0x55555555);
    assert_int_equal(fake_notes(s, "GPIOE is used at pc 0x20000000 while its"),
            1);
    fake_or32(s, RCC_AHB2ENR, 1u << 4);
    assert_int_equal(fake_r32(s, GPIO('E')), 0xFFFFFFFF);
}

static void reset_bit_resets_and_holds(void **state) {
    (void)state;
    fake_or32(s, RCC_AHB2ENR, 1u << 4);
    fake_w32(s, GPIO('E'), 0x55555555);
    fake_w32(s, RCC + 0x2C, 1u << 4);
    fake_w32(s, GPIO('E'), 0);
    fake_w32(s, RCC + 0x2C, 0);
    assert_int_equal(fake_r32(s, GPIO('E')), 0xFFFFFFFF);
}

static void unmodelled_behaves_as_memory(void **state) {
    (void)state;
    fake_or32(s, RCC_APB2ENR, 1u << 12); // SPI1
    fake_w32(s, 0x40013000, 0x12345678);
    assert_int_equal(fake_read(s, 0x40013002, 2), 0x1234);
    fake_write(s, 0x40013001, 0xAB, 1); // of which the bridge makes a word
    assert_int_equal(fake_r32(s, 0x40013000), 0xABABABAB);
    assert_int_equal(fake_unmodelled(s), 1);
    fake_reset(s, SIM_RESET_SOFTWARE);
    fake_or32(s, RCC_APB2ENR, 1u << 12);
    assert_int_equal(fake_r32(s, 0x40013000), 0);
    assert_int_equal(fake_unmodelled(s), 1);
}

static void many_unmodelled_registers(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 500; i++) {
        fake_w32(s, 0x50000000 + 0x20000 + 4 * i, i);
    }
    fake_or32(s, RCC_AHB2ENR, 1u << 12);
    for (uint32_t i = 0; i < 500; i++) {
        fake_w32(s, 0x50000000 + 4 * i, i * 7);
    }
    for (uint32_t i = 0; i < 500; i++) {
        assert_int_equal(fake_r32(s, 0x50000000 + 4 * i), i * 7);
    }
    assert_int_equal(fake_unmodelled(s), 500);
}

static void set_overrides_reads(void **state) {
    (void)state;
    fake_or32(s, RCC_APB2ENR, 1u << 12);
    sim_board_set(b.board, 0x40013008, 0xFF, 0x02);
    assert_int_equal(fake_r32(s, 0x40013008), 0x02);
    fake_w32(s, 0x40013008, 0x1200);
    assert_int_equal(fake_r32(s, 0x40013008), 0x1202);
    assert_int_equal(fake_unmodelled(s), 0); // the user knows of it
    sim_board_set(b.board, RCC_CR, 1u << 17, 1u << 17);
    assert_int_equal(fake_r32(s, RCC_CR), 0x20063);
    sim_board_set(b.board, 0x60000010, 0xFFFFFFFF, 0x1234);
    assert_int_equal(fake_r32(s, 0x60000010), 0x1234);
    sim_board_set(b.board, 0x08000000, 1, 1);
    assert_int_equal(fake_notes(s, "that is memory"), 1);
}

/// Resets ///

static void flags_accumulate(void **state) {
    (void)state;
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_int_equal(fake_r32(s, RCC_CSR), 0x1C000600);
    fake_or32(s, RCC_CSR, 1u << 23); // RMVF
    assert_int_equal(fake_r32(s, RCC_CSR) & 0xFF000000, 0);
    fake_reset(s, SIM_RESET_IWDG);
    assert_int_equal(fake_r32(s, RCC_CSR), 0x24000600);
    fake_reset(s, SIM_RESET_PIN);
    assert_int_equal(fake_r32(s, RCC_CSR), 0x24000600);
    fake_or32(s, RCC_CSR, 1u << 23);
    fake_reset(s, SIM_RESET_PIN);
    assert_int_equal(fake_r32(s, RCC_CSR), 0x04000600);
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_int_equal(fake_r32(s, RCC_CSR), 0x0C000600);
}

// RM0351 6.4.29: MSISRANGE needs MSIRGSEL, and acts behind Standby only.
static void flags_are_removed_by_a_plain_write(void **state) {
    (void)state;
    fake_w32(s, RCC_CSR, 1u << 23);
    assert_int_equal(fake_r32(s, RCC_CSR), 0x00800600);
    fake_w32(s, RCC_CSR, 0x400);
    assert_int_equal(fake_r32(s, RCC_CSR), 0x600);
    assert_int_equal(fake_hclk(s), 4000000);
    fake_or32(s, RCC_CR, 8);
    fake_w32(s, RCC_CSR, 0x400);
    assert_int_equal(fake_r32(s, RCC_CSR), 0x400);
    fake_w32(s, RCC_CSR, 0x800); // reserved
    assert_int_equal(fake_r32(s, RCC_CSR), 0x400);
    assert_int_equal(fake_hclk(s), 4000000);
}

static void reset_puts_the_clock_back(void **state) {
    (void)state;
    bench_80mhz(&b);
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_int_equal(fake_hclk(s), 4000000);
    assert_int_equal(fake_r32(s, FLASH_ACR), 0x600);
    assert_no_violation(s);
}

static void backup_domain(void **state) {
    (void)state;
    const uint32_t backup5 = 0x40002800 + 0x50 + 20;
    fake_w32(s, backup5, 0xCAFE);
    fake_w32(s, RCC_BDCR, 1);
    assert_int_equal(fake_r32(s, backup5), 0);
    assert_int_equal(fake_r32(s, RCC_BDCR), 0);
    fake_or32(s, RCC_APB1ENR, 1u << 28);
    fake_or32(s, PWR_CR1, 1u << 8);
    fake_w32(s, backup5, 0xCAFE);
    fake_w32(s, RCC_BDCR, 1);
    assert_int_equal(fake_r32(s, RCC_BDCR), 1);
    assert_true(fake_wait(s, RCC_BDCR, 2, 2, 5 * SIM_S));
    fake_or32(s, RCC_BDCR, 0x100);
    fake_w32(s, RCC_BDCR, 0x201);
    assert_int_equal(fake_r32(s, RCC_BDCR), 0x103); // RTCSEL is frozen
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_int_equal(fake_r32(s, backup5), 0xCAFE);
    assert_int_equal(fake_r32(s, RCC_BDCR), 0x103);
    fake_or32(s, RCC_APB1ENR, 1u << 28);
    assert_int_equal(fake_r32(s, PWR_CR1) & 0x100, 0);
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_int_equal(fake_r32(s, backup5), 0);
}

static void identification(void **state) {
    (void)state;
    // Identification that boot programs and debuggers read.
    assert_int_equal(fake_r32(s, 0xE0042000) & 0xFFF, 0x415);
    const uint8_t *size = sim_memory(s, 0x1FFF75E0, 2);
    assert_int_equal(size[0] | size[1] << 8, 1024);
}

// DBGMCU_CR.DBG_SLEEP, kept until the power is lost.
static void clock_of_a_sleeping_core(void **state) {
    (void)state;
    assert_false(fake_sleep_clock(s));
    fake_or32(s, 0xE0042004, 1);
    assert_true(fake_sleep_clock(s));
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_true(fake_sleep_clock(s));
    fake_w32(s, 0xE0042004, 6);
    assert_false(fake_sleep_clock(s));
    fake_or32(s, 0xE0042004, 1);
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_false(fake_sleep_clock(s));
}

static void remap_at_0(void **state) {
    (void)state;
    assert_int_equal(fake_alias(s), 0x08000000);
    fake_or32(s, RCC_APB2ENR, 1);
    fake_w32(s, 0x40010000, 3);
    assert_int_equal(fake_alias(s), 0x20000000);
    fake_w32(s, 0x40010000, 6);
    assert_int_equal(fake_alias(s), 0x90000000);
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_int_equal(fake_alias(s), 0x08000000);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
            TEST(starts_at_4_mhz),
            TEST(cubemx_start),
            TEST(pll_takes_its_time),
            TEST(hsi_and_dividers),
            TEST(msi_range),
            TEST(switch_waits),
            TEST(running_source_stays_on),
            TEST(pllcfgr_is_locked_while_on),
            TEST(flash_latency_too_low),
            TEST(flash_latency_in_range_2),
            TEST(overspeed_and_pll_range),
            TEST(low_power_run),
            TEST(pll_without_input),
            TEST(clock_ready_interrupt),
            TEST(gate_off_reads_0_and_loses_writes),
            TEST(reset_bit_resets_and_holds),
            TEST(unmodelled_behaves_as_memory),
            TEST(many_unmodelled_registers),
            TEST(set_overrides_reads),
            TEST(flags_accumulate),
            TEST(flags_are_removed_by_a_plain_write),
            TEST(reset_puts_the_clock_back),
            TEST(backup_domain),
            TEST(identification),
            TEST(clock_of_a_sleeping_core),
            TEST(remap_at_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
