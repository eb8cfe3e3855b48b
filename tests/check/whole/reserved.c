/*
 * reserved - a number in the word of an exception that the core does not have
 *
 * SPDX-License-Identifier: MIT
 *
 * Vector 7 is SecureFault's, of Armv8-M. Before, it may hold a checksum that a
 * boot ROM asks for.
 */
// builds: m4 O0 gcc,m4 O2 gcc
// safe-build: OK
// safe-build: OK_ODD
// unsafe-build: BAD_BUS_FAULT vector
#include "harness.h"

static volatile uint32_t sum;

#ifdef BAD_BUS_FAULT
FLASH void BusFault_Handler(void) {
    sum++;
}
#endif

RAM void outage(void) {
    QSPI_CR = 1;
    sum++;
    QSPI_CR = 2;
}

int main(void) {
#ifdef OK_ODD
    ram_vectors[7] = (harness_handler *)0xefff1235u;
#else
    ram_vectors[7] = (harness_handler *)0xefff1234u;
#endif
    REG(0xe000e010u) = 7;
    outage();
    return 0;
}
