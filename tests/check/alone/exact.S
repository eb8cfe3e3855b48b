/*
 * exact - flags and floating-point registers, followed where calls are walked
 *
 * SPDX-License-Identifier: MIT
 *
 * Each function reads through r0: the address of `good`, or what `any` holds,
 * which is unknown.
 */
// builds: m4f Os gcc
    .syntax unified
    .fpu fpv5-d16
    .thumb
#include "functions.inc"
    .data
    .balign 4
    .type good, %object
    .size good, 8
good:
    .word 7, 8
    .type any, %object
    .size any, 4
any:
    .word good

/// Branches: the condition holds, and good is read; else any ///

    .macro flag name condition setup:vararg
    ram \name
    push {r4, lr}
    movs r4, #1
    \setup
    ldr.w r0, =good
    b\condition 1f
    ldr r0, =any
    ldr r0, [r0]
1:
    ldr r0, [r0]
    pop {r4, pc}
    end \name
    .endm
    .macro less
    cmp r4, #2
    .endm
    .macro overflows
    mov r1, #0x80000000
    cmp r1, #1
    .endm
    .macro wraps
    mov r1, #0xffffffff
    adds r1, r1, #1
    .endm
    .macro grows
    mvn r1, #0x80000000
    adds r1, r1, #1
    .endm
    .macro shifts_left
    ldr r1, =0x80000001
    lsls r1, r1, #1
    .endm
    .macro shifts_right
    movs r1, #3
    lsrs r1, r1, #1
    .endm
    .macro shifts_out
    movs r1, #2
    asrs r1, r1, #1
    .endm
    .macro reverses
    movs r1, #1
    rsbs r1, r1, #0
    .endm
    .macro rotates // clears C, and the immediate sets it
    cmp r4, #2
    movs.w r1, #0x80000000
    .endm
    .macro rotates_not
    cmp r4, #2
    movs r1, #8
    .endm
    .macro in_block // leaves the flags alone
    movs r1, #1
    it ne
    subne r1, #1
    .endm
    .macro compares_in_block
    movs r1, #1
    it ne
    cmpne r1, #1
    .endm
    .macro calls
    cmp r4, r4
    bl compares
    .endm
    .macro written
    movs r1, #0
    msr apsr_nzcvq, r1
    .endm
    .macro pads
    cmp r4, #1
    nop
    .endm
    .macro tests
    movs r1, #6
    tst r1, #1
    .endm
    .macro shifted_operand
    movs r1, #1
    cmp r4, #1
    ands r2, r1, r1, lsr #1
    .endm
    .macro places
    mov r1, sp
    add r2, sp, #8
    subs r2, #8
    cmp r1, r2
    .endm
    .macro place_below
    sub r1, sp, #8
    mov r2, sp
    cmp r1, r2
    .endm
    .macro place_null
    mov r1, sp
    cmp r1, #0
    .endm
    .macro multiplies
    movs r1, #0
    cmp r4, #2
    muls r1, r4, r1
    .endm
    .macro equal
    cmp r4, #1
    .endm
    .macro unknown_before
    cmp r0, #5
    .endm

    ram compares
    cmp r0, #3
    bx lr
    end compares
// safe: ok_less_cc
    flag ok_less_cc cc less
// safe: ok_less_ne
    flag ok_less_ne ne less
// safe: ok_less_lt
    flag ok_less_lt lt less
// safe: ok_less_le
    flag ok_less_le le less
// safe: ok_less_mi
    flag ok_less_mi mi less
// safe: ok_less_ls
    flag ok_less_ls ls less
// safe: ok_less_vc
    flag ok_less_vc vc less
// unsafe: bad_less_cs load-unknown
    flag bad_less_cs cs less
// unsafe: bad_less_eq load-unknown
    flag bad_less_eq eq less
// unsafe: bad_less_ge load-unknown
    flag bad_less_ge ge less
// unsafe: bad_less_gt load-unknown
    flag bad_less_gt gt less
// unsafe: bad_less_pl load-unknown
    flag bad_less_pl pl less
// unsafe: bad_less_hi load-unknown
    flag bad_less_hi hi less
