/*
 * pack - several builds of one application in a file: docs/SPEC.md
 *
 * SPDX-License-Identifier: MIT
 */
#include "image/pack.h"

#include <bearssl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"

#define VERSION 1u
#define MAGIC_BYTES 8u
#define MAGIC_KEPT 4u // of them also after a transfer as text
#define DIGEST_BYTES 32u
#define HEAD_BYTES 16u
#define ENTRY_BYTES (16u + DIGEST_BYTES)
#define ALIGN 16u

// As that of PNG: whoever changes line ends or drops the eighth bit changes it.
static const uint8_t magic[MAGIC_BYTES] = {
        0x89, 'X', 'I', 'P', '\r', '\n', 0x1A, '\n'};

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static void put32(uint8_t *p, size_t value) {
    for (unsigned i = 0; i < 4; i++) {
        p[i] = (uint8_t)(value >> 8 * i);
    }
}

static void digest(const uint8_t *data, size_t size,
        uint8_t out[DIGEST_BYTES]) {
    br_sha256_context sha;
    br_sha256_init(&sha);
    br_sha256_update(&sha, data, size);
    br_sha256_out(&sha, out);
}

static bool is_digest(const uint8_t *data, size_t size, const uint8_t *wanted) {
    uint8_t is[DIGEST_BYTES];
    digest(data, size, is);
    return !memcmp(is, wanted, sizeof is);
}

static size_t table_bytes(unsigned count) {
    return HEAD_BYTES + (size_t)count * ENTRY_BYTES;
}

static size_t aligned(size_t bytes) {
    return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

bool pack_is(const uint8_t *data, size_t size) {
    return size >= MAGIC_KEPT && !memcmp(data, magic, MAGIC_KEPT);
}

int pack_is_no_image(const char *path) {
    return cli_fail(CLI_BAD,
            "%s: a pack of images; `xipsafe image unpack` lists them and takes "
            "one out",
            path);
}

static const char *parse_head(const uint8_t *data, size_t size,
        unsigned *count) {
    if (!pack_is(data, size)) {
        return "no pack of images";
    }
    if (size < HEAD_BYTES) {
        return "the pack is cut off";
    }
    if (memcmp(data, magic, MAGIC_BYTES) != 0) {
        return "the pack was damaged by a transfer as text; send it as binary";
    }
    if (get32(data + 8) % 0x10000u != VERSION) {
        return "the pack has another version than 1; a newer xipsafe may "
               "know it";
    }
    *count = get32(data + 8) >> 16;
    if (*count == 0 || *count > PACK_IMAGES_MAX) {
        return "the pack is damaged: its number of images";
    }
    if (size < get32(data + 12) || size < table_bytes(*count) + DIGEST_BYTES) {
        return "the pack is cut off";
    }
    if (size > get32(data + 12)) {
        return "the pack has bytes behind its end";
    }
    return is_digest(data, table_bytes(*count), data + table_bytes(*count))
            ? NULL
            : "the pack is damaged: the digest of its table is wrong";
}

static bool is_zero(const uint8_t *from, const uint8_t *to) {
    while (from < to && !*from) {
        from++;
    }
    return from == to;
}

const char *pack_parse(const uint8_t *data, size_t size, struct pack *pack) {
    *pack = (struct pack){.count = 0};
    unsigned count = 0;
    const char *wrong = parse_head(data, size, &count);
    size_t end = table_bytes(count) + DIGEST_BYTES;
    for (unsigned i = 0; !wrong && i < count; i++) {
        const uint8_t *const entry = data + table_bytes(i);
        const uint32_t off = get32(entry + 4);
        const uint32_t bytes = get32(entry + 8);
        if (off != aligned(end) || off > size || bytes > size - off ||
                get32(entry + 12) != 0 || !is_zero(data + end, data + off)) {
            wrong = "the pack is damaged: an image is not where it has to be";
        } else if (!is_digest(data + off, bytes, entry + 16)) {
            wrong = "the pack is damaged: the digest of an image is wrong";
        }
        pack->at[i] = (struct pack_image){
                get32(entry), wrong ? NULL : data + off, bytes};
        end = (size_t)off + bytes;
    }
    if (!wrong && end != size) {
        wrong = "the pack has bytes behind its end";
    }
    pack->count = wrong ? 0 : count;
    return wrong;
}

uint8_t *pack_make(const struct pack *pack, size_t *size) {
    const size_t table = table_bytes(pack->count);
    *size = table + DIGEST_BYTES;
    for (unsigned i = 0; i < pack->count; i++) {
        *size = aligned(*size) + pack->at[i].size;
    }
    uint8_t *const data = calloc(1, *size);
    if (!data) {
        return NULL;
    }
    memcpy(data, magic, sizeof magic);
    put32(data + 8, VERSION | pack->count << 16);
    put32(data + 12, *size);
    size_t end = table + DIGEST_BYTES;
    for (unsigned i = 0; i < pack->count; i++) {
        const struct pack_image *const image = &pack->at[i];
        uint8_t *const entry = data + table_bytes(i);
        end = aligned(end);
        put32(entry, image->addr);
        put32(entry + 4, end);
        put32(entry + 8, image->size);
        digest(image->data, image->size, entry + 16);
        memcpy(data + end, image->data, image->size);
        end += image->size;
    }
    digest(data, table, data + table);
    return data;
}
