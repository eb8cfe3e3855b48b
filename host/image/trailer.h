/*
 * trailer - the last bytes of a slot, as MCUboot reads them
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TRAILER_H
#define TRAILER_H

#include <stdint.h>

#define TRAILER_MAGIC_BYTES 16u
#define TRAILER_DEFAULT_ALIGN 8u

// The magic of a slot whose writes are aligned to `align`: 8, 16 or 32.
void trailer_magic(uint8_t magic[TRAILER_MAGIC_BYTES], unsigned align);

// The alignment of a magic; 0 if it is not one.
unsigned trailer_align(const uint8_t magic[TRAILER_MAGIC_BYTES]);

#endif
