/*
 * no_size - U5: a label with code behind it, no type, no size, no end
 *
 * SPDX-License-Identifier: MIT
 */
// check: --root ram_magic
// expect: rule=U5 class=unknown
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_magic
#ifdef CLEAN
    .type ram_magic, %function
#endif
ram_magic:
    movs r0, #1
    bx lr
#ifdef CLEAN
    .size ram_magic, . - ram_magic
#endif
    .align 2

    .text
    .global main
    .type main, %function
main:
    ldr r3, =ram_magic
    bx r3
    .size main, . - main
