/*
 * check_board - boards by name: where their flash window lies
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CHECK_BOARD_H
#define CHECK_BOARD_H

#include "check/check.h"

struct check_board {
    const char *name;
    const char *text; // for a list
    // The whole address range that the controller maps, not the chip's size:
    // behind its end the same bytes, or nothing, appear.
    struct check_region xip;
};
extern const struct check_board check_boards[];
extern const size_t check_board_count;

const struct check_board *check_board_find(const char *name);

#endif
