/*
 * pool_far - assembly that keeps its constants in a pool of its own, in the
 * flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_mask target=constants
// also: rule=address function=ram_mask
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_mask
    .type ram_mask, %function
ram_mask:
    ldr r3, =constants
    ldmia r3, {r0, r1}
    adds r0, r1
    bx lr
    .ltorg
    .size ram_mask, . - ram_mask

#ifndef CLEAN
    .text
#endif
    .align 2
    .type constants, %object
constants:
    .word 0x12345678, 3
    .size constants, . - constants

    .text
    .global main
    .type main, %function
main:
    ldr r3, =ram_mask
    bx r3
    .size main, . - main
