/*
 * fake_nor - a chip that only records what a controller does to it
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef FAKE_NOR_H
#define FAKE_NOR_H

#include "nor/nor.h"

#define FAKE_FRAMES 256
#define FAKE_BYTES 1024

struct fake_frame {
    struct nor_frame frame;
    uint64_t begin, end; // ps; end 0: nCS is still low
    bool cut;            // it rose in the middle of a byte
    size_t bytes;        // in either direction
    uint8_t data[FAKE_BYTES];
    uint64_t first, last; // time of the first and last byte
};

struct nor {
    struct nor_part part;
    uint8_t *array;
    struct fake_frame frames[FAKE_FRAMES];
    size_t count;
    uint64_t time; // asserted never to decrease
    bool powered;
    uint64_t busy_until;    // status bit 0 is 1 before that; NOR_NEVER: idle
    uint8_t status;         // the other status bits
    const char *unreadable; // result of nor_readable; NULL: readable
    struct nor_frame asked; // last frame passed to nor_readable
    uint64_t mapping_high;  // nCS high, as passed to nor_check_mapping
};

// size_bytes 16 MB, erased, idle. Array reads give the low address byte;
// opcode 05h the status; anything else 10h, 11h, 12h...
struct nor *fake_nor_new(void);
void fake_nor_free(struct nor *nor);
// The last frame, or the i-th.
const struct fake_frame *fake_last(const struct nor *nor);

#endif
