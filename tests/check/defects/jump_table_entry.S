/*
 * jump_table_entry - a jump table in RAM of which one arm lies in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=jump-table|tail-call|call|pointer|code function=ram_step|arms
//     target=flash_arm
// also: rule=pointer target=flash_arm
// agree: -DAGREE_ARGUMENTS=2,0,0
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_step
    .type ram_step, %function
ram_step:
    cmp r0, #2
    bhi 3f
    adr r1, arms
    ldr pc, [r1, r0, lsl #2]
    .align 2
arms:
    .word arm0 + 1, arm1 + 1, flash_arm
arm0:
    movs r0, #10
    bx lr
arm1:
    movs r0, #20
    bx lr
3:  movs r0, #0
    bx lr
    .size ram_step, . - ram_step

#ifndef CLEAN
    .text
#endif
    .global flash_arm
    .type flash_arm, %function
flash_arm:
    movs r0, #30
    bx lr
    .size flash_arm, . - flash_arm

    .text
    .global main
    .type main, %function
main:
    movs r0, #1
    ldr r3, =ram_step
    bx r3
    .size main, . - main
