/*
 * small_core - vectors that Armv6-M and the baseline of Armv8-M do not have
 *
 * SPDX-License-Identifier: MIT
 *
 * All faults are HardFault there, and a BKPT without a debugger is one, too
 * (Armv6-M ARM B1.5.2). What stands in words 4 to 6 and 12 is of no use.
 */
// builds: m0plus Os gcc,m0plus O2 clang,m23 Os gcc
// safe-build: OK
// safe-build: OK_BREAKPOINT
// unsafe-build: BAD_HARD_FAULT vector
// unsafe-build: BAD_SVC vector
#include "harness.h"

FLASH void MemManage_Handler(void) {
    for (;;) {
        QSPI_CR = 1;
    }
}
FLASH void BusFault_Handler(void) {
    MemManage_Handler();
}
FLASH void UsageFault_Handler(void) {
    MemManage_Handler();
}
FLASH void DebugMon_Handler(void) {
    MemManage_Handler();
}
#ifdef BAD_HARD_FAULT
FLASH void HardFault_Handler(void) {
    MemManage_Handler();
}
#elif defined BAD_SVC
FLASH void SVC_Handler(void) {
    MemManage_Handler();
}
#endif

RAM void outage(void) {
#ifdef OK_BREAKPOINT
    __asm volatile("bkpt 1");
#endif
    QSPI_CR = 1;
    QSPI_CR = 2;
}

int main(void) {
    outage();
    return 0;
}
