/*
 * loader_board - what a loader asks of the board it runs on
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LOADER_BOARD_H
#define LOADER_BOARD_H

#include "xip_flash.h"

// Clock and pins. Whatever ran before has left the controller in any state:
// it is reset. Returns 0 or XIP_ERR_CONFIG.
int loader_board_init(void);

// window_addr, hclk_hz and watchdog of this board.
void loader_board_config(struct xip_flash_config *config);

// Core clocks per flash clock, for bring-up.
unsigned loader_board_prescaler(void);

#endif
