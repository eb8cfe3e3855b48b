/*
 * joined - an address in the frame is one of two that a register may hold
 *
 * SPDX-License-Identifier: MIT
 *
 * Whoever gets it may change the frame.
 */
// builds: m4f Os gcc
// note: pointers other r0: the address of a variable
// unsafe: bad_joined load-unknown
// unsafe: bad_joined_saved return-unknown
// unsafe: bad_two_places return-unknown
// safe: ok_joined
    .syntax unified
    .fpu fpv4-sp-d16
    .thumb
#include "functions.inc"
    .data
    .balign 4
    .type good, %object
    .size good, 16
good:
    .word 7, 8, 9, 10
    .type any, %object
    .size any, 4
any:
    .word any
    // It stores through r0, which is said to lead to no window.
    ram other
    ldr r1, =any
    ldr r1, [r1]
    str r1, [r0]
    bx lr
    end other
    // A word of the frame holds the address of `good`; a callee may change it.
    ram bad_joined
    push {r4, lr}
    sub sp, #8
    ldr r2, =good
    str r2, [sp, #4]
    add r0, sp, #4
    ldr r1, =good
    ldr r3, [r1]
    cmp r3, #0
    it eq
    moveq r0, r1
    bl other
    ldr r0, [sp, #4]
    ldr r0, [r0]
    add sp, #8
    pop {r4, pc}
    end bad_joined
    ram bad_joined_saved
    push {r4, lr}
    add r0, sp, #4
    ldr r1, =good
    ldr r3, [r1]
    cmp r3, #0
    it eq
    moveq r0, r1
    bl other
    pop {r4, pc}
    end bad_joined_saved
    ram bad_two_places
    push {r4, lr}
    sub sp, #8
    add r0, sp, #12
    ldr r1, =good
    ldr r3, [r1]
    cmp r3, #0
    it eq
    addeq r0, sp, #4
    bl other
    add sp, #8
    pop {r4, pc}
    end bad_two_places
    ram ok_joined
    push {r4, lr}
    sub sp, #8
    ldr r2, =good
    add r0, sp, #4
    ldr r1, =good
    ldr r3, [r1]
    cmp r3, #0
    it eq
    moveq r0, r1
    bl nothing
    ldr r0, =good
    ldr r0, [r0]
    add sp, #8
    pop {r4, pc}
    end ok_joined
    whole nothing "nop"
    .global main
    .type main, %function
    .text
main:
    bx lr
    .size main, . - main
