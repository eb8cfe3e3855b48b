/*
 * inlined_away - a static function inlined into main(), of which nothing is
 * left
 *
 * SPDX-License-Identifier: MIT
 *
 * If it was meant for RAM, debug information does not say so.
 */
// unsafe-build: AROUND inlined
// safe-build: BEFORE inlined
// safe-build: AFTER inlined
// safe-build: CALLS inlined
// safe-build: KEPT
// safe-build: PLAIN
// safe-build: ALONE
#include "harness.h"

uint32_t u;

#define INLINED static inline __attribute__((always_inline))

RAM void command(uint32_t code, uint32_t at) {
    QSPI_AR = at;
    QSPI_CCR = code;
}

// It leaves the mapped mode and goes back.
#ifdef AROUND
INLINED __attribute__((section(".ramcode"))) void erase(uint32_t at) {
    QSPI_CR = 2;
    command(0x06, 0);
    command(0x20, at);
    QSPI_CR = 1;
}
#endif

// It sets the controller up.
#ifdef BEFORE
INLINED void erase(uint32_t at) {
    QSPI_CR = 2;
    QSPI_CCR = 0;
    command(0x20, at);
}
#endif

#ifdef AFTER
INLINED void erase(uint32_t at) {
    command(0x20, at);
    QSPI_CCR = 0;
    QSPI_CR = 2;
    QSPI_CR = 3;
}
#endif

#ifdef CALLS
INLINED void erase(uint32_t at) {
    command(0x06, 0);
    command(0x20, at);
}
#endif

#ifdef KEPT
RAM void erase(uint32_t at) {
    QSPI_CR = 2;
    command(0x06, 0);
    command(0x20, at);
    QSPI_CR = 1;
}
#endif

// Not inlined: it was not meant for RAM.
#ifdef PLAIN
FLASH void erase(uint32_t at) {
    REG(0x48000018u) = 1;
    command(0x20, at);
    REG(0x48000018u) = 0x10000;
}
#endif

// It calls nothing in RAM.
#ifdef ALONE
INLINED void erase(uint32_t at) {
    u = at;
}
#endif

int main(void) {
    erase(3);
    command(0x05, 0);
    return 0;
}
