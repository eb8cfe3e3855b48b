/*
 * push_pop_pc - a jump into the flash by pushing its address and popping it
 * into pc
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=tail-call|call|indirect-call|address|jump-unknown
//     function=ram_leave
// also: rule=address function=ram_leave target=flash_entry
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_leave
    .type ram_leave, %function
ram_leave:
#ifdef CLEAN
    push {lr}
#else
    ldr r3, =flash_entry
    push {r3}
#endif
    movs r0, #0
    pop {pc}
    .ltorg
    .size ram_leave, . - ram_leave

    .text
    .global flash_entry
    .type flash_entry, %function
flash_entry:
    b flash_entry
    .size flash_entry, . - flash_entry
    .global main
    .type main, %function
main:
    ldr r3, =ram_leave
    bx r3
    .size main, . - main
