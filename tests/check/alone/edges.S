/*
 * edges - accesses that begin before the window and end in it
 *
 * SPDX-License-Identifier: MIT
 */
// builds: m4f Os gcc
// check: --resident 0x8fff0000:64K
// unsafe: bad_ldm load
// unsafe: bad_ldrd load
// unsafe: bad_unaligned load
// unsafe: bad_vldm load
// unsafe: bad_stm store
// safe: ok_ldm
// safe: ok_byte
    .syntax unified
    .fpu fpv4-sp-d16
    .thumb
#include "functions.inc"
    whole bad_ldm "ldr r0, =0x8ffffffc; ldmia r0, {r1, r2}"
    whole bad_ldrd "ldr r0, =0x8ffffffc; ldrd r1, r2, [r0]"
    whole bad_unaligned "ldr r0, =0x8ffffffe; ldr r1, [r0]"
    whole bad_vldm "ldr r0, =0x8ffffff8; vldmia r0, {s0-s7}"
    whole bad_stm "ldr r0, =0x8ffffffc; stmia r0, {r1, r2}"
    whole ok_ldm "ldr r0, =0x8ffffff8; ldmia r0, {r1, r2}"
    whole ok_byte "ldr r0, =0x8fffffff; ldrb r1, [r0]"
    nothing_else
