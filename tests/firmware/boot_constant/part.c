/*
 * part - the N25Q128A as the library describes it after reading its SFDP tables
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_part.h"

extern const struct xip_flash_part board_part;
const struct xip_flash_part board_part = {
        .name = "N25Q128A",
        .id = {0x20, 0xBA, 0x18},
        .addr_bytes = 3,
        .size_bytes = 0x1000000,
        .page_bytes = 256,
        .erase =
                {
                        {0x1000, 250000, 800000, 0x20, 0},
                        {0x10000, 700000, 3000000, 0xD8, 0},
                },
        .page_typ_us = 500,
        .page_max_us = 5000,
        .reset_max_us = 100000,
        .program_opcode = 0x32,
        .program_lanes = 4,
        .read_opcode = 0xEB,
        .read_lanes = 4,
        .read_mode_clocks = 1,
        .read_wait_clocks = 9,
        .volatile_read_opcode = 0x85,
        .volatile_write_opcode = 0x81,
        .fail_opcode = 0x70,
        .fail_mask = 0x32,
        .fail_clear_opcode = 0x50,
        .erase_suspend = {0x75, 0x7A, 0x70, 0x40, 50, 700, 0},
        .program_suspend = {0x75, 0x7A, 0x70, 0x04, 50, 700, 0},
};
