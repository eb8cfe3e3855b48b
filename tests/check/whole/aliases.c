/*
 * aliases - what a device gets by a second address of RAM
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`. The board has RAM at two more addresses: a
 * low one, as for code, and a high one, as of the secure state. A device that
 * gets the address of `cell` by one of them may change it. The OK ones give it
 * another object.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m7 Os gcc
// check: --interrupts none
// board: window 0x90000000 16M
// board: ram 0x20000000 96K
// board: alias 0x00800000 64K 0x20000000
// board: alias 0x30000000 64K 0x20000000
// board: alias 0x22000000 32M 0x20000000
// safe-build: OK_LOW
// safe-build: OK_HIGH
// safe-build: OK_PACKED
// unsafe-build: BAD_LOW load-unknown|load|address
// unsafe-build: BAD_HIGH load-unknown|load|address
// unsafe-build: BAD_BITS load-unknown|load|address
// unsafe-build: BAD_PACKED load-unknown|load|address
// unsafe-build: BAD_PACKED_RAM load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
#define DMA_ADDRESS REG(0x40020014u)
#define LOW(p) ((uintptr_t)(p)-0x20000000u + 0x00800000u)
#define HIGH(p) ((volatile uint8_t *)(p) + 0x10000000u)

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
volatile struct {
    place cell;
    uint32_t more[3];
} object = {good, {0}};
volatile uint32_t other[4] = {1, 2, 3, 4};
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *object.cell;
    QSPI_CR = 2;
}

#if defined OK_LOW || defined OK_HIGH || defined OK_PACKED
#define TO (other + 1) // object may end where others begin
#else
#define TO &object
#endif
#ifdef BAD_PACKED_RAM
#define CONST
#else
#define CONST const
#endif
CONST struct {
    uint8_t count;
    volatile void *to;
    uint8_t more[3];
} __attribute__((packed)) descriptor = {1, HIGH(TO), {0}};

int main(void) {
    sum = descriptor.count;
#if defined OK_LOW || defined BAD_LOW
    DMA_ADDRESS = LOW(TO);
#elif defined OK_HIGH || defined BAD_HIGH
    DMA_ADDRESS = (uintptr_t)HIGH(TO);
#elif defined BAD_BITS // the alias that shows one bit in each word
    volatile uint32_t *bits = (volatile uint32_t *)(0x22000000u +
            ((uintptr_t)&object - 0x20000000u) * 32u);
    for (unsigned i = 0; i < 32; i++) {
        bits[i] = (uintptr_t)in_flash >> i & 1u;
    }
#else
    DMA_ADDRESS = (uintptr_t)&descriptor;
#endif
    outage();
    return 0;
}
