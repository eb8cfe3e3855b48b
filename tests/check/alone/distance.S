/*
 * distance - the difference of two addresses leads from one object to another,
 * whatever is done to it in between
 *
 * SPDX-License-Identifier: MIT
 *
 * r0 becomes the address of a word of `good` or of the frame, r1 the window's
 * distance from there.
 */
// builds: m4f Os gcc
// unsafe: bad_stack_added load-unknown
// unsafe: bad_stack load-unknown
// unsafe: bad_stack_cleared load-unknown
// unsafe: bad_object load-unknown
// unsafe: bad_object_negated load-unknown
// unsafe: bad_object_added load-unknown
// unsafe: bad_object_eor load-unknown
// unsafe: bad_object_mvn load-unknown
// unsafe: bad_object_shifted load-unknown
// unsafe: bad_object_halves load-unknown
// safe: ok_object
    .syntax unified
    .fpu fpv4-sp-d16
    .thumb
#include "functions.inc"
    .macro pick
    ldr r0, =number
    ldrb r0, [r0]
    and r0, #1
    ldr r2, =good
    add r0, r2, r0, lsl #2
    ldr r1, =0x90000000
    .endm
    .data
    .balign 4
    .type good, %object
    .size good, 8
good:
    .word 7, 8
    .type number, %object
    .size number, 4
number:
    .word 1
    whole bad_stack_added "ldr r1, =0x90000000; mov r0, sp; subs r1, r1, r0; adds r0, r0, r1; ldr r0, [r0]"
    whole bad_stack "ldr r1, =0x90000000; mov r0, sp; subs r1, r0, r1; subs r0, r0, r1; ldr r0, [r0]"
    whole bad_stack_cleared "ldr r1, =0x90000000; mov r0, sp; subs r1, r0, r1; bic r1, r1, #0; subs r0, r0, r1; ldr r0, [r0]"
    whole bad_object "pick; subs r1, r0, r1; subs r0, r0, r1; ldr r0, [r0]"
    whole bad_object_negated "pick; subs r1, r1, r0; rsbs r1, r1, #0; subs r0, r0, r1; ldr r0, [r0]"
    whole bad_object_added "pick; subs r1, r1, r0; adds r0, r0, r1; ldr r0, [r0]"
    whole bad_object_eor "pick; subs r1, r1, r0; eor r1, r1, #0; adds r0, r0, r1; ldr r0, [r0]"
    whole bad_object_mvn "pick; subs r1, r1, r0; mvns r1, r1; mvns r1, r1; adds r0, r0, r1; ldr r0, [r0]"
    whole bad_object_shifted "pick; subs r1, r1, r0; lsrs r1, r1, #2; lsls r1, r1, #2; adds r0, r0, r1; ldr r0, [r0]"
    whole bad_object_halves "sub sp, #8; pick; subs r1, r1, r0; strh r1, [sp]; lsrs r1, r1, #16; strh r1, [sp, #2]; ldr r1, [sp]; add sp, #8; adds r0, r0, r1; ldr r0, [r0]"
    whole ok_object "ldr r0, =number; ldrb r0, [r0]; and r0, #1; ldr r2, =good; add r0, r2, r0, lsl #2; ldr r0, [r0]"
    nothing_else
