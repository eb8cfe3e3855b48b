// low - assembler code with labels and data, for test_elf_model.c
//
// SPDX-License-Identifier: MIT
    .syntax unified
    .thumb

    // A function without .size, a label in it, a table of bytes behind tbb.
    .section .text.model_asm, "ax", %progbits
    .global model_asm
    .thumb_func
model_asm:
    and     r0, #3
    tbb     [pc, r0]
model_asm_table:
    .byte   2, 2, 2
model_asm_padding:
"$d.odd":
    .byte   0
    .align  1
model_asm_loop:
    subs    r0, #1
    bpl     model_asm_loop
    bx      lr
    .align  2
model_asm_words:
    .word   model_asm_loop, 0x12345678

    // Two sections of one address: an empty run of data must not hide the
    // function that follows.
    .section .text.model_end, "ax", %progbits
    .global model_end
    .type   model_end, %function
model_end:
    bx      lr
    .size   model_end, . - model_end
    .align  2
"$d.end":
    .section .text.model_tail, "ax", %progbits
    .global model_tail
    .type   model_tail, %function
    .align  2
model_tail:
    bx      lr
    .size   model_tail, . - model_tail
"$d.tail":
"$d.again":
"$t.last":
    nop
