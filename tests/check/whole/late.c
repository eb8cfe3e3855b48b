/*
 * late - outages before VTOR is set
 *
 * SPDX-License-Identifier: MIT
 *
 * Start code leaves the vector table in the flash, so an exception that comes
 * in an outage before VTOR leads to RAM reads the window.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// start: -DSTART_KEEP_VTOR
// check: --resident 0x18000000:1M
// safe-build: OK_BEFORE
// safe-build: OK_NONE_YET
// unsafe-build: BAD_LATE vector-runtime
// unsafe-build: BAD_ELSEWHERE vector-runtime
// unsafe-build: BAD_MAYBE vector-runtime
// unsafe-build: BAD_BY_HANDLER vector-runtime
// unsafe-build: BAD_DEAD vector-runtime
// unsafe-build: BAD_NON_SECURE vector-runtime
#include "harness.h"

#define VTOR REG(0xe000ed08u)
#define VTOR_NS REG(0xe002ed08u) // Armv8-M ARM B8.1
#define DEVICE REG(0x40004424u)  // a UART's data

static inline void tick_on(void) {
    REG(0xe000e010u) = 7;
}

RAM void outage(void) {
#ifdef BAD_ELSEWHERE
    // The controller of the RP2040 is not where the architecture has devices.
    REG(0x18000008u) = 1;
    REG(0x18000008u) = 0;
#else
    QSPI_CR = 1;
    while (QSPI_SR & 1u) {
    }
    QSPI_CR = 2;
#endif
}

#ifdef BAD_BY_HANDLER
// The first tick comes while the table of the flash is in use.
RAM void SysTick_Handler(void) {
    outage();
    VTOR = (uint32_t)ram_vectors;
}
#endif

#ifdef BAD_DEAD
__attribute__((used, noinline)) void relocate(void) {
    VTOR = (uint32_t)ram_vectors;
}
#endif

int main(void) {
#if defined OK_BEFORE
    VTOR = (uint32_t)ram_vectors;
    tick_on();
    outage();
#elif defined OK_NONE_YET
    outage();
    VTOR = (uint32_t)ram_vectors;
    tick_on();
    outage();
#elif defined BAD_LATE || defined BAD_ELSEWHERE
    tick_on();
    outage();
    VTOR = (uint32_t)ram_vectors;
#elif defined BAD_MAYBE
    tick_on();
    if (DEVICE & 1u) {
        VTOR = (uint32_t)ram_vectors;
    }
    outage();
#elif defined BAD_NON_SECURE
    VTOR = (uint32_t)ram_vectors;
    VTOR_NS = 0x90040000u; // of another image
    outage();
#else
    tick_on();
    outage();
#endif
    return 0;
}
