/*
 * ldr_pc_literal - ldr pc, =symbol: a jump without a branch
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=tail-call|call|indirect-call function=ram_leave
//     target=flash_entry
// agree-stuck: leaves for an endless loop
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_leave
    .type ram_leave, %function
ram_leave:
    movs r0, #0
    ldr pc, =flash_entry
    .ltorg
    .size ram_leave, . - ram_leave

#ifndef CLEAN
    .text
#endif
    .global flash_entry
    .type flash_entry, %function
flash_entry:
    b flash_entry
    .size flash_entry, . - flash_entry

    .text
    .global main
    .type main, %function
main:
    ldr r3, =ram_leave
    bx r3
    .size main, . - main
