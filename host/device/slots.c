/*
 * slots - what a device says of its slots and images
 *
 * SPDX-License-Identifier: MIT
 *
 * Nothing in an answer is believed: keys that are unknown are skipped, numbers
 * and texts are bounded.
 */
#include "device/slots.h"

#include <string.h>

#include "base/cli.h"
#include "xip_smp.h"

#define IMAGE_GROUP 1u
#define IMAGE_STATE 0u
#define LAYOUT 0u

static const uint8_t empty_map[] = {XIP_CBOR_MAP << 5};

const char *const slots_flag_names[SLOTS_FLAGS] = {
        "bootable", "pending", "confirmed", "active", "permanent"};

void slots_text(char *to, size_t room, const struct xip_cbor_item *item) {
    size_t n = 0;
    if (item->type == XIP_CBOR_TEXT && item->data) {
        for (; n < item->value && n + 1 < room; n++) {
            const uint8_t c = item->data[n];
            to[n] = c < 0x20 || c > 0x7E ? '?' : (char)c;
        }
    }
    to[n] = '\0';
}

/// Walking ///

// Calls take(ctx, key, value) for each pair of a map, with the reader behind
// the value's head; take() returns true if it has read the contents.
typedef bool take_pair(void *ctx, struct xip_cbor *c,
        const struct xip_cbor_item *key, struct xip_cbor_item *value);

static bool walk_map(struct xip_cbor *c, struct xip_cbor_item *map,
        take_pair *take, void *ctx) {
    struct xip_cbor_item key;
    struct xip_cbor_item value;
    if (map->type != XIP_CBOR_MAP) {
        return false;
    }
    while (xip_cbor_more(c, map)) {
        if (!xip_cbor_read(c, &key) || !xip_cbor_skip(c, &key) ||
                !xip_cbor_read(c, &value)) {
            return false;
        }
        if (!take(ctx, c, &key, &value) && !xip_cbor_skip(c, &value)) {
            return false;
        }
    }
    return !c->failed;
}

/// The list ///

static bool take_image_pair(void *ctx, struct xip_cbor *c,
        const struct xip_cbor_item *key, struct xip_cbor_item *value) {
    struct slots_image *const image = ctx;
    (void)c;
    if (xip_cbor_is(key, "image") && value->type == XIP_CBOR_UINT) {
        image->image = value->value;
    } else if (xip_cbor_is(key, "slot") && value->type == XIP_CBOR_UINT) {
        image->slot = value->value;
    } else if (xip_cbor_is(key, "version")) {
        slots_text(image->version, sizeof image->version, value);
    } else if (xip_cbor_is(key, "hash") && value->type == XIP_CBOR_BYTES &&
            value->data && value->value <= sizeof image->hash) {
        memcpy(image->hash, value->data, value->value);
        image->hash_bytes = value->value;
    } else if (value->type == XIP_CBOR_SIMPLE &&
            value->value == XIP_CBOR_TRUE) {
        for (unsigned i = 0; i < SLOTS_FLAGS; i++) {
            image->flags |= xip_cbor_is(key, slots_flag_names[i]) ? 1u << i : 0;
        }
    }
    return false;
}

static bool take_list_pair(void *ctx, struct xip_cbor *c,
        const struct xip_cbor_item *key, struct xip_cbor_item *value) {
    struct slots *const slots = ctx;
    struct xip_cbor_item entry;
    if (!xip_cbor_is(key, "images") || value->type != XIP_CBOR_ARRAY) {
        return false;
    }
    while (xip_cbor_more(c, value) && xip_cbor_read(c, &entry)) {
        struct slots_image image = {0};
        if (!walk_map(c, &entry, take_image_pair, &image)) {
            c->failed = true;
        } else if (slots->image_count < SLOTS_MAX) {
            slots->images[slots->image_count++] = image;
        }
    }
    return true;
}

static int damaged(const struct client *c) {
    return cli_fail(CLI_TROUBLE,
            "%s: the device's answer is damaged; is its SMP server sound?",
            c->line.path);
}

static int take_list(const struct client *c, struct slots *slots,
        const struct client_answer *answer) {
    struct xip_cbor map = answer->map;
    struct xip_cbor_item item;
    slots->image_count = 0;
    return xip_cbor_read(&map, &item) &&
                    walk_map(&map, &item, take_list_pair, slots)
            ? CLI_GOOD
            : damaged(c);
}

/// Our own layout ///

static bool take_slot_pair(void *ctx, struct xip_cbor *c,
        const struct xip_cbor_item *key, struct xip_cbor_item *value) {
    struct slots *const slots = ctx;
    (void)c;
    if (slots->slot_count < SLOTS_MAX && value->type == XIP_CBOR_UINT) {
        if (xip_cbor_is(key, "addr")) {
            slots->slot[slots->slot_count].addr = value->value;
        } else if (xip_cbor_is(key, "size")) {
            slots->slot[slots->slot_count].bytes = value->value;
        }
    }
    return false;
}

static bool take_layout_pair(void *ctx, struct xip_cbor *c,
        const struct xip_cbor_item *key, struct xip_cbor_item *value) {
    struct slots *const slots = ctx;
    struct xip_cbor_item entry;
    if (xip_cbor_is(key, "board")) {
        slots_text(slots->board, sizeof slots->board, value);
        return false;
    }
    if (!xip_cbor_is(key, "slots") || value->type != XIP_CBOR_ARRAY) {
        return false;
    }
    while (xip_cbor_more(c, value) && xip_cbor_read(c, &entry)) {
        if (!walk_map(c, &entry, take_slot_pair, slots)) {
            c->failed = true;
        } else if (slots->slot_count < SLOTS_MAX) {
            slots->slot_count++;
        }
    }
    return true;
}

static int read_layout(struct client *c, struct slots *slots) {
    const struct client_request request = {
            .op = CLIENT_READ,
            .group = XIP_SMP_GROUP_XIPSAFE,
            .command = LAYOUT,
            .map = empty_map,
            .map_bytes = sizeof empty_map,
    };
    struct client_answer answer;
    const int status = client_ask(c, &request, &answer);
    if (status != CLI_GOOD || client_has_code(&answer)) {
        return status; // another server
    }
    struct xip_cbor map = answer.map;
    struct xip_cbor_item item;
    return xip_cbor_read(&map, &item) &&
                    walk_map(&map, &item, take_layout_pair, slots)
            ? CLI_GOOD
            : damaged(c);
}

int slots_read(struct client *c, struct slots *slots) {
    const struct client_request request = {
            .op = CLIENT_READ,
            .group = IMAGE_GROUP,
            .command = IMAGE_STATE,
            .map = empty_map,
            .map_bytes = sizeof empty_map,
    };
    struct client_answer answer;
    memset(slots, 0, sizeof *slots);
    const int status = client_ask(c, &request, &answer);
    if (status != CLI_GOOD) {
        return status;
    }
    if (client_has_code(&answer)) {
        return client_refused(c, "list its images", &answer);
    }
    const int listed = take_list(c, slots, &answer);
    return listed == CLI_GOOD ? read_layout(c, slots) : listed;
}

const struct slots_image *slots_image_in(const struct slots *slots,
        unsigned slot) {
    for (unsigned i = 0; i < slots->image_count; i++) {
        if (slots->images[i].image == 0 && slots->images[i].slot == slot) {
            return &slots->images[i];
        }
    }
    return NULL;
}
