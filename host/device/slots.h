/*
 * slots - what a device says of its slots and images
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SLOTS_H
#define SLOTS_H

#include "device/client.h"

#define SLOTS_MAX 16
#define SLOTS_NAME_BYTES 40
#define SLOTS_VERSION_BYTES 32
#define SLOTS_HASH_BYTES 64

enum slots_flag {
    SLOTS_BOOTABLE = 1,
    SLOTS_PENDING = 2,
    SLOTS_CONFIRMED = 4,
    SLOTS_ACTIVE = 8,
    SLOTS_PERMANENT = 16,
    SLOTS_FLAGS = 5,
};
extern const char *const slots_flag_names[SLOTS_FLAGS];

// Texts are printable.
struct slots_image {
    uint32_t image, slot;
    char version[SLOTS_VERSION_BYTES];
    uint8_t hash[SLOTS_HASH_BYTES];
    size_t hash_bytes;
    unsigned flags;
};

struct slots {
    struct slots_image images[SLOTS_MAX];
    unsigned image_count;
    // Of xipsafe's own server only.
    char board[SLOTS_NAME_BYTES];
    struct {
        uint32_t addr, bytes;
    } slot[SLOTS_MAX];
    unsigned slot_count; // 0: it does not say
};

// A text of the other end: never more than fits, and no character that a
// terminal obeys.
void slots_text(char *to, size_t room, const struct xip_cbor_item *item);

// CLI_GOOD, or a status after a line on stderr.
int slots_read(struct client *c, struct slots *slots);
// The image in a slot. NULL: none.
const struct slots_image *slots_image_in(const struct slots *slots,
        unsigned slot);

#endif
