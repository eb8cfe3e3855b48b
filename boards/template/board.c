/*
 * board - clock, pins, console, LED and watchdog of your board
 *
 * SPDX-License-Identifier: MIT
 */
#include "board.h"

// ARMv7-M B3.2.6, the same on every Cortex-M: key and SYSRESETREQ.
#define AIRCR (*(volatile uint32_t *)(uintptr_t)0xE000ED0C)
#define AIRCR_RESET 0x05FA0004u

// TODO: oscillator, PLL, flash wait states before the switch. Return 0 at once
// if the core already runs at BOARD_HCLK_HZ.
int board_init_clock(void) {
    return -1;
}

// TODO: return at once if the controller is enabled. Otherwise port clocks,
// alternate functions at the highest speed, chip select pulled up, clock of
// the controller.
void board_init_flash_pins(void) {
}

// TODO
void board_init_pins(void) {
}

// TODO
void board_led(bool on) {
    (void)on;
}

// TODO
void board_led_red(bool on) {
    (void)on;
}

/// Console ///

// TODO: first of all; everything that is tried afterwards speaks through it.
void board_uart_init(uint32_t baud) {
    (void)baud;
}

// TODO
void board_uart_putc(char c) {
    (void)c;
}

// TODO
int board_uart_getc(void) {
    return -1;
}

// TODO: until the last byte is on the line.
void board_uart_flush(void) {
}

void board_uart_puts(const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '\n') {
            board_uart_putc('\r');
        }
        board_uart_putc(*text);
    }
}

void board_uart_put_hex(uint32_t value) {
    for (int shift = 28; shift >= 0; shift -= 4) {
        board_uart_putc("0123456789abcdef"[(value >> shift) & 0xFu]);
    }
}

void board_uart_put_dec(uint32_t value) {
    char digits[11];
    unsigned n = sizeof(digits);
    digits[--n] = '\0';
    do {
        digits[--n] = (char)('0' + value % 10u);
        value /= 10u;
    } while (value != 0u);
    board_uart_puts(&digits[n]);
}

/// Resets and watchdog ///

// TODO: from the flags of the reset controller, the narrowest cause first.
enum board_reset board_reset_cause(void) {
    return BOARD_RESET_OTHER;
}

// TODO
void board_reset_cause_clear(void) {
}

const char *board_reset_name(enum board_reset cause) {
    static const char *const names[] = {
            [BOARD_RESET_POWER] = "power-on",
            [BOARD_RESET_PIN] = "reset pin",
            [BOARD_RESET_SOFTWARE] = "software",
            [BOARD_RESET_WATCHDOG] = "watchdog",
            [BOARD_RESET_OTHER] = "other",
    };
    return (unsigned)cause < sizeof(names) / sizeof(names[0]) ? names[cause]
                                                              : "other";
}

// TODO: may stay empty on a board without one.
void board_start_watchdog(uint32_t timeout_ms) {
    (void)timeout_ms;
}

// TODO
void board_kick_watchdog(void) {
}

_Noreturn void board_reset(void) {
    __asm volatile("dsb" ::: "memory");
    AIRCR = AIRCR_RESET;
    __asm volatile("dsb" ::: "memory");
    for (;;) {
        // SYSRESETREQ takes a few cycles to act.
    }
}
