/*
 * check_rules - the table of rules
 *
 * SPDX-License-Identifier: MIT
 *
 * A rule needs an explainer (report/explain.c), a row in docs/CHECK.md and a
 * case in tests/check/defects; tests demand all three.
 */
#include "check/check_rules.h"

#include <stdio.h>

#include "base/match.h"

const struct check_rule check_rules[CHECK_RULE_COUNT] = {
        [CHECK_RULE_CALL] = {"call", NULL, CHECK_VIOLATION,
                "a call to a function in flash",
                "The processor fetches the function while the flash cannot be "
                "read.",
                "Put the function into RAM, or do without it.",
                .at_insn = true},
        [CHECK_RULE_TAIL_CALL] = {"tail-call", NULL, CHECK_VIOLATION,
                "a jump to a function in flash",
                "A call at the end of a function became a jump; the processor "
                "fetches its target while the flash cannot be read.",
                "Put the function into RAM, or do without it.",
                .at_insn = true},
        [CHECK_RULE_INDIRECT_CALL] = {"indirect-call", NULL, CHECK_VIOLATION,
                "a call through a pointer that leads into flash",
                "The pointer holds the address of a function in flash.",
                "Let the pointer lead to a function in RAM.", .at_insn = true},
        [CHECK_RULE_POINTER_EVEN] = {"pointer-even", NULL, CHECK_VIOLATION,
                "a call through an address without the Thumb bit",
                "A branch to an even address leaves Thumb state, which is a "
                "UsageFault (INVSTATE).",
                "Declare the label a function (.thumb_func), or set bit 0.",
                .at_insn = true},
        [CHECK_RULE_CODE] = {"code", NULL, CHECK_VIOLATION,
                "a function in flash that must run in an outage",
                "The function is a root, or a root calls it, and the linker "
                "placed it in flash.",
                "Mark its definition with a section that the linker script "
                "places in RAM."},
        [CHECK_RULE_LITERAL] = {"literal", NULL, CHECK_VIOLATION,
                "a constant that is loaded from a pool in flash",
                "The pool is not where the function is.",
                "Move the function; in assembly, put .ltorg in front of the "
                "change of section.",
                .at_insn = true},
        [CHECK_RULE_JUMP_TABLE] = {"jump-table", NULL, CHECK_VIOLATION,
                "a switch table in flash",
                "The compiler placed the table of a switch in .rodata.",
                "Compile the file with -fno-jump-tables.", .at_insn = true},
        [CHECK_RULE_LOAD] = {"load", NULL, CHECK_VIOLATION, "a load from flash",
                "Constants, strings and variables that are never written are "
                "placed in .rodata.",
                "Give the object a section that is copied to RAM.",
                .at_insn = true},
        [CHECK_RULE_STORE] = {"store", NULL, CHECK_VIOLATION,
                "a store to the flash window",
                "Flash cannot be written like memory; many controllers answer "
                "with a bus error.",
                "Program the flash through its driver, or place the variable "
                "in RAM.",
                .at_insn = true},
        [CHECK_RULE_VECTOR_TABLE] = {"vector-table", NULL, CHECK_VIOLATION,
                "the vector table in use lies in flash",
                "Every exception reads its vector from the table, NMI and "
                "faults included.",
                "Copy the table to RAM and point VTOR at it."},
        [CHECK_RULE_VECTOR] = {"vector", NULL, CHECK_VIOLATION,
                "a vector that leads into flash",
                "The processor enters the handler in an outage, and the "
                "handler is in flash.",
                "Put the handler into RAM, or mask the interrupt."},
        [CHECK_RULE_VECTOR_EVEN] = {"vector-even", NULL, CHECK_VIOLATION,
                "a vector without the Thumb bit",
                "An exception whose vector is even leaves Thumb state, which "
                "is a UsageFault (INVSTATE).",
                "Declare the handler a function (.thumb_func), or set bit 0."},
        [CHECK_RULE_INLINED] = {"inlined", NULL, CHECK_VIOLATION,
                "a copy of a RAM function that was inlined into flash",
                "A section attribute does not keep the compiler from inlining "
                "a function.",
                "Add noinline to the function."},
        [CHECK_RULE_NO_COPY] = {"no-copy", NULL, CHECK_VIOLATION,
                "a RAM section that nothing copies to RAM",
                "The section is kept in flash and runs in RAM, and no code was "
                "found that copies it.",
                "Put the section into .data, or add a copy loop to the start "
                "code."},
        [CHECK_RULE_ORPHAN] = {"orphan", NULL, CHECK_VIOLATION,
                "a section for RAM code that the linker left in flash",
                "No line of the linker script names the section.",
                "Name the section in the output section that is copied to RAM."},
        [CHECK_RULE_ADDRESS] = {"address", NULL, CHECK_UNKNOWN,
                "the address of something in flash is stored or passed on",
                "Whether the address is read in an outage is not known.",
                "Keep the object in RAM, or annotate why the address is never "
                "read.",
                .at_insn = true},
        [CHECK_RULE_DATA_POINTER] = {"data-pointer", NULL, CHECK_UNKNOWN,
                "a pointer in RAM that leads to something in flash",
                "Outage code hands on the object that holds the pointer; "
                "whether it is followed is not known.",
                "Let the pointer lead to RAM, or annotate why it is not "
                "followed."},
        [CHECK_RULE_NO_DEBUG] = {"no-debug", NULL, CHECK_WARNING,
                "the image has no debug information",
                "Without it, copies of RAM functions that were inlined into "
                "flash cannot be seen.",
                "Compile with -g; the program stays the same."},
        [CHECK_RULE_SETTLED] = {"settled", NULL, CHECK_WARNING,
                "a pointer in RAM that is assumed never to change",
                "No code and no data of the images can change it, so its "
                "initial value was followed.",
                "Nothing, if that is so; a const annotation says it.",
                .at_insn = true},
        [CHECK_RULE_STALE_NOTE] = {"stale-note", NULL, CHECK_WARNING,
                "an annotation that names a function of no image",
                "The name is misspelt, or the function is gone.",
                "Correct the annotation, or remove it.", .at_insn = true},
        [CHECK_RULE_CALL_UNKNOWN] = {"call-unknown", "U1", CHECK_UNKNOWN,
                "an indirect call with an unknown target",
                "The pointer comes from an argument, a computation, or memory "
                "that cannot be followed.",
                "Call the function directly, or annotate the targets.",
                .at_insn = true},
        [CHECK_RULE_CALL_MUTABLE] = {"call-mutable", "U2", CHECK_UNKNOWN,
                "a call through a pointer that may change at run time",
                "The pointer is in RAM, and code may store to it.",
                "Call the function directly, or annotate the pointer as const.",
                .at_insn = true},
        [CHECK_RULE_CALL_NULL] = {"call-null", "U3", CHECK_UNKNOWN,
                "a call through a pointer that is zero in the image",
                "The pointer is set at run time, to a value that is not in the "
                "image.",
                "Initialise the pointer statically, or annotate the targets.",
                .at_insn = true},
        [CHECK_RULE_UNDECODABLE] = {"undecodable", "U4", CHECK_UNKNOWN,
                "an instruction that cannot be decoded",
                "The bytes are no Thumb instruction of the supported "
                "architectures.",
                "Keep data out of the way of execution, or annotate the "
                "instruction.",
                .at_insn = true},
        [CHECK_RULE_NO_SYMBOLS] = {"no-symbols", "U5", CHECK_UNKNOWN,
                "code without mapping symbols, size or function symbol",
                "Code and data cannot be told apart.",
                "Check the ELF before it is stripped; in assembly, add .type "
                "and .size."},
        [CHECK_RULE_UNREAD_LITERAL] = {"unread-literal", "U6", CHECK_UNKNOWN,
                "a flash address in a function that no instruction reads",
                "The code that reads it is dead, or was not found.",
                "Look at the disassembly, and annotate why nothing reads it."},
        [CHECK_RULE_JUMP_UNKNOWN] = {"jump-unknown", "U7", CHECK_UNKNOWN,
                "a computed jump without a known table",
                "The target is computed in a way that was not recognised.",
                "Compile the file with -fno-jump-tables, or annotate the "
                "targets.",
                .at_insn = true},
        [CHECK_RULE_VECTOR_RUNTIME] = {"vector-runtime", "U8", CHECK_UNKNOWN,
                "a vector or vector table that is set at run time",
                "The image does not hold the vectors, or not the place of "
                "their table.",
                "Initialise the table statically, annotate its entries, or "
                "name it with --vectors."},
        [CHECK_RULE_LOAD_UNKNOWN] = {"load-unknown", "U9", CHECK_WARNING,
                "loads and stores through pointers that are unknown",
                "The pointers are arguments, or were loaded from memory.",
                "Check what the callers pass; with --strict-data each function "
                "is an unknown."},
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
