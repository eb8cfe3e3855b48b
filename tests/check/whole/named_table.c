/*
 * named_table - the table that --vectors names, and another one that is set
 *
 * SPDX-License-Identifier: MIT
 *
 * Start code sets VTOR to its own table. If nothing that runs sets it to the
 * one that is named, that is not the one in use.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc,m0plus Os gcc
// check: --vectors mine
// safe-build: OK
// unsafe-build: BAD vector-runtime
// unsafe-build: BAD_DEAD vector-runtime
#include "harness.h"

static volatile uint32_t sum;

RAM void near_one(void) {
    sum = 9;
}

#define FOUR near_one, near_one, near_one, near_one
__attribute__((aligned(256)))
harness_handler *mine[24] = {FOUR, FOUR, FOUR, FOUR, FOUR, FOUR};

#ifdef BAD
FLASH void SysTick_Handler(void) {
    sum = 1;
}
#endif

RAM void outage(void) {
    QSPI_CR = 1;
    sum++;
    QSPI_CR = 2;
}

#ifndef BAD
FLASH void takes(harness_handler **table) {
    REG(0xe000ed08u) = (uint32_t)table;
}
#endif

int main(void) {
#ifdef OK
    takes(mine);
#endif
    REG(0xe000e010u) = 7; // SysTick
    outage();
#ifdef BAD_DEAD
    for (;;) {
    }
    takes(mine);
#endif
    return 0;
}
