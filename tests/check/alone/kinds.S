/*
 * kinds - frames that others change, ways out of the end, instructions that are
 * not modelled
 *
 * SPDX-License-Identifier: MIT
 */
    .syntax unified
    .thumb
#include "functions.inc"
    // Without padding: the next function follows.
    .macro runs_on name
    .size \name, . - \name
    .endm
    .macro object name bytes
    .balign 4
    .global \name
    .type \name, %object
    .size \name, \bytes
\name:
    .endm

    .data
    .space 256 // as long as the vector table
    object cell 4
    .word 0
    object good 4
    .word 7
    object hookvar 4
    .word 0

    ram ram_x
    bx lr
    end ram_x
// What it stores is not known.
    ram change_word
    ldr r1, =cell
    ldr r1, [r1]
    str r1, [r0]
    bx lr
    end change_word
    ram change_second
    ldr r1, =cell
    ldr r1, [r1]
    str r1, [r0, #4]
    bx lr
    end change_second
    ram keeps_word
    ldr r0, [r0]
    bx lr
    end keeps_word

/// The return address in a variable ///

// unsafe: bad_variable return-unknown
    ram bad_variable
    sub sp, sp, #8
    str lr, [sp, #4]
    add r0, sp, #4
    bl change_word
    ldr lr, [sp, #4]
    add sp, sp, #8
    bx lr
    end bad_variable
// unsafe: bad_variable2 call-unknown
    ram bad_variable2
    push {r3, lr}
    sub sp, sp, #8
    mov r3, lr
    strd r3, r3, [sp]
    mov r0, sp
    bl change_second
    ldr r3, [sp, #4]
    add sp, sp, #8
    ldr lr, [sp, #4]
    add sp, sp, #8
    bx r3
    end bad_variable2
// A scheduler gets the address of the registers that were saved.
// unsafe: bad_saved return-unknown
    ram bad_saved
    push {r4, lr}
    mov r0, sp
    bl change_second
    pop {r4, pc}
    end bad_saved
// unsafe: bad_saved_kept return-unknown
    ram bad_saved_kept
    push {r4, lr}
    ldr r3, =cell
    str sp, [r3]
    bl ram_x
    pop {r4, pc}
    end bad_saved_kept
// unsafe: bad_pushed_later return-unknown
    ram bad_pushed_later
    mov r4, lr
    sub r0, sp, #4
    ldr r3, =cell
    str r0, [r3]
    mov lr, r4
    push {lr}
    bl ram_x
    pop {pc}
    end bad_pushed_later
// Both ways lead to the same pop: one has a variable there.
// unsafe: bad_joined return-unknown
    ram bad_joined
    cbz r0, 1f
    push {r3, lr}
    b 2f
1:  sub sp, sp, #8
    str lr, [sp, #4]
2:  mov r0, sp
    bl change_second
    pop {r3, pc}
    end bad_joined
// As compilers make room for variables.
// safe: ok_room
    ram ok_room
    push {r0, r1, r4, lr}
    mov r0, sp
    bl change_word
    add r0, sp, #4
    bl keeps_word
    add sp, sp, #8
    pop {r4, pc}
    end ok_room
// safe: ok_variable
    ram ok_variable
    sub sp, sp, #8
    str lr, [sp, #4]
    bl ram_x
    ldr lr, [sp, #4]
    add sp, sp, #8
    bx lr
    end ok_variable
// safe: ok_single
    ram ok_single
    str lr, [sp, #-4]!
    sub sp, sp, #12
    add r0, sp, #4
    bl change_word
    add sp, sp, #12
    ldr pc, [sp], #4
    end ok_single

/// Arguments on the stack ///

    ram change_fifth
    ldr r1, =cell
    ldr r1, [r1]
    str r1, [sp]
    bx lr
    end change_fifth
    ram change_sixth_later
    push {r4, r5, r7, lr}
    sub sp, sp, #8
    mov r7, sp
    bl ram_x
    ldr r4, =cell
    ldr r4, [r4]
    str r4, [r7, #28]
    add sp, sp, #8
    pop {r4, r5, r7, pc}
    end change_sixth_later
    ram change_by_tail
    b.w change_fifth
    end change_by_tail
    ram change_by_index
    mov r2, sp
    ldr r1, =cell
    ldr r1, [r1]
    str r1, [r2, r0, lsl #2]
    bx lr
    end change_by_index
    ram change_by_address
    push {r3, lr}
    add r0, sp, #8
    bl change_word
    pop {r3, pc}
    end change_by_address
    ram reads_fifth
    push {r4, lr}
    sub sp, sp, #8
    str r4, [sp, #4]
    ldr r0, [sp, #16]
    ldr r0, [r0]
    ldr r4, [sp, #4]
    add sp, sp, #8
    pop {r4, pc}
    end reads_fifth
    .macro passes name callee at
    ram \name
    push {r4, lr}
    sub sp, sp, #8
    ldr r3, =good
    strd r3, r3, [sp]
    movs r0, #0
    \callee
    ldr r3, [sp, #\at]
    ldr r0, [r3]
    add sp, sp, #8
    pop {r4, pc}
    end \name
    .endm
// unsafe: bad_fifth load-unknown
    passes bad_fifth "bl change_fifth" 0
// unsafe: bad_sixth load-unknown
    passes bad_sixth "bl change_sixth_later" 4
// unsafe: bad_fifth_tail load-unknown
    passes bad_fifth_tail "bl change_by_tail" 0
// unsafe: bad_fifth_index load-unknown
    passes bad_fifth_index "bl change_by_index" 0
// unsafe: bad_fifth_address load-unknown
    passes bad_fifth_address "bl change_by_address" 0
// unsafe: bad_fifth_pointer load-unknown
    passes bad_fifth_pointer "ldr r2, =change_fifth ; blx r2" 0
// safe: ok_fifth
    passes ok_fifth "bl reads_fifth" 0
// safe: ok_sixth
    passes ok_sixth "bl change_fifth" 4
// safe: ok_fifth_pointer
    passes ok_fifth_pointer "ldr r2, =reads_fifth ; blx r2" 0

/// The last instruction ///

// A conditional return: what follows writes r2.
    ram returns_maybe
    cmp r0, #0
    it eq
    bxeq lr
    runs_on returns_maybe
    ram writes_r2
    ldr r2, =cell
    ldr r2, [r2]
    bx lr
    end writes_r2
    ram returns_maybe_r2
    cmp r0, #0
    it eq
    bxeq lr
    movs r1, #1
    bx lr
    end returns_maybe_r2
// It returns by an address that is none: writes_r2 is called.
    ram returns_elsewhere
    mov r1, lr
    ldr lr, =writes_r2
    bx lr
    end returns_elsewhere
    .macro keeps_r2 name callee
    ram \name
    push {r4, lr}
    ldr r2, =good
    bl \callee
    ldr r0, [r2]
    pop {r4, pc}
    end \name
    .endm
// unsafe: bad_conditional load-unknown
    keeps_r2 bad_conditional returns_maybe
// unsafe: bad_elsewhere load-unknown
    keeps_r2 bad_elsewhere returns_elsewhere
// safe: ok_conditional
    keeps_r2 ok_conditional returns_maybe_r2

// unsafe: bad_last_pointer call-mutable|call-null
    ram bad_last_pointer
    push {r4, lr}
    ldr r3, =ram_x
    b 1f
    .ltorg
    .balign 4
1:  blx r3
    runs_on bad_last_pointer
    ram next_pointer
    ldr r3, =hookvar
    ldr r3, [r3]
    blx r3
    pop {r4, pc}
    end next_pointer
    ram by_tail
    b.w ram_x
    end by_tail
// unsafe: bad_last_call call-mutable|call-null
    ram bad_last_call
    push {r4, lr}
    bl by_tail
    runs_on bad_last_call
    ram next_call
    ldr r3, =hookvar
    ldr r3, [r3]
    blx r3
    pop {r4, pc}
    end next_call
    ram stays
    b .
    end stays
// safe: ok_last_call
    ram ok_last_call
    push {r4, lr}
    bl stays
    runs_on ok_last_call
    ram next_after
    ldr r3, =hookvar
    ldr r3, [r3]
    blx r3
    pop {r4, pc}
    end next_after
// LR leads elsewhere when the next function returns by it.
// unsafe: bad_falls return-unknown
    ram bad_falls
    ldr lr, =cell
    ldr lr, [lr]
    b 1f
    .ltorg
    .balign 4
1:  movs r0, #0
    runs_on bad_falls
    ram next_returns
    bx lr
    end next_returns
// safe: ok_falls
    ram ok_falls
    movs r0, #0
    runs_on ok_falls
    ram next_returns_2
    bx lr
    end next_returns_2
// No branch leads to reads_r0: what is before it falls into it.
    ram before
    ldr r0, =cell
    ldr r0, [r0]
    b 1f
    .ltorg
    .balign 4
1:  nop
    runs_on before
    ram reads_r0
    ldr r0, [r0]
    bx lr
    end reads_r0
    ram calls_good
    push {r3, lr}
    ldr r0, =good
    bl reads_r0
    pop {r3, pc}
    end calls_good
// unsafe: reads_r0 load-unknown
// A branch to where no symbol is, from an outage and from elsewhere.
    ram reads_known
    ldr r5, =good
    ldr r0, [r5]
    bx lr
    end reads_known
// unsafe: bad_leads load-unknown
    ram bad_leads
    ldr r5, =cell
    ldr r5, [r5]
    b.w reads_known + 2
    end bad_leads
// unsafe: reads_known_2 no-symbols
    ram reads_known_2
    ldr r5, =good
    ldr r0, [r5]
    bx lr
    end reads_known_2
    ram leads_in
    ldr r5, =cell
    ldr r5, [r5]
    b.w reads_known_2 + 2
    end leads_in
// safe: ok_led
    ram ok_led
    ldr r5, =good
    b.w ok_led_there
    end ok_led
    ram ok_led_there
    ldr r5, =good
    ldr r0, [r5]
    bx lr
    end ok_led_there
// A condition that goes on in the next function.
// unsafe: bad_it_end undecodable
    ram bad_it_end
    cmp r0, #0
    .inst.n 0xbf04 // itt eq
    .inst.n 0x2000
    runs_on bad_it_end
    ram next_it
    movs r0, #0
    bx lr
    end next_it

/// A pool with the symbol of an object ///

    ram reads_pool
    ldr r3, pool_word
    ldr r0, [r3]
    bx lr
    object pool_word 4
    .word good
    end reads_pool
    ram store_to
    ldr r2, =cell
    ldr r2, [r2]
    ldr r1, [r0]
    str r2, [r1]
    bx lr
    end store_to
    ram store_to_2
    ldr r2, =cell
    ldr r2, [r2]
    ldr r1, [r0]
    str r2, [r1]
    bx lr
    end store_to_2
// unsafe: bad_pool load-unknown|code-changed
    ram bad_pool
    push {r3, r4, r5, lr}
    ldr r3, =pool_word
    str r3, [sp]
    mov r0, sp
    bl store_to
    bl reads_pool
    pop {r3, r4, r5, pc}
    end bad_pool
    ram reads_other
    ldr r3, other_word
    ldr r0, [r3]
    bx lr
    object other_word 4
    .word good
    end reads_other
// safe: ok_pool
    ram ok_pool
    push {r3, r4, r5, lr}
    ldr r3, =cell
    str r3, [sp]
    mov r0, sp
    bl store_to_2
    bl reads_other
    pop {r3, r4, r5, pc}
    end ok_pool

/// The stack by its address ///

// It ends at 0x2000a000, and nothing else is there.
// unsafe: bad_stack_store return-unknown
    ram bad_stack_store
    ldr r0, =0x20009ff0
    movs r1, #0
    str r1, [r0]
    bx lr
    end bad_stack_store
    ram stores_argument
    movs r1, #0
    str r1, [r0]
    bx lr
    end stores_argument
// unsafe: bad_stack_argument load-unknown
    ram bad_stack_argument
    push {r3, lr}
    ldr r0, =0x20009ff0
    bl stores_argument
    pop {r3, pc}
    end bad_stack_argument

/// Coprocessors ///

// The flags change within the block.
// unsafe: bad_flags load-unknown
    ram bad_flags
    ldr r3, =good
    ldr r2, =cell
    ldr r2, [r2]
    cmp r0, #0
    itte eq
    moveq r3, r2
    mrceq p0, #0, apsr_nzcv, c0, c0
    ldrne r0, [r3]
    bx lr
    end bad_flags
// CX1 p0, r3, #5
// unsafe: bad_custom load-unknown
    ram bad_custom
    ldr r3, =good
    cdp p0, #0, c3, c0, c5
    ldr r0, [r3]
    bx lr
    end bad_custom
// CX3 p0, r3, r2, r1, #5
// unsafe: bad_custom3 load-unknown
    ram bad_custom3
    ldr r3, =good
    .inst.w 0xee821093
    ldr r0, [r3]
    bx lr
    end bad_custom3
// unsafe: bad_stc undecodable
    ram bad_stc
    push {r3, lr}
    sub sp, sp, #16
    stc p0, c1, [sp]
    add sp, sp, #16
    pop {r3, pc}
    end bad_stc
// safe: ok_mcr
    ram ok_mcr
    ldr r3, =good
    movs r1, #1
    mcr p0, #0, r1, c0, c0
    mrrc p0, #0, r1, r2, c0
    ldr r0, [r3]
    bx lr
    end ok_mcr

/// Others ///

// STREX may leave the word as it is.
// unsafe: bad_strex load-unknown
    ram bad_strex
    sub sp, sp, #8
    ldr r3, =cell
    ldr r3, [r3]
    str r3, [sp]
    ldr r2, =good
    strex r1, r2, [sp]
    ldr r0, [sp]
    ldr r0, [r0]
    add sp, sp, #8
    bx lr
    end bad_strex
// safe: ok_strex
    ram ok_strex
    sub sp, sp, #8
    ldr r2, =good
    str r2, [sp]
    strex r1, r2, [sp]
    ldr r0, [sp]
    ldr r0, [r0]
    add sp, sp, #8
    bx lr
    end ok_strex
// The address again, from its upper bits.
// unsafe: bad_shifted_back load-unknown
    ram bad_shifted_back
    ldr r0, =cell
    ldr r0, [r0]
    lsrs r0, r0, #12
    lsls r0, r0, #3
    lsls r0, r0, #3
    lsls r0, r0, #3
    lsls r0, r0, #3
    ldr r0, [r0]
    bx lr
    end bad_shifted_back
// What seems to return jumps, with all registers.
    ram reads_r1
    ldr r0, [r1]
    bx lr
    end reads_r1
    ram jumps_by_lr
    mov r2, lr
    ldr lr, =reads_r1
    bx lr
    end jumps_by_lr
    ram jumps_by_pop
    push {r2, r3}
    ldr r3, =reads_r1
    str r3, [sp, #4]
    pop {r2, pc}
    end jumps_by_pop
// unsafe: bad_left_over address|load.*|return-unknown
    ram bad_left_over
    push {r3, lr}
    ldr r1, =flash_word
    bl jumps_by_lr
    pop {r3, pc}
    end bad_left_over
// unsafe: bad_left_over2 address|load.*|return-unknown
    ram bad_left_over2
    push {r3, lr}
    ldr r1, =flash_word
    bl jumps_by_pop
    pop {r3, pc}
    end bad_left_over2
    ram changes_r2
    ldr r2, =cell
    ldr r2, [r2]
    bx lr
    end changes_r2
    ram pops_other
    push {r3, lr}
    ldr r3, =changes_r2
    str r3, [sp, #4]
    pop {r3, pc}
    end pops_other
// unsafe: bad_pop load-unknown|return-unknown
    keeps_r2 bad_pop pops_other

    .text
    .balign 4
    .global flash_word
    .type flash_word, %object
flash_word:
    .word 1
    .size flash_word, 4
    .global main
    .type main, %function
main:
    bx lr
    .size main, . - main
