/*
 * hex - Intel HEX files with 32-bit addresses, written
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef HEX_H
#define HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define HEX_ROW_BYTES 32u

struct hex_writer {
    FILE *out; // errors show when it is flushed
    bool begun;
    uint16_t upper; // of the address, as last written
};

// Data records for [addr, addr + len). A row ends at a multiple of its length.
void hex_data(struct hex_writer *w, uint32_t addr, const uint8_t *data,
        size_t len);
void hex_end(struct hex_writer *w);

#endif
