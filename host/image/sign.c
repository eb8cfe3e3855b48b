/*
 * sign - make an MCUboot image, byte for byte as imgtool does
 *
 * SPDX-License-Identifier: MIT
 *
 * Layout: docs/design.md of MCUboot, "Image format" and "Image trailer".
 */
#include "image/sign.h"

#include <bearssl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "image/trailer.h"

#define TLV_BYTES 4u
#define DEPENDENCY_BYTES 12u

// The image as it grows. `data` has room for the largest one.
struct builder {
    uint8_t *data;
    size_t size;
};

static void put8(struct builder *b, uint32_t value) {
    b->data[b->size++] = (uint8_t)value;
}

static void put16(struct builder *b, uint32_t value) {
    put8(b, value);
    put8(b, value >> 8);
}

static void put32(struct builder *b, uint32_t value) {
    put16(b, value);
    put16(b, value >> 16);
}

static void put_bytes(struct builder *b, const void *data, size_t len) {
    memcpy(b->data + b->size, data, len);
    b->size += len;
}

static void put_tlv(struct builder *b, uint16_t type, const void *data,
        size_t len) {
    put16(b, type);
    put16(b, (uint32_t)len);
    put_bytes(b, data, len);
}

static void put_version(struct builder *b,
        const struct xip_image_version *version) {
    put8(b, version->major);
    put8(b, version->minor);
    put16(b, version->revision);
    put32(b, version->build);
}

static uint32_t protected_bytes(const struct sign_options *o) {
    const uint32_t entries = (o->has_counter ? TLV_BYTES + 4u : 0u) +
            o->dependency_count * (TLV_BYTES + DEPENDENCY_BYTES);
    return entries ? TLV_BYTES + entries : 0u;
}

static uint32_t flags(const struct sign_options *o) {
    return (o->rom_fixed ? XIP_IMAGE_FLAG_ROM_FIXED : 0u) |
            (o->load_addr ? XIP_IMAGE_FLAG_RAM_LOAD : 0u);
}

static void put_header(struct builder *b, const struct sign_options *o,
        uint32_t payload_bytes) {
    put32(b, XIP_IMAGE_MAGIC);
    put32(b, o->rom_fixed ? o->rom_addr : o->load_addr);
    put16(b, o->header_bytes);
    put16(b, protected_bytes(o));
    put32(b, payload_bytes);
    put32(b, flags(o));
    put_version(b, &o->version);
    put32(b, 0);
}

static void put_protected(struct builder *b, const struct sign_options *o) {
    if (!protected_bytes(o)) {
        return;
    }
    put16(b, XIP_IMAGE_TLV_PROTECTED_MAGIC);
    put16(b, protected_bytes(o));
    if (o->has_counter) {
        put16(b, XIP_TLV_SECURITY_COUNTER);
        put16(b, 4);
        put32(b, o->counter);
    }
    for (unsigned i = 0; i < o->dependency_count; i++) {
        put16(b, XIP_TLV_DEPENDENCY);
        put16(b, DEPENDENCY_BYTES);
        put32(b, o->dependencies[i].image_id);
        put_version(b, &o->dependencies[i].version);
    }
}

static bool put_unprotected(struct builder *b, const struct sign_options *o) {
    uint8_t digest[br_sha256_SIZE];
    br_sha256_context sha;
    br_sha256_init(&sha);
    br_sha256_update(&sha, b->data, b->size);
    br_sha256_out(&sha, digest);

    const size_t start = b->size;
    put16(b, XIP_IMAGE_TLV_MAGIC);
    put16(b, 0); // the size, below
    put_tlv(b, XIP_TLV_SHA256, digest, sizeof digest);
    if (o->key) {
        uint8_t hash[br_sha256_SIZE];
        br_sha256_init(&sha);
        br_sha256_update(&sha, o->key->spki, sizeof o->key->spki);
        br_sha256_out(&sha, hash);
        if (o->whole_key) {
            put_tlv(b, XIP_TLV_PUBKEY, o->key->spki, sizeof o->key->spki);
        } else {
            put_tlv(b, XIP_TLV_KEYHASH, hash, sizeof hash);
        }
        uint8_t signature[KEY_SIGNATURE_MAX_BYTES];
        const size_t len = key_sign(o->key, digest, signature);
        if (!len) {
            return false;
        }
        put_tlv(b, XIP_TLV_ECDSA_SIG, signature, len);
    }
    const size_t size = b->size - start;
    b->data[start + 2] = (uint8_t)size;
    b->data[start + 3] = (uint8_t)(size >> 8);
    return true;
}

