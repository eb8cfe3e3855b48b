/*
 * vector_even - a vector without the Thumb bit
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=vector-even function=ram_vectors
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_isr
    .type ram_isr, %function
ram_isr:
plain_label:
    bx lr
    .size ram_isr, . - ram_isr

    .section .data.ram_vectors, "aw", %progbits
    .balign 256
    .global ram_vectors
    .type ram_vectors, %object
ram_vectors:
    .word stack_top_
    .word Reset_Handler
    .word NMI_Handler
    .word HardFault_Handler
    .word MemManage_Handler
    .word BusFault_Handler
    .word UsageFault_Handler
    .word 0, 0, 0, 0
    .word SVC_Handler
    .word DebugMon_Handler
    .word 0
    .word PendSV_Handler
    .word SysTick_Handler
    .word ram_isr
#ifdef CLEAN
    .word ram_isr
#else
    .word plain_label
#endif
    .size ram_vectors, . - ram_vectors

    .text
    .global main
    .type main, %function
main:
    movs r0, #0
    bx lr
    .size main, . - main
