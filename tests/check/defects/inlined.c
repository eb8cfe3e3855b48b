/*
 * inlined - a RAM function without noinline, inlined into a flash function
 *
 * SPDX-License-Identifier: MIT
 */
// expect[O2 Os]: rule=inlined
// expect[O0]: proved
// expect[Og]: proved
// also[Og clang]: rule=inlined
#include "harness.h"

#ifdef CLEAN
#define KEPT __attribute__((noinline))
#else
#define KEPT
#endif

KEPT __attribute__((section(".ramcode"))) void ram_command(uint32_t code) {
    QSPI_CCR = code;
}

int main(void) {
    ram_command(0x20);
    return 0;
}
