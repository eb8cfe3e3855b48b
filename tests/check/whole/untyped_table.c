/*
 * untyped_table - a vector table in assembly, with a size and no type
 *
 * SPDX-License-Identifier: MIT
 *
 * It ends where its size says, not at the next object that has a type.
 */
// builds: m4 O2 gcc,m33 Os gcc,m0plus Os gcc
// safe-build: OK
// unsafe-build: BAD vector
#include "harness.h"

#ifdef BAD
#define TICK "in_flash"
#else
#define TICK "Default_Handler"
#endif

__asm__(".pushsection .data.ram_vectors, \"aw\"\n"
        "    .balign 256\n"
        "    .global ram_vectors\n"
        "ram_vectors:\n"
        "    .word stack_top_, Reset_Handler\n"
        "    .rept 5\n"
        "    .word Default_Handler\n"
        "    .endr\n"
        "    .word 0, 0, 0, 0, Default_Handler, Default_Handler, 0\n"
        "    .word Default_Handler, " TICK "\n"
        "    .rept 8\n"
        "    .word Default_Handler\n"
        "    .endr\n"
        "    .size ram_vectors, . - ram_vectors\n"
        // More than its alignment has room for.
        "    .rept 140\n"
        "    .word 0x1234566\n"
        "    .endr\n"
        "    .popsection");

FLASH void in_flash(void) {
    QSPI_DR = 3;
}

RAM void outage(void) {
    QSPI_CR = 1;
    while (QSPI_SR & 1u) {
    }
    QSPI_CR = 2;
}

int main(void) {
    in_flash();
    REG(0xe000e010u) = 7;
    outage();
    return 0;
}
