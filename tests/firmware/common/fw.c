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

// A program may have its own.
XIP_WEAK struct xip_flash_config fw_config(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = fw_bounce,
            .bounce_bytes = sizeof fw_bounce,
#ifdef FW_FENCE
            .fence = FW_FENCE,
#endif
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

void fw_handler(uint32_t exception, void (*handler)(void)) {
    volatile uint32_t *const table = (volatile uint32_t *)(uintptr_t)SCB->VTOR;
    table[exception] = (uint32_t)(uintptr_t)handler;
    __asm volatile("dsb" ::: "memory");
}

void fw_enable_irq(uint32_t irq, uint8_t priority) {
    NVIC_IPR[irq] = priority;
    NVIC_ISER[irq / 32u] = 1u << (irq % 32u);
}

void fw_start_tick(uint32_t cycles, uint8_t priority) {
    SCB->SHPR[SCB_SHPR_SYSTICK] = priority;
    SYSTICK->RVR = cycles - 1u;
    SYSTICK->CVR = 0;
    SYSTICK->CSR =
            SYSTICK_CSR_ENABLE | SYSTICK_CSR_TICKINT | SYSTICK_CSR_CLKSOURCE;
}

void fw_stop_tick(void) {
    SYSTICK->CSR = 0;
}

void fw_fill(uint32_t off, uint32_t len_bytes) {
    uint8_t page[256];
    int err = xip_flash_erase(&fw_flash, off, len_bytes);
    for (uint32_t i = 0; i < len_bytes && err == 0; i += sizeof page) {
        for (uint32_t k = 0; k < sizeof page; k++) {
            page[k] = fw_pattern(off + i + k);
        }
        err = xip_flash_program(&fw_flash, off + i, page, sizeof page);
    }
    fw_check("fill with a pattern", err == 0, err);
}

static const volatile uint8_t *window(uint32_t off) {
    return (const volatile uint8_t *)(uintptr_t)(LAYOUT_WINDOW_ADDR + off);
}

bool fw_is_pattern(uint32_t off, uint32_t len_bytes) {
    for (uint32_t i = 0; i < len_bytes; i++) {
        if (window(off)[i] != fw_pattern(off + i)) {
            return false;
        }
    }
    return true;
}

bool fw_is_blank(uint32_t off, uint32_t len_bytes) {
    for (uint32_t i = 0; i < len_bytes; i++) {
        if (window(off)[i] != 0xFFu) {
            return false;
        }
    }
    return true;
}
