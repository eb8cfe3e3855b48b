/*
 * discarded - debug information of discarded functions says the address 0,
 * where memory for code begins
 *
 * SPDX-License-Identifier: MIT
 *
 * The only copies that count are those of what really is there.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 O2 clang
// check: --resident 0:8K
// script: -DRAMCODE_ORIGIN=0
// link: --gc-sections -u flash_vectors
// unsafe-build: INLINED inlined
// safe-build: CALLED
// safe-build: OTHERS
#include "harness.h"

uint32_t sum;

#ifdef INLINED
#define KEPT static inline __attribute__((always_inline))
#else
#define KEPT __attribute__((noinline))
#endif

__attribute__((section(".text.unused"))) void unused(void) {
    sum = 3;
}

// A copy of it is in main(), and the function is discarded.
__attribute__((always_inline, section(".text.add"))) inline void add(void) {
    sum++;
    QSPI_DR = sum;
}
extern void add(void);

KEPT __attribute__((section(".ramcode"))) void erase(uint32_t sector) {
    QSPI_AR = sector;
    QSPI_CR = 1;
    while (QSPI_SR & 1u) {
    }
    QSPI_CR = 0;
}

void (*volatile erases)(uint32_t);

int main(void) {
    erases = erase;
    erase(0x1000);
#ifdef OTHERS
    add();
#endif
    return 0;
}
