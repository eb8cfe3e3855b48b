/*
 * xip_cbor - read and write the CBOR that SMP packets are made of
 *
 * SPDX-License-Identifier: MIT
 *
 * Source: RFC 8949, section 3.
 */
#include "xip_cbor.h"

#include <stddef.h>
#include <string.h>

#define INFO_MASK 31u
#define INFO_1_BYTE 24u // the value follows in 1, 2, 4 or 8 bytes
#define INFO_8_BYTES 27u
#define INFO_OPEN 31u
#define BREAK 0xFFu

/// Reading ///

static bool fail(struct xip_cbor *c) {
    c->failed = true;
    return false;
}

static uint32_t left(const struct xip_cbor *c) {
    return (uint32_t)(c->end - c->next);
}

// The value that follows the first byte. Saturates: a number that large is
// wrong wherever SMP has one.
static bool read_value(struct xip_cbor *c, unsigned info, uint32_t *value) {
    *value = info;
    if (info < INFO_1_BYTE) {
        return true;
    }
    const uint32_t count = 1u << (info - INFO_1_BYTE);
    if (info > INFO_8_BYTES || count > left(c)) {
        return fail(c);
    }
    uint32_t sum = 0;
    bool large = false;
    for (uint32_t i = 0; i < count; i++) {
        large = large || sum > UINT32_MAX >> 8;
        sum = sum << 8 | *c->next++;
    }
    *value = large ? UINT32_MAX : sum;
    return true;
}

static bool is_string(const struct xip_cbor_item *item) {
    return item->type == XIP_CBOR_BYTES || item->type == XIP_CBOR_TEXT;
}

static bool is_container(const struct xip_cbor_item *item) {
    return item->type == XIP_CBOR_ARRAY || item->type == XIP_CBOR_MAP ||
            (is_string(item) && item->open);
}

bool xip_cbor_read(struct xip_cbor *c, struct xip_cbor_item *item) {
    memset(item, 0, sizeof(*item));
    do {
        if (c->failed || c->next == c->end) {
            return fail(c);
        }
        const uint8_t first = *c->next++;
        item->type = first >> 5;
        if ((first & INFO_MASK) == INFO_OPEN) {
            item->open = true;
            return is_container(item) || fail(c);
        }
        if (!read_value(c, first & INFO_MASK, &item->value)) {
            return false;
        }
    } while (item->type == XIP_CBOR_TAG);
    if (is_string(item)) {
        if (item->value > left(c)) {
            return fail(c);
        }
        item->data = c->next;
        c->next += item->value;
    }
    return true;
}

bool xip_cbor_more(struct xip_cbor *c, struct xip_cbor_item *container) {
    if (c->failed) {
        return false;
    }
    if (container->open) {
        if (c->next == c->end) {
            return fail(c);
        }
        if (*c->next != BREAK) {
            return true;
        }
        c->next++;
        container->open = false;
        container->value = 0;
        return false;
    }
    if (container->value == 0u) {
        return false;
    }
    container->value--;
    return true;
}

bool xip_cbor_skip(struct xip_cbor *c, const struct xip_cbor_item *item) {
    struct xip_cbor_item open[XIP_CBOR_DEPTH_MAX];
    unsigned depth = 0;
    struct xip_cbor_item it = *item;
    for (;;) {
        if (is_container(&it)) {
            if (depth == XIP_CBOR_DEPTH_MAX) {
                return fail(c);
            }
            // Here each key and each value is an element. More pairs than
            // bytes that are left cannot be.
            if (it.type == XIP_CBOR_MAP && !it.open) {
                if (it.value > left(c)) {
                    return fail(c);
                }
                it.value *= 2u;
            }
            open[depth++] = it;
        }
        while (depth != 0u && !xip_cbor_more(c, &open[depth - 1u])) {
            depth--;
        }
        if (depth == 0u || c->failed) {
            return !c->failed;
        }
        if (!xip_cbor_read(c, &it)) {
            return false;
        }
    }
}

bool xip_cbor_is(const struct xip_cbor_item *item, const char *text) {
    const size_t len = strlen(text);
    return item->type == XIP_CBOR_TEXT && item->data != NULL &&
            item->value == len && memcmp(item->data, text, len) == 0;
}

bool xip_cbor_find(const struct xip_cbor *c, const char *key,
        struct xip_cbor_item *value) {
    struct xip_cbor at = *c;
    struct xip_cbor_item map;
    struct xip_cbor_item name;
    if (!xip_cbor_read(&at, &map) || map.type != XIP_CBOR_MAP) {
        return false;
    }
    while (xip_cbor_more(&at, &map)) {
        if (!xip_cbor_read(&at, &name) || !xip_cbor_skip(&at, &name) ||
                !xip_cbor_read(&at, value)) {
            return false;
        }
        if (xip_cbor_is(&name, key)) {
            return true;
        }
        if (!xip_cbor_skip(&at, value)) {
            return false;
        }
    }
    return false;
}

/// Writing ///

static void put_byte(struct xip_cbor_writer *w, uint32_t byte) {
    if (w->next == w->end) {
        w->full = true;
    } else {
        *w->next++ = (uint8_t)byte;
    }
}

void xip_cbor_put(struct xip_cbor_writer *w, unsigned type, uint32_t value) {
    const uint32_t first = type << 5;
    if (value < INFO_1_BYTE) {
        put_byte(w, first | value);
        return;
    }
    const unsigned log = value < 0x100u ? 0u : value < 0x10000u ? 1u : 2u;
    put_byte(w, first | (INFO_1_BYTE + log));
    for (unsigned shift = 8u << log; shift != 0u;) {
        shift -= 8u;
        put_byte(w, value >> shift);
    }
}

void xip_cbor_put_string(struct xip_cbor_writer *w, unsigned type,
        const void *data, uint32_t len_bytes) {
    const uint8_t *const bytes = data;
    xip_cbor_put(w, type, len_bytes);
    for (uint32_t i = 0; i < len_bytes; i++) {
        put_byte(w, bytes[i]);
    }
}

void xip_cbor_put_text(struct xip_cbor_writer *w, const char *text) {
    xip_cbor_put_string(w, XIP_CBOR_TEXT, text, (uint32_t)strlen(text));
}

void xip_cbor_put_bool(struct xip_cbor_writer *w, bool value) {
    xip_cbor_put(w, XIP_CBOR_SIMPLE, value ? XIP_CBOR_TRUE : XIP_CBOR_FALSE);
}
