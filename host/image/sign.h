/*
 * sign - make an MCUboot image, byte for byte as imgtool does
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIGN_H
#define SIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image/key.h"
#include "xip_image.h"

#define SIGN_DEPENDENCIES_MAX 16

struct sign_dependency {
    uint8_t image_id;
    struct xip_image_version version;
};

struct sign_options {
    struct xip_image_version version;
    uint32_t header_bytes;
    uint32_t slot_bytes; // 0: no limit is checked
    uint32_t rom_addr;   // with rom_fixed
    uint32_t load_addr;  // 0: not to RAM
    uint32_t counter;    // with has_counter
    struct sign_dependency dependencies[SIGN_DEPENDENCIES_MAX];
    unsigned dependency_count;
    unsigned max_sectors;
    uint8_t align, max_align; // of the slot's trailer
    uint8_t erased;
    bool pad_header;     // the payload has no room for the header in front
    bool pad;            // up to the slot's end, with a trailer
    bool confirm;        // as pad, and marked as confirmed
    bool overwrite_only; // a smaller trailer
    bool rom_fixed;
    bool has_counter;
    bool whole_key;        // the public key itself instead of its hash
    const struct key *key; // NULL: digest only
};

// Returns the file, to be freed, or NULL with a line on stderr that begins
// with `name`.
uint8_t *sign_image(const struct sign_options *options, const char *name,
        const uint8_t *payload, size_t payload_bytes, size_t *size);

#endif
