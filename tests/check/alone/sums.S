/*
 * sums - two values are added, and neither is known to be an index
 *
 * SPDX-License-Identifier: MIT
 *
 * Each argument by itself is a register's address or RAM; together they are an
 * address in the window. `reads_NAME` does it with what NAME passes.
 */
// builds: m4f Os gcc
// unsafe: bad_sum load-unknown
// unsafe: bad_indexed load-unknown
// unsafe: bad_stored load-unknown
// unsafe: bad_twice load-unknown
// unsafe: bad_itself load-unknown
// unsafe: bad_and_offset load-unknown
// unsafe: bad_byte load-unknown
// unsafe: bad_block load-unknown
// unsafe: bad_float load-unknown
// unsafe: bad_three load-unknown
// unsafe: bad_three_indexed load-unknown
// unsafe: bad_number_and_two load-unknown
// unsafe: bad_negative load-unknown
// unsafe: bad_difference load-unknown
// unsafe: bad_or load-unknown
// unsafe: bad_eor load-unknown
// unsafe: bad_inserted load-unknown
// unsafe: bad_shifted load-unknown
// unsafe: bad_shifted_indexed load-unknown
// unsafe: bad_multiplied load-unknown
// unsafe: bad_written_back load-unknown
// unsafe: bad_aligned load-unknown
// unsafe: bad_on_stack load-unknown
// unsafe: bad_called call-unknown
// unsafe: bad_jumped call-unknown|jump-unknown
// unsafe: bad_passed_on load-unknown
// unsafe: bad_half_passed_on load-unknown
// unsafe: bad_twice_passed_on load-unknown
// unsafe: bad_behind load-unknown
// unsafe: bad_behind_and_before load-unknown
// unsafe: bad_inside load-unknown
// unsafe: bad_walked load-unknown
// unsafe: bad_walked_back load-unknown
// unsafe: bad_moved load-unknown
// unsafe: bad_many load-unknown
// unsafe: bad_either load-unknown
// unsafe: bad_loop load-unknown
// safe: ok_index
// safe: ok_index_first
// safe: ok_indexed
// safe: ok_negative
// safe: ok_three
// safe: ok_passed_on
// safe: ok_either
// safe: ok_inside
// safe: ok_walked
// safe: ok_many
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
    .type number, %object
    .size number, 4
number:
    .word 1
    .section .data.ro_parts, "a", %progbits
    .balign 4
    .type parts, %object
    .size parts, 8
