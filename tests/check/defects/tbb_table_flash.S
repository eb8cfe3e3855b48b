/*
 * tbb_table_flash - tbb with its table in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=jump-table|load function=ram_step target=offsets
// also: rule=address function=ram_step
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_step
    .type ram_step, %function
ram_step:
    cmp r0, #2
    bhi 3f
    ldr r1, =offsets
    tbb [r1, r0]
0:  movs r0, #10
    bx lr
1:  movs r0, #20
    bx lr
2:  movs r0, #30
    bx lr
3:  movs r0, #0
    bx lr
    .ltorg
#ifdef CLEAN
offsets:
    .byte 0, 2, 4, 0
    .balign 4
    .size ram_step, . - ram_step
#else
    .size ram_step, . - ram_step
    .section .rodata
    .type offsets, %object
offsets:
    .byte 0, 2, 4
    .size offsets, . - offsets
#endif

    .text
    .global main
    .type main, %function
main:
    movs r0, #1
    ldr r3, =ram_step
    bx r3
    .size main, . - main
