/*
 * deep_power_down - the chip sleeps while the core waits for an interrupt
 *
 * SPDX-License-Identifier: MIT
 *
 * SysTick measures how late its handler, which lies in the flash, starts. At
 * the end nothing wakes the core any more but the watchdog, and the boot
 * program meets a chip that is still asleep.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"

#define MAGIC 0x50454544u // "DEEP"
#define TICK_CYCLES (BOARD_HCLK_HZ / 1000u)
#define CEILING 0x40u
#define ROUNDS 20u

static struct {
    uint32_t magic;
    uint32_t runs;
} kept __attribute__((section(".noinit.kept")));

static volatile uint32_t ticks, worst_cycles;

void SysTick_Handler(void) {
    const uint32_t cycles = SYSTICK->RVR - SYSTICK->CVR;
    ticks++;
    if (cycles > worst_cycles) {
        worst_cycles = cycles;
    }
}

static void attach(uint8_t ceiling) {
    struct xip_flash_config config = fw_config();
    config.ceiling = ceiling;
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    if (err != 0) {
        fw_end();
    }
}

// A tick that comes while everything is masked already, at any point of the
// way down.
static void sleep_against_the_tick(void) {
    worst_cycles = 0;
    int err = 0;
    for (uint32_t cycles = 400; cycles < 16000u && err == 0; cycles += 157u) {
        fw_start_tick(cycles, 0xF0);
        SYSTICK->RVR = 0xFFFFFFu; // from the first wrap on: once only
        err = xip_flash_sleep(&fw_flash);
        fw_stop_tick();
    }
    const uint32_t worst_us = worst_cycles / (BOARD_HCLK_HZ / 1000000u);
    board_uart_puts("worst wait on the way down us ");
    board_uart_put_dec(worst_us);
    board_uart_puts("\n");
    fw_check("sleeps against the tick", err == 0, err);
    fw_check("no wait is longer than declared",
            worst_us <= xip_flash_wake_us(&fw_flash), (int)worst_us);
}

static void sleep_from_tick_to_tick(void) {
    attach(0);
    ticks = 0;
    worst_cycles = 0;
    fw_start_tick(TICK_CYCLES, 0xF0);
    int err = 0;
    for (uint32_t i = 0; i < ROUNDS && err == 0; i++) {
        err = xip_flash_sleep(&fw_flash);
    }
    fw_stop_tick();
    const uint32_t worst_us = worst_cycles / (BOARD_HCLK_HZ / 1000000u);
    board_uart_puts("worst wait us ");
    board_uart_put_dec(worst_us);
    board_uart_puts(", declared ");
    board_uart_put_dec(xip_flash_wake_us(&fw_flash));
    board_uart_puts("\n");
    fw_check("sleeps", err == 0, err);
    fw_check("each is counted", fw_flash.stats.sleeps == ROUNDS,
            (int)fw_flash.stats.sleeps);
    fw_check("each ends with a tick", ticks == ROUNDS, (int)ticks);
    fw_check("a tick waits for the chip to wake up", worst_us >= 3u,
            (int)worst_us);
    fw_check("but no longer than declared",
            worst_us <= xip_flash_wake_us(&fw_flash), (int)worst_us);
    const uint32_t measured_us = fw_flash.stats.wait_cycles[XIP_OP_SLEEP] /
            (BOARD_HCLK_HZ / 1000000u);
    fw_check("the library has measured a part of it",
            measured_us >= 3u && measured_us <= worst_us, (int)measured_us);
    fw_check("no outage counts as long as it slept",
            fw_flash.stats.outage_max_cycles < TICK_CYCLES,
            (int)fw_flash.stats.outage_max_cycles);
}

// As a tickless kernel calls it; and above a ceiling, where BASEPRI alone
// would keep the core asleep for ever.
static void masked_and_with_a_ceiling(void) {
    ticks = 0;
    fw_start_tick(TICK_CYCLES, 0xF0);
    __asm volatile("cpsid i" ::: "memory");
    int err = xip_flash_sleep(&fw_flash);
    const uint32_t before = ticks;
    __asm volatile("cpsie i\n\tisb" ::: "memory");
    const uint32_t after = ticks;
    fw_stop_tick();
    fw_check("sleep with interrupts masked", err == 0, err);
    fw_check("they stay masked", before == 0u, (int)before);
    fw_check("the tick runs afterwards", after == 1u, (int)after);
    attach(CEILING);
    ticks = 0;
    fw_start_tick(TICK_CYCLES, 0xF0);
    err = xip_flash_sleep(&fw_flash);
    fw_check("sleep with a ceiling", err == 0 && ticks == 1u, err);
    fw_stop_tick();
}

static void works_afterwards(void) {
    fw_fill(FW_AREA_OFF, 4096);
    fw_check("the flash works afterwards", fw_is_pattern(FW_AREA_OFF, 4096), 0);
    int err = xip_flash_erase_begin(&fw_flash, FW_AREA_OFF, 4096);
    fw_check("an erase in the background", err == 0, err);
    err = xip_flash_erase_poll(&fw_flash);
    fw_check("goes on", err == XIP_FLASH_MORE, err);
    err = xip_flash_sleep(&fw_flash);
    fw_check("no sleep in the middle of it", err == XIP_ERR_BUSY, err);
    err = xip_flash_erase_cancel(&fw_flash);
    fw_check("it ends", err == 0, err);
}

static void sleep_for_ever(void) {
    board_uart_puts("good night\n");
    board_uart_flush();
    board_start_watchdog(50);
    const int err = xip_flash_sleep(&fw_flash);
    fw_check("the watchdog bites before this line", false, err);
    fw_end();
}

int main(void) {
    const enum board_reset cause = board_reset_cause();
    board_reset_cause_clear();
    if (cause == BOARD_RESET_POWER || kept.magic != MAGIC) {
        kept.magic = MAGIC;
        kept.runs = 0;
    }
    kept.runs++;
    fw_begin("deep_power_down");
    if (kept.runs == 1u) {
        sleep_from_tick_to_tick();
        sleep_against_the_tick();
        masked_and_with_a_ceiling();
        works_afterwards();
        sleep_for_ever();
    }
    fw_check("the watchdog ended the sleep", cause == BOARD_RESET_WATCHDOG,
            (int)cause);
    attach(0);
    works_afterwards();
    fw_end();
}
