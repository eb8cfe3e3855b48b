/*
 * template - a port and a board that were copied and not filled in
 *
 * SPDX-License-Identifier: MIT
 *
 * Nothing may happen but a refusal, and the self-test has to say so. Its board
 * has no console, so the verdict is how the program ends: it sleeps for ever,
 * or executes an undefined instruction, which nobody handles.
 */
#include <string.h>

#include "board.h"
#include "xip_flash.h"
#include "xip_selftest.h"

extern uint32_t stack_top_[];
void Reset_Handler(void);

static void stop(void) {
    __builtin_trap();
}

__attribute__((section(".vectors"), used)) static const struct {
    uint32_t *stack;
    void (*handler[15])(void);
} vectors = {
        stack_top_,
        {Reset_Handler, stop, stop, stop, stop, stop, stop, stop, stop, stop,
                stop, stop, stop, stop, stop},
};

static struct xip_flash flash;
static char said[1024];

static void print(void *ctx, const char *text) {
    (void)ctx;
    board_uart_puts(text);
    const size_t used = strlen(said);
    const size_t more = strlen(text);
    if (used + more < sizeof said) {
        memcpy(said + used, text, more + 1u);
    }
}

static void expect(bool right) {
    if (!right) {
        __builtin_trap();
    }
}

void Reset_Handler(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
    };
    const struct xip_selftest_config selftest = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            .prescaler = BOARD_FLASH_PRESCALER,
            .print = print,
    };
    memset(said, 0, sizeof said);
    expect(board_init_clock() == -1);
    board_init_pins();
    board_init_flash_pins();
    board_uart_init(BOARD_BAUD);
    board_start_watchdog(100);
    expect(xip_flash_attach(&flash, &config) == XIP_ERR_CONFIG);
    expect(xip_flash_bringup(&flash, &config, 2) == XIP_ERR_CONFIG);
    expect(xip_selftest_run(&selftest) == 1);
    expect(strstr(said, "xip_port_setup returns XIP_ERR_CONFIG") != NULL);
    expect(strcmp(board_reset_name(board_reset_cause()), "other") == 0);
    __asm volatile("cpsid i");
    for (;;) {
        __asm volatile("wfi");
    }
}
