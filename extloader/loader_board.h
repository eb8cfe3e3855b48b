/*
 * loader_board - what a loader needs of its board besides board.h
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LOADER_BOARD_H
#define LOADER_BOARD_H

// Clock and pins. The program before has left the controller in any state: it
// is reset. Returns 0 or XIP_ERR_CONFIG.
int loader_board_init(void);

#endif
