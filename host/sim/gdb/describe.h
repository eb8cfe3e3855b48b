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
#include "sim/profile.h"

// All that a core may have.
enum describe_register {
    DESCRIBE_XPSR = 16,
    DESCRIBE_D0 = 17, // 16 of eight bytes; the others have four
    DESCRIBE_FPSCR = 33,
    DESCRIBE_MSP,
    DESCRIBE_PSP,
    DESCRIBE_PRIMASK,
    DESCRIBE_BASEPRI,
    DESCRIBE_FAULTMASK,
    DESCRIBE_CONTROL,
    DESCRIBE_MSPLIM,
    DESCRIBE_PSPLIM,
    DESCRIBE_ALL,
};

// Those of a core, in the order of gdb's numbers.
struct describe_set {
    unsigned count;
    uint8_t of[DESCRIBE_ALL];
};
void describe_registers(struct describe_set *to,
        const struct sim_profile *core);

#define DESCRIBE_BYTES 6000
// Returns the length.
size_t describe_target(char to[DESCRIBE_BYTES], const struct sim_profile *core);
// window_bytes: of the window, as much as the chip has.
size_t describe_memory(char to[DESCRIBE_BYTES], const struct board *board,
        uint32_t window_bytes);

#endif
