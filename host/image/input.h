/*
 * input - the program that is to become an image: raw binary, Intel HEX, ELF
 *
 * SPDX-License-Identifier: MIT
 *
 * The contents show which of them it is. Gaps are filled with the erased value.
 * Every failure puts one line on stderr; the caller only returns CLI_TROUBLE.
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Larger ones are a mistake: no chip that a 32-bit window maps needs more.
#define INPUT_MAX_BYTES (256u * 1024u * 1024u)

struct input {
    uint8_t *data;
    size_t size;
    bool has_addr; // HEX and ELF say where they belong
    uint32_t addr;
};

bool input_read(struct input *input, const char *path, uint8_t erased);
void input_free(struct input *input);

#endif