// unsafe: bad_less_vs load-unknown
    flag bad_less_vs vs less
// safe: ok_overflows_vs
    flag ok_overflows_vs vs overflows
// safe: ok_overflows_lt
    flag ok_overflows_lt lt overflows
// safe: ok_overflows_hi
    flag ok_overflows_hi hi overflows
// safe: ok_overflows_cs
    flag ok_overflows_cs cs overflows
// safe: ok_overflows_le
    flag ok_overflows_le le overflows
// unsafe: bad_overflows_vc load-unknown
    flag bad_overflows_vc vc overflows
// unsafe: bad_overflows_ge load-unknown
    flag bad_overflows_ge ge overflows
// unsafe: bad_overflows_ls load-unknown
    flag bad_overflows_ls ls overflows
// unsafe: bad_overflows_cc load-unknown
    flag bad_overflows_cc cc overflows
// unsafe: bad_overflows_gt load-unknown
    flag bad_overflows_gt gt overflows
// safe: ok_wraps_eq
    flag ok_wraps_eq eq wraps
// safe: ok_wraps_cs
    flag ok_wraps_cs cs wraps
// safe: ok_wraps_vc
    flag ok_wraps_vc vc wraps
// unsafe: bad_wraps_ne load-unknown
    flag bad_wraps_ne ne wraps
// unsafe: bad_wraps_cc load-unknown
    flag bad_wraps_cc cc wraps
// unsafe: bad_wraps_vs load-unknown
    flag bad_wraps_vs vs wraps
// safe: ok_grows_mi
    flag ok_grows_mi mi grows
// safe: ok_grows_vs
    flag ok_grows_vs vs grows
// safe: ok_grows_cc
    flag ok_grows_cc cc grows
// unsafe: bad_grows_pl load-unknown
    flag bad_grows_pl pl grows
// unsafe: bad_grows_vc load-unknown
    flag bad_grows_vc vc grows
// unsafe: bad_grows_cs load-unknown
    flag bad_grows_cs cs grows
// safe: ok_shifts_left_cs
    flag ok_shifts_left_cs cs shifts_left
// safe: ok_shifts_left_ne
    flag ok_shifts_left_ne ne shifts_left
// unsafe: bad_shifts_left_cc load-unknown
    flag bad_shifts_left_cc cc shifts_left
// unsafe: bad_shifts_left_eq load-unknown
    flag bad_shifts_left_eq eq shifts_left
// safe: ok_shifts_right_cs
    flag ok_shifts_right_cs cs shifts_right
// unsafe: bad_shifts_right_cc load-unknown
    flag bad_shifts_right_cc cc shifts_right
// safe: ok_shifts_out_cc
    flag ok_shifts_out_cc cc shifts_out
// unsafe: bad_shifts_out_cs load-unknown
    flag bad_shifts_out_cs cs shifts_out
// safe: ok_reverses_cc
    flag ok_reverses_cc cc reverses
// safe: ok_reverses_mi
    flag ok_reverses_mi mi reverses
// unsafe: bad_reverses_cs load-unknown
    flag bad_reverses_cs cs reverses
// unsafe: bad_reverses_pl load-unknown
    flag bad_reverses_pl pl reverses
// unsafe: bad_rotates_cc load-unknown
    flag bad_rotates_cc cc rotates
// safe: ok_rotates_not_cc
    flag ok_rotates_not_cc cc rotates_not
// unsafe: bad_rotates_not_cs load-unknown
    flag bad_rotates_not_cs cs rotates_not
// unsafe: bad_in_block_eq load-unknown
    flag bad_in_block_eq eq in_block
// unsafe: bad_compares_in_block_ne load-unknown
    flag bad_compares_in_block_ne ne compares_in_block
// unsafe: bad_calls_eq load-unknown
    flag bad_calls_eq eq calls
// unsafe: bad_calls_ne load-unknown
    flag bad_calls_ne ne calls
// unsafe: bad_written_eq load-unknown
    flag bad_written_eq eq written
// unsafe: bad_written_ne load-unknown
    flag bad_written_ne ne written
// safe: ok_pads_eq
    flag ok_pads_eq eq pads
