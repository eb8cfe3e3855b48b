/*
 * entries - functions with so many entries that each is judged up to the next
 * one only
 *
 * SPDX-License-Identifier: MIT
 *
 * What lies behind the last entry is reached from the first one, too.
 */
// builds: m4f Os gcc
// unsafe: bad_behind load
// unsafe: bad_jumped load
// unsafe: bad_entry_90 load
// safe: ok_behind
    .syntax unified
    .fpu fpv4-sp-d16
    .thumb
#include "functions.inc"
    .macro entry name number
    .global \name\()_\number
    .type \name\()_\number, %function
    .thumb_func
\name\()_\number:
    adds r1, #1
    .size \name\()_\number, \name\()_end - \name\()_\number
    .endm
    // 100 entries, the body behind them, and an early way there.
    .macro entries name early body
    ram \name
    \early
    .set number, 0
    .altmacro // %number
    .rept 100
    .set number, number + 1
    entry \name, %number
    .endr
    .noaltmacro
\name\()_body:
    \body
    bx lr
    .balign 4
    .ltorg
\name\()_end:
    .size \name, . - \name
    .endm
    entries bad_behind, "nop", "ldr r0, =0x90000000; ldr r0, [r0]"
    entries bad_jumped, "cmp r0, #3; beq.w bad_jumped_body; bx lr", "ldr r0, =0x90000000; ldr r0, [r0]"
    entries bad_entry, "bx lr", "ldr r0, =0x90000000; ldr r0, [r0]"
    entries ok_behind, "nop", "adds r0, #1"
    nothing_else
