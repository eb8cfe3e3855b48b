/*
 * recovery_request - an application that wants the serial recovery at once
 *
 * SPDX-License-Identifier: MIT
 */
#include "board.h"
#include "startup.h"
#include "xip_boot.h"

int main(void) {
    volatile uint32_t *const word = (volatile uint32_t *)(LAYOUT_NOINIT_ADDR +
            LAYOUT_NOINIT_BYTES - 4u);
    board_uart_init(BOARD_BAUD);
    board_uart_puts("recovery_request: runs\n");
    *word = XIP_BOOT_RECOVERY_REQUEST;
    board_uart_flush();
    board_reset();
}
