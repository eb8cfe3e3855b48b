/*
 * loader - the board's part of its external loaders
 *
 * SPDX-License-Identifier: MIT
 */
#include "loader_board.h"

#include "board.h"
#include "xip_err.h"

// TODO: stop the controller in whatever state it is, reset it, then
// board_init_flash_pins(), which leaves an enabled one alone.
int loader_board_init(void) {
    return XIP_ERR_CONFIG;
}
