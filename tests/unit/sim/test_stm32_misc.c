/*
 * test_stm32_misc - watchdog, pins, internal flash, timers, CRC, EXTI, RNG
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

/// IWDG ///

#define IWDG 0x40003000u
#define KR (IWDG + 0x00)
#define PR (IWDG + 0x04)
#define RLR (IWDG + 0x08)
#define IWDG_SR (IWDG + 0x0C)
#define WINR (IWDG + 0x10)

static void iwdg_default_timeout(void **state) {
    (void)state;
    fake_w32(s, KR, 0xCCCC);
    assert_int_not_equal(fake_r32(s, RCC_CSR) & 2, 0); // it forces LSI on
    fake_run(s, 100 * SIM_MS);
    fake_w32(s, KR, 0xCCCC); // runs already: no reload
    fake_run(s, 412 * SIM_MS - 1);
    assert_int_equal(fake_reset_request(s), -1);
    fake_run(s, 1);
    assert_int_equal(fake_reset_request(s), SIM_RESET_IWDG);
    fake_reset(s, SIM_RESET_IWDG);
    assert_int_equal(fake_r32(s, RCC_CSR), 0x2C000600);
    fake_run(s, 100 * SIM_S);
    assert_int_equal(fake_reset_request(s), -1); // stopped by the reset
}

// The order of HAL_IWDG_Init.
static void iwdg_configured(void **state) {
    (void)state;
    fake_w32(s, KR, 0xCCCC);
    fake_w32(s, KR, 0x5555);
    fake_w32(s, PR, 3);
    fake_w32(s, RLR, 999);
    assert_int_equal(fake_r32(s, IWDG_SR), 3);
    assert_true(fake_wait(s, IWDG_SR, 7, 0, 48 * SIM_MS));
    fake_w32(s, KR, 0xAAAA);
    fake_run(s, 1000 * SIM_MS - 1); // 1000 counts of 32 / 32 kHz
    assert_int_equal(fake_reset_request(s), -1);
    fake_w32(s, KR, 0xAAAA);
    fake_run(s, 1000 * SIM_MS - 1);
    assert_int_equal(fake_reset_request(s), -1);
    fake_run(s, 1);
    assert_int_equal(fake_reset_request(s), SIM_RESET_IWDG);
}

static void iwdg_locked(void **state) {
    (void)state;
    fake_w32(s, PR, 6);
    fake_w32(s, RLR, 1);
    assert_int_equal(fake_r32(s, PR), 0);
    assert_int_equal(fake_r32(s, RLR), 0xFFF);
    fake_w32(s, KR, 0x5555);
    fake_w32(s, KR, 0xAAAA); // locks again
    fake_w32(s, PR, 6);
    assert_int_equal(fake_r32(s, PR), 0);
}

static void iwdg_window(void **state) {
    (void)state;
    fake_w32(s, KR, 0xCCCC);
    fake_w32(s, KR, 0x5555);
    fake_w32(s, RLR, 800);
    fake_w32(s, WINR, 400);   // reloads
    fake_run(s, 40 * SIM_MS); // 320 counts of 8 kHz: too early
    fake_w32(s, KR, 0xAAAA);
    assert_int_equal(fake_reset_request(s), SIM_RESET_IWDG);
    fake_reset(s, SIM_RESET_IWDG);
    fake_w32(s, KR, 0xCCCC);
    fake_w32(s, KR, 0x5555);
    fake_w32(s, RLR, 800);
    fake_w32(s, WINR, 400);
    fake_run(s, 60 * SIM_MS);
    fake_w32(s, KR, 0xAAAA);
    assert_int_equal(fake_reset_request(s), -1);
}

/// WWDG ///

#define WWDG 0x40002C00u
#define WWDG_CR (WWDG + 0x00)
#define WWDG_CFR (WWDG + 0x04)
#define WWDG_SR (WWDG + 0x08)
#define WWDG_TICK (1024 * SIM_US) // 4096 clocks of 4 MHz
#define WWDGEN (1u << 11)

// At the end of a tick, since that of the reset.
static void wwdg_ready(void) {
    fake_or32(s, RCC_APB1ENR, WWDGEN);
    assert_int_equal(fake_r32(s, WWDG_CR), 0x7F);
    assert_int_equal(fake_r32(s, WWDG_CFR), 0x7F);
}

static void wwdg_time(void **state) {
    (void)state;
    wwdg_ready();
    fake_run(s, 200 * SIM_MS); // it counts, and resets nothing yet
    assert_int_equal(fake_r32(s, WWDG_CR), 0x7F - 195 % 128);
    fake_reset(s, SIM_RESET_SOFTWARE);
    wwdg_ready();
    fake_run(s, WWDG_TICK - 1);
    fake_w32(s, WWDG_CR, 0xFF);
    fake_run(s, 1); // the first tick is as short as the prescaler has it
    assert_int_equal(fake_r32(s, WWDG_CR), 0xFE);
    fake_run(s, 63 * WWDG_TICK - 1);
    assert_int_equal(fake_r32(s, WWDG_CR), 0xC0);
    assert_int_equal(fake_reset_request(s), -1);
    fake_run(s, 1);
    assert_int_equal(fake_reset_request(s), SIM_RESET_WWDG);
    assert_int_equal(fake_notes(s, "window watchdog was not fed in time"), 1);
    fake_reset(s, SIM_RESET_WWDG);
    assert_int_equal(fake_r32(s, RCC_CSR), 0x5C000600); // and software, BOR
    assert_int_equal(fake_r32(s, RCC_APB1ENR) & WWDGEN, 0);
    fake_run(s, SIM_S);
    assert_int_equal(fake_reset_request(s), -1);
    // Eight times as long, and half of that in ticks of twice the clock.
    fake_or32(s, RCC_APB1ENR, WWDGEN);
    fake_w32(s, WWDG_CFR, 3u << 7 | 0x7F);
    fake_w32(s, WWDG_CR, 0xFF);
    fake_run(s, 32 * 8 * WWDG_TICK);
    fake_w32(s, RCC_CR, 0x7B); // MSI 8 MHz
    fake_run(s, 31 * 4 * WWDG_TICK);
    assert_int_equal(fake_reset_request(s), -1);
    fake_run(s, 4 * WWDG_TICK);
    assert_int_equal(fake_reset_request(s), SIM_RESET_WWDG);
}

static void wwdg_window(void **state) {
    (void)state;
    wwdg_ready();
    fake_w32(s, WWDG_CFR, 0x50);
    fake_w32(s, WWDG_CR, 0xFF); // no window for the start
    fake_run(s, 47 * WWDG_TICK);
    assert_int_equal(fake_r32(s, WWDG_CR), 0xD0);
    for (unsigned i = 0; i < 3; i++) {
        fake_write(s, WWDG_CR, 0xFF, 1);
        fake_run(s, 50 * WWDG_TICK);
        assert_int_equal(fake_reset_request(s), -1);
    }
    fake_w32(s, WWDG_CR, 0xFF);
    fake_run(s, 46 * WWDG_TICK);
    fake_w32(s, WWDG_CR, 0xFF);
    assert_int_equal(fake_reset_request(s), SIM_RESET_WWDG);
    assert_int_equal(fake_notes(s, "before its window (counter 81, "), 1);
}

static void wwdg_early_wakeup(void **state) {
    (void)state;
    wwdg_ready();
    fake_w32(s, WWDG_CFR, 0x27F);
    fake_w32(s, WWDG_CFR, 0x7F); // EWI stays
    assert_int_equal(fake_r32(s, WWDG_CFR), 0x27F);
    fake_w32(s, WWDG_CR, 0xC1);
    assert_false(fake_irq(s, 0));
    fake_run(s, WWDG_TICK);
    assert_true(fake_irq(s, 0));
    fake_w32(s, WWDG_SR, 1); // not cleared by 1
    assert_true(fake_irq(s, 0));
    fake_w32(s, WWDG_CR, 0xFF);
    fake_w32(s, WWDG_SR, 0);
    assert_false(fake_irq(s, 0));
    fake_run(s, 63 * WWDG_TICK);
    assert_int_equal(fake_reset_request(s), -1);
    assert_int_equal(fake_r32(s, WWDG_SR), 1);
    fake_run(s, WWDG_TICK);
    assert_int_equal(fake_reset_request(s), SIM_RESET_WWDG);
}

static void wwdg_bit_6(void **state) {
    (void)state;
    wwdg_ready();
    fake_w32(s, WWDG_CR, 0x3F); // it does not run
    assert_int_equal(fake_reset_request(s), -1);
    fake_w32(s, WWDG_CR, 0xFF);
    fake_w32(s, WWDG_CR, 0x7F); // and is not stopped
    fake_w32(s, WWDG_CR, 0x3F);
    assert_int_equal(fake_reset_request(s), SIM_RESET_WWDG);
    assert_int_equal(fake_notes(s, "bit 6 at 0"), 1);
    fake_reset(s, SIM_RESET_WWDG);
    wwdg_ready();
    fake_w32(s, WWDG_CR, 0xBF); // started so
    assert_int_equal(fake_reset_request(s), SIM_RESET_WWDG);
}

/// GPIO ///

static void gpio_outputs_are_traced(void **state) {
    (void)state;
    fake_or32(s, RCC_AHB2ENR, 1u << 4);
    fake_w32(s, GPIO('E') + 0x18, 1u << 8); // ODR before the mode: no level
    assert_null(fake_trace(s, SIM_TRACE_PIN, 0));
    bench_pin(&b, 'E', 8, 1, 0);
    assert_int_equal(fake_trace(s, SIM_TRACE_PIN, 0)->a, 4 << 8 | 8);
    assert_int_equal(fake_trace(s, SIM_TRACE_PIN, 0)->b, 1);
    fake_w32(s, GPIO('E') + 0x18, 1u << 8); // no change
    fake_w32(s, GPIO('E') + 0x28, 1u << 8);
    assert_int_equal(fake_trace(s, SIM_TRACE_PIN, 1)->b, 0);
    fake_w32(s, GPIO('E') + 0x18, 1u << 8 | 1u << 24); // set wins
    assert_int_equal(fake_r32(s, GPIO('E') + 0x14), 1u << 8);
    assert_int_equal(fake_r32(s, GPIO('E') + 0x10), 1u << 8);
    fake_w32(s, GPIO('E') + 0x18, 1u << 24);
    assert_int_equal(fake_r32(s, GPIO('E') + 0x10), 0);
    assert_null(fake_trace(s, SIM_TRACE_PIN, 4));
}

static void gpio_inputs_follow_pulls(void **state) {
    (void)state;
    bench_pin(&b, 'B', 1, 3, 0);
    fake_w32(s, GPIO('B') + 0x0C, 1u << 2);
    assert_int_equal(fake_r32(s, GPIO('B') + 0x10) & 2, 0); // analog
    bench_pin(&b, 'B', 1, 0, 0);
    assert_int_equal(fake_r32(s, GPIO('B') + 0x10) & 2, 2);
    fake_w32(s, GPIO('B') + 0x0C, 2u << 2);
    assert_int_equal(fake_r32(s, GPIO('B') + 0x10) & 2, 0);
}

static void gpio_lock(void **state) {
    (void)state;
    const uint32_t lckr = GPIO('E') + 0x1C;
    bench_pin(&b, 'E', 11, 2, 10);
    fake_w32(s, lckr, 0x10000 | 1u << 11);
    fake_w32(s, lckr, 1u << 11);
    assert_int_equal(fake_r32(s, lckr), 0);
    fake_w32(s, lckr, 0x10000 | 1u << 11);
    assert_int_equal(fake_r32(s, lckr), 0x10000 | 1u << 11);
    const uint32_t moder = fake_r32(s, GPIO('E'));
    const uint32_t afrh = fake_r32(s, GPIO('E') + 0x24);
    fake_w32(s, GPIO('E'), 0);
    fake_w32(s, GPIO('E') + 0x24, 0);
    assert_int_equal(fake_r32(s, GPIO('E')), moder & 3u << 22);
    assert_int_equal(fake_r32(s, GPIO('E') + 0x24), afrh & 15u << 12);
}

/// Internal flash ///

#define FLASH_ACR 0x40022000u
#define KEYR 0x40022008u
#define FLASH_SR 0x40022010u
#define FLASH_CR 0x40022014u

static void unlock_flash(void) {
    fake_w32(s, KEYR, 0x45670123);
    fake_w32(s, KEYR, 0xCDEF89AB);
    assert_int_equal(fake_r32(s, FLASH_CR) >> 31, 0);
}

static void flash_keys(void **state) {
    (void)state;
    fake_w32(s, FLASH_CR, 1);
    assert_int_equal(fake_r32(s, FLASH_CR), 0xC0000000);
    unlock_flash();
    assert_false(fake_bus_error(s));
    fake_w32(s, FLASH_CR, 1u << 31);
    fake_w32(s, KEYR, 0x12345678);
    assert_true(fake_bus_error(s));
    fake_w32(s, KEYR, 0x45670123); // dead until reset
    assert_true(fake_bus_error(s));
    fake_reset(s, SIM_RESET_SOFTWARE);
    unlock_flash();
}

// RM0351 3.7.1: LATENCY, PRFTEN, ICEN, DCEN, and ICRST, DCRST, which do nothing
// to a cache that is on.
static void flash_accelerator(void **state) {
    (void)state;
    struct sim_flash_timing t = fake_flash_timing(s);
    assert_int_equal(t.wait_states, 0);
    assert_true(!t.prefetch && t.code_cache && t.data_cache);
    fake_flash_forgotten(s);
    fake_w32(s, FLASH_ACR, 0x304);
    t = fake_flash_timing(s);
    assert_int_equal(t.wait_states, 4);
    assert_true(t.prefetch && t.code_cache && !t.data_cache);
    fake_w32(s, FLASH_ACR, 0x1B04);
    assert_int_equal(fake_flash_forgotten(s), 16);
    assert_int_equal(fake_r32(s, FLASH_ACR), 0x1304);
    fake_w32(s, FLASH_ACR, 0x104);
    fake_w32(s, FLASH_ACR, 0x904);
    assert_int_equal(fake_flash_forgotten(s), 1);
    fake_w32(s, FLASH_ACR, 0x604);
    assert_int_equal(fake_flash_forgotten(s), 0);
    fake_reset(s, SIM_RESET_PIN);
    t = fake_flash_timing(s);
    assert_true(!t.wait_states && !t.prefetch && t.code_cache && t.data_cache);
    assert_int_equal(fake_flash_forgotten(s), 17);
}

static void flash_page_erase(void **state) {
    (void)state;
    unlock_flash();
    fake_w32(s, FLASH_CR, 2 | 5u << 3 | 1u << 11); // page 5 of bank 2
    fake_or32(s, FLASH_CR, 1u << 16);
    assert_int_equal(fake_r32(s, FLASH_SR) >> 16 & 1, 1);
    assert_int_equal(fake_stalled(s), 0); // runs from RAM
    assert_true(fake_wait(s, FLASH_SR, 1u << 16, 0, 30 * SIM_MS));
    const uint32_t off = 0x80000 + 5 * 2048;
    assert_int_equal(b.internal[off - 1], 0x11);
    assert_int_equal(b.internal[off], 0xFF);
    assert_int_equal(b.internal[off + 2047], 0xFF);
    assert_int_equal(b.internal[off + 2048], 0x11);
    assert_int_equal(fake_r32(s, FLASH_CR) >> 16 & 1, 0);
    assert_int_equal(fake_changed(s), 2048);
}

static void flash_erase_stalls_its_own_bank(void **state) {
    (void)state;
    unlock_flash();
    fake_set_pc(s, 0x08000100);
    fake_w32(s, FLASH_CR, 2 | 5u << 3 | 1u << 16);
    assert_true(fake_stalled(s) >= 20 * SIM_MS);
    assert_int_equal(fake_r32(s, FLASH_SR) >> 16 & 1, 0);
    fake_w32(s, FLASH_CR, 2 | 5u << 3 | 1u << 11 | 1u << 16);
    assert_int_equal(fake_stalled(s), 0);
}

// What does not run from the bank waits when it reads it.
static void flash_reads_wait_for_their_bank(void **state) {
    (void)state;
    unlock_flash();
    fake_w32(s, FLASH_CR, 2 | 5u << 3 | 1u << 16);
    sim_weak_read(s, 0x08080000, 4);
    assert_int_equal(fake_r32(s, FLASH_SR), 1u << 16);
    assert_int_equal(fake_stalled(s), 0);
    sim_weak_read(s, 0x08000000, 4);
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
    assert_true(fake_stalled(s) >= 20 * SIM_MS);
    assert_int_equal(b.internal[5 * 2048], 0xFF);
    fake_w32(s, FLASH_CR, 0x8004 | 1u << 16); // both banks
    sim_weak_read(s, 0x08080000, 4);
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
    assert_true(fake_stalled(s) >= 20 * SIM_MS);
}

static void flash_reset_in_an_erase(void **state) {
    (void)state;
    unlock_flash();
    fake_w32(s, FLASH_CR, 2 | 1u << 3 | 1u << 16);
    fake_run(s, SIM_MS);
    fake_reset(s, SIM_RESET_PIN);
    assert_int_not_equal(b.internal[2048], 0x11);
    assert_int_not_equal(b.internal[2048], 0xFF);
    assert_int_equal(b.internal[2047], 0x11);
    fake_run(s, SIM_S);
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
}

#define TO 0x08080000u // bank 2

static void flash_program(void **state) {
    (void)state;
    memset(b.internal + 0x80000, 0xFF, 4096);
    assert_false(fake_store(s, TO, 1, 4)); // locked
    unlock_flash();
    fake_w32(s, FLASH_CR, 1);
    assert_true(fake_store(s, TO, 0x11223344, 4));
    assert_int_equal(b.internal[0x80000], 0xFF); // waits for the second one
    assert_true(fake_store(s, TO + 4, 0x55667788, 4));
    assert_int_equal(fake_r32(s, FLASH_SR), 1u << 16);
    assert_int_equal(fake_stalled(s), 0); // runs from RAM
    assert_true(fake_wait(s, FLASH_SR, 1u << 16, 0, SIM_MS));
    assert_memory_equal(b.internal + 0x80000, "\x44\x33\x22\x11\x88\x77\x66",
            7);
    assert_int_equal(fake_changed(s), 8);
    // The next one waits for it, and the core for its own bank.
    fake_set_pc(s, 0x08080100);
    fake_store(s, TO + 8, 0, 4);
    fake_store(s, TO + 12, 0, 4);
    assert_true(fake_stalled(s) >= 80 * SIM_US);
    // All zeros may follow on anything.
    fake_run(s, SIM_MS);
    fake_store(s, TO, 0, 4);
    fake_store(s, TO + 4, 0, 4);
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
    assert_int_equal(b.internal[0x80000], 0);
}

// Nothing is programmed, and the bit stays until it is cleared.
static void flash_program_errors(void **state) {
    (void)state;
    static const struct {
        uint32_t cr, first_off, second_off;
        unsigned size;
        uint32_t sr;
    } wrong[] = {
            {0, 0, 4, 4, 1u << 7},       // PGSERR: PG is 0
            {1, 0, 4, 2, 1u << 6},       // SIZERR
            {1, 4, 8, 4, 1u << 5},       // PGAERR: the first word
            {1, 0, 12, 4, 1u << 5},      // and the second one
            {1, 2048, 2052, 4, 1u << 3}, // PROGERR: 11h is there
    };
    memset(b.internal + 0x80000, 0xFF, 2048);
    unlock_flash();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        fake_w32(s, FLASH_CR, wrong[i].cr);
        assert_true(fake_store(s, TO + wrong[i].first_off, 5, wrong[i].size));
        if (!(fake_r32(s, FLASH_SR) & wrong[i].sr)) {
            fake_store(s, TO + wrong[i].second_off, 5, wrong[i].size);
        }
        fake_run(s, SIM_MS);
        assert_int_equal(fake_r32(s, FLASH_SR), wrong[i].sr);
        // What comes next fails as well.
        fake_w32(s, FLASH_CR, 1);
        fake_store(s, TO + 1024, 5, 4);
        assert_int_equal(fake_r32(s, FLASH_SR), wrong[i].sr | 1u << 7);
        fake_w32(s, FLASH_SR, wrong[i].sr | 1u << 7);
        assert_int_equal(fake_r32(s, FLASH_SR), 0);
    }
    for (size_t i = 0; i < 2048; i++) {
        assert_int_equal(b.internal[0x80000 + i], 0xFF);
    }
}

// RM0351 3.3.9, PGSERR: bits of one sequence are left on in another.
static void flash_sequences_exclude_each_other(void **state) {
    (void)state;
    static const uint32_t programs[] = {
            1 | 2, 1 | 4, 1u << 15 | 1, 1u << 18 | 2, 1u << 18 | 4};
    static const uint32_t erases[] = {2 | 1, 2 | 4, 2 | 1u << 15, 2 | 1u << 18,
            4 | 1, 1u << 15 | 1u << 18};
    memset(b.internal + 0x80000, 0xFF, 2048);
    unlock_flash();
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        fake_w32(s, FLASH_CR, programs[i]);
        fake_store(s, TO, 1, 4);
        fake_store(s, TO + 4, 1, 4);
        fake_run(s, SIM_MS);
        assert_int_equal(fake_r32(s, FLASH_SR), 1u << 7);
        assert_int_equal(b.internal[0x80000], 0xFF);
        fake_w32(s, FLASH_SR, 1u << 7);
    }
    assert_int_equal(fake_notes(s, "PER, MER1 or MER2 is still 1"), 1);
    b.internal[0x80000] = 0x11;
    for (size_t i = 0; i < sizeof erases / sizeof *erases; i++) {
        fake_w32(s, FLASH_CR, erases[i] | 1u << 11 | 1u << 16);
        assert_int_equal(fake_r32(s, FLASH_SR), 1u << 7);
        fake_run(s, SIM_S);
        assert_int_equal(b.internal[0x80000], 0x11);
        assert_int_equal(fake_r32(s, FLASH_CR) >> 16 & 1, 0);
        fake_w32(s, FLASH_SR, 1u << 7);
    }
    assert_int_equal(fake_notes(s, "CR has bits of two operations"), 1);
}

#define ECCR 0x40022018u
#define ECCCIE (1u << 24)
#define ECCC (1u << 30)
#define ECCD (1u << 31)

#define OPTKEYR 0x4002200Cu
#define OPTR 0x40022020u
#define WRP2AR 0x4002204Cu
#define OPTSTRT (1u << 17)
#define OBL_LAUNCH (1u << 27)

static void unlock_options(void) {
    unlock_flash();
    fake_w32(s, OPTKEYR, 0x08192A3B);
    fake_w32(s, OPTKEYR, 0x4C5D6E7F);
    assert_int_equal(fake_r32(s, FLASH_CR), 0);
}

// And load them.
static void program_options(void) {
    fake_w32(s, FLASH_CR, OPTSTRT);
    assert_int_equal(fake_r32(s, FLASH_SR), 1u << 16);
    assert_true(fake_wait(s, FLASH_SR, 1u << 16, 0, 30 * SIM_MS));
    assert_int_equal(fake_reset_request(s), -1);
    fake_w32(s, FLASH_CR, OBL_LAUNCH);
    assert_int_equal(fake_reset_request(s), SIM_RESET_SOFTWARE);
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_int_equal(fake_r32(s, RCC_CSR) >> 24 & 0x1E, 0x0E);
}

// They act once they are programmed and loaded; a power-on loads them too.
static void flash_options(void **state) {
    (void)state;
    assert_int_equal(fake_r32(s, OPTR), 0xFFEFF8AA);
    fake_w32(s, OPTR, 0);
    fake_w32(s, OPTKEYR, 0x08192A3B); // LOCK is 1
    fake_w32(s, OPTKEYR, 0x4C5D6E7F);
    unlock_flash();
    fake_w32(s, OPTR, 0);
    fake_w32(s, FLASH_CR, OPTSTRT | 1u << 30);
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
    assert_int_equal(fake_r32(s, OPTR), 0xFFEFF8AA);
    fake_reset(s, SIM_RESET_SOFTWARE);
    unlock_options();
    fake_w32(s, OPTR, 0xFFEEF8AA); // IWDG_SW is 0
    assert_int_equal(fake_r32(s, OPTR), 0xFFEEF8AA);
    fake_run(s, 10 * SIM_S);
    fake_reset(s, SIM_RESET_SOFTWARE);
    fake_run(s, 10 * SIM_S);
    assert_int_equal(fake_reset_request(s), -1); // neither
    unlock_options();
    fake_w32(s, OPTR, 0xFFEEF8AA);
    fake_w32(s, FLASH_CR, OPTSTRT);
    fake_run(s, 30 * SIM_MS);
    fake_w32(s, OPTR, 0xFFEFF8AA); // and not loaded
    fake_reset(s, SIM_RESET_SOFTWARE);
    fake_run(s, 10 * SIM_S);
    assert_int_equal(fake_reset_request(s), -1);
    assert_int_equal(fake_notes(s, "has no effect"), 0);
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_int_equal(fake_r32(s, OPTR), 0xFFEEF8AA);
    fake_run(s, SIM_S);
    assert_int_equal(fake_reset_request(s), SIM_RESET_IWDG);
    fake_reset(s, SIM_RESET_POWER_ON);
    unlock_options();
    fake_w32(s, OPTR, 0xFFFEF8AA); // BFB2
    fake_w32(s, FLASH_CR, OPTSTRT);
    fake_run(s, 30 * SIM_MS);
    assert_int_equal(fake_notes(s, "no effect on this model: BFB2 ("), 1);
}

static void write_options(uint32_t optr) {
    fake_w32(s, FLASH_SR, ~0u);
    unlock_options();
    fake_w32(s, OPTR, optr);
    fake_w32(s, FLASH_CR, OPTSTRT);
    fake_run(s, 30 * SIM_MS);
}

#define PCROP2SR 0x40022044u
#define PCROP2ER 0x40022048u
#define RDERR (1u << 14)

// The second 16 bytes of bank 2.
static void code_that_no_load_may_read(void **state) {
    (void)state;
    memset(b.internal + 0x80000, 0x11, 4096);
    unlock_options();
    fake_w32(s, PCROP2SR, 2);
    fake_w32(s, PCROP2ER, 3);
    sim_weak_read(s, TO + 0x10, 4);
    assert_int_equal(fake_r32(s, FLASH_SR), 0); // not loaded
    program_options();
    assert_int_equal(fake_notes(s, "has no effect"), 0);
    sim_weak_read(s, TO + 0xC, 4);
    sim_weak_read(s, TO + 0x20, 4);
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
    sim_weak_read(s, TO + 0x1C, 4);
    assert_int_equal(fake_r32(s, FLASH_SR), RDERR);
    assert_int_equal(fake_notes(s, "in a PCROP area"), 1);
    fake_w32(s, FLASH_SR, RDERR);
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
    unlock_flash();
    fake_w32(s, FLASH_CR, 1u << 26);
    assert_false(fake_irq(s, 4));
    sim_weak_read(s, TO + 0x10, 4);
    assert_true(fake_irq(s, 4));
    fake_w32(s, FLASH_SR, RDERR);
    fake_w32(s, FLASH_CR, 1u << 16 | 1u << 11 | 2); // its page
    assert_int_equal(fake_r32(s, FLASH_SR), 1u << 4);
    assert_int_equal(b.internal[0x80000], 0x11);
}

static void the_other_bank_boots(void **state) {
    (void)state;
    memset(b.internal + 0x80000, 0xFF, 4);
    write_options(0xFFFFF8AA);
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_int_equal(fake_notes(s, "boots from bank 2"), 0);
    memcpy(b.internal + 0x80000, "\0\x80\x01\x20", 4);
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_int_equal(fake_notes(s, "boots from bank 2"), 1);
    assert_int_equal(fake_notes(s, "leaves VTOR at 0"), 1);
}

static uint32_t shown(uint32_t addr) {
    uint32_t value;
    memcpy(&value, sim_memory(s, addr, 4), sizeof value);
    return value;
}

static void levels_of_read_protection(void **state) {
    (void)state;
    memset(b.internal, 0x11, 16);
    write_options(0xFFEFF8BB);
    assert_int_equal(fake_notes(s, "RDP goes to level 1"), 1);
    assert_int_equal(shown(0x1FFF7800), 0xFFEFF8BB);
    assert_int_equal(shown(0x1FFF7804), ~0xFFEFF8BBu);
    // The level that is loaded counts.
    fake_w32(s, OPTR, 0xFFEFF8AA);
    fake_w32(s, FLASH_CR, OPTSTRT);
    fake_run(s, 30 * SIM_MS);
    assert_int_equal(b.internal[0], 0x11);
    fake_w32(s, OPTR, 0xFFEFF8BB);
    program_options();
    write_options(0xFFEFF8AA);
    assert_int_equal(b.internal[0], 0xFF);
    assert_int_equal(b.internal[sizeof b.internal - 1], 0xFF);
    assert_int_equal(fake_notes(s, "RDP goes from level 1 to 0"), 1);
    fake_reset(s, SIM_RESET_POWER_ON);
    unlock_options();
    fake_w32(s, OPTR, 0xFFEFF8CC);
    program_options();
    write_options(0xFFEFF8AA);
    assert_int_equal(fake_notes(s, "can no longer be changed"), 1);
    assert_int_equal(fake_r32(s, FLASH_SR), 1u << 4); // WRPERR
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_int_equal(fake_r32(s, OPTR), 0xFFEFF8CC);
}

// RM0351 3.5.1: PCROP_RDP says whether the way back to level 0 takes what a
// PCROP area protects.
static void pcrop_and_read_protection(void **state) {
    (void)state;
    for (unsigned all = 0; all < 2; all++) {
        fake_w32(s, FLASH_SR, ~0u);
        unlock_options();
        fake_w32(s, OPTR, 0xFFEFF8BB);
        fake_w32(s, 0x40022024, 0x101); // of page 1
        fake_w32(s, 0x40022028, 0x101 | all << 31);
        program_options();
        memset(b.internal, 0x11, 8192);
        write_options(0xFFEFF8AA);
        assert_int_equal(fake_r32(s, FLASH_SR), 0);
        assert_int_equal(b.internal[2047], 0xFF);
        assert_int_equal(b.internal[2048], all ? 0xFF : 0x11);
        assert_int_equal(b.internal[4095], all ? 0xFF : 0x11);
        assert_int_equal(b.internal[4096], 0xFF);
        fake_reset(s, SIM_RESET_POWER_ON);
        assert_int_equal(fake_r32(s, 0x40022028), all ? 0 : 0x101);
    }
    assert_int_equal(fake_notes(s, "but for the pages of PCROP areas"), 1);
}

static void options_torn(void **state) {
    (void)state;
    unlock_options();
    fake_w32(s, OPTR, 0xFFEEF8AA);
    fake_w32(s, FLASH_CR, OPTSTRT);
    fake_run(s, SIM_MS);
    fake_reset(s, SIM_RESET_PIN); // loads none
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_int_equal(fake_r32(s, OPTR), 0xFFFFF8FF);
    assert_int_equal(fake_r32(s, FLASH_SR), 1u << 15);
    assert_int_not_equal(shown(0x1FFF7804), ~shown(0x1FFF7800));
    fake_w32(s, FLASH_SR, 1u << 15);
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
    write_options(0xFFEFF8BB); // the way back
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
    assert_int_equal(fake_r32(s, OPTR), 0xFFEFF8BB);
}

static void sram2_is_erased_by_a_reset(void **state) {
    (void)state;
    uint8_t *sram2 = sim_memory(s, 0x10000000, 1);
    *sram2 = 0x11;
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_int_equal(*sram2, 0x11);
    write_options(0xFDEFF8AA);
    fake_reset(s, SIM_RESET_POWER_ON);
    *sram2 = 0x11;
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_int_equal(*sram2, 0);
}

/// Fast programming ///

#define FSTPG (1u << 18)

static void mass_erase(void) {
    memset(b.internal + 0x80000, 0x11, 8192);
    unlock_flash();
    fake_w32(s, FLASH_CR, 1u << 15 | 1u << 16); // MER2
    fake_run(s, 30 * SIM_MS);
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
    fake_w32(s, FLASH_CR, FSTPG);
}

// Double words of a row, each `gap` after the one before. 0: all were taken.
static uint32_t row(uint32_t addr, unsigned count, sim_time gap) {
    for (unsigned i = 0; i < count; i++) {
        fake_store(s, addr + 8 * i, 2 * i, 4);
        fake_store(s, addr + 8 * i + 4, 2 * i + 1, 4);
        const uint32_t errors = fake_r32(s, FLASH_SR) & 0x3FF;
        if (errors) {
            return errors;
        }
        fake_run(s, gap);
    }
    return 0;
}

static void wwdg_hardware(void **state) {
    (void)state;
    unlock_options();
    fake_w32(s, OPTR, 0xFFE7F8AA); // WWDG_SW is 0
    fake_w32(s, FLASH_CR, OPTSTRT);
    fake_run(s, 30 * SIM_MS);
    assert_int_equal(fake_notes(s, "has no effect on this model"), 0);
    fake_reset(s, SIM_RESET_POWER_ON);
    assert_int_equal(fake_r32(s, RCC_APB1ENR) & WWDGEN, WWDGEN);
    fake_run(s, 60 * SIM_MS);
    fake_w32(s, WWDG_CR, 0xFF);
    fake_run(s, 60 * SIM_MS);
    assert_int_equal(fake_reset_request(s), -1);
    fake_run(s, 6 * SIM_MS);
    assert_int_equal(fake_reset_request(s), SIM_RESET_WWDG);
}

static void flash_fast_row(void **state) {
    (void)state;
    mass_erase();
    const sim_time from = sim_now(s);
    assert_int_equal(row(TO + 256, 32, 100 * SIM_NS), 0);
    assert_true(fake_stalled(s) > SIM_MS);
    fake_or32(s, FLASH_CR, 1u << 24); // EOPIE
    assert_true(fake_wait(s, FLASH_SR, 1u << 16, 0, SIM_MS));
    const sim_time took = sim_now(s) - from;
    assert_true(took > 1900 * SIM_US && took < 1950 * SIM_US);
    assert_int_equal(fake_r32(s, FLASH_SR), 1);
    for (uint32_t i = 0; i < 64; i++) {
        assert_int_equal(b.internal[0x80100 + 4 * i], i);
        assert_int_equal(b.internal[0x80100 + 4 * i + 1], 0);
    }
    assert_int_equal(b.internal[0x800FF], 0xFF);
    assert_int_equal(b.internal[0x80200], 0xFF);
}

// The double words before the error are programmed, none behind it.
static void flash_fast_errors(void **state) {
    (void)state;
    const uint32_t fast = 1u << 9;
    mass_erase();
    row(TO, 2, 0); // and then nothing
    assert_true(fake_wait(s, FLASH_SR, 1u << 16, 0, 2 * SIM_MS));
    assert_int_equal(fake_r32(s, FLASH_SR), fast | 1u << 8); // MISERR
    assert_int_equal(fake_notes(s, "behind 2 of 32 double words"), 1);
    assert_int_equal(b.internal[0x80008], 2);
    assert_int_equal(b.internal[0x80010], 0xFF);
    fake_w32(s, FLASH_SR, 0x3FF);
    // Not the first of a row; the next but one; another row; a byte.
    static const struct {
        uint32_t first, second;
        unsigned size;
        uint32_t error;
    } wrong[] = {
            {0x208, 0, 4, 1u << 5},
            {0x200, 0x208, 4, 1u << 5},
            {0x200, 0x104, 4, 1u << 5},
            {0x200, 0x204, 1, 1u << 6},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        fake_store(s, TO + wrong[i].first, 1, 4);
        fake_store(s, TO + wrong[i].second, 1, wrong[i].size);
        assert_int_equal(fake_r32(s, FLASH_SR) & (wrong[i].error | fast),
                wrong[i].error | fast);
        fake_w32(s, FLASH_SR, 0x3FF);
    }
    row(TO + 0x300, 3, 0);
    fake_store(s, TO + 0x400, 1, 4);
    assert_int_equal(fake_r32(s, FLASH_SR), fast | 1u << 5); // no BSY
    assert_int_equal(b.internal[0x80308], 2);
    assert_int_equal(b.internal[0x80310], 0xFF); // waited
    fake_w32(s, FLASH_SR, 0x3FF);
    assert_int_equal(row(TO + 0x500, 32, 50 * SIM_US), 0x380);
}

static void flash_fast_needs_a_mass_erase(void **state) {
    (void)state;
    unlock_flash();
    memset(b.internal, 0xFF, 1u << 20);
    fake_w32(s, FLASH_CR, FSTPG);
    assert_int_equal(row(TO, 1, 0), 1u << 7);
    fake_w32(s, FLASH_SR, 0x3FF);
    fake_w32(s, FLASH_CR, 1u << 31);
    fake_reset(s, SIM_RESET_SOFTWARE);
    mass_erase(); // of the other bank
    assert_int_equal(row(0x08000000, 1, 0), 1u << 7);
    fake_w32(s, FLASH_SR, 0x3FF);
    fake_w32(s, FLASH_CR, FSTPG | 1);
    assert_int_equal(row(TO, 1, 0), 1u << 7); // PG as well
}

static void flash_fast_from_its_own_bank(void **state) {
    (void)state;
    mass_erase();
    fake_set_pc(s, 0x08080100);
    assert_int_equal(row(TO, 32, 0), 0);
    fake_run(s, 5 * SIM_MS);
    assert_int_equal(fake_r32(s, FLASH_SR), 0); // without a word
    assert_int_equal(b.internal[0x80000], 0xFF);
    assert_int_equal(fake_notes(s, "code runs from the bank"), 1);
    fake_set_pc(s, 0x08000100);
    assert_int_equal(row(TO, 32, 0), 0);
    fake_run(s, 5 * SIM_MS);
    assert_int_equal(b.internal[0x80008], 2);
}

static void flash_fast_is_torn(void **state) {
    (void)state;
    mass_erase();
    row(TO, 8, 0);
    const unsigned taken = 8;
    unsigned whole = 0, blank = 0;
    fake_reset(s, SIM_RESET_PIN);
    for (unsigned i = 0; i < taken; i++) {
        sim_weak_read(s, TO + 8 * i, 4);
        blank += b.internal[0x80000 + 8 * i] == 0xFF;
        whole += !(fake_r32(s, ECCR) & ECCD);
        fake_w32(s, ECCR, ECCD);
    }
    assert_int_equal(whole, taken - 1);
    assert_in_range(blank, 1, 2);
}

static void flash_write_protection(void **state) {
    (void)state;
    unlock_options();
    fake_w32(s, WRP2AR, 0xFF030001); // pages 1 to 3
    program_options();
    unlock_flash();
    memset(b.internal + 0x80800, 0xFF, 2048);
    fake_w32(s, FLASH_CR, 1);
    fake_store(s, TO + 2048, 5, 4);
    assert_int_equal(fake_r32(s, FLASH_SR), 1u << 4);
    fake_w32(s, FLASH_SR, 1u << 4);
    fake_w32(s, FLASH_CR, 2 | 2u << 3 | 1u << 11 | 1u << 16);
    fake_run(s, SIM_S);
    assert_int_equal(fake_r32(s, FLASH_SR), 1u << 4);
    assert_int_equal(b.internal[0x81000], 0x11);
}

static void flash_reset_in_a_program(void **state) {
    (void)state;
    memset(b.internal + 0x80000, 0xFF, 16);
    unlock_flash();
    fake_w32(s, FLASH_CR, 1);
    fake_store(s, TO, 0, 4);
    fake_store(s, TO + 4, 0, 4);
    fake_run(s, 20 * SIM_US);
    fake_reset(s, SIM_RESET_PIN);
    assert_int_not_equal(b.internal[0x80000], 0);
    assert_int_not_equal(b.internal[0x80000], 0xFF);
    assert_int_equal(b.internal[0x80008], 0xFF);
}

// Zeros at off of the flash, until the supply fails.
static void torn_by(uint32_t off, unsigned tear) {
    memset(b.internal + off, 0xFF, 16);
    fake_reset(s, SIM_RESET_POWER_ON);
    unlock_flash();
    fake_w32(s, FLASH_CR, 1);
    fake_store(s, 0x08000000 + off, 0, 4);
    fake_store(s, 0x08000004 + off, 0, 4);
    sim_board_tear(b.board, tear);
    fake_run(s, 20 * SIM_US);
    fake_reset(s, SIM_RESET_POWER_ON);
}

static unsigned zero_bits(uint32_t off) {
    unsigned count = 0;
    for (unsigned i = 0; i < 64; i++) {
        count += !(b.internal[off + i / 8] >> i % 8 & 1);
    }
    return count;
}

static void flash_ecc_of_a_torn_double_word(void **state) {
    (void)state;
    static const struct {
        unsigned zeros;
        uint32_t eccr;
    } torn[] = {{32, ECCD}, {64, ECCD}, {64, ECCC}, {0, ECCC}, {2, 0}};
    for (unsigned tear = 0; tear < 5; tear++) {
        const uint32_t off = 0x80000 + 0x1008 * tear;
        const uint32_t where = torn[tear].eccr ? 1u << 19 | 0x1008 * tear : 0;
        torn_by(off, tear);
        assert_int_equal(zero_bits(off), torn[tear].zeros);
        assert_int_equal(fake_r32(s, ECCR), 0);
        sim_weak_read(s, 0x08000000 + off - 8, 4); // a neighbour
        sim_weak_read(s, 0x08000000 + off + 8, 4);
        assert_int_equal(fake_r32(s, ECCR), 0);
        sim_weak_read(s, 0x08000000 + off + 4, 4);
        assert_int_equal(fake_r32(s, ECCR), torn[tear].eccr | where);
        assert_int_equal(fake_nmi(s), torn[tear].eccr == ECCD);
        assert_false(fake_irq(s, 4));
        fake_w32(s, ECCR, ECCCIE);
        assert_int_equal(fake_irq(s, 4), torn[tear].eccr == ECCC);
        fake_w32(s, ECCR, ECCD | ECCC | ECCCIE);
        assert_false(fake_nmi(s) || fake_irq(s, 4));
        sim_weak_read(s, 0x08000000 + off, 1); // and again
        assert_int_equal(fake_r32(s, ECCR), torn[tear].eccr | where | ECCCIE);
    }
}

// ECCR holds the first error until it is cleared.
static void flash_ecc_keeps_the_first(void **state) {
    (void)state;
    torn_by(0x1000, 0);
    torn_by(0x2000, 2);
    sim_weak_read(s, 0x08001000, 4);
    sim_weak_read(s, 0x08002000, 4);
    assert_int_equal(fake_r32(s, ECCR), ECCD | 0x1000);
    fake_w32(s, ECCR, ECCC); // not the one that is set
    assert_int_equal(fake_r32(s, ECCR), ECCD | 0x1000);
    fake_w32(s, ECCR, ECCD);
    sim_weak_read(s, 0x08001FFE, 4); // the last half word is there
    assert_int_equal(fake_r32(s, ECCR), ECCC | 0x2000);
    fake_reset(s, SIM_RESET_SOFTWARE);
    assert_int_equal(fake_r32(s, ECCR), 0);
    sim_weak_read(s, 0x08001000, 4); // a reset mends nothing
    assert_int_equal(fake_r32(s, ECCR), ECCD | 0x1000);
}

// What a double word needs to be right again, and what it may not be used for.
static void flash_ecc_is_mended(void **state) {
    (void)state;
    for (unsigned tear = 0; tear < 5; tear++) {
        torn_by(0x80000, tear);
        unlock_flash();
        fake_w32(s, FLASH_CR, 1);
        fake_store(s, TO, 1, 4);
        fake_store(s, TO + 4, 1, 4);
        assert_int_equal(fake_r32(s, FLASH_SR), 1u << 3); // however it reads
        fake_w32(s, FLASH_SR, 1u << 3);
        fake_store(s, TO, 0, 4);
        fake_store(s, TO + 4, 0, 4);
        fake_run(s, SIM_MS);
        sim_weak_read(s, TO, 4);
        assert_int_equal(fake_r32(s, ECCR), 0);
        torn_by(0x80000, tear);
        unlock_flash();
        fake_w32(s, FLASH_CR, 2 | 1u << 11 | 1u << 16);
        fake_run(s, SIM_S);
        sim_weak_read(s, TO, 4);
        assert_int_equal(fake_r32(s, ECCR), 0);
    }
}

static void flash_ecc_of_a_torn_erase(void **state) {
    (void)state;
    for (unsigned tear = 0; tear < 4; tear++) {
        memset(b.internal, 0x11, 8192);
        memset(b.internal + 3072, 0xFF, 512);
        unlock_flash();
        fake_w32(s, FLASH_CR, 2 | 1u << 3 | 1u << 16);
        sim_board_tear(b.board, tear);
        fake_run(s, SIM_MS);
        fake_reset(s, SIM_RESET_POWER_ON);
        for (uint32_t off = 2048 - 8; off <= 4096; off += 8) {
            sim_weak_read(s, 0x08000000 + off, 4);
            const bool inside = off >= 2048 && off < 4096;
            const bool blank = !zero_bits(off); // an erased one has no code
            const uint32_t eccr = fake_r32(s, ECCR);
            assert_int_equal(eccr & ECCD, inside && !blank ? ECCD : 0);
            assert_true(!(eccr & ECCD) || (eccr & ~ECCD) == off);
            fake_w32(s, ECCR, ECCD);
        }
    }
}

// A double word of ones reads as erased and is not: its ECC is programmed.
static void flash_programs_ones_once(void **state) {
    (void)state;
    memset(b.internal + 0x80000, 0xFF, 16);
    unlock_flash();
    fake_w32(s, FLASH_CR, 1);
    for (unsigned i = 0; i < 4; i++) {
        fake_store(s, TO + 4 * i, UINT32_MAX, 4);
    }
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, FLASH_SR), 0);
    fake_store(s, TO + 8, 1, 4);
    fake_store(s, TO + 12, 1, 4);
    assert_int_equal(fake_r32(s, FLASH_SR), 1u << 3);
    sim_weak_read(s, TO + 8, 4);
    assert_int_equal(fake_r32(s, ECCR), 0);
}

/// Timers ///

#define TIM2 0x40000000u
#define TIM6 0x40001000u

static void timer_interrupts_without_drift(void **state) {
    (void)state;
    bench_80mhz(&b);
    fake_or32(s, RCC_APB1ENR, 1u << 4);
    fake_w32(s, TIM6 + 0x28, 79);
    fake_w32(s, TIM6 + 0x2C, 999);
    fake_w32(s, TIM6 + 0x14, 1); // UG: PSC takes effect, UIF
    fake_w32(s, TIM6 + 0x10, 0);
    fake_w32(s, TIM6 + 0x0C, 1);
    const sim_time from = sim_now(s);
    fake_w32(s, TIM6, 1);
    for (unsigned i = 1; i <= 10; i++) {
        fake_run_until(s, from + i * SIM_MS - 1);
        assert_false(fake_irq(s, 54));
        fake_run(s, 1);
        assert_true(fake_irq(s, 54));
        fake_run(s, 300 * SIM_NS); // a handler that comes late
        fake_w32(s, TIM6 + 0x10, 0);
        assert_false(fake_irq(s, 54));
    }
    fake_run(s, 200 * SIM_US);
    assert_int_equal(fake_r32(s, TIM6 + 0x24), 200);
}

static void timer_counts_on_over_a_clock_change(void **state) {
    (void)state;
    fake_or32(s, RCC_APB1ENR, 1);
    fake_w32(s, TIM2 + 0x28, 3); // 1 MHz at 4 MHz
    fake_w32(s, TIM2 + 0x14, 1);
    fake_w32(s, TIM2, 1);
    fake_run(s, 100 * SIM_US);
    assert_int_equal(fake_r32(s, TIM2 + 0x24), 100);
    fake_w32(s, RCC_CFGR, 8u << 4); // 2 MHz
    fake_run(s, 100 * SIM_US);
    assert_int_equal(fake_r32(s, TIM2 + 0x24), 150);
    fake_w32(s, RCC_CFGR, 8u << 4 | 4u << 8); // PPRE1 2: the timer keeps 2 MHz
    fake_run(s, 100 * SIM_US);
    assert_int_equal(fake_r32(s, TIM2 + 0x24), 200);
}

static void timer_one_pulse(void **state) {
    (void)state;
    fake_or32(s, RCC_APB1ENR, 1u << 5);
    fake_w32(s, 0x4000142C, 100);
    fake_w32(s, 0x40001400, 1 | 8);
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, 0x40001400) & 1, 0);
    assert_int_equal(fake_r32(s, 0x40001410), 1);
}

// RM0351 31.4.5: CCxIF when the counter has the value of CCRx, or overflows.
// HAL reads CCER of any timer, writes CR2, and asks SMCR for a trigger.
static void timer_registers_of_others(void **state) {
    (void)state;
    fake_or32(s, RCC_APB1ENR, 1 | 1u << 4);
    assert_int_equal(fake_r32(s, TIM6 + 0x20), 0);
    fake_w32(s, TIM6 + 0x04, 0x20);
    assert_int_equal(fake_r32(s, TIM6 + 0x04), 0x20);
    assert_int_equal(fake_r32(s, TIM2 + 0x08), 0);
    assert_int_equal(fake_unmodelled(s), 0);
    fake_w32(s, TIM2 + 0x08, 7);
    assert_int_equal(fake_r32(s, TIM2 + 0x08), 7);
    assert_int_equal(fake_notes(s, "a slave mode (SMCR.SMS)"), 1);
}

static void timer_compares(void **state) {
    (void)state;
    fake_or32(s, RCC_APB1ENR, 1);
    fake_w32(s, TIM2 + 0x28, 3); // 1 MHz
    fake_w32(s, TIM2 + 0x2C, 999);
    fake_w32(s, TIM2 + 0x34, 250); // CCR1
    fake_w32(s, TIM2 + 0x38, 600);
    fake_w32(s, TIM2 + 0x3C, 2000); // never reached
    fake_w32(s, TIM2 + 0x14, 1);
    assert_int_equal(fake_r32(s, TIM2 + 0x10), 1 | 1u << 4); // CCR4 is 0
    fake_w32(s, TIM2 + 0x10, 0);
    fake_w32(s, TIM2 + 0x0C, 2); // CC1IE
    const sim_time from = sim_now(s);
    fake_w32(s, TIM2, 1);
    for (unsigned turn = 0; turn < 3; turn++) {
        fake_run_until(s, from + turn * SIM_MS + 250 * SIM_US - 1);
        assert_false(fake_irq(s, 28));
        fake_run(s, 1);
        assert_true(fake_irq(s, 28));
        assert_int_equal(fake_r32(s, TIM2 + 0x10) & 6, 2);
        fake_w32(s, TIM2 + 0x10, ~2u);
        assert_false(fake_irq(s, 28));
        fake_run(s, 400 * SIM_US); // seen without its interrupt
        assert_int_equal(fake_r32(s, TIM2 + 0x10) & 6, 4);
        fake_w32(s, TIM2 + 0x10, ~4u);
    }
    fake_run_until(s, from + 3 * SIM_MS - 1);
    fake_w32(s, TIM2 + 0x10, 0);
    fake_run(s, 1);
    assert_int_equal(fake_r32(s, TIM2 + 0x10), 1 | 1u << 3 | 1u << 4);
    assert_int_equal(fake_notes(s, "not modelled"), 0);
}

static void timer_says_what_it_cannot(void **state) {
    static const struct {
        uint32_t off, value;
        const char *what;
    } modes[] = {
            {0x00, 0x10, "counting down"},
            {0x00, 0x20, "counting down"},
            {0x0C, 0x100, "a DMA request"},
            {0x18, 0x01, "capture"},
            {0x1C, 0x0200, "capture"},
    };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        fake_or32(s, RCC_APB1ENR, 1);
        fake_w32(s, TIM2 + modes[i].off, modes[i].value);
        assert_int_equal(fake_notes(s, modes[i].what), 1);
        teardown(state);
        setup(state);
    }
}

/// The rest ///

// RM0351 2.1: behind an APB bridge a narrow write is on all lines.
static void narrow_writes(void **state) {
    (void)state;
    fake_or32(s, RCC_APB1ENR, 1);
    fake_write(s, TIM2 + 0x2C, 0x12, 1);
    assert_int_equal(fake_r32(s, TIM2 + 0x2C), 0x12121212);
    fake_write(s, TIM2 + 0x2D, 0x34, 1);
    assert_int_equal(fake_r32(s, TIM2 + 0x2C), 0x34343434);
    fake_write(s, TIM2 + 0x2E, 0x1234, 2);
    assert_int_equal(fake_r32(s, TIM2 + 0x2C), 0x12341234);
    fake_or32(s, RCC_AHB2ENR, 1);
    fake_write(s, GPIO('A') + 0x15, 0x12, 1); // on the AHB
    assert_int_equal(fake_r32(s, GPIO('A') + 0x14), 0x1200);
}

static void crc_values(void **state) {
    (void)state;
    const uint32_t crc = 0x40023000;
    fake_or32(s, RCC_AHB1ENR, 1u << 12);
    // "123456789" by bytes: CRC-32/MPEG-2, then the reflected CRC-32. Check
    // values of the catalogue of parametrised CRC algorithms.
    for (unsigned i = 0; i < 9; i++) {
        fake_write(s, crc, '1' + i, 1);
    }
    assert_int_equal(fake_r32(s, crc), 0x0376E6E7);
    fake_w32(s, crc + 8, 1u << 5 | 1u << 7 | 1);
    for (unsigned i = 0; i < 9; i++) {
        fake_write(s, crc, '1' + i, 1);
    }
    assert_int_equal(~fake_r32(s, crc), 0xCBF43926);
    // CRC-16/XMODEM: polynomial 1021h, start 0.
    fake_w32(s, crc + 0x14, 0x1021);
    fake_w32(s, crc + 0x10, 0);
    fake_w32(s, crc + 8, 1u << 3 | 1);
    for (unsigned i = 0; i < 9; i++) {
        fake_write(s, crc, '1' + i, 1);
    }
    assert_int_equal(fake_r32(s, crc), 0x31C3);
}

static void exti_software_trigger(void **state) {
    (void)state;
    const uint32_t exti = 0x40010400;
    fake_w32(s, exti + 0x10, 1u << 7); // masked: nothing
    assert_false(fake_irq(s, 23));
    fake_w32(s, exti + 0x14, 1u << 7);
    fake_or32(s, exti, 1u << 7);
    fake_w32(s, exti + 0x10, 1u << 7);
    assert_true(fake_irq(s, 23));
    assert_int_equal(fake_r32(s, exti + 0x14), 1u << 7);
    fake_w32(s, exti + 0x14, 1u << 7);
    assert_false(fake_irq(s, 23));
}

// A pin that the program drives is an input of EXTI, too.
static void exti_follows_pins(void **state) {
    (void)state;
    const uint32_t exti = 0x40010400, syscfg = 0x40010000;
    fake_or32(s, RCC + 0x60, 1);
    fake_or32(s, RCC_AHB2ENR, 3);
    fake_w32(s, syscfg + 0x0C, 1u << 4); // line 5: port B
    bench_pin(&b, 'A', 5, 1, 0);
    bench_pin(&b, 'B', 5, 1, 0);
    fake_w32(s, exti + 0x08, 1u << 5); // rising
    fake_w32(s, GPIO('B') + 0x18, 1u << 5);
    assert_int_equal(fake_r32(s, exti + 0x14), 0); // masked
    fake_or32(s, exti, 1u << 5);
    fake_w32(s, GPIO('B') + 0x28, 1u << 5); // falls
    fake_w32(s, GPIO('A') + 0x18, 1u << 5); // the other port
    assert_int_equal(fake_r32(s, exti + 0x14), 0);
    fake_w32(s, GPIO('B') + 0x18, 1u << 5);
    assert_int_equal(fake_r32(s, exti + 0x14), 1u << 5);
    assert_true(fake_irq(s, 23));
    fake_w32(s, exti + 0x14, 1u << 5);
    fake_w32(s, exti + 0x0C, 1u << 5); // falling
    fake_w32(s, GPIO('B') + 0x18, 1u << 21);
    assert_true(fake_irq(s, 23));
}

static void rng_needs_its_clock(void **state) {
    (void)state;
    const uint32_t rng = 0x50060800;
    fake_or32(s, RCC_AHB2ENR, 1u << 18);
    fake_w32(s, rng, 4);
    fake_run(s, SIM_MS);
    assert_int_equal(fake_r32(s, rng + 4), 2);
    assert_int_equal(fake_notes(s, "RNG has no clock"), 1);
    fake_w32(s, RCC + 0x88, 3u << 26);
    assert_true(fake_wait(s, rng + 4, 1, 1, 2 * SIM_MS));
    const uint32_t first = fake_r32(s, rng + 8);
    assert_int_equal(fake_r32(s, rng + 4) & 1, 0);
    assert_true(fake_wait(s, rng + 4, 1, 1, 2 * SIM_MS));
    assert_int_not_equal(fake_r32(s, rng + 8), first);
}

int main(void) {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
            TEST(iwdg_default_timeout),
            TEST(iwdg_configured),
            TEST(iwdg_locked),
            TEST(iwdg_window),
            TEST(wwdg_time),
            TEST(wwdg_window),
            TEST(wwdg_early_wakeup),
            TEST(wwdg_bit_6),
            TEST(wwdg_hardware),
            TEST(gpio_outputs_are_traced),
            TEST(gpio_inputs_follow_pulls),
            TEST(gpio_lock),
            TEST(flash_keys),
            TEST(flash_accelerator),
            TEST(flash_page_erase),
            TEST(flash_erase_stalls_its_own_bank),
            TEST(flash_reads_wait_for_their_bank),
            TEST(flash_reset_in_an_erase),
            TEST(flash_program),
            TEST(flash_program_errors),
            TEST(flash_sequences_exclude_each_other),
            TEST(flash_write_protection),
            TEST(flash_options),
            TEST(code_that_no_load_may_read),
            TEST(the_other_bank_boots),
            TEST(levels_of_read_protection),
            TEST(pcrop_and_read_protection),
            TEST(options_torn),
            TEST(sram2_is_erased_by_a_reset),
            TEST(flash_fast_row),
            TEST(flash_fast_errors),
            TEST(flash_fast_needs_a_mass_erase),
            TEST(flash_fast_from_its_own_bank),
            TEST(flash_fast_is_torn),
            TEST(flash_reset_in_a_program),
            TEST(flash_ecc_of_a_torn_double_word),
            TEST(flash_ecc_keeps_the_first),
            TEST(flash_ecc_is_mended),
            TEST(flash_ecc_of_a_torn_erase),
            TEST(flash_programs_ones_once),
            TEST(timer_interrupts_without_drift),
            TEST(timer_counts_on_over_a_clock_change),
            TEST(timer_one_pulse),
            TEST(timer_says_what_it_cannot),
            TEST(timer_compares),
            TEST(timer_registers_of_others),
            TEST(crc_values),
            TEST(narrow_writes),
            TEST(exti_software_trigger),
            TEST(exti_follows_pins),
            TEST(rng_needs_its_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
