/*
 * fuzz_smp - the SMP server, over a slot that is an array
 *
 * SPDX-License-Identifier: MIT
 *
 * Input: packets, each after its length in two bytes. Built with FUZZ_PLANT
 * the server is told of four bytes more than there are for its answer:
 * `scripts/fuzz --planted` checks that this is found.
 */
// sources: xipsafe/transport/xip_smp.c xipsafe/transport/xip_cbor.c
#include <string.h>

#include "fuzz.h"
#include "xip_smp.h"

#ifdef FUZZ_PLANT
#define PLANTED 4u
#else
#define PLANTED 0u
#endif

#define SLOTS 2u
#define SLOT_BYTES 100u

static uint8_t *slot_memory;
static uint32_t filled, announced;
static unsigned erased;

static int show(void *ctx, unsigned slot, struct xip_smp_slot *s) {
    (void)ctx;
    FUZZ_CHECK(slot < SLOTS);
    *s = (struct xip_smp_slot){
            .addr = 0x90000000u + slot * 0x1000u,
            .size_bytes = SLOT_BYTES,
            .version = {255, 255, 65535, UINT32_MAX},
            .flags = slot ? XIP_SMP_PRESENT : XIP_SMP_PRESENT | XIP_SMP_ACTIVE,
    };
    return 0;
}

static int begin(void *ctx, const struct xip_smp_upload *upload) {
    (void)ctx;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < upload->data_bytes; i++) {
        sum += upload->data[i];
    }
    filled = 0;
    announced = upload->total_bytes;
    if (upload->total_bytes > SLOT_BYTES) {
        return XIP_ERR_RANGE;
    }
    return sum == 1 ? XIP_ERR_IMAGE : 0;
}

static int put(void *ctx, const uint8_t *data, uint32_t len) {
    (void)ctx;
    if (len) {
        memcpy(slot_memory + filled, data, len);
    }
    filled += len;
    FUZZ_CHECK(filled <= announced);
    return 0;
}

static int finish(void *ctx) {
    (void)ctx;
    FUZZ_CHECK(filled == announced);
    return slot_memory[0] == 1 ? XIP_ERR_HASH : 0;
}

static int act(void *ctx, unsigned slot) {
    (void)ctx;
    FUZZ_CHECK(slot < SLOTS);
    return 0;
}

static int erase(void *ctx, unsigned slot) {
    (void)ctx;
    FUZZ_CHECK(slot == 1); // the other one runs
    erased++;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct xip_smp_images images = {
            SLOTS, show, begin, put, finish, act, act, erase};
    const struct xip_smp_config config = {
            .images = &images,
            .buffer_bytes = 1024,
            .board = "board",
    };
    struct xip_smp smp;
    slot_memory = malloc(SLOT_BYTES);
    FUZZ_CHECK(slot_memory);
    memset(slot_memory, 0, SLOT_BYTES);
    filled = announced = 0;
    xip_smp_init(&smp, &config);
    while (size >= 2) {
        size_t n = (size_t)data[0] << 8 | data[1];
        data += 2;
        size -= 2;
        n = n < size ? n : size;
        const uint32_t cap = n % 4 ? 512 : (uint32_t)(7 * n % 200);
        uint8_t *const answer = malloc(cap + 1); // never empty
        FUZZ_CHECK(answer);
        const uint32_t got = xip_smp_handle(&smp, data, (uint32_t)n, answer + 1,
                cap + PLANTED);
        FUZZ_CHECK(got <= cap + PLANTED && (got == 0 || got >= 8));
        if (got) {
            const uint8_t *const a = answer + 1;
            FUZZ_CHECK(((uint32_t)a[2] << 8 | a[3]) == got - 8);
            FUZZ_CHECK((a[0] & 7) == (data[0] & 7) + 1);
            FUZZ_CHECK(!memcmp(a + 4, data + 4, 4));
        }
        free(answer);
        FUZZ_CHECK(smp.received_bytes <= smp.total_bytes);
        data += n;
        size -= n;
    }
    free(slot_memory);
    return 0;
}

static size_t packet(uint8_t *out, unsigned op, unsigned group,
        unsigned command, const char *map, size_t n) {
    const uint8_t head[10] = {(uint8_t)((n + 8) >> 8), (uint8_t)(n + 8),
            (uint8_t)(8 | op), 0, (uint8_t)(n >> 8), (uint8_t)n, 0,
            (uint8_t)group, 1, (uint8_t)command};
    memcpy(out, head, sizeof head);
    memcpy(out + sizeof head, map, n);
    return sizeof head + n;
}
#define PACKET(op, group, command, map) \
    packet(out + n, op, group, command, map, sizeof(map) - 1)

// The key but for its head, and 50 bytes.
#define DATA_50 \
    "data\x58\x32" \
    ".................................................."

size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    size_t n = 0;
    (void)room;
    switch (i) {
    case 0:
        n += PACKET(2, 0, 0,
                "\xa1\x61"
                "d\x62hi");
        n += PACKET(0, 0, 6, "\xa0");
        n += PACKET(0, 0, 7, "\xa0");
        n += PACKET(0, 0, 8, "\xa1\x65query\x64mode");
        n += PACKET(2, 0, 5, "");
        return n;
    case 1:
        n += PACKET(0, 1, 0, "\xa0");
        n += PACKET(0, 1, 6, "\xa0");
        n += PACKET(0, 64, 0, "\xa0");
        n += PACKET(2, 1, 5, "\xa1\x64slot\x01");
        return n;
    case 2:
        n += PACKET(2, 1, 1,
                "\xa4\x63off\x00\x63len\x08\x64"
                "data\x44\x05\x06\x07\x08"
                "\x67upgrade\xf5");
        n += PACKET(2, 1, 1,
                "\xa2\x63off\x04\x64"
                "data\x44\x01\x02\x03\x04");
        return n;
    case 3:
        n += PACKET(2, 1, 0,
                "\xa1\x67"
                "confirm\xf5");
        n += PACKET(2, 1, 0,
                "\xa2\x64hash\x58\x20"
                "00000000000000000000000000000000\x67"
                "confirm\xf4");
        return n;
    case 4: // as much as the slot takes, and once more
        n += PACKET(2, 1, 1, "\xa3\x63off\x00\x63len\x18\x64\x64" DATA_50);
        n += PACKET(2, 1, 1, "\xa2\x63off\x18\x32\x64" DATA_50);
        n += PACKET(2, 1, 1, "\xa2\x63off\x18\x64\x64" DATA_50);
        return n;
    default:
        return 0;
    }
}
