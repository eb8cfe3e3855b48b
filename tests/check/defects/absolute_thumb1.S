/*
 * absolute_thumb1 - movs, lsls, adds: an address without any constant of it
 *
 * SPDX-License-Identifier: MIT
 */
// cpu: m0plus
// expect: rule=load function=ram_magic
// also: rule=address function=ram_magic
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_magic
    .type ram_magic, %function
ram_magic:
#ifdef CLEAN
    movs r3, #0x20
#else
    movs r3, #0x90
#endif
    lsls r3, r3, #24
    adds r3, #0x40
    ldr r0, [r3, #4]
    bx lr
    .size ram_magic, . - ram_magic

    .text
    .global main
    .type main, %function
main:
    ldr r3, =ram_magic
    bx r3
    .size main, . - main