/// Trailer ///

static uint32_t magic_cell_bytes(const struct sign_options *o) {
    return (TRAILER_MAGIC_BYTES + o->max_align - 1u) / o->max_align *
            o->max_align;
}

static uint32_t trailer_bytes(const struct sign_options *o) {
    if (o->overwrite_only) {
        return o->max_align * 2u + magic_cell_bytes(o);
    }
    return o->max_sectors * 3u * o->align + o->max_align * 4u +
            magic_cell_bytes(o);
}

static void put_trailer(struct builder *b, const struct sign_options *o) {
    const size_t fill = o->slot_bytes - b->size - TRAILER_MAGIC_BYTES;
    memset(b->data + b->size, o->erased, fill);
    b->size += fill;
    uint8_t magic[TRAILER_MAGIC_BYTES];
    trailer_magic(magic, o->max_align);
    put_bytes(b, magic, sizeof magic);
    // --overwrite-only has no such flag: MCUboot never looks for one there.
    if (o->confirm && !o->overwrite_only) {
        b->data[b->size - magic_cell_bytes(o) - o->max_align] = 0x01;
    }
}

/// All ///

static bool payload_fits(const struct sign_options *o, const char *name,
        const uint8_t *payload, size_t len) {
    if (len > UINT32_MAX / 2) {
        cli_fail(CLI_TROUBLE, "%s: too large for an image", name);
        return false;
    }
    if (o->pad_header) {
        return true;
    }
    if (len <= o->header_bytes) {
        cli_fail(CLI_TROUBLE,
                "%s: not longer than the header; --pad-header adds the header "
                "in front",
                name);
        return false;
    }
    for (uint32_t i = 0; i < o->header_bytes; i++) {
        if (payload[i] != 0) {
            cli_fail(CLI_TROUBLE,
                    "%s: does not begin with 0x%x zero bytes for the header; "
                    "--pad-header adds the header in front",
                    name, o->header_bytes);
            return false;
        }
    }
    return true;
}

static bool slot_fits(const struct sign_options *o, const char *name,
        size_t size) {
    if (!o->slot_bytes) {
        return true;
    }
    const uint64_t need = (uint64_t)size + trailer_bytes(o);
    if (need > o->slot_bytes) {
        cli_fail(CLI_TROUBLE,
                "%s: image 0x%zx + trailer 0x%x is 0x%llx larger than the "
                "slot of 0x%x; --overwrite-only has the smallest trailer",
                name, size, trailer_bytes(o),
                (unsigned long long)need - o->slot_bytes, o->slot_bytes);
        return false;
    }
    return true;
}

uint8_t *sign_image(const struct sign_options *o, const char *name,
        const uint8_t *payload, size_t payload_bytes, size_t *size) {
    if (!payload_fits(o, name, payload, payload_bytes)) {
        return NULL;
    }
    const size_t tlv_max = 512 + protected_bytes(o);
    const size_t room = o->header_bytes + payload_bytes + tlv_max;
    struct builder b = {
            .data = malloc(room > o->slot_bytes ? room : o->slot_bytes),
    };
    if (!b.data) {
        cli_fail(CLI_TROUBLE, "%s: no memory", name);
        return NULL;
    }
    // Header area first as filler, then the real header over its start.
    const size_t hole = o->pad_header ? o->header_bytes : 0;
    memset(b.data, o->erased, hole);
    memcpy(b.data + hole, payload, payload_bytes);
    put_header(&b, o, (uint32_t)(hole + payload_bytes - o->header_bytes));
    b.size = hole + payload_bytes;
    put_protected(&b, o);

    bool ok = put_unprotected(&b, o);
    if (!ok) {
        cli_fail(CLI_TROUBLE, "%s: could not sign", name);
    }
    ok = ok && slot_fits(o, name, b.size);
    if (ok && (o->pad || o->confirm)) {
        put_trailer(&b, o);
    }
    if (!ok) {
        free(b.data);
        return NULL;
    }
    *size = b.size;
    return b.data;
}
