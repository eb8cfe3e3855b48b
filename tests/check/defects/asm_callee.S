/*
 * asm_callee - hand-written assembly in .text, called from RAM
 *
 * SPDX-License-Identifier: MIT
 *
 * Scripts that place *(.text.name) of one file do not see it.
 */
// expect: rule=call|tail-call function=ram_copy target=copy_words
// note: pointers ram_copy r0 r1: its callers pass RAM
// agree: -DAGREE_ARGUMENTS=0x20017100,0x20017200,4
    .syntax unified
    .thumb
#ifdef CLEAN
    .section .ramcode, "ax", %progbits
#else
    .text
#endif
    .global copy_words
    .type copy_words, %function
copy_words:
    ldr r3, [r1], #4
    str r3, [r0], #4
    subs r2, #1
    bne copy_words
    bx lr
    .size copy_words, . - copy_words

    .section .ramcode, "ax", %progbits
    .global ram_copy
    .type ram_copy, %function
ram_copy:
    push {r4, lr}
    bl copy_words
    pop {r4, pc}
    .size ram_copy, . - ram_copy

    .text
    .global main
    .type main, %function
main:
    ldr r3, =ram_copy
    bx r3
    .size main, . - main
