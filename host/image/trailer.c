/*
 * trailer - see trailer.h
 *
 * SPDX-License-Identifier: MIT
 */
#include "image/trailer.h"

#include <string.h>

// MCUboot, design.md, "Image trailer": one constant for alignments up to 8; for
// larger ones the alignment itself and another.
// clang-format off
static const uint8_t magic_8[TRAILER_MAGIC_BYTES] = {
    0x77, 0xC2, 0x95, 0xF3, 0x60, 0xD2, 0xEF, 0x7F,
    0x35, 0x52, 0x50, 0x0F, 0x2C, 0xB6, 0x79, 0x80,
};
static const uint8_t magic_tail[TRAILER_MAGIC_BYTES - 2] = {
    0x2D, 0xE1, 0x5D, 0x29, 0x41, 0x0B, 0x8D,
    0x77, 0x67, 0x9C, 0x11, 0x0F, 0x1F, 0x8A,
};
// clang-format on

void trailer_magic(uint8_t magic[TRAILER_MAGIC_BYTES], unsigned align) {
    if (align == TRAILER_DEFAULT_ALIGN) {
        memcpy(magic, magic_8, sizeof magic_8);
        return;
    }
    magic[0] = (uint8_t)align;
    magic[1] = 0;
    memcpy(magic + 2, magic_tail, sizeof magic_tail);
}

unsigned trailer_align(const uint8_t magic[TRAILER_MAGIC_BYTES]) {
    static const unsigned aligns[] = {8, 16, 32};
    for (size_t i = 0; i < sizeof aligns / sizeof *aligns; i++) {
        uint8_t wanted[TRAILER_MAGIC_BYTES];
        trailer_magic(wanted, aligns[i]);
        if (memcmp(magic, wanted, sizeof wanted) == 0) {
            return aligns[i];
        }
    }
    return 0;
}
