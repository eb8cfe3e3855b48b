/*
 * pointer_even - a function pointer without the Thumb bit
 *
 * SPDX-License-Identifier: MIT
 */
// also: rule=call-mutable function=ram_erase
// expect: rule=pointer-even function=ram_erase|wait_hook
// note: const wait_hook: nothing writes it
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_wait
    .type ram_wait, %function
ram_wait:
plain_label:
    movs r0, #0
    bx lr
    .size ram_wait, . - ram_wait

    .global ram_erase
    .type ram_erase, %function
ram_erase:
    push {r4, lr}
    ldr r3, =wait_hook
    ldr r3, [r3]
    blx r3
    pop {r4, pc}
    .ltorg
    .size ram_erase, . - ram_erase

    .data
    .align 2
    .global wait_hook
    .type wait_hook, %object
wait_hook:
#ifdef CLEAN
    .word ram_wait
#else
    .word plain_label
#endif
    .size wait_hook, . - wait_hook

    .text
    .global main
    .type main, %function
main:
    ldr r3, =ram_erase
    bx r3
    .size main, . - main
