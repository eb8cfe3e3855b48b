/*
 * board_layout - what the image commands know of a board
 *
 * SPDX-License-Identifier: MIT
 *
 * The figures are those of boards/<name>/layout.h, compiled in.
 */
#ifndef BOARD_LAYOUT_H
#define BOARD_LAYOUT_H

#include <stdint.h>

#include "xip_boot.h"

#define BOARD_SLOTS_MAX 2
#define BOARD_RAMS_MAX 2

struct board_layout {
    const char *name;
    const char *loader; // file name in build/extloader, without its ending
    const char *chip;   // as probe-rs and pyOCD call it
    uint32_t internal_addr, boot_bytes;
    uint32_t window_addr, flash_bytes;
    uint32_t slot_off[BOARD_SLOTS_MAX], slot_bytes;
    uint32_t journal_off, journal_bytes;
    unsigned slot_count, ram_count;
    uint16_t vector_count;
    struct xip_boot_ram ram[BOARD_RAMS_MAX];
};

// NULL: unknown. At i = count: NULL.
const struct board_layout *board_layout_find(const char *name);
const struct board_layout *board_layout_at(unsigned i);

#endif
