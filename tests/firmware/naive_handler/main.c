/*
 * naive_handler - the driver is in RAM, and one thing was forgotten
 *
 * SPDX-License-Identifier: MIT
 *
 * WRONG ON PURPOSE, in two ways. With NAIVE_TABLE the vector table is still in
 * the flash; without it the table is in RAM and the handler of SysTick is in
 * the flash. Interrupts stay enabled while the chip erases, so the tick finds
 * either out within a millisecond.
 */
#include "board.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"

static volatile uint32_t ticks;

void SysTick_Handler(void) {
    ticks++;
}

XIP_RESIDENT static void wait_idle(void) {
    while (QUADSPI->SR & QUADSPI_SR_BUSY) {
        // Resident, so it may wait here.
    }
    QUADSPI->FCR = QUADSPI_FCR_CTCF;
}

// Ends a transfer, and with it what a read leaves in the FIFO (ES0250,
// QUADSPI: extra data at the end of a read).
XIP_RESIDENT static void abort_transfer(void) {
    QUADSPI->CR |= QUADSPI_CR_ABORT;
    while (QUADSPI->CR & QUADSPI_CR_ABORT) {
        // Until nCS is high.
    }
    wait_idle();
}

XIP_RESIDENT static void command(uint32_t opcode) {
    QUADSPI->CCR = opcode | QUADSPI_CCR_IMODE_1;
    wait_idle();
}

XIP_RESIDENT static uint32_t read_status(void) {
    QUADSPI->DLR = 0;
    QUADSPI->CCR = 0x05u | QUADSPI_CCR_IMODE_1 | QUADSPI_CCR_DMODE_1 |
            QUADSPI_CCR_FMODE_READ;
    while (!(QUADSPI->SR & QUADSPI_SR_TCF)) {
        // One byte.
    }
    const uint32_t status = QUADSPI_DR8;
    abort_transfer();
    return status;
}

XIP_RESIDENT static void erase_sector(uint32_t off) {
    const uint32_t mapped = QUADSPI->CCR;
    abort_transfer();
    command(0x06);
    QUADSPI->CCR = 0x20u | QUADSPI_CCR_IMODE_1 | QUADSPI_CCR_ADMODE_1 |
            QUADSPI_CCR_ADSIZE_24;
    QUADSPI->AR = off;
    wait_idle();
    while (read_status() & 1u) {
        // The tick comes meanwhile.
    }
    // An address left over would spoil the first mapped read (ES0250).
    QUADSPI->AR = 0;
    abort_transfer();
    QUADSPI->CCR = mapped;
}

int main(void) {
    board_init_pins();
    board_uart_init(BOARD_BAUD);
    board_uart_puts("naive_handler: erasing the second slot\n");
    board_uart_flush();
#ifdef NAIVE_TABLE
    startup_use_vectors(false);
#endif
    SYSTICK->RVR = BOARD_HCLK_HZ / 1000u - 1u;
    SYSTICK->CVR = 0;
    SYSTICK->CSR =
            SYSTICK_CSR_ENABLE | SYSTICK_CSR_TICKINT | SYSTICK_CSR_CLKSOURCE;
    erase_sector(LAYOUT_SLOT1_OFF);
    board_uart_puts("naive_handler: erased\n");
    return 0;
}
