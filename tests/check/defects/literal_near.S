/*
 * literal_near - the literal pool of a RAM function lies in the flash
 *
 * SPDX-License-Identifier: MIT
 *
 * Possible only where the flash is within 4 KB of the code.
 */
// linker: -DRAMCODE_ORIGIN=0x20000000 -DFLASH_ORIGIN=0x20000400
// xip: 0x20000400:7K
// expect: rule=literal|load function=ram_mask target=pool
// agree-skip: its flash is not where the simulated chip is mapped
    .syntax unified
    .thumb
    .section .ramcode, "ax", %progbits
    .global ram_mask
    .type ram_mask, %function
ram_mask:
#ifdef CLEAN
    ldr r0, pool
#else
    // ldr.w r0, pool: only the linker knows how far that is.
    .reloc ., R_ARM_THM_PC12, pool
    .inst.w 0xf85f0004
#endif
    bx lr
#ifndef CLEAN
    .size ram_mask, . - ram_mask
    .section .isr_vector, "a", %progbits
#endif
    .align 2
    .type pool, %object
pool:
    .word 0x12345678
    .size pool, . - pool
#ifdef CLEAN
    .size ram_mask, . - ram_mask
#endif

    .text
    .global main
    .type main, %function
main:
    ldr r3, =ram_mask
    bx r3
    .size main, . - main
