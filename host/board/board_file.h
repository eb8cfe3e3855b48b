/*
 * board_file - reads the text that describes a board
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BOARD_FILE_H
#define BOARD_FILE_H

#include <stdio.h>

#include "board/board.h"

#define BOARD_ERROR_BYTES 400

// Reads a whole file; `name` is its name and must outlive the board. False:
// error holds "NAME:LINE: what is wrong: what to do". board_free either way.
bool board_read(struct board *board, FILE *file, const char *name,
        char error[BOARD_ERROR_BYTES]);
void board_free(struct board *board);

// A word of the format and the names that stand behind `pin`, for printing.
extern const char *const board_signal_names[BOARD_SIGNALS];

#endif
