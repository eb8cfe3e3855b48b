/*
 * fuzz_cbor - the CBOR reader; what it reads is written and read again
 *
 * SPDX-License-Identifier: MIT
 */
// sources: xipsafe/transport/xip_cbor.c
#include <string.h>

#include "fuzz.h"
#include "xip_cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct xip_cbor c = {.next = data, .end = data + size};
    struct xip_cbor_item item;
    FUZZ_CHECK(!xip_cbor_find(&c, "off", &item) || !item.data ||
            item.data + item.value <= data + size);
    while (xip_cbor_read(&c, &item)) {
        FUZZ_CHECK(c.next > data && c.next <= data + size);
        FUZZ_CHECK(!item.data || item.data + item.value <= data + size);
        if (item.type == XIP_CBOR_UINT && item.value != UINT32_MAX) {
            uint8_t out[5];
            struct xip_cbor_writer w = {out, out + sizeof out, false};
            struct xip_cbor_item again;
            xip_cbor_put(&w, XIP_CBOR_UINT, item.value);
            struct xip_cbor back = {out, w.next, false};
            FUZZ_CHECK(!w.full && xip_cbor_read(&back, &again));
            FUZZ_CHECK(again.value == item.value && back.next == back.end);
        }
        if (!xip_cbor_skip(&c, &item)) {
            break;
        }
    }
    FUZZ_CHECK(c.failed || c.next == data + size);
    return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    static const struct {
        const char *bytes;
        size_t size;
    } seeds[] = {
#define SEED(s) {s, sizeof(s) - 1}
            SEED("\xa2\x63off\x19\x02\x00\x64"
                 "data\x44\x01\x02\x03\x04"),
            SEED("\xbf\x61"
                 "a\x9f\x01\xff\x61"
                 "b\x5f\x41\x01\xff\xff"),
            SEED("\xa1\x61"
                 "d\xc1\xfb\x40\x09\x21\xfb\x54\x44\x2d\x18"),
#undef SEED
    };
    if (i == sizeof seeds / sizeof seeds[0] || seeds[i].size > room) {
        return 0;
    }
    memcpy(out, seeds[i].bytes, seeds[i].size);
    return seeds[i].size;
}
