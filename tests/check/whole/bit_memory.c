/*
 * bit_memory - memory where other processors have the bits of RAM
 *
 * SPDX-License-Identifier: MIT
 *
 * The options name memory at 0x22000000, so what is stored there may change no
 * bit of `cell`.
 */
// builds: m4 O0 gcc,m33 O2 gcc
// check: --interrupts none --resident 0x22000000:32M
// safe-build: OK
// unsafe-build: BAD load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
place cell = good;
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

int main(void) {
    volatile uint32_t *bits = (volatile uint32_t *)(0x22000000u +
            ((uint32_t)&cell - 0x20000000u) * 32u);
#ifdef BAD
    cell = (place)in_flash;
#else
    cell = good;
#endif
    for (int i = 0; i < 32; i++) {
        bits[i] = (uint32_t)good >> i & 1u;
    }
    outage();
    return 0;
}
