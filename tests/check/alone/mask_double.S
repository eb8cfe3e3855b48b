/*
 * mask_double - a store that begins before ISER and writes to it
 *
 * SPDX-License-Identifier: MIT
 *
 * The handler of the interrupt that it enables is in flash.
 */
// builds: m4f Os gcc
// check: --interrupts none
// unsafe-build: BAD_VSTR mask-changed
// unsafe-build: BAD_VSTM mask-changed
// unsafe-build: BAD_STRD mask-changed
// safe-build: OK_BEFORE
    .syntax unified
    .fpu fpv4-sp-d16
    .thumb
    .text
    .global IRQ0_Handler
    .type IRQ0_Handler, %function
    .thumb_func
IRQ0_Handler:
    bx lr
    .size IRQ0_Handler, . - IRQ0_Handler
    .section .ramcode, "ax", %progbits
    .global program
    .balign 4
    .type program, %function
program:
    movs r1, #0
    movs r2, #1
    vmov s0, r1
    vmov s1, r2
    ldr r0, =0xe000e0fc
#if defined BAD_VSTR
    vstr d0, [r0]
#elif defined BAD_VSTM
    vstmia r0, {s0, s1}
#elif defined BAD_STRD
    strd r1, r2, [r0]
#else
    str r1, [r0]
#endif
    bx lr
    .balign 4
    .ltorg
    .size program, . - program
    .text
    .global main
    .type main, %function
main:
    bx lr
    .size main, . - main
