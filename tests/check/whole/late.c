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
// safe-build: OK_SVC
// safe-build: OK_PENDS
// safe-build: OK_BKPT
// unsafe-build: BAD_LATE vector-runtime
// unsafe-build: BAD_ELSEWHERE vector-runtime
// unsafe-build: BAD_MAYBE vector-runtime
// unsafe-build: BAD_BY_HANDLER vector-runtime
// unsafe-build: BAD_DEAD vector-runtime
// unsafe-build: BAD_NON_SECURE vector-runtime
// unsafe-build: BAD_SVC vector-runtime
// unsafe-build: BAD_IN_SVC vector-runtime
// unsafe-build: BAD_BKPT vector-runtime
// unsafe-build: BAD_ENABLES vector-runtime
// unsafe-build: BAD_PENDS vector-runtime
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
    // What comes by this is behind the first store to a device.
#if defined OK_SVC || defined BAD_SVC
    __asm volatile("svc 1");
#elif defined OK_BKPT || defined BAD_BKPT
    __asm volatile("bkpt 1");
#elif defined BAD_ENABLES
    REG(0xe000e010u) = 7;
#elif defined OK_PENDS || defined BAD_PENDS
    REG(0xe000ed04u) = 1u << 28; // PendSV
#endif
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

#if defined BAD_IN_SVC
RAM void SVC_Handler(void) {
    outage();
}
#elif defined OK_SVC || defined BAD_SVC
RAM void SVC_Handler(void) {
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
#elif defined OK_SVC || defined OK_BKPT || defined OK_PENDS
    VTOR = (uint32_t)ram_vectors;
    outage();
    tick_on();
    outage();
#elif defined BAD_SVC || defined BAD_ENABLES || defined BAD_PENDS
    outage();
    VTOR = (uint32_t)ram_vectors;
    outage();
#elif defined BAD_IN_SVC
    // Its handler, which the table of the flash has, has an outage.
    __asm volatile("svc 1");
    VTOR = (uint32_t)ram_vectors;
    outage();
#elif defined BAD_BKPT
    REG(0xe000edfcu) = 1u << 16; // the monitor is on (DEMCR)
    outage();
    VTOR = (uint32_t)ram_vectors;
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
