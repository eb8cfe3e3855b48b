/*
 * serprog - flashrom's Serial Flasher Protocol, version 1, for one SPI chip
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SERPROG_H
#define SERPROG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nor/nor.h"

struct serprog {
    struct nor *nor;
    unsigned speed;   // of the chip's time against the wall's
    uint64_t now_ps;  // the chip's time
    uint64_t wall_ns; // when it was looked at last
    bool four_byte;   // address mode
    uint32_t bit_ps;  // one clock, as the programmer asked; 0: it did not
    uint64_t operations;
};

// Serves one connection until the other end closes it. False: it broke off in
// the middle of a command.
bool serprog_serve(struct serprog *s, int fd);
// One transfer of the chip: out_bytes to it, the first is the opcode, then
// in_bytes from it.
void serprog_transfer(struct serprog *s, const uint8_t *out, size_t out_bytes,
        uint8_t *in, size_t in_bytes);

#endif