parts:
    .word 0x40000000, 0x50000000

    .macro pass name setup body
    whole reads_\name "\body"
    ram \name
    push {r4, lr}
    \setup
    bl reads_\name
    pop {r4, pc}
    end \name
    .endm
    .macro two
    ldr r0, =0x40000000
    ldr r1, =0x50000000
    .endm
    .macro object
    ldr r0, =good
    movs r1, #4
    .endm
    pass bad_sum "two" "adds r0, r0, r1; ldr r0, [r0]"
    pass bad_indexed "two" "ldr r0, [r0, r1]"
    pass bad_stored "two" "str r2, [r0, r1]"
    pass bad_twice "ldr r0, =0x48000000" "adds r0, r0, r0; ldr r0, [r0]"
    pass bad_itself "ldr r0, =0x48000000" "ldr r0, [r0, r0]"
    pass bad_and_offset "two" "adds r0, #4; adds r0, r0, r1; ldr r0, [r0, #4]"
    pass bad_byte "two" "adds r0, r0, r1; ldrb r0, [r0, #3]"
    pass bad_block "two" "adds r0, r0, r1; ldmia r0, {r0, r1}"
    pass bad_float "two" "adds r0, r0, r1; vldr s0, [r0]"
    pass bad_three "ldr r0, =0x40000000; ldr r1, =good; ldr r2, =0x30000000" "adds r0, r0, r1; adds r0, r0, r2; ldr r0, [r0]"
    pass bad_three_indexed "ldr r0, =0x40000000; ldr r1, =good; ldr r2, =0x30000000" "adds r0, r0, r1; ldr r0, [r0, r2]"
    pass bad_number_and_two "two; movs r2, #4" "adds r0, r0, r2; ldr r0, [r0, r1]"
    pass bad_negative "ldr r0, =0xA0001000; ldr r1, =0xEFFFF000" "adds r0, r0, r1; ldr r0, [r0]"
    pass bad_difference "ldr r0, =0xA0001000; ldr r1, =0x10001000" "subs r0, r0, r1; ldr r0, [r0]"
    pass bad_or "ldr r0, =0x80000000; ldr r1, =0x10000000" "orrs r0, r1; ldr r0, [r0]"
    pass bad_eor "ldr r0, =0xC0000000; ldr r1, =0x50000000" "eors r0, r1; ldr r0, [r0]"
    pass bad_inserted "ldr r0, =good; movs r1, #9" "bfi r0, r1, #28, #4; ldr r0, [r0]"
    pass bad_shifted "ldr r0, =0x40000000; ldr r1, =0x14000000" "add r0, r0, r1, lsl #2; ldr r0, [r0]"
    pass bad_shifted_indexed "ldr r0, =0x40000000; ldr r1, =0x14000000" "ldr r0, [r0, r1, lsl #2]"
    pass bad_multiplied "ldr r0, =0x48000000; movs r1, #2" "mul r0, r0, r1; ldr r0, [r0]"
    pass bad_written_back "two" "adds r0, r0, r1; ldr r2, [r0], #4; ldr r0, [r0]"
    pass bad_aligned "two" "adds r0, r0, r1; bic r0, r0, #3; ldr r0, [r0]"
    whole reads_bad_on_stack "ldr r0, [sp]; ldr r1, [sp, #4]; ldr r0, [r0, r1]"
    ram bad_on_stack
    two
    push {r0, r1, r4, lr}
    bl reads_bad_on_stack
    pop {r0, r1, r4, pc}
    end bad_on_stack
    ram reads_bad_called
    push {r4, lr}
    adds r0, r0, r1
    blx r0
    pop {r4, pc}
    end reads_bad_called
    ram bad_called
    push {r4, lr}
    two
    bl reads_bad_called
    pop {r4, pc}
    end bad_called
    pass bad_jumped "two" "adds r0, r0, r1; mov pc, r0"
    // The sum is made in one function and used in another.
    whole reads_one "ldr r0, [r0]"
    whole reads_both "ldr r0, [r0, r1]"
    whole reads_twice "ldr r0, [r0, r0]"
    .macro passes_on name to setup body
    ram on_\name
    push {r4, lr}
    \body
    bl \to
    pop {r4, pc}
    end on_\name
    ram \name
    push {r4, lr}
    \setup
    bl on_\name
    pop {r4, pc}
    end \name
    .endm
    passes_on bad_passed_on reads_one "two" "adds r0, r0, r1"
    passes_on bad_half_passed_on reads_both "two" "adds r0, #4"
    passes_on bad_twice_passed_on reads_twice "ldr r0, =0x48000000" "nop"
    // Words of a constant, that are read through an argument.
    pass bad_behind "ldr r0, =parts" "ldr r1, [r0]; ldr r0, [r0, #4]; ldr r0, [r0, r1]"
    pass bad_behind_and_before "ldr r0, =parts; ldr r1, =0x50000000" "ldr r0, [r0]; ldr r0, [r0, r1]"
    // What leads from RAM to the window reads like a register's address.
    pass bad_inside "ldr r0, =good + 0x90000000" "ldr r2, =number; ldrb r2, [r2]; ldr r1, =good; rsbs r1, r1, #0; adds r1, r1, r2; adds r0, r0, r1; ldr r0, [r0]"
    // One of two that were passed, and a third one.
    pass bad_either "two; ldr r2, =0x50000000" "cmp r3, #0; it eq; moveq r0, r1; ldr r0, [r0, r2]"
    pass bad_loop "ldr r0, =0x40000000; ldr r1, =0x14000000; movs r2, #4" "1: adds r0, r0, r1; subs r2, #1; bne 1b; ldr r0, [r0]"

    // A pointer that moves and an address, of which neither is the object.
    pass bad_walked "two; ldr r2, =0x40008000" "1: ldr r3, [r1, r0]; adds r0, #0x1000; cmp r0, r2; bne 1b"
    pass bad_walked_back "ldr r0, =0x40008000; ldr r1, =0x50000000; ldr r2, =0x40000000" "1: ldr r3, [r0, r1]; subs r0, #0x1000; cmp r0, r2; bne 1b"
    whole bad_moved "two; 1: ldr r3, [r1, r0]; adds r0, #0x1000; ldr r2, [r1]; cmp r2, #0; bne 1b"
    pass bad_many "ldr r2, =0x40001000" "ldr r0, =0x40000000; ldr r1, =0x50001000; ldr r3, =0x40000100; cmp r2, #0; it eq; moveq r0, r3; adds r3, #4; cmp r2, #1; it eq; moveq r0, r3; ldr r3, =0x50001004; cmp r2, #2; it eq; moveq r1, r3; adds r3, #8; cmp r2, #3; it eq; moveq r1, r3; ldr r0, [r0, r1]"

    pass ok_walked "ldr r0, =0x40000000; movs r1, #4; ldr r2, =0x40008000" "1: ldr r3, [r0, r1]; adds r0, #0x1000; cmp r0, r2; bne 1b"
    pass ok_many "ldr r2, =0x40001000" "ldr r0, =good - 0x40000000; ldr r1, =0x40000000; ldr r3, =good - 0x3FFFFFFC; cmp r2, #0; it eq; moveq r0, r3; adds r3, #4; cmp r2, #1; it eq; moveq r0, r3; ldr r3, =0x40000004; cmp r2, #2; it eq; moveq r1, r3; ldr r0, [r0, r1]"
    pass ok_index "object" "adds r0, r0, r1; ldr r0, [r0]"
    pass ok_index_first "ldr r1, =good; movs r0, #4" "adds r0, r0, r1; ldr r0, [r0]"
    pass ok_indexed "object" "ldr r0, [r0, r1]"
    pass ok_negative "ldr r0, =good + 8; mvn r1, #3" "adds r0, r0, r1; ldr r0, [r0]"
    pass ok_three "object; movs r2, #4" "adds r0, r0, r1; ldr r0, [r0, r2]"
    whole reads_ok "ldr r0, [r0]"
    passes_on ok_passed_on reads_ok "object" "adds r0, r0, r1"
    pass ok_either "ldr r0, =good; ldr r1, =good; movs r2, #4" "cmp r3, #0; it eq; moveq r0, r1; ldr r0, [r0, r2]"
    pass ok_inside "movs r0, #4" "ldr r2, =number; ldrb r2, [r2]; ldr r1, =good; adds r0, r0, r1; ldr r0, [r0]"
    nothing_else
