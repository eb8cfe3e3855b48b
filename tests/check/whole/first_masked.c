/*
 * first_masked - outages before VTOR is set, in which only SVC comes
 *
 * SPDX-License-Identifier: MIT
 *
 * As first_table.c. Of the table of the reset, which is readable, counts what
 * an exception of the outage reads.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// start: -DSTART_KEEP_VTOR
// script: -DINTERNAL_VECTORS
// check: --resident 0x08000000:64K --root outage --interrupts none
// safe-build: OK
// unsafe-build: BAD vector-runtime
#include "harness.h"

static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    __asm volatile("svc 1");
    sum++;
    QSPI_CR = 2;
}
FLASH void SysTick_Handler(void) {
    sum = 1;
}
RAM void called(void) {
    sum = 2;
}
#ifdef BAD
FLASH void SVC_Handler(void) {
    sum = 3;
}
#else
RAM void SVC_Handler(void) {
    called();
}
#endif

int main(void) {
    ram_vectors[11] = called;
    outage();
    REG(0xe000ed08u) = (uint32_t)ram_vectors;
    outage();
    return 0;
}
