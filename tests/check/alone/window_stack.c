/*
 * window_stack - stacks that code sets, in RAM of the window, where the run of
 * the whole program does not come
 *
 * SPDX-License-Identifier: MIT
 */
// builds: m4 O0 gcc,m4 O2 gcc,m0plus Os gcc,m4 Os clang
// unsafe-build: BAD_PROCESS memory-unknown
// unsafe-build: BAD_MAIN memory-unknown
// unsafe-build: BAD_MOVED memory-unknown
// safe-build: OK_PROCESS
// safe-build: OK_MOVED
#include "harness.h"

#if defined OK_PROCESS || defined OK_MOVED
#define TOP 0x2000a000u
#else
#define TOP 0x90800400u // of PSRAM on the other chip select
#endif

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    QSPI_CR = 1;
}

FLASH void app(void) {
    ram_erase(0x1000);
}

int main(void) {
#if defined BAD_PROCESS || defined OK_PROCESS
    __asm__ volatile("msr psp, %0" : : "r"(TOP));
    __asm__ volatile("msr control, %0" : : "r"(2));
#elif defined BAD_MAIN
    __asm__ volatile("msr msp, %0" : : "r"(TOP));
#else
    __asm__ volatile("mov sp, %0" : : "r"(TOP));
#endif
    app();
    for (;;) {
    }
}
