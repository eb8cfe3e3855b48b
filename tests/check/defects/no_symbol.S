/*
 * no_symbol - no-symbols: code in RAM that no symbol names
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=no-symbols class=unknown
// note: allow load-unknown ram_two: its callers pass RAM
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_one
    .type ram_one, %function
ram_one:
    movs r0, #1
    bx lr
    .size ram_one, . - ram_one

#ifdef CLEAN
    .type ram_two, %function
ram_two:
#endif
    ldr r0, [r0, #4]
    adds r0, #1
    bx lr
#ifdef CLEAN
    .size ram_two, . - ram_two
#endif

    .text
    .global main
    .type main, %function
main:
    ldr r3, =ram_one
    bx r3
    .size main, . - main
