/*
 * computed_jump - jump-unknown: a jump to a computed address, without a table
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=jump-unknown|call-unknown class=unknown function=ram_step
// note: targets ram_step ram_arm0 ram_arm1: two arms, eight bytes apart
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_step
    .type ram_step, %function
ram_step:
    ldr r1, =ram_arm0
    lsls r0, r0, #3
    adds r1, r0
    mov pc, r1
    .ltorg
    .size ram_step, . - ram_step
    .balign 8
    .type ram_arm0, %function
ram_arm0:
    movs r0, #10
    bx lr
    .size ram_arm0, . - ram_arm0
    .balign 8
    .type ram_arm1, %function
ram_arm1:
    movs r0, #20
    bx lr
    .size ram_arm1, . - ram_arm1

    .text
    .global main
    .type main, %function
main:
    ldr r3, =ram_step
    movs r0, #1
    bx r3
    .size main, . - main
