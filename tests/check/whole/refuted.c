/*
 * refuted - notes that call a pointer constant, and code that changes it
 *
 * SPDX-License-Identifier: MIT
 *
 * Where the run of the whole program sees the store, nothing is taken from the
 * note: what the pointer holds is what is stored. Else it is `const-changed`.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc,m0plus Os gcc
// check: --interrupts none
// note: const cell: nothing writes it
// safe-build: OK
// safe-build: OK_NEVER
// unsafe-build: BAD load-unknown|load|address
// unsafe-build: BAD_UNKNOWN const-changed
// unsafe-build: BAD_NOT_RUN const-changed
#include "harness.h"

typedef const volatile uint32_t *place;
#define DEVICE REG(0x40004424u) // a UART's data

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
place cell = good;
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

FLASH void changes(place to) {
#ifndef OK_NEVER
    cell = to;
#endif
    sum = (uint32_t)to;
}

int main(void) {
#if defined OK || defined OK_NEVER
    changes(good + 1);
#elif defined BAD
    changes((place)in_flash);
#elif defined BAD_UNKNOWN
    changes((place)in_flash);
    ((void (*)(void))DEVICE)();
#endif
    outage();
    return 0;
}
