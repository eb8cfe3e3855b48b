/*
 * naive - an application in the flash that calls an ordinary flash driver
 *
 * SPDX-License-Identifier: MIT
 *
 * WRONG ON PURPOSE: what everybody tries first. The driver lies in the flash
 * like the rest of the application; the instruction behind the one that leaves
 * memory-mapped mode never arrives.
 */
#include "board.h"
#include "qspi_driver.h"
#include "startup.h"

int main(void) {
    board_init_pins();
    board_uart_init(BOARD_BAUD);
    board_uart_puts("naive: erasing the second slot\n");
    board_uart_flush();
    const enum qspi_status status = qspi_erase_sector(LAYOUT_SLOT1_OFF);
    board_uart_puts(status == QSPI_OK ? "naive: erased\n" : "naive: failed\n");

    static const uint8_t data[4] = {1, 2, 3, 4};
    if (qspi_program_page(LAYOUT_SLOT1_OFF, data, sizeof data) == QSPI_OK) {
        board_uart_puts("naive: programmed\n");
    }
    return 0;
}
