/*
 * describe - the target description and the memory map, as XML for gdb
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stddef.h>
#include <stdint.h>

#include "board/board.h"

// Registers in the order of gdb's numbers; what follows FPSCR is of four bytes.
enum describe_register {
    DESCRIBE_XPSR = 16,
    DESCRIBE_D0 = 17, // 16 of eight bytes
    DESCRIBE_FPSCR = 33,
    DESCRIBE_MSP,
    DESCRIBE_PSP,
    DESCRIBE_PRIMASK,
    DESCRIBE_BASEPRI,
    DESCRIBE_FAULTMASK,
    DESCRIBE_CONTROL,
    DESCRIBE_REGISTERS,
};

#define DESCRIBE_BYTES 6000
// Returns the length.
size_t describe_target(char text[DESCRIBE_BYTES]);
// window_bytes: of the window, as much as the chip has.
size_t describe_memory(char text[DESCRIBE_BYTES], const struct board *board,
        uint32_t window_bytes);

#endif
