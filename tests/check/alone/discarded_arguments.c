/*
 * discarded_arguments - a function at the address 0, which debug information
 * also gives to some that were discarded and have no arguments
 *
 * SPDX-License-Identifier: MIT
 */
// builds: m4 O0 gcc,m4 O2 gcc,m0plus Os gcc,m33 O2 clang
// check: --resident 0:8K
// script: -DRAMCODE_ORIGIN=0
// link: --gc-sections -u flash_vectors
// note: pointers set r1: the table is in RAM
// unsafe-build: FLASH_HANDLER vector
// safe-build: RAM_HANDLER
#include "harness.h"

typedef void handler(void);
uint32_t sum;

__attribute__((section(".text.unused"))) void unused(void) {
    sum = 3;
}

RAM void set(handler *to, handler **table) {
    table[16 + 1] = to;
}

#ifdef FLASH_HANDLER
FLASH
#else
RAM
#endif
void tick(void) {
    sum++;
}

RAM void erase(void) {
    QSPI_CR = 1;
    while (QSPI_SR & 1u) {
    }
    QSPI_CR = 0;
}

__attribute__((section(".text.unused_too"))) void unused_too(void) {
    sum = 4;
}

int main(void) {
    REG(REG(0x40001000u)) = 1;
    set(tick, ram_vectors);
    REG(0xE000E100u) = 2;
    erase();
    return 0;
}
