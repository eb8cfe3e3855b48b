/*
 * cmd_board - `xipsafe board`: the boards, and what is known of one
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/board/command: the command `xipsafe board`: the list of boards, and
 * what is known of one.
 */
#ifndef CMD_BOARD_H
#define CMD_BOARD_H

int cmd_board(int argc, char **argv);

#endif
