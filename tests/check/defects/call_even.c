/*
 * call_even - a call of a fixed RAM address without the Thumb bit
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=pointer-even|indirect-call|call function=ram_boot
#include "harness.h"

#ifdef CLEAN
__attribute__((section(".ramcode.entry"), used)) static void entry(void) {
    QSPI_CR = 1;
}
#define ENTRY entry
#else
#define ENTRY ((void (*)(void))0x20000000u)
#endif

RAM void ram_boot(void) {
    ENTRY();
    QSPI_CR = 2;
}

int main(void) {
    ram_boot();
    return 0;
}
