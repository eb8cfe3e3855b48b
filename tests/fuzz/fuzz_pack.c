/*
 * fuzz_pack - several images in one file
 *
 * SPDX-License-Identifier: MIT
 *
 * First as it is, then with the right digests of what the table names, so that
 * what comes behind them is reached. There is one pack of some images: what is
 * read, made again, has the same bytes.
 */
// sources: host/image/pack.c host/base/cli.c
// libs: bearssl
#include <bearssl.h>
#include <string.h>

#include "fuzz.h"
#include "image/pack.h"

#define HEAD_BYTES 16u
#define ENTRY_BYTES 48u

static void look(const uint8_t *data, size_t size) {
    struct pack pack;
    size_t again_size;
    if (pack_parse(data, size, &pack)) {
        FUZZ_CHECK(pack.count == 0);
        return;
    }
    FUZZ_CHECK(pack_is(data, size));
    FUZZ_CHECK(pack.count > 0 && pack.count <= PACK_IMAGES_MAX);
    uint8_t *const again = pack_make(&pack, &again_size);
    FUZZ_CHECK(again);
    FUZZ_CHECK(again_size == size && !memcmp(again, data, size));
    free(again);
}

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static void digest(const uint8_t *data, size_t size, uint8_t *out) {
    br_sha256_context sha;
    br_sha256_init(&sha);
    br_sha256_update(&sha, data, size);
    br_sha256_out(&sha, out);
}

static void correct_digests(uint8_t *data, size_t size) {
    const size_t count = size < HEAD_BYTES ? 0 : get32(data + 8) >> 16;
    const size_t table = HEAD_BYTES + count * ENTRY_BYTES;
    if (count == 0 || table + 32 > size) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint8_t *const entry = data + HEAD_BYTES + i * ENTRY_BYTES;
        const uint32_t off = get32(entry + 4);
        const uint32_t bytes = get32(entry + 8);
        if (off <= size && bytes <= size - off) {
            digest(data + off, bytes, entry + 16);
        }
    }
    digest(data, table, data + table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *const copy = malloc(size ? size : 1);
    FUZZ_CHECK(copy);
    memcpy(copy, data, size);
    look(copy, size);
    correct_digests(copy, size);
    look(copy, size);
    free(copy);
    return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    static const uint8_t bytes[100] = {0x3D, 0xB8, 0xF3, 0x96};
    static const size_t lengths[][3] = {{100}, {17, 16}, {1, 0, 33}};
    size_t size;
    if (i > 2) {
        return 0;
    }
    struct pack pack = {.count = i + 1};
    for (unsigned k = 0; k < pack.count; k++) {
        pack.at[k] = (struct pack_image){
                0x90000000u + k * 0x100000u, bytes, lengths[i][k]};
    }
    uint8_t *const made = pack_make(&pack, &size);
    FUZZ_CHECK(made && size <= room);
    memcpy(out, made, size);
    free(made);
    return size;
}
