/*
 * xip_cbor - read and write the CBOR that SMP packets are made of
 *
 * SPDX-License-Identifier: MIT
 *
 * RFC 8949, what a map of small values needs: integers of up to 32 bits,
 * strings, arrays, maps, booleans, and lengths that are given first or left
 * open. Tags are ignored. Everything else can be skipped. The bytes that are
 * read are hostile: no length in them is believed before it was compared with
 * what is left.
 *
 * Call context: any. No heap, no recursion, no static data.
 */
#ifndef XIP_CBOR_H
#define XIP_CBOR_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define XIP_CBOR_DEPTH_MAX 8u // of containers within each other, when skipped

enum xip_cbor_type {
    XIP_CBOR_UINT = 0,
    XIP_CBOR_NEGATIVE = 1, // value is -1 - n
    XIP_CBOR_BYTES = 2,
    XIP_CBOR_TEXT = 3,
    XIP_CBOR_ARRAY = 4,
    XIP_CBOR_MAP = 5,
    XIP_CBOR_TAG = 6,    // never in an item
    XIP_CBOR_SIMPLE = 7, // XIP_CBOR_FALSE and so on, and floating point
};
#define XIP_CBOR_FALSE 20u
#define XIP_CBOR_TRUE 21u

struct xip_cbor {
    const uint8_t *next;
    const uint8_t *end;
    bool failed; // damaged or truncated; nothing more can be read
};

struct xip_cbor_item {
    const uint8_t *data; // of a string; NULL if it comes in chunks
    uint32_t value;      // number, or length; larger ones become UINT32_MAX
    uint8_t type;        // enum xip_cbor_type
    bool open;           // a container, or a string in chunks, without length
};

// Read the next item; of an array, a map or a string in chunks only its head.
// False: c->failed.
bool xip_cbor_read(struct xip_cbor *c, struct xip_cbor_item *item);

// Is there another element (of a map: pair) in the container? Counts it. The
// caller then reads it, key and value of a pair.
bool xip_cbor_more(struct xip_cbor *c, struct xip_cbor_item *container);

// Step over the contents of the item that was read last. For one that is no
// container this does nothing. False: c->failed, also if it is too deep.
bool xip_cbor_skip(struct xip_cbor *c, const struct xip_cbor_item *item);

// Step over the key and find the value of a text key in the map that begins at
// c->next, which stays where it is. False: there is none.
bool xip_cbor_find(const struct xip_cbor *c, const char *key,
        struct xip_cbor_item *value);

// Is the item the text?
bool xip_cbor_is(const struct xip_cbor_item *item, const char *text);

struct xip_cbor_writer {
    uint8_t *next;
    uint8_t *end;
    bool full; // something did not fit and was left out
};

// Write the head of an item, which is all of it but for strings.
void xip_cbor_put(struct xip_cbor_writer *w, unsigned type, uint32_t value);
void xip_cbor_put_string(struct xip_cbor_writer *w, unsigned type,
        const void *data, uint32_t len_bytes);
void xip_cbor_put_text(struct xip_cbor_writer *w, const char *text);
void xip_cbor_put_bool(struct xip_cbor_writer *w, bool value);

#ifdef __cplusplus
}
#endif

#endif
