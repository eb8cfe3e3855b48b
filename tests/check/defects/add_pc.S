/*
 * add_pc - jump-unknown: add pc, register
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=jump-unknown|call-unknown class=unknown function=ram_step
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_step
    .type ram_step, %function
ram_step:
#ifdef CLEAN
    cmp r0, #0
    bne 1f
#else
    lsls r0, r0, #2
    add pc, r0
    nop
#endif
    movs r0, #10
    bx lr
1:  movs r0, #20
    bx lr
    .size ram_step, . - ram_step

    .text
    .global main
    .type main, %function
main:
    ldr r3, =ram_step
    movs r0, #1
    bx r3
    .size main, . - main
