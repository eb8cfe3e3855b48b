/*
 * orphan_ramfunc - .RamFunc with a linker script that has no line for it
 *
 * SPDX-License-Identifier: MIT
 *
 * Scripts of older CubeMX projects. Nothing at all is in RAM.
 */
// linker:
// clean-linker: -DRAMCODE_IN_DATA
// expect: rule=orphan
// also: rule=call|code
#include "harness.h"

#define RAMFUNC __attribute__((section(".RamFunc"))) HARNESS_OPAQUE

RAMFUNC void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
