/*
 * board_layout - what the image commands know of a board
 *
 * SPDX-License-Identifier: MIT
 */
#include "board/board_layout.h"

#include <stddef.h>
#include <string.h>

#include "boards/stm32l476g-disco/layout.h"

static const struct board_layout boards[] = {
        {
                .name = "stm32l476g-disco",
                .loader = "xipsafe_STM32L476G-DISCO",
                .chip = "STM32L476VGTx",
                .internal_addr = LAYOUT_INTERNAL_ADDR,
                .boot_bytes = LAYOUT_BOOT_BYTES,
                .window_addr = LAYOUT_WINDOW_ADDR,
                .flash_bytes = LAYOUT_FLASH_BYTES,
                .slot_off = {LAYOUT_SLOT0_OFF, LAYOUT_SLOT1_OFF},
                .slot_bytes = LAYOUT_SLOT_BYTES,
                .journal_off = LAYOUT_JOURNAL_OFF,
                .journal_bytes = LAYOUT_JOURNAL_BYTES,
                .slot_count = LAYOUT_SLOT_COUNT,
                .ram_count = 2,
                .vector_count = LAYOUT_VECTOR_COUNT,
                .ram = {{LAYOUT_SRAM1_ADDR, LAYOUT_SRAM1_BYTES},
                        {LAYOUT_SRAM2_ADDR, LAYOUT_SRAM2_BYTES}},
        },
};

const struct board_layout *board_layout_at(unsigned i) {
    return i < sizeof boards / sizeof boards[0] ? &boards[i] : NULL;
}

const struct board_layout *board_layout_find(const char *name) {
    const struct board_layout *board;
    for (unsigned i = 0; (board = board_layout_at(i)); i++) {
        if (!strcmp(board->name, name)) {
            return board;
        }
    }
    return NULL;
}
