/*
 * porting_selftest - runs the porter's self-test on this board
 *
 * SPDX-License-Identifier: MIT
 *
 * Runs from internal flash, without a boot program. For a new board: another
 * BOARD and PORT in firmware.cmake, and the spare unit below. The tick measures
 * its own delay, independently of the library.
 */
#include "board.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_selftest.h"

#define SPARE_OFF 0x00300000u // the contents of this erase unit are lost
#define CYCLES_PER_US (BOARD_HCLK_HZ / 1000000u)

static volatile uint32_t worst_cycles;

// The counter counts down from RVR, and restarted when this became pending.
void SysTick_Handler(void) {
    const uint32_t late = SYSTICK->RVR - SYSTICK->CVR;
    if (late > worst_cycles) {
        worst_cycles = late;
    }
}

static void interrupts(void *ctx, bool on) {
    (void)ctx;
    if (!on) {
        SYSTICK->CSR = 0;
        return;
    }
    worst_cycles = 0;
    SYSTICK->RVR = BOARD_HCLK_HZ / 1000u - 1u;
    SYSTICK->CVR = 0;
    SYSTICK->CSR =
            SYSTICK_CSR_ENABLE | SYSTICK_CSR_TICKINT | SYSTICK_CSR_CLKSOURCE;
}

static uint32_t waited_us(void *ctx) {
    (void)ctx;
    return worst_cycles / CYCLES_PER_US;
}

static void print(void *ctx, const char *text) {
    (void)ctx;
    board_uart_puts(text);
}

int main(void) {
    const struct xip_selftest_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            .prescaler = BOARD_FLASH_PRESCALER,
            .spare_off = SPARE_OFF,
            .print = print,
            .interrupts = interrupts,
            .waited_us = waited_us,
    };
    (void)board_init_clock();
    board_init_flash_pins();
    board_uart_init(BOARD_BAUD);
    (void)xip_selftest_run(&config);
    board_uart_flush();
    return 0;
}
