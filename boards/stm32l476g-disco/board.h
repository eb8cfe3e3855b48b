/*
 * board - clock, pins, console, LED and watchdog of the STM32L476G-DISCO
 *
 * SPDX-License-Identifier: MIT
 *
 * Ordinary code: may lie in the flash, must not be called in an outage. All
 * waits are bounded. Polled, no interrupt is enabled, nothing is allocated.
 *
 * The boot program sets up the clock and the flash (its pins and controller),
 * once; the application everything else. Calling the first two
 * again from the application is harmless: they see that it is done.
 *
 * Call context: thread; board_kick_watchdog also interrupts.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"

#define BOARD_HCLK_HZ 80000000u
#define BOARD_BAUD 115200u
// QUADSPI runs at HCLK / 2 = 40 MHz. A build for a slower chip defines another.
#ifndef BOARD_FLASH_PRESCALER
#define BOARD_FLASH_PRESCALER 2u
#endif
// For xip_flash_config.watchdog: WWDG_CR if option bytes started the window
// watchdog, else IWDG_KR: the store does nothing to one that is stopped. They
// wait 26 ms (board_init_clock) and 512 ms or more. If both run, the IWDG has
// to stand the longest unit: ordinary code feeds it.
#define BOARD_WATCHDOG \
    { \
        (volatile uint32_t *)(uintptr_t)(board_window_watchdog() \
                        ? 0x40002C00u \
                        : 0x40003000u), \
                board_window_watchdog() ? 0xFFu : 0xAAAAu, 8000u \
    }

// Run at 80 MHz: MSI 4 MHz, PLL M 1, N 40, R 2, four wait states.
//
// Does nothing when the PLL already drives the core, so that code in the
// window never stops the clock that feeds it. A window watchdog that option
// bytes started counts eight times slower from then on.
// Returns 0, or -1 when an oscillator, the regulator or a switch did not
// answer; the core then still runs, at 4 MHz.
int board_init_clock(void);

// Clock and pins of the flash: PE10 to PE15 on QUADSPI, chip select pulled up.
// Resets the controller, unless it is enabled already.
void board_init_flash_pins(void);

// LEDs (PE8 green, PB2 red), both off.
void board_init_pins(void);

// USART2 on PD5 and PD6, the ST-LINK's serial port: 8N1, receiver and
// transmitter on, interrupts off.
void board_uart_init(uint32_t baud);

// Block until the byte is in the transmitter: 87 us at 115200 baud.
void board_uart_putc(char c);
// "\n" goes out as "\r\n".
void board_uart_puts(const char *text);
void board_uart_put_hex(uint32_t value); // eight digits, no prefix
void board_uart_put_dec(uint32_t value);
// The next received byte, or -1. Clears an overrun.
int board_uart_getc(void);
// Block until the last byte is on the line: before a reset.
void board_uart_flush(void);

void board_led(bool on); // green
void board_led_red(bool on);

enum board_reset {
    BOARD_RESET_POWER,
    BOARD_RESET_PIN,
    BOARD_RESET_SOFTWARE,
    BOARD_RESET_WATCHDOG,
    BOARD_RESET_OTHER, // option bytes, low power, firewall
};
// Why the chip started. The flags add up until they are cleared: by the
// application, which reads them after the boot program.
enum board_reset board_reset_cause(void);
void board_reset_cause_clear(void);
const char *board_reset_name(enum board_reset cause);

// Start the independent watchdog; only a reset stops it. 1 to 32000 ms, by
// an oscillator that is up to 8 % fast: leave a margin.
void board_start_watchdog(uint32_t timeout_ms);
// Feed it, and a window watchdog whose window is always open.
void board_kick_watchdog(void);
// True if such a one runs: that of the option bytes, WWDG_SW = 0.
bool board_window_watchdog(void);

// Reset the MCU. The flash chip is not reset by it.
_Noreturn void board_reset(void);

#endif
