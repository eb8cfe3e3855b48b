/*
 * mirror - RAM with a byte for each block of the window
 *
 * SPDX-License-Identifier: MIT
 *
 * Compilers add the address in the window to that of the array, and then what
 * makes an index of it: a number that is the distance of both memories.
 */
// builds: m4 O0 clang,m4 Os clang,m33 O2 clang,m4 O2 gcc
// check: --interrupts none
// safe-build: OK_MIRROR
// unsafe-build: BAD_DISTANT load-unknown|load
#include "harness.h"

uint8_t dirty[4096];

#ifdef OK_MIRROR
RAM void ram_erase(uint32_t addr) {
    QSPI_CR = 1;
    if (addr >= 0x90000000u && addr < 0x90001000u) {
        dirty[addr - 0x90000000u] = 1;
    }
    QSPI_CR = 2;
}
#else
RAM void ram_erase(uint32_t addr) {
    const uint8_t *at = dirty + (addr & 0xfffu);
    QSPI_CR = 1;
    __asm__ volatile("" : "+r"(at));
    QSPI_AR = *(const volatile uint8_t *)((uintptr_t)at + 0x70000000u);
    QSPI_CR = 2;
}
#endif

int main(void) {
    for (uint32_t addr = 0x90000000u; addr < 0x90001000u; addr += 64) {
        ram_erase(addr);
    }
    return dirty[5];
}
