/*
 * handed - places in the stack below the caller's, and registers that are kept,
 * that a function gets from its caller
 *
 * SPDX-License-Identifier: MIT
 */
    .syntax unified
    .thumb
#include "functions.inc"
    .macro flash name
    .section .text.\name, "ax", %progbits
    .balign 4
    .thumb_func
    .global \name
    .type \name, %function
\name:
    .endm

    .data
    .balign 4
    .global good
    .type good, %object
    .size good, 8
good:
    .word 7, 8
    .section .rodata
    .balign 4
    .global bad
    .type bad, %object
    .size bad, 8
bad:
    .word 5, 6

    flash flash_tick
    bx lr
    end flash_tick

/// Where the callee will push its return address ///

// unsafe: bad_below load-unknown
    ram bad_below
    push {r4, lr}
    str r1, [r0]
    movs r4, #0
    pop {r4, pc}
    end bad_below
    flash hands_below
    push {r4, lr}
    sub r0, sp, #4
    ldr r1, =flash_tick
    bl bad_below
    pop {r4, pc}
    end hands_below

// By one that pushes nothing.
// unsafe: bad_below_tail load-unknown
    ram bad_below_tail
    push {r4, lr}
    movs r4, #0
    bl stores_word
    pop {r4, pc}
    end bad_below_tail
    ram stores_word
    str r1, [r0]
    bx lr
    end stores_word
    flash hands_below_tail
    sub r0, sp, #4
    ldr r1, =flash_tick
    b bad_below_tail
    end hands_below_tail

// unsafe: bad_below_single load-unknown
    ram bad_below_single
    push {lr}
    str r1, [r0]
    ldr pc, [sp], #4
    end bad_below_single
    flash hands_below_single
    push {r4, lr}
    sub r0, sp, #4
    ldr r1, =flash_tick
    bl bad_below_single
    pop {r4, pc}
    end hands_below_single

// safe: ok_above
    ram ok_above
    push {r4, lr}
    str r1, [r0]
    movs r4, #0
    pop {r4, pc}
    end ok_above
    flash hands_above
    push {r4, lr}
    sub sp, sp, #8
    add r0, sp, #4
    ldr r1, =flash_tick
    bl ok_above
    add sp, sp, #8
    pop {r4, pc}
    end hands_above

/// Registers that are kept ///

// unsafe: bad_kept load-unknown
    ram bad_kept
    ldr r0, [r4]
    bx lr
    end bad_kept
    flash hands_kept
    push {r4, lr}
    ldr r4, =bad
    bl bad_kept
    pop {r4, pc}
    end hands_kept

// unsafe: bad_kept_called call-unknown
    ram bad_kept_called
    push {r3, lr}
    blx r7
    pop {r3, pc}
    end bad_kept_called
    flash hands_kept_called
    push {r7, lr}
    ldr r7, =flash_tick
    bl bad_kept_called
    pop {r7, pc}
    end hands_kept_called

// One hands it on as an argument.
// unsafe: bad_kept_passed load-unknown
    ram bad_kept_passed
    push {r3, lr}
    mov r0, r11
    bl reads_word
    pop {r3, pc}
    end bad_kept_passed
    ram reads_word
    ldr r0, [r0]
    bx lr
    end reads_word
    flash hands_kept_passed
    push {r11, lr}
    ldr r11, =bad
    bl bad_kept_passed
    pop {r11, pc}
    end hands_kept_passed

// Both callers are in the outage; one of them hands what it was handed.
// unsafe: bad_kept_twice load-unknown
    ram bad_kept_twice
    push {r3, lr}
    bl reads_kept
    pop {r3, pc}
    end bad_kept_twice
    ram good_kept
    push {r5, lr}
    ldr r5, =good
    bl reads_kept
    pop {r5, pc}
    end good_kept
    ram reads_kept
    ldr r0, [r5]
    bx lr
    end reads_kept
    flash hands_kept_twice
    push {r5, lr}
    ldr r5, =bad
    bl bad_kept_twice
    bl good_kept
    pop {r5, pc}
    end hands_kept_twice

// safe: ok_kept
    ram ok_kept
    push {r4, lr}
    ldr r4, =good
    ldr r0, [r4]
    pop {r4, pc}
    end ok_kept
    flash hands_nothing
    push {r4, lr}
    ldr r4, =bad
    bl ok_kept
    ldr r0, [r4]
    pop {r4, pc}
    end hands_nothing

    .text
    .balign 4
    .thumb_func
    .global main
    .type main, %function
main:
    bx lr
    .size main, . - main
