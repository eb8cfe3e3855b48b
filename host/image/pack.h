/*
 * pack - several builds of one application in a file: docs/SPEC.md
 *
 * SPDX-License-Identifier: MIT
 *
 * The digests tell damage, not who made it: each image has a signature.
 */
#ifndef PACK_H
#define PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACK_IMAGES_MAX 16u

struct pack_image {
    uint32_t addr; // that it is linked for
    const uint8_t *data;
    size_t size;
};

struct pack {
    struct pack_image at[PACK_IMAGES_MAX];
    unsigned count;
};

// Does it begin as a pack, whole or damaged?
bool pack_is(const uint8_t *data, size_t size);

// For a command that takes one image: a line on stderr, and CLI_BAD.
int pack_is_no_image(const char *path);

// The images are parts of data. NULL, or what is wrong with it: for the user.
// Looks into no image.
const char *pack_parse(const uint8_t *data, size_t size, struct pack *pack);

// To be freed; NULL: out of memory. The same images make the same bytes.
uint8_t *pack_make(const struct pack *pack, size_t *size);

#endif
