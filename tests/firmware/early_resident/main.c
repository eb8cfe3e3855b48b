/*
 * early_resident - resident code is called before start-up has copied it
 *
 * SPDX-License-Identifier: MIT
 *
 * WRONG ON PURPOSE: what a constructor, a clock hook or an early assert does
 * when it erases a sector. On silicon RAM holds whatever it held before, often
 * the copy of the last run, and the mistake shows at the first power-up only.
 * Runs from internal flash: nothing has written to RAM before it.
 */
#include "board.h"
#include "startup.h"
#include "xip_compiler.h"

static volatile int calls; // an effect, or the call is optimised away

XIP_RESIDENT void resident_work(void) {
    calls = calls + 1;
}

void startup_early(void) {
    board_init_pins();
    board_uart_init(BOARD_BAUD);
    board_uart_puts("early_resident: calling code in RAM\n");
    board_uart_flush();
    resident_work();
    board_uart_puts("early_resident: it returned\n");
}

int main(void) {
    resident_work();
    return 0;
}
