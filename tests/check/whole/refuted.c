/*
 * refuted - notes that call a pointer constant, and code that changes it
 *
 * SPDX-License-Identifier: MIT
 *
 * Where the run of the whole program sees the store, by a name, through a
 * pointer, in parts or by DMA, nothing is taken from the note: what the pointer
 * holds is what is stored. Else it is `const-changed`.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc,m0plus Os gcc
// check: --interrupts none
// note: const cell: nothing writes it
// safe-build: OK
// safe-build: OK_NEVER
// safe-build: OK_POINTER
// safe-build: OK_DMA
// unsafe-build: BAD load-unknown|load|address
// unsafe-build: BAD_STOPS load-unknown|load|address
// unsafe-build: BAD_UNKNOWN const-changed
// unsafe-build: BAD_NOT_RUN const-changed
// unsafe-build: BAD_POINTER load-unknown
// unsafe-build: BAD_PARTS load-unknown
// unsafe-build: BAD_DMA load-unknown
// unsafe-build: BAD_OUTAGE load-unknown
#include "harness.h"

typedef const volatile uint32_t *place;
#define DEVICE REG(0x40004424u) // a UART's data

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
place cell = good;
place other = good;
static volatile uint32_t sum;

#ifdef BAD_OUTAGE
RAM void fills(place *to) {
    *to = (place)DEVICE;
}
#endif

RAM void outage(void) {
    QSPI_CR = 1;
#ifdef BAD_OUTAGE
    fills(&cell);
#endif
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

#if defined OK || defined BAD || defined BAD_STOPS || defined BAD_UNKNOWN || \
        defined BAD_NOT_RUN
FLASH void changes(place to) {
    cell = to;
    sum = (uint32_t)to;
}
#endif

FLASH void stores(place *at, place to) {
    *at = to;
}

FLASH void copies(uint8_t *to, unsigned bytes) {
    while (bytes--) {
        *to++ = (uint8_t)DEVICE;
    }
}

int main(void) {
#if defined OK
    changes(good + 1);
#elif defined OK_POINTER
    stores(&cell, good);
    stores(&other, (place)DEVICE);
#elif defined OK_DMA
    REG(0x40020014u) = (uint32_t)&other;
#elif defined BAD
    changes((place)in_flash);
#elif defined BAD_STOPS
    changes((place)in_flash);
    ((void (*)(void))DEVICE)();
#elif defined BAD_UNKNOWN
    ((void (*)(void))DEVICE)();
    changes((place)in_flash);
#elif defined BAD_POINTER
    stores(&cell, (place)DEVICE);
#elif defined BAD_PARTS
    copies((uint8_t *)&cell, sizeof cell);
#elif defined BAD_DMA
    REG(0x40020014u) = (uint32_t)&cell;
#endif
    outage();
    return 0;
}
