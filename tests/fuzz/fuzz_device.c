/*
 * fuzz_device - what a device answers when it is asked for its images
 *
 * SPDX-License-Identifier: MIT
 *
 * Input: a length in two bytes, the map that answers the first request, then
 * the map that answers the others.
 */
// sources: host/device/client.c host/device/slots.c
// sources: xipsafe/transport/xip_cbor.c xipsafe/transport/xip_smp_uart.c
// sources: tests/support/fake_line.c
#include <string.h>

#include "base/cli.h"
#include "device/slots.h"
#include "fuzz.h"
#include "support/fake_line.h"

// Thousands of lines say nothing.
int cli_fail(int status, const char *format, ...) {
    (void)format;
    return status;
}

static const uint8_t *maps[2];
static size_t sizes[2];

static uint32_t serve(const uint8_t *req, uint32_t req_bytes, uint8_t *rsp,
        uint32_t cap) {
    const bool is_list = req[5] == 1;
    const uint8_t *const map = maps[!is_list];
    size_t n = sizes[!is_list];
    (void)req_bytes;
    n = n < cap - 8 ? n : cap - 8;
    memcpy(rsp, req, 8);
    rsp[0]++;
    rsp[2] = (uint8_t)(n >> 8);
    rsp[3] = (uint8_t)n;
    if (n) {
        memcpy(rsp + 8, map, n);
    }
    return 8 + (uint32_t)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct client client;
    struct slots slots;
    if (size < 2) {
        return 0;
    }
    maps[0] = data + 2;
    sizes[0] = (size_t)data[0] << 8 | data[1];
    sizes[0] = sizes[0] < size - 2 ? sizes[0] : size - 2;
    maps[1] = maps[0] + sizes[0];
    sizes[1] = size - 2 - sizes[0];
    fake_line_open(serve);
    int status = client_open(&client, "port", 115200, 1000);
    if (status == CLI_GOOD) {
        status = slots_read(&client, &slots);
    }
    if (status == CLI_GOOD) {
        FUZZ_CHECK(slots.image_count <= SLOTS_MAX);
        FUZZ_CHECK(slots.slot_count <= SLOTS_MAX);
        FUZZ_CHECK(strlen(slots.board) < sizeof slots.board);
        for (unsigned i = 0; i < slots.image_count; i++) {
            const struct slots_image *const image = &slots.images[i];
            FUZZ_CHECK(image->hash_bytes <= sizeof image->hash);
            for (const char *c = image->version; *c; c++) {
                FUZZ_CHECK(*c >= 0x20 && *c < 0x7F);
            }
        }
    }
    return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    static const char list[] =
            "\0\x30\xa1\x66images\x81\xa4\x64slot\x01\x67version\x65"
            "0.1.2\x64hash\x44\x01\x02\x03\x04\x66"
            "active\xf5";
    static const char layout[] = "\xa2\x65"
                                 "board\x63"
                                 "abc\x65slots\x81\xa2"
                                 "\x64"
                                 "addr\x1a\x90\0\0\0\x64size\x19\x10\0";
    if (i || room < sizeof list + sizeof layout) {
        return 0;
    }
    memcpy(out, list, sizeof list - 1);
    out[1] = (uint8_t)(sizeof list - 3);
    memcpy(out + sizeof list - 1, layout, sizeof layout - 1);
    return sizeof list + sizeof layout - 2;
}
