/*
 * names - functions that are named like those of linkers and of libgcc
 *
 * SPDX-License-Identifier: MIT
 *
 * r1 may be anything.
 */
// builds: m4f Os gcc
// unsafe: bad_veneer load
// unsafe: bad_veneer_pop load
// unsafe: bad_veneer_base load
// unsafe: bad_thunk load
// unsafe: bad_helper load-unknown
// unsafe: bad_helper_by_veneer load-unknown
// unsafe: bad_helper_long load-unknown
// safe: ok_veneer
// safe: ok_veneer_moved
// safe: ok_veneer_saved
// safe: ok_thunk
    .syntax unified
    .fpu fpv4-sp-d16
    .thumb
#include "functions.inc"
    .data
    .balign 4
    .type any, %object
    .size any, 4
any:
    .word any
    // A local function in RAM, which is all that the linker's are.
    .macro local name body
    .section .ramcode, "ax", %progbits
    .balign 4
    .type \name, %function
\name:
    \body
    .balign 4
    .ltorg
    .size \name, . - \name
    .endm
    .macro calls name callee
    ram \name
    push {r4, lr}
    bl \callee
    pop {r4, pc}
    end \name
    .endm
    whole first ".rept 32; nop; .endr"
    whole target "nop"
    whole target2 "nop"
    whole target3 "nop"
    whole target4 "nop"
    whole target5 "nop"
    whole target6 "nop"
    whole target7 "nop"
    local __target_veneer "ldr r3, =0x90000000; ldmia r3, {r0, r1}; b target"
    local __target2_veneer "ldr r12, =0x90000000; ldmia r12!, {r0}; b target2"
    local __target3_veneer "ldr r12, =0x90000000; ldr r12, [r12]; b target3"
    local __ThumbThunk_target4 "ldr r3, =0x90000000; ldm r3, {r12}; bx r12"
    local __target5_veneer "ldr.w pc, [pc]; .word target5 + 1"
    local __target6_veneer "movw r12, #:lower16:target6; movt r12, #:upper16:target6; bx r12"
    local __target7_veneer "push {r0}; ldr r0, [pc, #8]; mov r12, r0; pop {r0}; bx r12; nop; .word target7 + 1"
    calls bad_veneer __target_veneer
    calls bad_veneer_pop __target2_veneer
    calls bad_veneer_base __target3_veneer
    calls bad_thunk __ThumbThunk_target4
    calls ok_veneer __target5_veneer
    calls ok_veneer_moved __target6_veneer
    calls ok_veneer_saved __target7_veneer
    local __ThumbThunk_target "b target"
    calls ok_thunk __ThumbThunk_target

    whole __gnu_thumb1_case_uqi "push {r1}; mov r1, lr; ldr r1, =any; ldr r1, [r1]; ldr r1, [r1]; pop {r1}"
    whole __gnu_thumb1_case_shi "push {r0, r1}; mov r1, lr; ldr r1, =any; ldr r1, [r1]; ldr r1, [r1]; pop {r0, r1}"
    // All of the helper but what it adds to LR.
    whole __gnu_thumb1_case_sqi "push {r1}; mov r1, lr; lsrs r1, r1, #1; lsls r1, r1, #1; ldrsb r1, [r1, r0]; lsls r1, r1, #1; mov r12, r1; pop {r1}"
    local ____gnu_thumb1_case_shi_veneer "b __gnu_thumb1_case_shi"
    calls bad_helper __gnu_thumb1_case_uqi
    calls bad_helper_by_veneer ____gnu_thumb1_case_shi_veneer
    calls bad_helper_long __gnu_thumb1_case_sqi
    nothing_else
