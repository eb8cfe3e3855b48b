/*
 * board - clock, pins, console, LED and watchdog of your board
 *
 * SPDX-License-Identifier: MIT
 *
 * Copy this folder to boards/<board> and fill board.c in; the boot program and
 * the examples call nothing else of a board. As it stands it compiles and
 * touches no register.
 *
 * Ordinary code: may lie in the flash, must not be called in an outage. Bound
 * all waits. The boot program sets up the clock and the flash (its pins and
 * controller), once; the application everything else. Calling the
 * first two again must be harmless: code in the window that stops the clock
 * which feeds the window never comes back.
 *
 * Call context: thread; board_kick_watchdog also interrupts.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "layout.h"

#define BOARD_HCLK_HZ 48000000u // of the core after board_init_clock
#define BOARD_BAUD 115200u
#define BOARD_FLASH_PRESCALER 2u // core clocks per flash clock
// For xip_flash_config.watchdog: register, value, microseconds; none so far.
#define BOARD_WATCHDOG \
    { NULL, 0, 0 }

// Core at BOARD_HCLK_HZ. Nothing if it already is.
// Returns 0, or -1 when an oscillator or a switch did not answer.
int board_init_clock(void);

// Clock and pins of the flash controller, chip select pulled up. Nothing if
// the controller is enabled already.
void board_init_flash_pins(void);

void board_init_pins(void); // LEDs, both off
void board_led(bool on);
void board_led_red(bool on);

// The console: 8N1, polled, interrupts off.
void board_uart_init(uint32_t baud);
void board_uart_putc(char c);           // blocks until there is room
void board_uart_puts(const char *text); // "\n" goes out as "\r\n"
void board_uart_put_hex(uint32_t value);
void board_uart_put_dec(uint32_t value);
int board_uart_getc(void); // -1: nothing there
void board_uart_flush(void);

enum board_reset {
    BOARD_RESET_POWER,
    BOARD_RESET_PIN,
    BOARD_RESET_SOFTWARE,
    BOARD_RESET_WATCHDOG,
    BOARD_RESET_OTHER,
};
enum board_reset board_reset_cause(void);
void board_reset_cause_clear(void);
const char *board_reset_name(enum board_reset cause);

void board_start_watchdog(uint32_t timeout_ms);
void board_kick_watchdog(void); // and all others that option bytes start

_Noreturn void board_reset(void);

#endif
