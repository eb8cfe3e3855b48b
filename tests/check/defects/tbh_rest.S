/*
 * tbh_rest - jump-unknown: one entry of a switch table leads out of the
 * function; what stands behind it calls flash, and is found
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=jump-unknown class=unknown function=ram_go
// expect: rule=call class=violation function=ram_go target=flash_b
// note: allow load-unknown ram_go: it has no loads
// agree-skip: which arm runs depends on the caller
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_go
    .type ram_go, %function
ram_go:
    push {r4, lr}
    tbh [pc, r0, lsl #1]
0:  .hword (1f - 0b) / 2
#ifdef CLEAN
    .hword (2f - 0b) / 2
#else
    .hword (ram_other - 0b) / 2
    .hword (3f - 0b) / 2
#endif
1:  movs r0, #1
    pop {r4, pc}
2:  movs r0, #2
    pop {r4, pc}
#ifndef CLEAN
3:  bl flash_b
    pop {r4, pc}
#endif
    .size ram_go, . - ram_go
    .type ram_other, %function
ram_other:
    movs r0, #0
    bx lr
    .size ram_other, . - ram_other

    .text
    .type flash_b, %function
flash_b:
    bx lr
    .size flash_b, . - flash_b
    .global main
    .type main, %function
main:
    movs r0, #0
    ldr r3, =ram_go
    bx r3
    .size main, . - main
