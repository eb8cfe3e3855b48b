/*
 * jump_table_flash - ldr pc through a table of addresses in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=jump-table|load function=ram_step target=arms
// also: rule=address function=ram_step
// note: const arms: only the initialiser writes it
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_step
    .type ram_step, %function
ram_step:
    cmp r0, #2
    bhi 3f
    ldr r1, =arms
    ldr pc, [r1, r0, lsl #2]
arm0:
    movs r0, #10
    bx lr
arm1:
    movs r0, #20
    bx lr
arm2:
    movs r0, #30
    bx lr
3:  movs r0, #0
    bx lr
    .ltorg
    .size ram_step, . - ram_step

#ifdef CLEAN
    .section .data
#else
    .section .rodata
#endif
    .align 2
    .type arms, %object
arms:
    .word arm0 + 1, arm1 + 1, arm2 + 1
    .size arms, . - arms

    .text
    .global main
    .type main, %function
main:
    movs r0, #1
    ldr r3, =ram_step
    bx r3
    .size main, . - main
