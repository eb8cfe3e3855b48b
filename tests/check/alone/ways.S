/*
 * ways - ways through a function, and what changes its values or its code
 *
 * SPDX-License-Identifier: MIT
 */
    .syntax unified
    .thumb
#include "functions.inc"
    .macro flash name
    .text
    .global \name
    .balign 4
    .type \name, %function
\name:
    .endm
    .macro object name bytes
    .data
    .balign 4
    .global \name
    .type \name, %object
    .size \name, \bytes
\name:
    .endm

    flash flash_x
    bx lr
    end flash_x
    ram ram_x
    bx lr
    end ram_x
    ram ram_y
    bx lr
    end ram_y
    object cell 4
    .word 0
    object hookvar 4
    .word ram_x
    object good 4
    .word 7

// condition changes within an IT block: good flag constant by moveq
// unsafe: bad_it call-unknown
    ram bad_it
    push {r4, lr}
    ldr r3, =hookvar
    ldr r4, =ram_x
    ldr r2, =good
    cmp r0, #1
    ittt eq
    ldreq r4, [r3]
    cmpeq r1, #5
    ldreq r4, =ram_y
    blx r4
    pop {r4, pc}
    end bad_it
// safe: ok_it
    ram ok_it
    push {r4, lr}
    ldr r4, =ram_x
    cmp r0, #1
    itt eq
    cmpeq r1, #5
    ldreq r4, =ram_y
    blx r4
    pop {r4, pc}
    end ok_it

