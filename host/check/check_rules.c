/*
 * check_rules - the table of rules
 *
 * SPDX-License-Identifier: MIT
 *
 * A rule needs an explainer (explain/explain_*.c), a row in docs/CHECK.md and a
 * case in tests/check/defects; tests demand all three.
 */
#include "check/check_rules.h"

#include <stdio.h>

#include "base/match.h"

const struct check_rule check_rules[CHECK_RULE_COUNT] = {
        [CHECK_RULE_CALL] = {.name = "call",
                .class = CHECK_VIOLATION,
                .what = "a call to a function in flash",
                .why = "The processor fetches the function while the flash "
                       "cannot be read.",
                .cure = "Put the function into RAM, or do without it.",
                .at_insn = true},
        [CHECK_RULE_TAIL_CALL] = {.name = "tail-call",
                .class = CHECK_VIOLATION,
                .what = "a jump to a function in flash",
                .why = "A call at the end of a function became a jump; the "
                       "processor fetches its target while the flash cannot be "
                       "read.",
                .cure = "Put the function into RAM, or do without it.",
                .at_insn = true},
        [CHECK_RULE_INDIRECT_CALL] = {.name = "indirect-call",
                .class = CHECK_VIOLATION,
                .what = "a call through a pointer that leads into flash",
                .why = "The pointer holds the address of a function in flash.",
                .cure = "Let the pointer lead to a function in RAM.",
                .at_insn = true},
        [CHECK_RULE_POINTER_EVEN] = {.name = "pointer-even",
                .class = CHECK_VIOLATION,
                .what = "a call through an address without the Thumb bit",
                .why = "A branch to an even address leaves Thumb state, which "
                       "is a UsageFault (INVSTATE).",
                .cure = "Declare the label a function (.thumb_func), or set "
                        "bit 0.",
                .at_insn = true},
        [CHECK_RULE_CODE] = {.name = "code",
                .class = CHECK_VIOLATION,
                .what = "a function in flash that must run in an outage",
                .why = "The function is a root, or a root calls it, and the "
                       "linker placed it in flash.",
                .cure = "Mark its definition with a section that the linker "
                        "script places in RAM."},
        [CHECK_RULE_LITERAL] = {.name = "literal",
                .class = CHECK_VIOLATION,
                .what = "a constant that is loaded from a pool in flash",
                .why = "The pool is not where the function is.",
                .cure = "Move the function; in assembly, put .ltorg in front "
                        "of the change of section.",
                .at_insn = true},
        [CHECK_RULE_JUMP_TABLE] = {.name = "jump-table",
                .class = CHECK_VIOLATION,
                .what = "a switch table in flash",
                .why = "The compiler placed the table of a switch in .rodata.",
                .cure = "Compile the file with -fno-jump-tables.",
                .at_insn = true},
        [CHECK_RULE_LOAD] = {.name = "load",
                .class = CHECK_VIOLATION,
                .what = "a load from flash",
                .why = "Constants, strings and variables that are never "
                       "written are placed in .rodata.",
                .cure = "Give the object a section that is copied to RAM.",
                .at_insn = true},
        [CHECK_RULE_STORE] = {.name = "store",
                .class = CHECK_VIOLATION,
                .what = "a store to the flash window",
                .why = "Flash cannot be written like memory; many controllers "
                       "answer with a bus error.",
                .cure = "Program the flash through its driver, or place the "
                        "variable in RAM.",
                .at_insn = true},
        [CHECK_RULE_VECTOR_TABLE] = {.name = "vector-table",
                .class = CHECK_VIOLATION,
                .what = "the vector table in use lies in flash",
                .why = "Every exception reads its vector from the table, NMI "
                       "and faults included.",
                .cure = "Copy the table to RAM and point VTOR at it."},
        [CHECK_RULE_VECTOR] = {.name = "vector",
                .class = CHECK_VIOLATION,
                .what = "a vector that leads into flash",
                .why = "The processor enters the handler in an outage, and the "
                       "handler is in flash.",
                .cure = "Put the handler into RAM, or mask the interrupt."},
        [CHECK_RULE_VECTOR_EVEN] = {.name = "vector-even",
                .class = CHECK_VIOLATION,
                .what = "a vector without the Thumb bit",
                .why = "An exception whose vector is even leaves Thumb state, "
                       "which is a UsageFault (INVSTATE).",
                .cure = "Declare the handler a function (.thumb_func), or set "
                        "bit 0."},
        [CHECK_RULE_INLINED] = {.name = "inlined",
                .class = CHECK_VIOLATION,
                .what = "a copy of a RAM function that was inlined into flash",
                .why = "A section attribute does not keep the compiler from "
                       "inlining a function.",
                .cure = "Add noinline to the function."},
        [CHECK_RULE_NO_COPY] = {.name = "no-copy",
                .class = CHECK_VIOLATION,
                .what = "a RAM section that nothing copies to RAM",
                .why = "The section is kept in flash and runs in RAM, and no "
                       "code was found that copies it.",
                .cure = "Put the section into .data, or add a copy loop to the "
                        "start code."},
        [CHECK_RULE_ORPHAN] = {.name = "orphan",
                .class = CHECK_VIOLATION,
                .what = "a section for RAM code that the linker left in flash",
                .why = "No line of the linker script names the section.",
                .cure = "Name the section in the output section that is copied "
                        "to RAM."},
        [CHECK_RULE_ADDRESS] = {.name = "address",
                .class = CHECK_UNKNOWN,
                .what = "the address of something in flash is stored or passed "
                        "on",
                .why = "Whether the address is read in an outage is not known.",
                .cure = "Keep the object in RAM, or annotate why the address "
                        "is never read.",
                .at_insn = true},
        [CHECK_RULE_DATA_POINTER] = {.name = "data-pointer",
                .class = CHECK_UNKNOWN,
                .what = "a pointer in RAM that leads to something in flash",
                .why = "Outage code hands on the object that holds the "
                       "pointer; whether it is followed is not known.",
                .cure = "Let the pointer lead to RAM, or annotate why it is "
                        "not followed."},
        [CHECK_RULE_NO_DEBUG] = {.name = "no-debug",
                .class = CHECK_WARNING,
                .what = "the image, or a file of it, has no debug information",
                .why = "Without it, copies of RAM functions that were inlined "
                       "into flash cannot be seen.",
                .cure = "Compile with -g; the program stays the same."},
        [CHECK_RULE_SETTLED] = {.name = "settled",
                .class = CHECK_WARNING,
                .what = "a word of RAM of which all values are assumed to be "
                        "known",
                .why = "Its address goes nowhere, so its initial value and "
                       "what is stored there were followed.",
                .cure = "Nothing; --assume no-settled makes it unknown.",
                .at_insn = true},
        [CHECK_RULE_STALE_NOTE] = {.name = "stale-note",
                .class = CHECK_WARNING,
                .what = "an annotation that names what no image has",
                .why = "The name is misspelt, or what it names is gone.",
                .cure = "Correct the annotation, or remove it."},
        [CHECK_RULE_CALL_UNKNOWN] = {.name = "call-unknown",
                .alias = "U1",
                .class = CHECK_UNKNOWN,
                .what = "an indirect call with an unknown target",
                .why = "The pointer comes from an argument, a computation, or "
                       "memory that cannot be followed.",
                .cure = "Call the function directly, or annotate the targets.",
                .at_insn = true},
        [CHECK_RULE_CALL_MUTABLE] = {.name = "call-mutable",
                .alias = "U2",
                .class = CHECK_UNKNOWN,
                .what = "a call through a pointer that may change at run time",
                .why = "The pointer is in RAM, and code may store to it.",
                .cure = "Call the function directly, or annotate the pointer "
                        "as const.",
                .at_insn = true},
        [CHECK_RULE_CALL_NULL] = {.name = "call-null",
                .alias = "U3",
                .class = CHECK_UNKNOWN,
                .what = "a call through a pointer that is zero in the image",
                .why = "The pointer is set at run time, to a value that is not "
                       "in the image.",
                .cure = "Initialise the pointer statically, or annotate the "
                        "targets.",
                .at_insn = true},
        [CHECK_RULE_UNDECODABLE] = {.name = "undecodable",
                .alias = "U4",
                .class = CHECK_UNKNOWN,
                .what = "an instruction that cannot be decoded",
                .why = "The bytes are no Thumb instruction of the supported "
                       "architectures.",
                .cure = "Keep data out of the way of execution, or annotate "
                        "the instruction.",
                .at_insn = true},
        [CHECK_RULE_NO_SYMBOLS] = {.name = "no-symbols",
                .alias = "U5",
                .class = CHECK_UNKNOWN,
                .what = "code without mapping symbols, size or function symbol",
                .why = "Code and data cannot be told apart.",
                .cure = "Check the ELF before it is stripped; in assembly, add "
                        ".type and .size."},
        [CHECK_RULE_UNREAD_LITERAL] = {.name = "unread-literal",
                .alias = "U6",
                .class = CHECK_UNKNOWN,
                .what = "a flash address in a function that no instruction "
                        "reads",
                .why = "The code that reads it is dead, or was not found.",
                .cure = "Look at the disassembly, and annotate why nothing "
                        "reads it."},
        [CHECK_RULE_JUMP_UNKNOWN] = {.name = "jump-unknown",
                .alias = "U7",
                .class = CHECK_UNKNOWN,
                .what = "a computed jump without a known table",
                .why = "The target is computed in a way that was not "
                       "recognised.",
                .cure = "Compile the file with -fno-jump-tables, or annotate "
                        "the targets.",
                .at_insn = true},
        [CHECK_RULE_VECTOR_RUNTIME] = {.name = "vector-runtime",
                .alias = "U8",
                .class = CHECK_UNKNOWN,
                .what = "a vector or vector table that is set at run time",
                .why = "The image does not hold the vectors, or not the place "
                       "of their table.",
                .cure = "Initialise the table statically, annotate its "
                        "entries, or name it with --vectors."},
        [CHECK_RULE_LOAD_UNKNOWN] = {.name = "load-unknown",
                .alias = "U9",
                .class = CHECK_UNKNOWN,
                .what = "loads and stores through pointers that are unknown",
                .why = "The pointers are arguments of callers that are not "
                       "known, or were loaded from memory.",
                .cure = "Name the check that keeps them out of the window "
                        "(pointers FUNCTION r0: ...), or assume it "
                        "(--assume runtime-data)."},
        [CHECK_RULE_RETURN_UNKNOWN] = {.name = "return-unknown",
                .class = CHECK_UNKNOWN,
                .what = "a return to somewhere else than the caller",
                .why = "The address was loaded, or a stack pointer was set: a "
                       "context switch, or a longjmp.",
                .cure = "Keep it out of an outage, or annotate why it leads to "
                        "resident code only.",
                .at_insn = true},
        [CHECK_RULE_MASK_CHANGED] = {.name = "mask-changed",
                .class = CHECK_UNKNOWN,
                .what = "interrupts may be let in that --interrupts leaves out",
                .why = "The code writes an interrupt mask, or a register of "
                       "the interrupt controller.",
                .cure = "Leave the masks alone in an outage, or annotate why "
                        "no other interrupt comes in.",
                .at_insn = true},
        [CHECK_RULE_MEMORY_UNKNOWN] = {.name = "memory-unknown",
                .class = CHECK_UNKNOWN,
                .what = "memory that nothing names, or two images claim",
                .why = "Whether the address stays readable does not follow from "
                       "the images.",
                .cure = "Name the memory: --resident ADDR:SIZE, or a line of "
                        "the board file.",
                .at_insn = true},
        [CHECK_RULE_CODE_CHANGED] = {.name = "code-changed",
                .class = CHECK_UNKNOWN,
                .what = "a store to code in RAM, which then is another",
                .why = "What runs in an outage may not be what the image holds.",
                .cure = "Keep what changes in variables, or annotate what is "
                        "written there.",
                .at_insn = true},
        [CHECK_RULE_CONST_CHANGED] = {.name = "const-changed",
                .class = CHECK_UNKNOWN,
                .what = "a store to what an annotation says keeps its value",
                .why = "`const OBJECT` and the code of an image contradict "
                       "each other.",
                .cure = "Take the annotation back and name the targets, or "
                        "annotate why the store changes nothing.",
                .at_insn = true},
        [CHECK_RULE_NO_OUTAGE] = {.name = "no-outage",
                .class = CHECK_UNKNOWN,
                .what = "no function outside the window switches the flash off",
                .why = "None of them writes to a register, but for exception "
                       "handlers: what switches the flash off is not there, "
                       "and was not judged.",
                .cure = "Keep functions for RAM out of line (noinline), or "
                        "name what runs in an outage: --root, --with."},
        [CHECK_RULE_CORE_RESET] = {.name = "core-reset",
                .class = CHECK_UNKNOWN,
                .what = "a reset of the core alone in an outage",
                .why = "AIRCR.VECTRESET leaves the controller as it is: the "
                       "program begins again while the flash is off.",
                .cure = "Reset all with SYSRESETREQ, or annotate that what "
                        "begins lies elsewhere.",
                .at_insn = true},
        [CHECK_RULE_STACK_SMALL] = {.name = "stack-small",
                .class = CHECK_VIOLATION,
                .what = "an outage that needs more stack than there is",
                .why = "What lies below the stack is overwritten: variables, "
                       "vectors, or the code that runs.",
                .cure = "Give the stack more room in the linker script, or use "
                        "less of it in an outage."},
        [CHECK_RULE_STACK_NESTED] = {.name = "stack-nested",
                .class = CHECK_UNKNOWN,
                .what = "an outage that may need more stack than there is",
                .why = "The deepest path is not seen to be taken, or needs an "
                       "exception on top of it.",
                .cure = "Give the stack more room in the linker script, or "
                        "annotate how much is used."},
        [CHECK_RULE_COPY_UNKNOWN] = {.name = "copy-unknown",
                .class = CHECK_UNKNOWN,
                .what = "a RAM section of which the copy is not seen",
                .why = "Its contents lie behind those of a section that is "
                       "copied, and no number says where they begin.",
                .cure = "Give the copy the load address of the section, or "
                        "annotate what copies it."},
        [CHECK_RULE_SPLIT_OUTAGE] = {.name = "split-outage",
                .class = CHECK_UNKNOWN,
                .what = "code in flash that may call both halves of an outage",
                .why = "Functions in RAM write to one controller and do not "
                       "end alike, so they may be parts of one outage, and "
                       "what calls them lies in flash.",
                .cure = "Name the two with --begin and --end, or annotate that "
                        "each is a whole outage.",
                .at_insn = true},
};

const char *check_rule_key(enum check_rule_id rule) {
    const struct check_rule *r = &check_rules[rule];
    return r->alias ? r->alias : r->name;
}

void check_rule_label(enum check_rule_id rule, char *text, size_t size) {
    const struct check_rule *r = &check_rules[rule];
    if (r->alias) {
        snprintf(text, size, "%s (%s)", r->name, r->alias);
    } else {
        snprintf(text, size, "%s", r->name);
    }
}

bool check_rule_matches(enum check_rule_id rule, const char *pattern) {
    const struct check_rule *r = &check_rules[rule];
    return match_name(pattern, r->name) ||
            (r->alias && match_name(pattern, r->alias));
}