// unsafe: bad_pads_ne load-unknown
    flag bad_pads_ne ne pads
// safe: ok_tests_eq
    flag ok_tests_eq eq tests
// unsafe: bad_tests_ne load-unknown
    flag bad_tests_ne ne tests
// safe: ok_shifted_operand_cs
    flag ok_shifted_operand_cs cs shifted_operand
// safe: ok_shifted_operand_eq
    flag ok_shifted_operand_eq eq shifted_operand
// unsafe: bad_shifted_operand_cc load-unknown
    flag bad_shifted_operand_cc cc shifted_operand
// unsafe: bad_shifted_operand_ne load-unknown
    flag bad_shifted_operand_ne ne shifted_operand
// safe: ok_places_eq
    flag ok_places_eq eq places
// safe: ok_places_cs
    flag ok_places_cs cs places
// unsafe: bad_places_ne load-unknown
    flag bad_places_ne ne places
// unsafe: bad_places_cc load-unknown
    flag bad_places_cc cc places
// safe: ok_place_below_ne
    flag ok_place_below_ne ne place_below
// safe: ok_place_below_cc
    flag ok_place_below_cc cc place_below
// unsafe: bad_place_below_eq load-unknown
    flag bad_place_below_eq eq place_below
// unsafe: bad_place_below_cs load-unknown
    flag bad_place_below_cs cs place_below
// safe: ok_place_null_ne
    flag ok_place_null_ne ne place_null
// unsafe: bad_place_null_eq load-unknown
    flag bad_place_null_eq eq place_null
// safe: ok_multiplies_eq
    flag ok_multiplies_eq eq multiplies
// unsafe: bad_multiplies_ne load-unknown
    flag bad_multiplies_ne ne multiplies
// safe: ok_equal_eq
    flag ok_equal_eq eq equal
// safe: ok_equal_cs
    flag ok_equal_cs cs equal
// safe: ok_equal_le
    flag ok_equal_le le equal
// safe: ok_equal_ge
    flag ok_equal_ge ge equal
// safe: ok_equal_ls
    flag ok_equal_ls ls equal
// safe: ok_equal_pl
    flag ok_equal_pl pl equal
// safe: ok_equal_vc
    flag ok_equal_vc vc equal
// unsafe: bad_equal_hi load-unknown
    flag bad_equal_hi hi equal
// unsafe: bad_equal_gt load-unknown
    flag bad_equal_gt gt equal
// unsafe: bad_equal_lt load-unknown
    flag bad_equal_lt lt equal
// unsafe: bad_equal_ne load-unknown
    flag bad_equal_ne ne equal
// unsafe: bad_equal_cc load-unknown
    flag bad_equal_cc cc equal
// unsafe: bad_equal_mi load-unknown
    flag bad_equal_mi mi equal
// unsafe: bad_equal_vs load-unknown
    flag bad_equal_vs vs equal
// unsafe: bad_unknown_before_eq load-unknown
    flag bad_unknown_before_eq eq unknown_before
// unsafe: bad_unknown_before_ne load-unknown
    flag bad_unknown_before_ne ne unknown_before

// Both ways end in one place, with another flag.
// unsafe: bad_joined load-unknown
    ram bad_joined
    movs r1, #0
    cbz r0, 1f
    movs r1, #1
1:
    ldr r0, =good
    beq 2f
    ldr r0, =any
    ldr r0, [r0]
2:
    ldr r0, [r0]
    bx lr
    end bad_joined

