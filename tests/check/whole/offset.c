/*
 * offset - numbers that are compared by what they are behind another one
 *
 * SPDX-License-Identifier: MIT
 *
 * As compilers compare a range: n - 2 is at most 3. An outage reads through
 * `cell`, which comes from a table with bad places around the good ones.
 */
// builds: m4 O2 gcc,m4 Os gcc,m0plus Os gcc,m33 O2 clang
// check: --root outage --interrupts none
// safe-build: OK_COMPARED
// unsafe-build: BAD_COMPARED load-unknown|load|address
// unsafe-build: BAD_COMPARED_OTHER load-unknown|load|address
// unsafe-build: BAD_WRAPS load-unknown|load|address
// unsafe-build: BAD_CALL load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
#define DEVICE REG(0x40004424u) // a UART's data

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
#define BAD_PLACE ((place)in_flash)
place cell = good;
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

const place places[8] = {
        BAD_PLACE, BAD_PLACE, good, good, good, good, BAD_PLACE, BAD_PLACE};
FLASH uint32_t get(void) {
    return DEVICE;
}
FLASH void choose(uint32_t n) {
#if defined OK_COMPARED
    const uint32_t low = n - 2u;
    if (low <= 3u) {
        cell = places[n];
    }
#elif defined BAD_WRAPS
    const uint32_t low = n + 2u;
    __asm__ volatile("" : "+r"(n));
    if (low <= 3u) {
        cell = n < 8u ? places[n] : BAD_PLACE;
    }
#elif defined BAD_CALL
    const uint32_t low = n - 2u;
    n = get(); // in the same register
    if (low <= 3u) {
        cell = places[n & 7u];
    }
#elif defined BAD_COMPARED
    const uint32_t low = n - 2u;
    if (low <= 4u) {
        cell = places[n];
    }
#else
    uint32_t low = n - 2u;
    n = DEVICE & 7u;
    __asm__ volatile("" : "+r"(low), "+r"(n));
    if (low <= 3u) {
        cell = places[n];
    }
#endif
}

int main(void) {
    choose(DEVICE);
    outage();
    return 0;
}
