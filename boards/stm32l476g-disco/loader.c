/*
 * loader - the board's part of its external loaders
 *
 * SPDX-License-Identifier: MIT
 */
#include "board.h"
#include "loader_board.h"
#include "stm32l476.h"
#include "xip_err.h"

// Turns of a polling loop: many times what the abort of a burst takes. One
// that never ends is ended by the reset that follows.
#define ABORT_TURNS 10000u

// board_init_flash_pins leaves a controller alone that is enabled, which is
// right for an application and wrong after another program.
static void stop_controller(void) {
    RCC->AHB3ENR |= RCC_AHB3_QSPI;
    (void)RCC->AHB3ENR;
    if ((QUADSPI->CR & QUADSPI_CR_EN) != 0u) {
        QUADSPI->CR |= QUADSPI_CR_ABORT;
        for (uint32_t i = 0;
                i < ABORT_TURNS && (QUADSPI->CR & QUADSPI_CR_ABORT) != 0u;
                i++) {
        }
        QUADSPI->CR = 0;
    }
}

int loader_board_init(void) {
    if (board_init_clock() != 0) {
        return XIP_ERR_CONFIG;
    }
    stop_controller();
    board_init_flash_pins();
    return 0;
}
