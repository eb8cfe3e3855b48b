/*
 * noted - a handler that an annotation names is judged in any table
 *
 * SPDX-License-Identifier: MIT
 *
 * The table is filled with a handler in RAM by the image or by start code. The
 * run of the whole program stops, so the annotation says what SysTick is.
 */
// builds: m4 O2 gcc,m33 Os gcc,m0plus Os gcc
// note: vectors ram_vectors SysTick=ticks: main sets it
// safe-build: OK
// unsafe-build: BAD vector
#include "harness.h"

static volatile uint32_t sum;

#ifdef BAD
FLASH
#else
RAM
#endif
void ticks(void) {
    sum = 1;
}

RAM void outage(void) {
    QSPI_CR = 1;
    sum++;
    QSPI_CR = 2;
}

FLASH __attribute__((noinline)) void set(unsigned n, harness_handler *handler) {
    ram_vectors[n] = handler;
}

int main(void) {
    ((void (*)(void))REG(0x40004424u))(); // nobody knows where this goes
    set(15, ticks);
    REG(0xe000e010u) = 7;
    outage();
    return 0;
}
