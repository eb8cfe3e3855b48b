/*
 * unused_section - code in RAM that nothing copies
 *
 * SPDX-License-Identifier: MIT
 *
 * It matters to what uses it in an outage.
 */
// builds: m4 Os gcc,m0plus O2 gcc,m4 Os clang
// link: --section-start=.late=0x20006000
// safe: ram_erase no-copy
// unsafe: ram_late no-copy
// unsafe: ram_calls no-copy
// unsafe: ram_reads no-copy
#include "harness.h"

#define LATE __attribute__((section(".late"))) HARNESS_OPAQUE

LATE void ram_late(void) {
    QSPI_DR = 1;
}

RAM void ram_erase(void) {
    QSPI_CR = 1;
}

RAM void ram_calls(void) {
    ram_late();
    QSPI_CR = 1;
}

RAM void ram_reads(void) {
    QSPI_CR = *(volatile uint16_t *)(uintptr_t)0x20006002u;
}

int main(void) {
    ram_erase();
    ram_calls();
    ram_reads();
    return 0;
}
