/*
 * load_joined - a load through one of two tables: one lies in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load|address function=ram_pick target=table
// also: rule=address function=ram_pick
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_pick
    .type ram_pick, %function
ram_pick:
    cmp r0, #3
    itee ls
    ldrls r3, 1f
    ldrhi r3, 2f
    movhi r0, #0
    ldr r0, [r3, r0, lsl #2]
    bx lr
    .align 2
1:  .word table
2:  .word fallback
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
    .data
    .align 2
    .type fallback, %object
fallback:
    .word 5, 6, 7, 8
    .size fallback, . - fallback

    .text
    .global main
    .type main, %function
main:
    movs r0, #1
    ldr r3, =ram_pick
    bx r3
    .size main, . - main
