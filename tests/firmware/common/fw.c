/*
 * fw - what the test programs share: console, verdicts, the flash device
 *
 * SPDX-License-Identifier: MIT
 */
#include "fw.h"

#include "stm32l476.h"

struct xip_flash fw_flash;
uint8_t fw_bounce[256];

static uint32_t passed, failed;

void fw_begin(const char *name) {
    (void)board_init_clock();
    board_init_pins();
    board_uart_init(BOARD_BAUD);
    board_uart_puts(name);
    board_uart_puts(": begin\n");
}

void fw_check(const char *name, bool ok, int got) {
    board_uart_puts(ok ? "PASS " : "FAIL ");
    board_uart_puts(name);
    if (ok) {
        passed++;
    } else {
        failed++;
        board_uart_puts(" (got ");
        if (got < 0) {
            board_uart_puts(xip_err_name(got));
        } else {
            board_uart_put_dec((uint32_t)got);
        }
        board_uart_puts(")");
    }
    board_uart_puts("\n");
}

_Noreturn void fw_end(void) {
    board_uart_puts("done: ");
    board_uart_put_dec(passed);
    board_uart_puts(" passed, ");
    board_uart_put_dec(failed);
    board_uart_puts(" failed\n");
    board_uart_flush();
    SYSTICK->CSR = 0;
    __asm volatile("cpsid i");
    for (;;) {
        __asm volatile("wfi");
    }
}

struct xip_flash_config fw_config(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = fw_bounce,
            .bounce_bytes = sizeof fw_bounce,
#ifdef FW_RESIDENT_TABLE
            .resident = (const struct xip_resident_table *)
                    LAYOUT_RESIDENT_TABLE_ADDR,
#endif
    };
    return config;
}

uint8_t fw_pattern(uint32_t i) {
    return (uint8_t)(i * 31u + (i >> 8) * 7u + 11u);
}
