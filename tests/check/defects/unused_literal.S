/*
 * unused_literal - unread-literal: a flash address in a function that no
 * instruction reads
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=unread-literal class=unknown function=ram_magic
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_magic
    .type ram_magic, %function
ram_magic:
    ldr r0, 1f
    bx lr
    .align 2
1:  .word 0x12345678
#ifndef CLEAN
    .word main
#endif
    .size ram_magic, . - ram_magic

    .text
    .global main
    .type main, %function
main:
    ldr r3, =ram_magic
    bx r3
    .size main, . - main