// subroutine inside of the function changes a slot
// unsafe: bad_inner call-mutable
    ram bad_inner
    push {r4, lr}
    sub sp, #8
    ldr r0, =ram_x
    str r0, [sp, #4]
    bl 1f
    ldr r3, [sp, #4]
    blx r3
    add sp, #8
    pop {r4, pc}
1:  ldr r2, =hookvar
    ldr r2, [r2]
    str r2, [sp, #4]
    bx lr
    end bad_inner
// unsafe: bad_inner2 call-mutable
    ram bad_inner2
    push {r4, lr}
    ldr r4, =ram_x
    bl 1f
    blx r4
    pop {r4, pc}
1:  ldr r2, =hookvar
    ldr r4, [r2]
    bx lr
    end bad_inner2
// safe: ok_inner
    ram ok_inner
    push {r4, lr}
    ldr r4, =ram_x
    bl 1f
    blx r4
    pop {r4, pc}
1:  ldr r4, =ram_y
    bx lr
    end ok_inner

// lr loaded, then tail call
// unsafe: bad_lr return-unknown
    ram bad_lr
    ldr r1, =cell
    ldr lr, [r1]
    b ram_x
    end bad_lr
// unsafe: bad_lr2 return-unknown
    ram bad_lr2
    ldr r1, =cell
    ldr lr, [r1]
    ldr r3, =ram_x
    bx r3
    end bad_lr2
// unsafe: bad_lr3 return-unknown
    ram bad_lr3
    ldr r1, =cell
    ldr lr, [r1]
    cmp r0, #0
    beq ram_x
    movs r0, #0
1:  b 1b
    end bad_lr3
// safe: ok_lr
    ram ok_lr
    ldr lr, =1f+1
    b ram_x
1:  b 1b
    end ok_lr

// sum of two addresses / distances
    object buffer 64
    .space 64
// unsafe: bad_distance load-unknown
    ram bad_distance
    // r0: source (flash). distance = r0 - &buffer, then [distance + walking]
    ldr r1, =buffer
    subs r2, r0, r1
    adds r3, r1, #64
1:  ldr r0, [r2, r1]
    str r0, [r1], #4
    cmp r1, r3
    bne 1b
    bx lr
    end bad_distance
    // constants only: pointer unknown is a parameter of a flash caller
    flash calls_distance
    push {r3, lr}
    ldr r0, =cell
    ldr r0, [r0]
    bl bad_distance
    pop {r3, pc}
    end calls_distance

// STACK + unknown
// unsafe: bad_stack_far load-unknown
    ram bad_stack_far
    sub sp, #8
    ldr r1, =0x6fff0000
    mov r2, sp
    ldr r0, [r2, r1]
    add sp, #8
    bx lr
    end bad_stack_far

// sp changed at return
// unsafe: bad_sp return-unknown
    ram bad_sp
    ldr r1, =cell
    ldr r1, [r1]
    mov sp, r1
    bx lr
    end bad_sp
// unsafe: bad_sp2 return-unknown
    ram bad_sp2
    add sp, #16
    bx lr
    end bad_sp2
// safe: ok_sp
    ram ok_sp
    push {r0-r3}
    add sp, #16
    bx lr
    end ok_sp

// BL at the end falls through
// unsafe: bad_fall call-mutable
    ram bad_fall
    push {r4, lr}
    bl ram_x
    .size bad_fall, . - bad_fall
    .global fall_next
    .type fall_next, %function
fall_next:
    ldr r3, =hookvar
    ldr r3, [r3]
    blx r3
    pop {r4, pc}
    end fall_next

// literal that is a variable
// unsafe: bad_litvar call-mutable
    ram bad_litvar
    ldr r3, lit_hook
    bx r3
    .size bad_litvar, . - bad_litvar
    .balign 4
    .global lit_hook
    .type lit_hook, %object
lit_hook: .word ram_x
    .size lit_hook, 4
    flash sets_lit
    ldr r3, =lit_hook
    str r0, [r3]
    bx lr
    end sets_lit
// unsafe: bad_litvar2 code-changed
    ram bad_litvar2
    ldr r3, lit_hook2
    bx r3
    .balign 4
    .global lit_hook2
lit_hook2: .word ram_x
    .size bad_litvar2, . - bad_litvar2
    flash sets_lit2
    ldr r3, =lit_hook2
    str r0, [r3]
    bx lr
    end sets_lit2
// code that is patched by flash code
// unsafe: bad_patched code-changed
    ram bad_patched
    movs r0, #1
    nop
    nop
    bx lr
    end bad_patched
    flash patches
    ldr r3, =bad_patched
    ldr r2, =0xbadcafe
    str r2, [r3, #4]
    bx lr
    end patches
// unsafe: bad_selfpatch code-changed
    ram bad_selfpatch
    adr r3, 1f
    ldr r2, =cell
    ldr r2, [r2]
    str r2, [r3]
    dsb
    isb
    .balign 4
1:  nop
    nop
    bx lr
    end bad_selfpatch

// a table of a switch in RAM data
    object swtab 4
    .byte 2, 3, 2, 3
// unsafe: bad_tbb jump-unknown
    ram bad_tbb
    ldr r1, =swtab
    tbb [r1, r0]
    bx lr
    movs r0, #1
    bx lr
    bx lr
    end bad_tbb

// BKPT: DebugMon or HardFault
// safe: ok_bkpt
    ram ok_bkpt
    bkpt 1
    bx lr
    end ok_bkpt

// veneer in flash between two RAMs
    .text
    .type __ram_x_veneer, %function
__ram_x_veneer:
    ldr r3, =ram_x
    bx r3
    end __ram_x_veneer
// unsafe: bad_veneer call
    ram bad_veneer
    push {r3, lr}
    ldr r3, =__ram_x_veneer
    blx r3
    pop {r3, pc}
    end bad_veneer

// NVIC by argument
    ram enable_irq
    movs r1, #1
    str r1, [r0]
    bx lr
    end enable_irq
// What is let in then.
    .text
    .thumb_func
    .global IRQ1_Handler
    .type IRQ1_Handler, %function
IRQ1_Handler:
    bx lr
    .size IRQ1_Handler, . - IRQ1_Handler
// unsafe: bad_nvic mask-changed
    ram bad_nvic
    push {r3, lr}
    ldr r0, =0xe000e100
    bl enable_irq
    pop {r3, pc}
    end bad_nvic
// safe: ok_gpio
    ram ok_gpio
    push {r3, lr}
    ldr r0, =0x40020000
    bl ok_store
    pop {r3, pc}
    end ok_gpio
// safe: ok_store
    ram ok_store
    movs r1, #1
    str r1, [r0]
    bx lr
    end ok_store
// undeclared memory by argument
    ram reader
    ldr r0, [r0]
    bx lr
    end reader
// unsafe: bad_undeclared load-unknown
    ram bad_undeclared
    push {r3, lr}
    ldr r0, =0x60000000
    bl reader
    pop {r3, pc}
    end bad_undeclared
// unsafe: bad_number load-unknown
    ram bad_number
    push {r3, lr}
    ldr r0, =good
    ldrh r0, [r0]
    bl reader2
    pop {r3, pc}
    end bad_number
    ram reader2
    ldr r0, [r0]
    bx lr
    end reader2
// safe: ok_index
    ram ok_index
    push {r3, lr}
    ldr r0, =good
    ldrh r1, [r0]
    ldr r0, =buffer
    bl reader3
    pop {r3, pc}
    end ok_index
    ram reader3
    ldr r0, [r0, r1]
    bx lr
    end reader3
// MOV pc stays in Thumb state
// safe: ok_mov_pc
    ram ok_mov_pc
    ldr r3, =ram_x
    bic r3, r3, #1
    mov pc, r3
    end ok_mov_pc

// SVC keeps lr
// safe: ok_svc
    ram ok_svc
    svc 1
    bx lr
    end ok_svc

// what compilers make of an interrupt attribute
// safe: ok_interrupt
    ram ok_interrupt
    mov r0, sp
    bic r1, r0, #7
    mov sp, r1
    push {r0, lr}
    bl ram_x
    ldmia sp!, {r0, lr}
    mov sp, r0
    bx lr
    end ok_interrupt

    .global main
    .type main, %function
    .text
main:
    push {r3, lr}
    bl calls_distance
    bl patches
    bl sets_lit
    bl sets_lit2
    pop {r3, pc}
    end main
