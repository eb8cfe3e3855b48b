/*
 * inlined_reads - copies in flash of functions for RAM that only read
 *
 * SPDX-License-Identifier: MIT
 *
 * One that delivers a variable may be inlined anywhere; one that waits for the
 * controller may not.
 */
// builds: m4 Os gcc,m4 O2 gcc
// safe-build: DELIVERS inlined
// unsafe-build: WAITS inlined
// unsafe-build: STORES inlined
#include "harness.h"

volatile uint32_t ticks, seen;

__attribute__((section(".ramcode"), always_inline, used)) static inline uint32_t
value(void) {
#if defined DELIVERS
    return ticks;
#elif defined WAITS
    return QSPI_SR & 1u;
#else
    return seen = ticks;
#endif
}

uint32_t (*volatile values)(void) = value;

RAM void erase(uint32_t addr) {
    QSPI_AR = addr;
    QSPI_CR = value();
}

int main(void) {
    erase(0x1000);
    while (value() == 5) {
    }
    return 0;
}
