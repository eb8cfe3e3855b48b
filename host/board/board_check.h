/*
 * board_check - whether what a board file says fits together
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef BOARD_CHECK_H
#define BOARD_CHECK_H

#include "board/board.h"

// After the last line. Completes what follows from other words. False: error
// says what is wrong, as board_read.
bool board_check(struct board *board, char *error);

// Puts "FILE:LINE: ..." into error. line 0: none. Always false.
bool board_fail(const struct board *board, unsigned line, char *error,
        const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
