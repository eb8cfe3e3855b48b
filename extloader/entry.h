/*
 * entry - functions that a debug probe calls
 *
 * SPDX-License-Identifier: MIT
 *
 * LOADER_ENTRY(Init, init) makes the global symbol Init. It moves to the
 * loader's own stack, calls init() with the arguments as they came and returns
 * its result on the stack it was called on. Eight bytes of that one are used.
 */
#ifndef ENTRY_H
#define ENTRY_H

// The linker scripts keep this section, and put it first.
#define LOADER_ENTRY(name, function) \
    __attribute__((naked, used, visibility("default"), \
            section(".loader_entry"))) void \
    name(void) { \
        __asm volatile("push {r4, lr}\n" \
                       "bl loader_own_stack_\n" \
                       "bl " #function "\n" \
                       "mov sp, r4\n" \
                       "pop {r4, pc}\n"); \
    }

// For what only entries call, from assembly.
#define LOADER_CALLED __attribute__((used))

#endif
