/*
 * replaced - vectors that are good before the first outage begins
 *
 * SPDX-License-Identifier: MIT
 *
 * The table in RAM begins with the handlers of the flash. Code replaces that of
 * HardFault and that of SVC, in time or too late.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// check: --interrupts none
// safe-build: OK
// safe-build: OK_TICK
// safe-build: OK_BETWEEN
// unsafe-build: BAD_LATE vector
// unsafe-build: BAD_LATE_SVC vector
// unsafe-build: BAD_AGAIN vector
// unsafe-build: BAD_MAYBE vector
// unsafe-build: BAD_BY_TICK vector
// unsafe-build: BAD_BY_SVC vector
// unsafe-build: BAD_BY_NMI vector
// unsafe-build: BAD_OTHER vector
#include "harness.h"

#define DEVICE REG(0x40004424u) // a UART's data
#define SYSTICK REG(0xe000e010u)

static volatile uint32_t sum;
#define VECTOR ((harness_handler *volatile *)ram_vectors)

FLASH void HardFault_Handler(void) {
    sum = 7;
}
#ifndef BAD_BY_SVC
FLASH void SVC_Handler(void) {
    sum = 8;
}
#endif
RAM void near(void) {
    sum = 2;
}

RAM void outage(void) {
    QSPI_CR = 1;
#ifndef BAD_BY_SVC
    __asm volatile("svc 1");
#endif
    sum++;
    QSPI_CR = 2;
}

#if defined BAD_BY_TICK || defined OK_TICK
RAM void SysTick_Handler(void) {
    outage();
}
#elif defined BAD_BY_SVC
RAM void SVC_Handler(void) {
    outage();
}
#elif defined BAD_BY_NMI
RAM void NMI_Handler(void) {
    outage();
}
#endif

#ifdef BAD_OTHER
harness_handler *other[24] __attribute__((aligned(256))) = {
        [2] = near, [3] = HardFault_Handler, [11] = near};
#endif

int main(void) {
    DEVICE = 1; // which switches no flash off, since code in flash does it
#if defined BAD_LATE
    VECTOR[11] = near;
    outage();
    VECTOR[3] = near;
#elif defined BAD_LATE_SVC
    VECTOR[3] = near;
    outage();
    VECTOR[11] = near;
#elif defined BAD_MAYBE
    VECTOR[11] = near;
    if (DEVICE & 1) {
        VECTOR[3] = near;
    }
#elif defined BAD_BY_TICK
    SYSTICK = 7;
    VECTOR[3] = VECTOR[11] = near;
#elif defined BAD_BY_SVC
    __asm volatile("svc 1");
    VECTOR[3] = near;
#else
    VECTOR[3] = VECTOR[11] = near;
#endif
#if defined OK_TICK
    SYSTICK = 7;
#elif defined OK_BETWEEN
    outage();
    VECTOR[15] = HardFault_Handler; // which does not come
#elif defined BAD_AGAIN
    outage();
    VECTOR[3] = HardFault_Handler;
#elif defined BAD_OTHER
    REG(0xe000ed08u) = (uint32_t)other;
#endif
    outage();
    return 0;
}
