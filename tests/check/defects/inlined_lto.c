/*
 * inlined_lto - link-time optimisation inlines a RAM function into the flash
 *
 * SPDX-License-Identifier: MIT
 */
// skip[clang]: its objects are no input for GNU ld
// flags: -flto -ffat-lto-objects
// link: -flto
// expect[O2 Os]: rule=inlined
// expect[O0]: proved
// expect[Og]: proved
#include "harness.h"

#ifdef CLEAN
#define KEPT __attribute__((noinline))
#else
#define KEPT
#endif

KEPT __attribute__((section(".ramcode"))) void ram_command(uint32_t code) {
    QSPI_CCR = code;
}

void (*volatile command)(uint32_t) = ram_command;

int main(void) {
    ram_command(0x20);
    command(0x06);
    return 0;
}
