/*
 * load_predicated - a load from the flash, predicated by an IT block
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_pick target=table
// also: rule=address function=ram_pick
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_pick
    .type ram_pick, %function
ram_pick:
    cmp r0, #3
    itte ls
    ldrls r3, 1f
    ldrls.w r0, [r3, r0, lsl #2]
    movhi r0, #0
    bx lr
    .align 2
1:  .word table
    .size ram_pick, . - ram_pick

#ifdef CLEAN
    .section .data
#else
    .section .rodata
#endif
    .align 2
    .type table, %object
table:
    .word 1, 2, 3, 4
    .size table, . - table
    .text
    .global main
    .type main, %function
main:
    movs r0, #1
    ldr r3, =ram_pick
    bx r3
    .size main, . - main