// A loop that runs three times, and reads any the last time.
    .macro counts name times
    ram \name
    push {r4, lr}
    sub sp, #16
    ldr r0, =good
    ldr r1, =any
    ldr r1, [r1]
    strd r0, r0, [sp]
    strd r0, r1, [sp, #8]
    mov r3, sp
    movs r2, #\times
1:
    ldr r0, [r3], #4
    ldr r4, [r0]
    subs r2, #1
    bne 1b
    add sp, #16
    pop {r4, pc}
    end \name
    .endm
// safe: ok_counts
    counts ok_counts 3
// unsafe: bad_counts load-unknown
    counts bad_counts 4

// Longer than a walk follows one by one.
// unsafe: bad_long load-unknown
    ram bad_long
    ldr r0, =good
    movw r2, #4000
1:
    subs r2, #1
    bne 1b
    ldr r1, =any
    ldr r0, [r1]
    ldr r0, [r0]
    bx lr
    end bad_long

// Sums with a carry.
    .macro carries
    movs r1, #0
    mvn r2, #0
    adds r2, r2, #1
    adcs r1, r1
    cmp r1, #1
    .endm
    .macro carries_wide // 5 - 2 - 1
    movs r1, #5
    movs r2, #2
    cmp r4, #2
    sbcs.w r3, r1, r2
    cmp r3, #2
    .endm
    .macro carries_out // 0xffffffff + 0 + 1
    mvn r1, #0
    movs r2, #0
    cmp r4, r4
    adc.w r3, r1, r2
    adcs.w r3, r1, r2
    .endm
    .macro carries_unknown
    movs r1, #0
    movs r2, #0
    adds r3, r0, r0
    movs r3, #0
    adcs r1, r2
    .endm
// safe: ok_carries
    flag ok_carries eq carries
// unsafe: bad_carries load-unknown
    flag bad_carries ne carries
// safe: ok_carries_wide
    flag ok_carries_wide eq carries_wide
// unsafe: bad_carries_wide load-unknown
    flag bad_carries_wide ne carries_wide
// safe: ok_carries_out
    flag ok_carries_out cs carries_out
// unsafe: bad_carries_out load-unknown
    flag bad_carries_out ne carries_out
// unsafe: bad_carries_unknown load-unknown
    flag bad_carries_unknown eq carries_unknown

// An IT block whose condition is known.
    .macro block name value
    ram \name
    movs r1, #\value
    ldr r0, =good
    ldr r2, =any
    cmp r1, #1
    it ne
    ldrne r0, [r2]
    ldr r0, [r0]
    bx lr
    end \name
    .endm
// safe: ok_block
    block ok_block 1
// unsafe: bad_block load-unknown
    block bad_block 2

/// Floating-point registers ///

    .macro through name setup
    ram \name
    push {r4, lr}
    sub sp, #16
    ldr r0, =good
    ldr r1, =any
    ldr r1, [r1]
    mov r2, sp
    \setup
    add sp, #16
    ldr r0, [r0]
    pop {r4, pc}
    end \name
    .endm

    ram writes
    vmov s4, s0
    bx lr
    end writes
    ram recurs
    push {r4, lr}
    cbz r0, 1f
    subs r0, #1
    bl recurs
1:
    pop {r4, pc}
    end recurs

// safe: ok_single_moved
    through ok_single_moved "vmov s4, r0; vmov s7, s4; vmov r0, s7"
// safe: ok_single_moved_double
    through ok_single_moved_double "vmov s4, r0; vmov s5, r1; vmov.f64 d3, d2; vmov r0, s6"
// unsafe: bad_single_moved_over load-unknown
    through bad_single_moved_over "vmov s7, r0; vmov s4, r0; vmov s5, r1; vmov.f64 d3, d2; vmov r0, s7"
// unsafe: bad_single_moved_other_half load-unknown
    through bad_single_moved_other_half "vmov s4, r0; vmov s5, r1; vmov.f64 d3, d2; vmov r0, s7"
// safe: ok_single_two
    through ok_single_two "vmov s4, s5, r1, r0; vmov r3, r0, s4, s5"
// unsafe: bad_single_two load-unknown
    through bad_single_two "vmov s4, s5, r1, r0; vmov r0, r3, s4, s5"
// safe: ok_single_pair
    through ok_single_pair "vmov d2, r1, r0; vmov r0, s5"
// unsafe: bad_single_pair load-unknown
    through bad_single_pair "vmov d2, r1, r0; vmov r0, s4"
// safe: ok_single_half
    through ok_single_half "vmov d2, r1, r1; vmov.32 d2[1], r0; vmov r0, s5"
// unsafe: bad_single_half load-unknown
    through bad_single_half "vmov d2, r0, r0; vmov.32 d2[1], r1; vmov r0, s5"
// safe: ok_single_half_read
    through ok_single_half_read "vmov d2, r1, r0; vmov.32 r0, d2[1]"
// unsafe: bad_single_half_read load-unknown
    through bad_single_half_read "vmov d2, r1, r0; vmov.32 r0, d2[0]"
// safe: ok_single_stored
    through ok_single_stored "vmov s9, r0; vstr s9, [sp, #4]; ldr r0, [sp, #4]"
// unsafe: bad_single_stored load-unknown
    through bad_single_stored "str r0, [sp, #4]; vmov s9, r1; vstr s9, [sp, #4]; ldr r0, [sp, #4]"
// unsafe: bad_single_stored_double load-unknown
    through bad_single_stored_double "str r0, [sp, #4]; vmov s8, r0; vmov s9, r1; vstr d4, [sp]; ldr r0, [sp, #4]"
// safe: ok_single_loaded
    through ok_single_loaded "str r0, [sp, #8]; vldr s30, [sp, #8]; vmov r0, s30"
// unsafe: bad_single_loaded load-unknown
    through bad_single_loaded "str r1, [sp, #8]; vmov s30, r0; vldr s30, [sp, #8]; vmov r0, s30"
// unsafe: bad_single_loaded_double load-unknown
    through bad_single_loaded_double "strd r0, r1, [sp, #8]; vmov s31, r0; vldr d15, [sp, #8]; vmov r0, s31"
// safe: ok_single_block
    through ok_single_block "strd r1, r1, [sp]; strd r1, r0, [sp, #8]; vldmia r2, {s3-s6}; vmov r0, s6"
// unsafe: bad_single_block load-unknown
    through bad_single_block "strd r1, r1, [sp]; strd r1, r0, [sp, #8]; vmov s5, r0; vldmia r2, {s3-s6}; vmov r0, s5"
// safe: ok_single_pushed
    through ok_single_pushed "vmov s17, r0; vpush {s16-s17}; ldr r0, [sp, #4]; add sp, #8"
// unsafe: bad_single_pushed load-unknown
    through bad_single_pushed "vmov s16, r0; vmov s17, r1; vpush {s16-s17}; ldr r0, [sp, #4]; add sp, #8"
// safe: ok_single_popped
    through ok_single_popped "push {r0, r1}; vpop {s20-s21}; vmov r0, s20"
// unsafe: bad_single_popped load-unknown
    through bad_single_popped "vmov s21, r0; push {r0, r1}; vpop {s20-s21}; vmov r0, s21"
// unsafe: bad_single_added load-unknown
    through bad_single_added "vmov s4, r0; vadd.f32 s4, s1, s2; vmov r0, s4"
// unsafe: bad_single_negated load-unknown
    through bad_single_negated "vmov s4, r0; vneg.f32 s4, s4; vmov r0, s4"
// unsafe: bad_single_converted load-unknown
    through bad_single_converted "vmov s5, r0; vcvt.f32.s32 s5, s1; vmov r0, s5"
// safe: ok_single_added_elsewhere
    through ok_single_added_elsewhere "vmov s4, r0; vadd.f32 s6, s1, s2; vmov r0, s4"
// unsafe: bad_single_constant load-unknown
    through bad_single_constant "vmov s4, r0; vmov.f32 s4, #1.0; vmov r0, s4"
// unsafe: bad_single_predicated load-unknown
    through bad_single_predicated "vmov s4, r0; cmp r4, #1; it eq; vmoveq s4, r1; vmov r0, s4"
// safe: ok_single_kept
    through ok_single_kept "vmov s16, r0; bl recurs; vmov r0, s16"
// unsafe: bad_single_kept_not load-unknown
    through bad_single_kept_not "vmov s4, r0; bl recurs; vmov r0, s4"
// unsafe: bad_single_changed load-unknown
    through bad_single_changed "vmov s4, r0; vmov s0, r1; bl writes; vmov r0, s4"
// safe: ok_single_returned
    through ok_single_returned "vmov s4, r1; vmov s0, r0; bl writes; vmov r0, s4"

    .global main
    .type main, %function
    .text
main:
    bx lr
    end main
