/*
 * ranges - places of the frame, and words of a table, that an index chooses
 *
 * SPDX-License-Identifier: MIT
 *
 * Eight words of the frame hold the address of `good`, but for the one that
 * gets r2, which may be anything. r1 is an index that is not known.
 */
// builds: m4f Os gcc
// note: const table: nothing writes it
// note: const code: nothing writes it
    .syntax unified
    .thumb
#include "functions.inc"
    .macro object name bytes
    .data
    .balign 4
    .type \name, %object
    .size \name, \bytes
\name:
    .endm
    object good 16
    .word 7, 8, 9, 10
    object any 4
    .word good
    object count 4
    .word 0
    object table 8
    .word good, good
    object code 8
    .word nothing, nothing

    .macro frame name setup
    ram \name
    push {r4, lr}
    sub sp, #32
    ldr r0, =good
    ldr r2, =any
    ldr r2, [r2]
    ldr r1, =count
    ldr r1, [r1]
    strd r0, r0, [sp]
    strd r0, r0, [sp, #8]
    strd r0, r0, [sp, #16]
    strd r0, r0, [sp, #24]
    \setup
    add sp, #32
    ldr r0, [r0]
    pop {r4, pc}
    end \name
    .endm

    ram nothing
    bx lr
    end nothing
    ram stores
    str r1, [r0]
    bx lr
    end stores

// safe: ok_index
    frame ok_index "and r1, #3; ldr r0, [sp, r1, lsl #2]"
// unsafe: bad_index load-unknown
    frame bad_index "str r2, [sp, #12]; and r1, #3; ldr r0, [sp, r1, lsl #2]"
// unsafe: bad_index_first load-unknown
    frame bad_index_first "str r2, [sp]; and r1, #3; ldr r0, [sp, r1, lsl #2]"
// safe: ok_index_else
    frame ok_index_else "str r2, [sp, #16]; and r1, #3; ldr r0, [sp, r1, lsl #2]"
// unsafe: bad_index_unscaled load-unknown
    frame bad_index_unscaled "and r1, #3; ldr r0, [sp, r1]"
// unsafe: bad_index_halves load-unknown
    frame bad_index_halves "and r1, #6; ldr r0, [sp, r1]"
// safe: ok_index_masked
    frame ok_index_masked "str r2, [sp, #16]; and r1, #12; ldr r0, [sp, r1]"
// unsafe: bad_index_moved load-unknown
    frame bad_index_moved "and r1, #12; add r3, sp, #2; ldr r0, [r3, r1]"
// unsafe: bad_index_down load-unknown
    frame bad_index_down "str r2, [sp, #4]; add r3, sp, #8; and r1, #3; subs r1, #1; ldr r0, [r3, r1, lsl #2]"
// unsafe: bad_index_counts load-unknown
    frame bad_index_counts "str r2, [sp, #28]; movs r3, #0; 1: adds r3, #1; cmp r3, r1; bne 1b; ldr r0, [sp, r3, lsl #2]"
// safe: ok_index_offset
    frame ok_index_offset "str r2, [sp, #16]; and r1, #3; lsls r1, #2; adds r1, #8; add r1, sp; ldr r0, [r1, #-8]"
// unsafe: bad_index_offset load-unknown
    frame bad_index_offset "str r2, [sp, #12]; and r1, #3; lsls r1, #2; adds r1, #8; add r1, sp; ldr r0, [r1, #-8]"
// unsafe: bad_index_far load-unknown
    frame bad_index_far "and r1, #255; ldr r0, [sp, r1, lsl #2]"
// unsafe: bad_index_joined load-unknown
    frame bad_index_joined "str r2, [sp, #28]; and r3, r1, #3; cmp r1, #9; it eq; moveq r3, #7; ldr r0, [sp, r3, lsl #2]"
// unsafe: bad_index_joined_else load-unknown
    frame bad_index_joined_else "str r2, [sp, #28]; movs r3, #7; cmp r1, #9; it eq; andeq r3, r1, #3; ldr r0, [sp, r3, lsl #2]"
// unsafe: bad_index_joined_branch load-unknown
    frame bad_index_joined_branch "str r2, [sp, #28]; and r3, r1, #3; cmp r1, #9; bne 1f; movs r3, #7; 1: ldr r0, [sp, r3, lsl #2]"
// unsafe: bad_index_joined_low load-unknown
    frame bad_index_joined_low "str r2, [sp]; movs r3, #4; cmp r1, #9; beq 1f; and r3, r1, #3; 1: ldr r0, [sp, r3, lsl #2]"
// unsafe: bad_index_joined_high load-unknown
    frame bad_index_joined_high "str r2, [sp, #16]; movs r3, #4; cmp r1, #9; beq 1f; and r3, r1, #3; 1: ldr r0, [sp, r3, lsl #2]"
// safe: ok_index_joined
    frame ok_index_joined "str r2, [sp, #20]; movs r3, #4; cmp r1, #9; beq 1f; and r3, r1, #3; 1: ldr r0, [sp, r3, lsl #2]"
// unsafe: bad_index_joined_loop load-unknown
    frame bad_index_joined_loop "str r2, [sp, #12]; movs r3, #4; b 2f; 1: subs r3, #1; 2: cmp r3, r1; bne 1b; ldr r0, [sp, r3, lsl #2]"
// safe: ok_index_bits
    frame ok_index_bits "str r2, [sp, #16]; ubfx r1, r1, #4, #2; ldr r0, [sp, r1, lsl #2]"
// unsafe: bad_index_bits load-unknown
    frame bad_index_bits "str r2, [sp, #16]; ubfx r1, r1, #4, #3; ldr r0, [sp, r1, lsl #2]"
// safe: ok_index_shifted
    frame ok_index_shifted "str r2, [sp, #16]; lsrs r1, r1, #30; ldr r0, [sp, r1, lsl #2]"
// unsafe: bad_index_shifted load-unknown
    frame bad_index_shifted "str r2, [sp, #16]; lsrs r1, r1, #29; ldr r0, [sp, r1, lsl #2]"
// unsafe: bad_index_signed load-unknown
    frame bad_index_signed "asrs r1, r1, #30; add r3, sp, #16; ldr r0, [r3, r1, lsl #2]"
// unsafe: bad_index_byte load-unknown
    frame bad_index_byte "ldrb r1, [r0]; ldr r0, [sp, r1, lsl #2]"
// unsafe: bad_index_cleared load-unknown
    frame bad_index_cleared "str r2, [sp, #28]; bic r1, #3; ldr r0, [sp, r1]"
// unsafe: bad_index_inserted load-unknown
    frame bad_index_inserted "str r2, [sp, #28]; and r1, #3; orr r1, #4; ldr r0, [sp, r1, lsl #2]"
// safe: ok_store
    frame ok_store "and r1, #3; str r0, [sp, r1, lsl #2]; ldr r0, [sp, #4]"
// unsafe: bad_store load-unknown
    frame bad_store "and r1, #3; str r2, [sp, r1, lsl #2]; ldr r0, [sp, #4]"
// safe: ok_store_else
    frame ok_store_else "and r1, #3; str r2, [sp, r1, lsl #2]; ldr r0, [sp, #16]"
// unsafe: bad_store_over load-unknown
    frame bad_store_over "str r2, [sp, #4]; and r1, #3; str r0, [sp, r1, lsl #2]; ldr r0, [sp, #4]"
// unsafe: bad_store_byte load-unknown
    frame bad_store_byte "and r1, #3; add r3, sp, r1; strb r2, [r3]; ldr r0, [sp]"
// unsafe: bad_store_unaligned load-unknown
    frame bad_store_unaligned "and r1, #3; str r2, [sp, r1]; ldr r0, [sp, #4]"
// unsafe: bad_store_two load-unknown
    frame bad_store_two "and r1, #3; add r3, sp, r1, lsl #2; stmia r3, {r0, r2}; ldr r0, [sp, #16]"
// unsafe: bad_store_float load-unknown
    frame bad_store_float "and r1, #3; vmov s8, r2; add r3, sp, r1, lsl #2; vstr s8, [r3]; ldr r0, [sp, #4]"
// unsafe: bad_store_called load-unknown
    frame bad_store_called "and r1, #3; add r0, sp, r1, lsl #2; mov r1, r2; bl stores; ldr r0, [sp, #4]"
// unsafe: bad_store_called_later load-unknown
    frame bad_store_called_later "and r1, #3; add r0, sp, r1, lsl #2; adds r0, #4; mov r1, r2; bl stores; ldr r0, [sp, #16]"
// unsafe: bad_store_address load-unknown
    frame bad_store_address "mov r3, sp; and r1, #3; add r4, sp, #16; str r3, [r4, r1, lsl #2]; ldr r3, [sp, #20]; str r2, [r3]; ldr r0, [sp]"
// safe: ok_word
    frame ok_word "ldr r3, =table; and r1, #1; ldr r0, [r3, r1, lsl #2]; add r0, r0, r1, lsl #2"
// unsafe: bad_word_of_any load-unknown
    frame bad_word_of_any "ldr r3, =any; ldr r0, [r3]; and r1, #1; add r0, r0, r1, lsl #2"

// safe: ok_code
    frame ok_code "ldr r3, =code; and r1, #1; ldr r3, [r3, r1, lsl #2]; mov r4, r0; blx r3; mov r0, r4"
// unsafe: bad_code .*unknown
    frame bad_code "ldr r3, =code; and r1, #1; ldr r3, [r3, r1, lsl #2]; add r3, #4; mov r4, r0; blx r3; mov r0, r4"

    .global main
    .type main, %function
    .text
main:
    bx lr
    end main
