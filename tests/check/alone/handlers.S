/*
 * handlers - what a handler calls, jumps to or falls into stores into the
 * exception's frame
 *
 * SPDX-License-Identifier: MIT
 *
 * The word at 24 bytes above the handler's stack pointer is the address that
 * the exception returns to (Armv7-M ARM B1.5.6).
 */
// builds: m4f Os gcc
// unsafe-build: BAD_DIRECT return-unknown
// unsafe-build: BAD_TAIL return-unknown
// unsafe-build: BAD_CONDITIONAL_TAIL return-unknown
// unsafe-build: BAD_FALLS return-unknown
// unsafe-build: BAD_CALLED return-unknown
// unsafe-build: BAD_CALLED_BY_POINTER return-unknown
// unsafe-build: BAD_ADDRESS_MADE return-unknown
// unsafe-build: BAD_DEEP return-unknown
// unsafe-build: BAD_CALLED_THEN_TAIL return-unknown
// unsafe-build: BAD_BLOCK return-unknown
// unsafe-build: BAD_FLOAT return-unknown
// unsafe-build: BAD_BYTE return-unknown
// unsafe-build: BAD_INDEXED return-unknown
// unsafe-build: BAD_INDEXED_IN_CALLEE return-unknown
// unsafe-build: BAD_PASSED_IN_CALLEE return-unknown
// unsafe-build: BAD_PASSED_BY_TAIL return-unknown
// unsafe-build: BAD_SUPERVISOR return-unknown
// unsafe-build: BAD_CALLER_OF_CALLER return-unknown
// safe-build: OK_ARGUMENT
// safe-build: OK_ARGUMENT_DEEP
// safe-build: OK_LOCAL
// safe-build: OK_READ
// safe-build: OK_PASSED_READ
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
    .section .data.ro_table, "a", %progbits
    .balign 4
    .type table, %object
    .size table, 4
table:
#ifdef BAD_CALLED_BY_POINTER
    .word helper
#else
    .word any
#endif
    .macro get
    ldr r0, =any
    ldr r0, [r0]
    .endm
    .macro handler name body
    ram \name
    push {r4, lr}
    \body
    pop {r4, pc}
    end \name
    .endm
    ram program
    push {r4, lr}
    ldr r0, =0xa0001000
    movs r1, #1
    str r1, [r0]
#ifdef BAD_SUPERVISOR
    svc #0
#elif defined BAD_CALLER_OF_CALLER
    bl second
#endif
    pop {r4, pc}
    end program
#if defined BAD_DIRECT
    whole SysTick_Handler "get; str r0, [sp, #24]"
#elif defined BAD_TAIL
    ram SysTick_Handler
    b helper
    end SysTick_Handler
    whole helper "get; str r0, [sp, #24]"
#elif defined BAD_CONDITIONAL_TAIL
    whole helper "get; str r0, [sp, #24]"
    whole SysTick_Handler "cmp r0, #0; beq.w helper"
#elif defined BAD_FALLS
    ram SysTick_Handler
    nop
    .size SysTick_Handler, . - SysTick_Handler
    .balign 4
    .global helper
    .type helper, %function
helper:
    get
    str r0, [sp, #24]
    bx lr
    end helper
#elif defined BAD_CALLED
    handler SysTick_Handler "bl helper"
    whole helper "get; str r0, [sp, #32]"
#elif defined BAD_CALLED_BY_POINTER
    handler SysTick_Handler "ldr r0, =table; ldr r0, [r0]; blx r0"
    whole helper "get; str r0, [sp, #32]"
#elif defined BAD_ADDRESS_MADE
    handler SysTick_Handler "bl helper"
    whole helper "get; add r1, sp, #24; str r0, [r1, #8]"
#elif defined BAD_DEEP
    handler SysTick_Handler "bl second"
    handler second "sub sp, #8; bl helper; add sp, #8"
    whole helper "get; str r0, [sp, #48]"
#elif defined BAD_CALLED_THEN_TAIL
    handler SysTick_Handler "bl second"
    ram second
    b helper
    end second
    whole helper "get; str r0, [sp, #32]"
#elif defined BAD_BLOCK
    handler SysTick_Handler "bl helper"
    whole helper "get; add r1, sp, #28; stmia r1, {r0, r2}"
#elif defined BAD_FLOAT
    handler SysTick_Handler "bl helper"
    whole helper "get; vmov s1, r0; add r1, sp, #28; vstmia r1, {s0, s1}"
#elif defined BAD_BYTE
    handler SysTick_Handler "bl helper"
    whole helper "get; strb r0, [sp, #34]"
#elif defined BAD_INDEXED
    handler SysTick_Handler "get; add r1, sp, #8; ldr r2, =any; ldr r2, [r2]; str r0, [r1, r2]"
#elif defined BAD_INDEXED_IN_CALLEE
    handler SysTick_Handler "bl helper"
    whole helper "get; add r1, sp, #8; ldr r2, =any; ldr r2, [r2]; str r0, [r1, r2]"
#elif defined BAD_PASSED_IN_CALLEE
    handler SysTick_Handler "bl second"
    handler second "add r0, sp, #16; bl helper"
    whole helper "ldr r1, =any; ldr r1, [r1]; str r1, [r0, #24]"
#elif defined BAD_PASSED_BY_TAIL
    ram SysTick_Handler
    mov r0, sp
    b helper
    end SysTick_Handler
    whole helper "ldr r1, =any; ldr r1, [r1]; str r1, [r0, #24]"
#elif defined BAD_SUPERVISOR
    handler SVC_Handler "bl helper"
    whole helper "get; str r0, [sp, #32]"
#elif defined BAD_CALLER_OF_CALLER
    handler second "bl helper"
    whole helper "get; str r0, [sp, #12]"
#elif defined OK_ARGUMENT
    handler SysTick_Handler "sub sp, #8; bl helper; add sp, #8"
    whole helper "get; str r0, [sp]; str r0, [sp, #4]"
#elif defined OK_ARGUMENT_DEEP
    handler SysTick_Handler "sub sp, #8; bl second; add sp, #8"
    ram second
    b helper
    end second
    whole helper "push {r4}; get; str r0, [sp, #4]; str r0, [sp, #8]; pop {r4}"
#elif defined OK_LOCAL
    handler SysTick_Handler "sub sp, #8; mov r0, sp; bl helper; add sp, #8"
    whole helper "ldr r1, =any; str r1, [r0, #4]"
#elif defined OK_READ
    handler SysTick_Handler "bl helper"
    whole helper "ldr r0, [sp, #32]"
#elif defined OK_PASSED_READ
    handler SysTick_Handler "add r0, sp, #8; bl helper"
    whole helper "ldr r0, [r0, #24]"
#endif
    nothing_else
