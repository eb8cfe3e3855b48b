/*
 * parts - addresses that code puts into what a device has, in parts
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`, which leads to RAM. DMA has a ring, and code
 * copies a descriptor into it by bytes, halfwords or bits, or by words that do
 * not hold its address as a whole. The OK ones copy others, or text.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m0plus Os gcc
// check: --interrupts none
// safe-build: OK_BYTES
// safe-build: OK_SOME
// safe-build: OK_TEXT
// safe-build: OK_HALF
// unsafe-build: BAD_BYTES load-unknown|load|address
// unsafe-build: BAD_HALVES load-unknown|load|address
// unsafe-build: BAD_LOW_HALF load-unknown|load|address
// unsafe-build: BAD_LOW_HALF_SOME load-unknown|load|address
// unsafe-build: BAD_BITS load-unknown|load|address
// unsafe-build: BAD_FRAME load-unknown|load|address
// unsafe-build: BAD_SOME load-unknown|load|address
// unsafe-build: BAD_SOME_LATER load-unknown|load|address
// unsafe-build: BAD_SOME_FRAME load-unknown|load|address
// unsafe-build: BAD_PACKED load-unknown|load|address
// unsafe-build: BAD_PACKED_WORDS load-unknown|load|address
// unsafe-build: BAD_PACKED_SOME load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
#define DEVICE REG(0x40004424u) // a UART's data
#define DMA_ADDRESS REG(0x40020014u)

volatile uint32_t good[4] = {1, 2, 3, 4};
volatile struct {
    place cell;
    uint32_t more[3];
} object = {good, {0}};
uint32_t others[8] = {1, 2, 3, 4};
#define other (others + 4)
static volatile uint32_t sum;

#if defined BAD_PACKED || defined BAD_PACKED_WORDS || defined BAD_PACKED_SOME
#define LAYOUT __attribute__((packed, aligned(4)))
#else
#define LAYOUT
#endif
struct descriptor {
    uint8_t flags;
    void *to;
    uint32_t count;
    uint8_t rest[3];
} LAYOUT;
struct {
    uint32_t unused; // behind what ends where it begins
    struct descriptor ring[4];
} given;
#define ring given.ring
const uint8_t text[16] = "a line of text";
#if defined OK_BYTES || defined OK_SOME
struct descriptor ready = {1, other, 8, {0}};
#else
struct descriptor ready = {1, (void *)&object, 8, {0}};
#endif

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *object.cell;
    QSPI_CR = 2;
}

__attribute__((noinline)) void copy(void *to, const void *from, uint32_t count,
        uint32_t bytes) {
    for (uint32_t i = 0; i < count; i++) {
        if (bytes == 1) {
            ((volatile uint8_t *)to)[i & 15] =
                    ((const volatile uint8_t *)from)[i & 15];
        } else if (bytes == 2) {
            ((volatile uint16_t *)to)[i] = ((const volatile uint16_t *)from)[i];
        } else {
            ((volatile uint32_t *)to)[i] = ((const volatile uint32_t *)from)[i];
        }
    }
}

int main(void) {
    object.cell = good + 1;
#if defined BAD_LOW_HALF || defined BAD_LOW_HALF_SOME // its upper half is there
    ring[1].to = other;
#endif
    DMA_ADDRESS = (uintptr_t)ring;
#if defined OK_BYTES || defined BAD_BYTES || defined BAD_PACKED
    copy(&ring[1], &ready, sizeof ready, 1);
#elif defined BAD_HALVES
    copy(&ring[1], &ready, sizeof ready / 2, 2);
#elif defined BAD_PACKED_WORDS
    copy(&ring[1], &ready, sizeof ready / 4, 4);
#elif defined BAD_LOW_HALF
    *(volatile uint16_t *)&ring[1].to = (uint16_t)(uintptr_t)&object;
#elif defined BAD_LOW_HALF_SOME
    *(volatile uint16_t *)&ring[DEVICE & 3].to = (uint16_t)(uintptr_t)&object;
#elif defined OK_HALF
    *(volatile uint16_t *)&ring[1].to = (uint16_t)(uintptr_t)&object;
#elif defined BAD_BITS
    for (uint32_t i = 0; i < 32; i++) {
        REG(0x22000000u + ((uintptr_t)&ring[1].to - 0x20000000u) * 32 + 4 * i) =
                (uintptr_t)&object >> i;
    }
#elif defined BAD_FRAME
    struct descriptor own = {1, (void *)&object, 8, {0}};
    copy(&ring[1], &own, sizeof own, 1);
#elif defined BAD_SOME_FRAME
    struct descriptor own = {1, (void *)&object, 8, {0}};
    copy(&ring[DEVICE & 3], &own, DEVICE & 15, 1);
#elif defined OK_SOME || defined BAD_SOME || defined BAD_PACKED_SOME
    copy(&ring[DEVICE & 3], &ready, DEVICE & 15, 1);
#elif defined BAD_SOME_LATER // through another place
    struct descriptor own;
    copy(&own, &ready, sizeof own, 1);
    copy(&ring[DEVICE & 3], &own, DEVICE & 15, 1);
#elif defined OK_TEXT        // its address is stored as a whole, elsewhere
    while (DEVICE) {
        ((volatile uint8_t *)ring)[DEVICE & 15] = text[DEVICE & 15];
    }
    sum += (uint32_t)ready.to + ready.count;
#endif
    outage();
    return 0;
}
