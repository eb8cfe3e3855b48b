/*
 * check_board - boards by name: where their flash window lies
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/command/check_board.h"

#include <string.h>

const struct check_board check_boards[] = {
        // RM0351, 2.2.2: QUADSPI memory-mapped bank, 0x90000000 to 0x9FFFFFFF.
        {
                .name = "stm32l476g-disco",
                .text = "STM32L476, QUADSPI window",
                .xip = {0x90000000u, 0x10000000u},
        },
};
const size_t check_board_count = sizeof check_boards / sizeof check_boards[0];

const struct check_board *check_board_find(const char *name) {
    for (size_t i = 0; i < check_board_count; i++) {
        if (!strcmp(check_boards[i].name, name)) {
            return &check_boards[i];
        }
    }
    return NULL;
}
