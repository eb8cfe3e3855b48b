/*
 * stm32l476g_disco - the board's part of its external loaders
 *
 * SPDX-License-Identifier: MIT
 */
#include "board.h"
#include "loader_board.h"
#include "stm32l476.h"
#include "xip_err.h"

// An IWDG that option bytes started runs out after 512 ms at the earliest. A
// store to the key register of one that is stopped does nothing.
#define WATCHDOG_FEED_US 50000u
// Turns of a polling loop: many times what the abort of a burst takes. One
// that never ends is ended by the reset that follows.
#define ABORT_TURNS 10000u

// board_init_flash_pins leaves a controller alone that is enabled, which is
// right for an application and wrong after somebody else's.
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

void loader_board_config(struct xip_flash_config *config) {
    config->window_addr = LAYOUT_WINDOW_ADDR;
    config->hclk_hz = BOARD_HCLK_HZ;
    config->watchdog.reg = &IWDG->KR;
    config->watchdog.value = IWDG_KR_RELOAD;
    config->watchdog.interval_us = WATCHDOG_FEED_US;
}

unsigned loader_board_prescaler(void) {
    return BOARD_FLASH_PRESCALER;
}
