/*
 * judges - one function for each branch of the checker's judges
 *
 * SPDX-License-Identifier: MIT
 *
 * In assembly, so that each reaches its branch whatever the compiler: the cases
 * of ../defects take what the compiler makes of them, and often several
 * answers. Lines `want: CLASS RULE TARGET WORDS` belong to the function (or
 * object) that `in:` names: these findings, with WORDS in the text, and no
 * others. `-` is no target.
 */
    .syntax unified
    .cpu cortex-m4
    .thumb

    .macro ram name
    .section .RamFunc, "ax", %progbits
    .global \name
    .balign 4
    .type \name, %function
\name:
    .endm
    .macro end name
    .balign 4
    .ltorg
    .size \name, . - \name
    .endm
    .macro object name
    .balign 4
    .type \name, %object
\name:
    .endm

// The program calls nothing of this: all functions in RAM are roots.
    ram subject
    bx lr
    end subject

// Loads.

// in: load_word
// want: violation load flash_words loads from flash_words in flash
    ram load_word
    ldr r0, =flash_words
    ldr r0, [r0]
    bx lr
    end load_word

// in: load_from_table
// want: violation load flash_words through a table of pointers
// in: ram_pointers
// want: unknown data-pointer flash_words word 0 of ram_pointers
    ram load_from_table
    ldr r1, =ram_pointers
    ldr r1, [r1, r0, lsl #2]
    ldr r0, [r1], #4
    bx lr
    end load_from_table

// in: load_derived
// want: unknown address flash_words may use an address derived from
    ram load_derived
    ldr r1, =flash_words
    eors r1, r0
    ldr r0, [r1]
    bx lr
    end load_derived

// The distance from one object to another reads like an address of the window,
// and a pointer that moves is added to it.

// in: stores_by_distance
// want: unknown address - may use an address derived from
    ram stores_by_distance
    ldr r0, =0x20010000 - 0x90000000
    ldr r1, =flash_labels
    ldr r3, =flash_labels_end
1:
    str r2, [r0, r1]
    adds r1, #4
    cmp r1, r3
    bne 1b
    movs r0, #0
    bx lr
    end stores_by_distance

// in: stores_by_derived
// want: unknown address flash_words may use an address derived from
// want: unknown address - computes the address of flash
    ram stores_by_derived
    ldr r1, =flash_words
    eors r1, r0
    ldr r0, =0x20010000 - 0x90000000
    str r2, [r1, r0]
    movs r0, #0
    bx lr
    end stores_by_derived

// Addresses that go elsewhere.

// in: returns_address
// want: unknown address flash_words returns the address of
    ram returns_address
    ldr r0, =flash_words
    bx lr
    end returns_address

// in: stores_address
// want: unknown address flash_words whether it is read in an outage
    ram stores_address
    ldr r0, =flash_words
    ldr r1, =ram_cell
    str r0, [r1]
    movs r0, #0
    bx lr
    end stores_address

// in: tells_device
// want: unknown address flash_words to a register
    ram tells_device
    ldr r0, =flash_words
    ldr r1, =0x40020000
    str r0, [r1]
    movs r0, #0
    bx lr
    end tells_device

// in: unused_address
// want: unknown address flash_words no use of it was found
    ram unused_address
    ldr r0, =flash_words
    movs r0, #0
    bx lr
    end unused_address

// in: unread_word
// want: unknown unread-literal flash_words no decoded instruction loads it
    ram unread_word
    bx lr
    .balign 4
    .word flash_words
    end unread_word

// Arguments.

    ram reads_it
    ldr r0, [r0]
    bx lr
    end reads_it

    ram stores_it
    ldr r1, =ram_cell
    str r0, [r1]
    bx lr
    end stores_it

// in: calls_it
// want: unknown call-unknown - calls a function that its caller passes in
    ram calls_it
    push {r3, lr}
    blx r0
    pop {r3, pc}
    end calls_it

    ram hands_on
    push {r3, lr}
    bl reads_it
    pop {r3, pc}
    end hands_on

// in: passes_to_reader
// want: violation load flash_words to reads_it, which reads through it
    ram passes_to_reader
    push {r3, lr}
    ldr r0, =flash_words
    bl reads_it
    pop {r3, pc}
    end passes_to_reader

// in: passes_down
// want: violation load flash_words to hands_on, which reads through it
    ram passes_down
    push {r3, lr}
    ldr r0, =flash_words
    bl hands_on
    pop {r3, pc}
    end passes_down

// in: passes_to_store
// want: unknown address flash_words the address of flash_words
    ram passes_to_store
    push {r3, lr}
    ldr r0, =flash_words
    bl stores_it
    pop {r3, pc}
    end passes_to_store

// in: passes_to_caller
// want: violation indirect-call flash_code to calls_it, which calls it
    ram passes_to_caller
    push {r3, lr}
    ldr r0, =flash_code
    bl calls_it
    pop {r3, pc}
    end passes_to_caller

// in: passes_to_unknown
// want: unknown call-unknown - calls a function that its caller passes in
// want: unknown address flash_words to an unknown function
    ram passes_to_unknown
    push {r3, lr}
    ldr r0, =flash_words
    blx r1
    pop {r3, pc}
    end passes_to_unknown

// in: ram_object
// want: unknown data-pointer flash_words word 1 of ram_object
    ram passes_object
    push {r3, lr}
    ldr r0, =ram_object
    bl reads_it
    pop {r3, pc}
    end passes_object

// Calls and jumps.

// in: calls_flash
// want: violation call flash_code calls flash_code in flash
    ram calls_flash
    push {r3, lr}
    ldr r3, =flash_code
    blx r3
    pop {r3, pc}
    end calls_flash

// in: jumps_to_flash
// want: violation tail-call flash_code jumps to flash_code in flash
    ram jumps_to_flash
    ldr r3, =flash_code
    bx r3
    end jumps_to_flash

// in: computed_jump
// want: unknown jump-unknown - jumps to a computed address
    ram computed_jump
    ldr r1, =subject
    add r1, r1, r0, lsl #3
    bx r1
    end computed_jump

// in: run_time_pointer
// want: unknown call-unknown - known at run time only
    ram run_time_pointer
    push {r3, lr}
    ldr r3, [r0]
    blx r3
    pop {r3, pc}
    end run_time_pointer

// in: plain
// want: unknown no-symbols - no function symbol covers the code
    ram jumps_to_plain
    b.w plain
    end jumps_to_plain
    .global plain
plain:
    movs r0, #1
    bx lr

// Pointers in RAM. Other functions here change what is near them in ways that are
// not known, so the values of none are (tests/check/alone/settled.c has some).

// in: calls_settled
// want: unknown call-mutable settled_cell may change
    ram calls_settled
    push {r3, lr}
    ldr r3, =settled_cell
    ldr r3, [r3]
    blx r3
    pop {r3, pc}
    end calls_settled

// in: calls_stored
// want: unknown call-mutable stored_cell may change
    ram calls_stored
    push {r3, lr}
    ldr r3, =stored_cell
    ldr r3, [r3]
    blx r3
    pop {r3, pc}
    end calls_stored

// in: calls_handed
// want: unknown call-mutable handed_cell may change
    ram calls_handed
    push {r3, lr}
    ldr r3, =handed_cell
    ldr r3, [r3]
    blx r3
    pop {r3, pc}
    end calls_handed

// in: calls_pointed_to
// want: unknown call-mutable pointed_to_cell may change
    ram calls_pointed_to
    push {r3, lr}
    ldr r3, =pointed_to_cell
    ldr r3, [r3]
    blx r3
    pop {r3, pc}
    end calls_pointed_to

// in: calls_zero
// want: unknown call-null zero_cell zero in the image
    ram calls_zero
    push {r3, lr}
    ldr r3, =zero_cell
    ldr r3, [r3]
    blx r3
    pop {r3, pc}
    end calls_zero

// in: calls_null
// want: unknown call-null null_cell zero in the image
    ram calls_null
    push {r3, lr}
    ldr r3, =null_cell
    ldr r3, [r3]
    blx r3
    pop {r3, pc}
    end calls_null

// in: calls_table
// want: unknown call-mutable settled_table may change
    ram calls_table
    push {r3, lr}
    ldr r3, =settled_table
    ldr r3, [r3, r0, lsl #2]
    blx r3
    pop {r3, pc}
    end calls_table

// in: calls_changed_table
// want: unknown call-mutable changed_table may change at run time
    ram calls_changed_table
    push {r3, lr}
    ldr r3, =changed_table
    ldr r3, [r3, r0, lsl #2]
    blx r3
    pop {r3, pc}
    end calls_changed_table

    ram changes
    ldr r1, =stored_cell
    str r0, [r1]
    ldr r1, =null_cell
    str r0, [r1]
    ldr r1, =changed_table
    str r0, [r1, #4]
    ldr r0, =handed_cell
    b.w stores_it
    end changes

// The stack of this one has no bound.
    ram recurses
    push {r3, lr}
    bl recurses
    pop {r3, pc}
    end recurses

    .text
    .balign 4
    .global flash_code
    .type flash_code, %function
flash_code:
    bx lr
    .size flash_code, . - flash_code

    .section .rodata
    object flash_words
    .word 1, 2, 3, 4
    .size flash_words, 16
    .global flash_labels
flash_labels:
    .word 1, 2, 3, 4, 5, 6, 7, 8
flash_labels_end:

    .data
    object ram_cell
    .word 0
    .size ram_cell, 4
    object ram_pointers
    .word flash_words, flash_words
    .size ram_pointers, 8
    object ram_object
    .word 7, flash_words
    .size ram_object, 8
    object settled_cell
    .word subject
    .size settled_cell, 4
    object stored_cell
    .word subject
    .size stored_cell, 4
    object handed_cell
    .word subject
    .size handed_cell, 4
    object pointed_to_cell
    .word subject
    .size pointed_to_cell, 4
    object points
    .word pointed_to_cell
    .size points, 4
    object zero_cell
    .word 0
    .size zero_cell, 4
    object null_cell
    .word 0
    .size null_cell, 4
    object settled_table
    .word subject, stores_it
    .size settled_table, 8
    object changed_table
    .word subject, stores_it
    .size changed_table, 8
