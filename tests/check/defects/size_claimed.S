/*
 * size_claimed - a table whose symbol claims 4 GB ends with its section
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call-mutable|indirect-call function=ram_go target=table|flash_a
// also: rule=call-mutable|indirect-call|data-pointer
// note: const table: only the initialiser writes it
// agree-skip: which entry is called is left to chance
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_go
    .type ram_go, %function
ram_go:
    ldr r1, =table
    ldr r3, [r1, r0, lsl #2]
    bx r3
    .ltorg
    .size ram_go, . - ram_go
    .type ram_a, %function
ram_a:
    bx lr
    .size ram_a, . - ram_a

    .text
    .type flash_a, %function
flash_a:
    bx lr
    .size flash_a, . - flash_a

    .data
    .balign 4
    .type table, %object
table:
#ifdef CLEAN
    .word ram_a
#else
    .word flash_a
#endif
#ifdef CLEAN
    .size table, 4
#else
    .size table, 0xffffffff
#endif

    .text
    .global main
    .type main, %function
main:
    movs r0, #0
    ldr r3, =ram_go
    bx r3
    .size main, . - main
