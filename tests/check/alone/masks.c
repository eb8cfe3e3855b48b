/*
 * masks - code of an outage that may let in what --interrupts leaves out
 *
 * SPDX-License-Identifier: MIT
 *
 * That is no harm if the handlers of all interrupts may run.
 */
// check: --interrupts none
// unsafe-build: BAD_HANDLER mask-changed
// unsafe-build: BAD_SYSTICK mask-changed
// unsafe-build: BAD_TRIGGER mask-changed
// unsafe-build: BAD_PENDS mask-changed
// unsafe-build: BAD_PENDS_HANDED mask-changed
// unsafe-build: BAD_WATCH mask-changed
// unsafe-build: BAD_LATER mask-changed
// unsafe-build: BAD_HANDLER_READS mask-changed
// unsafe-build: BAD_HANDLER_UNKNOWN mask-changed
// safe-build: OK_CPSIE
// safe-build: OK_RESTORE
// safe-build: OK_NVIC
// safe-build: OK_MASKED
// safe-build: OK_PENDS
// safe-build: OK_COUNTS
// builds: m4 O2 gcc,m4 O0 gcc,m4 Os clang
#include "harness.h"

#if defined BAD_HANDLER || defined BAD_SYSTICK || defined BAD_TRIGGER || \
        defined BAD_PENDS || defined BAD_PENDS_HANDED || defined OK_MASKED || \
        defined OK_COUNTS
FLASH void SysTick_Handler(void) {
    QSPI_CR = 3;
}
#elif defined BAD_WATCH
FLASH void DebugMon_Handler(void) {
    QSPI_CR = 3;
}
#elif defined BAD_LATER
FLASH void flash_tick(void) {
    QSPI_CR = 3;
}
#elif defined BAD_HANDLER_READS
const uint32_t in_flash[4] = {1, 2, 3, 4};
RAM void IRQ0_Handler(void) {
    QSPI_AR = ((const volatile uint32_t *)in_flash)[QSPI_SR & 3u];
}
#elif defined BAD_HANDLER_UNKNOWN
const uint32_t *volatile somewhere;
RAM void IRQ0_Handler(void) {
    QSPI_AR = *somewhere;
}
#endif

#ifdef BAD_PENDS_HANDED
RAM __attribute__((noinline)) void pends(volatile uint32_t *at, uint32_t mask) {
    *at = mask;
}
#endif

RAM void ram_erase(uint32_t mask) {
    QSPI_CR = 1;
#if defined OK_RESTORE || defined BAD_HANDLER_READS
    __asm volatile("msr primask, %0" : : "r"(mask) : "memory");
#elif defined OK_NVIC
    REG(0xe000e100u) = mask;
#elif defined BAD_SYSTICK
    REG(0xe000e010u) = 7u + 0u * mask;
#elif defined BAD_TRIGGER
    REG(0xe000ef00u) = mask;
#elif defined BAD_PENDS || defined OK_PENDS
    REG(0xe000e204u) = mask; // ISPR1
#elif defined BAD_PENDS_HANDED
    pends(&REG(0xe000e200u), mask);
#elif defined BAD_WATCH
    REG(0xe0001028u) = mask; // of the DWT's first comparator
#elif defined OK_COUNTS
    REG(0xe0001004u) = mask; // cycles
#elif defined OK_MASKED
    __asm volatile("cpsid i" : : "r"(mask) : "memory");
#else
    __asm volatile("cpsie i" : : "r"(mask) : "memory");
#endif
    QSPI_CR = 2;
}

int main(void) {
#ifdef BAD_LATER
    ram_vectors[15] = flash_tick;
#endif
    ram_erase(1);
    return 0;
}
