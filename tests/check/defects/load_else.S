/*
 * load_else - the address of flash data, formed in the else slot of an IT
 * block
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_pick target=far
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_pick
    .type ram_pick, %function
ram_pick:
    cmp r0, #3
    ite ls
    ldrls r3, =near
    ldrhi r3, =far
    ldr r0, [r3]
    bx lr
    .ltorg
    .size ram_pick, . - ram_pick

    .section .data
    .align 2
    .type near, %object
near:
    .word 1
    .size near, . - near

#ifndef CLEAN
    .section .rodata
    .align 2
#endif
    .type far, %object
far:
    .word 2
    .size far, . - far

    .text
    .global main
    .type main, %function
main:
    ldr r1, =ram_pick
    movs r0, #1
    bx r1
    .size main, . - main
