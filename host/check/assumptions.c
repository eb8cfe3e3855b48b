/*
 * assumptions - the table of assumptions
 *
 * SPDX-License-Identifier: MIT
 */
#include "check/assumptions.h"

const struct assumption_text assumptions[ASSUME_COUNT] = {
        [ASSUME_ROOTS] = {"A1", "roots",
                "an outage begins and ends inside one of the roots that are "
                "listed (so no function for RAM was inlined into flash with "
                "nothing left of it), or as --begin and --end say, and a reset "
                "ends it, "
                "controller and chip included (none that is computed at run "
                "time sets AIRCR.VECTRESET)",
                0},
        [ASSUME_IMAGES] = {"A2", "images",
                "the ELF files are what the device holds, no code programs "
                "other words over what they have in flash, nothing else runs "
                "before them or enters them but by a reset, an exception or a "
                "call that they show (with other arguments, say), start code "
                "has copied what they say before it is used and cleared it "
                "before an exception uses it, the flash patch unit is off, "
                "exceptions are taken in one security state, nothing maps other "
                "memory to where the table of the reset is, the core has VTOR "
                "where code sets it, no NMI or fault comes before VTOR is set, "
                "the memory regions are as given, and debug information is that "
                "of the code",
                0},
        [ASSUME_STACK] = {"A3", "stack",
                "stacks lie in readable memory, apart from each other, and do "
                "not overflow, and code stores into one only through "
                "addresses that were made from the stack pointer",
                0},
        [ASSUME_OBJECTS] = {"A4", "objects",
                "what is added to the address of an object, of a frame or of a "
                "device's registers stays inside of it (of a label: before the "
                "next object; of a frame: in its variables), a store stays "
                "inside the object its pointer was made for, and nothing is read or stored through a pointer while "
                "it is null or, where no memory but an alias is named there, "
                "leads below 100h",
                0},
        [ASSUME_CALLS] = {"A5", "calls",
                "functions keep to the procedure call standard: r4 to r11, "
                "s16 to s31, the stack pointer and the return address are "
                "kept (and exceptions keep all registers, FPCCR.ASPEN being "
                "set as after a reset, and FPCAR set by the core only), "
                "arguments are where it says, and "
                "pointers lead to a first instruction; the address of a "
                "function is not computed from that of another place",
                0},
        [ASSUME_OTHERS] = {"A6", "others",
                "DMA, debuggers and other cores leave the window alone in an "
                "outage, and code and constants always, they write to RAM only "
                "into objects whose address code stores to a device's register, "
                "or puts into an object that a device has (as one word or, into "
                "such an object, copied in parts of a word that holds it; what "
                "a register takes in halves, shifted, cut or as an offset is "
                "not seen as an address, nor is one that is computed from what a "
                "device delivered), the core does not speculate into "
                "the window or write its cache back there, and invalidating "
                "its cache loses no store to a stack, and that of another "
                "cache none",
                0},
        [ASSUME_RUNTIME_DATA] = {"A7", "runtime-data",
                "pointers that are known at run time only do not lead to the "
                "window",
                1},
        [ASSUME_SETTLED] = {"A8", "settled",
                "a store through a pointer changes only the object from whose "
                "address, or from one within 4 KB of it, the pointer was made, "
                "so a word of RAM whose address goes nowhere else holds its "
                "initial value or what was seen to be stored there",
                1},
        [ASSUME_MASKS] = {"A9", "masks",
                "interrupts that --interrupts leaves out are masked for the "
                "whole outage",
                0},
        [ASSUME_NOTES] = {"A10", "annotations",
                "the annotations are true, an argument that `pointers` names "
                "leads to an object of which nothing lies in the window, and "
                "so does what is read through it, but for what an outage or "
                "an exception stores, and the vector table that --vectors "
                "or an annotation names is the one in use in each outage",
                0},
        [ASSUME_TASKS] = {"A11", "tasks",
                "an exception that sets a stack pointer has interrupted a task "
                "that uses it, or says which one it goes to, and returns to a "
                "task: one that was interrupted goes on with its stack and its "
                "registers, another one begins, one time, with the frame that "
                "was written for it; what it loads into lr of what it saved was "
                "lr; PSP, and the address in such a frame, are set before they "
                "are used; and no exception comes while both stack pointers "
                "lead to one place",
                0},
        [ASSUME_SEARCH] = {"A12", "search",
                "where the run of the whole program does not say who has the "
                "address of a function, of code in RAM, of the vector table "
                "or of VTOR, it is formed as compilers form addresses: whole, "
                "by a constant in code or an aligned word of data, and sums "
                "with small numbers, within one function; nothing is stored "
                "through a pointer to a function, VTOR is written as a word, "
                "before an outage begins, and no exception comes whose "
                "vector lies behind the table's object",
                0},
};
