/*
 * discarded_end - a copy of what ends an outage, in a function that was
 * discarded: debug information gives it the address 0, where another function
 * begins
 *
 * SPDX-License-Identifier: MIT
 */
// builds: m4 O2 gcc,m4 Os gcc,m33 O2 clang
// check: --resident 0:8K --begin off --end on
// script: -DRAMCODE_ORIGIN=0
// link: --gc-sections -u flash_vectors
// unsafe-build: NO_END return-unknown
// safe-build: END
#include "harness.h"

uint32_t sum;

RAM void job(void);
void off(void);
static inline __attribute__((always_inline, section(".ramcode"))) void
on(void) {
    QSPI_CR = 0;
    QSPI_DR = 0;
}
void (*volatile ends)(void);

RAM void job(void) {
    off();
    QSPI_AR = 3;
#ifdef END
    on();
#endif
}

RAM void off(void) {
    QSPI_CR = 1;
}

__attribute__((section(".text.unused"))) void unused(void) {
    on();
    sum = 3;
}

int main(void) {
    ends = on;
    job();
    return 0;
}
