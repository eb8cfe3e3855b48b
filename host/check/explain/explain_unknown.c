/*
 * explain_unknown - what could not be decided
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check/explain/explain_priv.h"

static void put_targets(const struct explain_words_ *w, const char *who) {
    fputs("\n    targets ", w->fix);
    explain_put_place_(w->fix, w->f);
    const char *const *c = w->f->candidates;
    for (size_t i = 0; c && c[i]; i++) {
        fprintf(w->fix, " %s", c[i]);
    }
    fprintf(w->fix, "%s: %s", c && c[0] ? "" : " FUNCTION...", who);
}

// Before targets, at the end of a sentence.
static void put_guess(const struct explain_words_ *w) {
    fputs(w->f->guessed ? ". These are a guess, functions whose addresses are "
                          "kept somewhere: leave out what it never calls:"
                        : ":",
            w->fix);
}

static void explain_call_unknown(const struct explain_words_ *w) {
    fputs("The call goes through a pointer that comes from an argument, a "
          "computation, or memory that cannot be followed.",
            w->cause);
    if (w->f->guessed) {
        fputs("Call the function directly; or say in the notes file where the "
              "call goes, as to a function of the ROM:",
                w->fix);
        explain_put_allow_(w->fix, w->f,
                "where it goes, and that this is readable");
        fputs("\nOr name all possible targets, which are then judged like "
              "direct calls",
                w->fix);
        put_guess(w);
    } else {
        fputs("Call the function directly, or name all possible targets in the "
              "notes file; they are then judged like direct calls:",
                w->fix);
    }
    put_targets(w, "what sets this pointer");
}

static void explain_call_mutable(const struct explain_words_ *w) {
    fputs("The pointer has a good initial value, but it is in RAM, and code "
          "that takes its address or stores there may change it.",
            w->cause);
    fputs("Call the function directly; or, in the notes file, state that it "
          "does not change:",
            w->fix);
    fprintf(w->fix, "\n    const %s: why it never changes",
            explain_or_else_(w->f->target, "OBJECT"));
    fputs("\nor name all its possible targets", w->fix);
    put_guess(w);
    put_targets(w, "what sets this pointer");
}

static void explain_call_null(const struct explain_words_ *w) {
    fputs("The pointer is zero in the image and is set at run time, to an "
          "unknown value.",
            w->cause);
    fputs("Call the function directly, initialise the pointer statically, or "
          "name all possible targets in the notes file",
            w->fix);
    put_guess(w);
    put_targets(w, "what sets this pointer");
}

static void explain_undecodable(const struct explain_words_ *w) {
    if (w->f->target_known) {
        fputs("A section that is copied to RAM has whatever RAM held at the "
              "reset until start code has copied it. What start code calls in "
              "order to copy, as the memcpy that a compiler makes of its loop, "
              "cannot lie there.",
                w->cause);
        fputs("Compile the file of the start code with "
              "-fno-tree-loop-distribute-patterns, or copy by a loop over "
              "volatile words; or leave that function in flash. If other code "
              "has put it there before:",
                w->fix);
        explain_put_allow_(w->fix, w->f, "what copies it");
        return;
    }
    fputs("The bytes are no Thumb instruction that this tool knows: they "
          "belong to a coprocessor or vector extension, are data that is reached "
          "as code, or code that is put there at run time.",
            w->cause);
    fputs("In assembly, keep data out of the way of execution (`.ltorg` after "
          "a branch). If it is an instruction and reads no flash:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "which instruction this is");
}

static void explain_no_symbols(const struct explain_words_ *w) {
    if (!w->f->image) {
        fputs("None of the ELFs that were given holds this address.", w->cause);
        fputs("Add the ELF of the program that is there: --with ELF.", w->fix);
        return;
    }
    fputs("Without mapping symbols ($t, $d) or a size, code and data cannot be "
          "told apart. The file was stripped, or the code is assembly without "
          "`.type` and `.size`.",
            w->cause);
    fputs("Check the ELF that ld wrote, before strip or objcopy. In assembly:\n"
          "    .thumb_func\n"
          "    .type NAME, %function\n"
          "    NAME: ...\n"
          "    .size NAME, . - NAME\n"
          "If its source is not yours, and nothing in an outage comes there:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "what the code is");
}

static void explain_no_outage(const struct explain_words_ *w) {
    fputs("Without --root the functions outside the window are judged, and here "
          "none of them writes to a register, but for exception handlers and "
          "what only these call, while code in flash does. A function for RAM "
          "without `noinline` goes into its caller in flash, and one that "
          "nobody calls is dropped.",
            w->cause);
    fputs("Mark it so that it stays:\n"
          "    __attribute__((section(\".RamFunc\"), noinline, used))\n"
          "Where another program switches the flash off, add its ELF: --with "
          "ELF. If nothing does, `allow no-outage FUNCTION: why`.",
            w->fix);
}

static void explain_unread_literal(const struct explain_words_ *w) {
    fputs("The function holds an address in flash, and no instruction that was "
          "reached uses it: the code that does is dead, or the path to it was "
          "not found.",
            w->cause);
    fputs("Look at it with arm-none-eabi-objdump -dr; if nothing reads it:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "why nothing uses it");
}

static void explain_jump_unknown(const struct explain_words_ *w) {
    fputs("A jump to a computed address, without a table that could be "
          "recognised.",
            w->cause);
    fputs("Compile the file with -fno-jump-tables; for hand-written code, name "
          "all possible targets in the notes file",
            w->fix);
    put_guess(w);
    put_targets(w, "why it goes nowhere else");
    fputs("\nIf they are arms of its own, in memory that stays readable:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "where its arms are");
}

// Code that runs while another table may be in use.
static void explain_other_table(const struct explain_words_ *w) {
    const bool in_outage = w->f->path_count > 0;
    fputs("An exception reads its vector in the table that VTOR leads to when "
          "it comes. Another one than that which was judged may lie in the "
          "window.",
            w->cause);
    fputs(in_outage ? "Set VTOR before anything lets interrupts in, and before "
                      "the first outage. If no exception can come here:"
                    : "Say which table is in use in each outage (--vectors), "
                      "or, if no exception can come in an outage while it is "
                      "this one:",
            w->fix);
    explain_put_allow_(w->fix, w->f,
            "why no exception comes while it is in use");
    if (!in_outage) {
        fputs("\nThat the function runs in no outage (`outside`) is no answer: "
              "VTOR stays as it sets it.",
                w->fix);
    }
}

static void explain_vector_runtime(const struct explain_words_ *w) {
    if (!w->f->stored_in_table) {
        explain_other_table(w);
        return;
    }
    fputs("The vectors are set at run time, to values that are not in the "
          "image.",
            w->cause);
    const char *table = explain_or_else_(w->f->function, "TABLE");
    fprintf(w->fix,
            "If start code copies the table of the reset there, by this name or "
            "as what VTOR leads to, and no code changes it later, say so in the "
            "notes file:\n"
            "    vectors %s copy %s: what copies it, and when\n"
            "Else initialise the table statically, with `= {...}`: in .bss it is "
            "zero in the image, and what code stores there is not always known. "
            "Or name the handlers in the notes file (N is the exception's "
            "number, 16 for the first interrupt, SysTick, or irq37):\n"
            "    vectors %s N=HANDLER...: what fills the table",
            table, explain_or_else_(w->f->copy_of, "TABLE"), table);
    fputs("\nor, if all that is ever put there is known to stay readable:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "which handlers, and where they are");
}

// It is seen to go to the window.
static void explain_load_certain(const struct explain_words_ *w) {
    fputs("All addresses that come here in the run of the whole program lie in "
          "the window. Only if it never comes here in an outage does that no "
          "harm.",
            w->cause);
    fputs("Move what it reads out of the flash, or keep the function out of the "
          "outage. To accept it here:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "why it never comes here in an outage");
}

static void put_arguments(FILE *out, uint16_t arguments) {
    for (unsigned k = 0; k < 4; k++) {
        if (arguments >> k & 1) {
            fprintf(out, " r%u", k);
        }
        if (arguments >> (8 + k) & 1) {
            fprintf(out, " r%u*", k);
        }
    }
}

static void explain_load_unknown(const struct explain_words_ *w) {
    if (w->f->certain) {
        explain_load_certain(w);
        return;
    }
    fputs("These accesses go through pointers that are known at run time only: "
          "arguments, or values loaded from memory. Each of them may be an "
          "address in the window.",
            w->cause);
    if (w->f->by_arguments) {
        fprintf(w->fix,
                "Name the check that refuses such an address (r0 to r3: the "
                "arguments that are pointers; r0*: pointers behind r0),\n"
                "    pointers %s",
                explain_or_else_(w->f->function, "FUNCTION"));
        put_arguments(w->fix, w->f->by_arguments);
        fputs(": the check, and where it is\nor", w->fix);
    } else {
        fputs("No argument in r0 to r3 leads there. If a variable with an "
              "initial value does, and keeps it,\n"
              "    const VARIABLE: who might write it\n"
              "else",
                w->fix);
    }
    fputs(" assume it for the whole image (--assume runtime-data); to accept "
          "it here:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "why these pointers lead to RAM only");
}

// A caller in flash of a function that may begin an outage and not end it.
static void explain_half_way(const struct explain_words_ *w) {
    fprintf(w->cause,
            "On some path it comes back without having called the function of "
            "--end. If the outage had begun there, %s goes on in the flash, "
            "which is switched off.",
            explain_or_else_(w->f->function, "the function"));
    fputs("Call both on every path of one resident function; or say why the "
          "flash is readable where it comes back early:",
            w->fix);
    explain_put_allow_(w->fix, w->f,
            "then the first one has not switched it off");
}

static void explain_return_unknown(const struct explain_words_ *w) {
    if (w->f->swapped) {
        explain_swapped_(w);
        return;
    }
    if (w->f->target_known && w->f->target_addr == w->f->function_addr) {
        explain_half_way(w);
        return;
    }
    fputs("A return is proved only if it goes to the address the function was "
          "called with. With an RTOS, a context switch continues another task, "
          "whose code may be in the window.",
            w->cause);
    fputs("Keep the scheduler from switching in an outage, and say so:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "no switch in an outage, because ...");
}

static void explain_mask_changed(const struct explain_words_ *w) {
    fputs("--interrupts names the interrupts that stay enabled in an outage. "
          "After this instruction there may be more.",
            w->cause);
    fputs("Where the driver masks interrupts itself, behind a function that "
          "switches the flash off, and lets them in behind one that switches it "
          "on, name these two (--begin F --end G, or lines `begins F: ...` and "
          "`ends G: ...` in the notes file): what follows the second is in no "
          "outage. Else name all interrupts, leave the masks alone, or say why "
          "none comes in:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "the window is open again, because ...");
}

static void explain_stack_small(const struct explain_words_ *w) {
    fputs("Below the stack lies something else, an object or the code itself. "
          "The run of the whole program has come along each call of that path.",
            w->cause);
    fputs("Give the stack more room in the linker script, or take large "
          "objects out of the frames. If that path is never taken:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "how much is used, and who measured it");
}

static void explain_stack_nested(const struct explain_words_ *w) {
    fputs("Below the stack lies something else, an object or the code itself. "
          "That path, and the handler on top of it, are possible for all that "
          "the walk sees; the run of the whole program has not seen it, or "
          "does not see how deep handlers come.",
            w->cause);
    fputs("Give the stack more room in the linker script, or take large "
          "objects out of the frames. If it never comes to that:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "how much is used, and who measured it");
}

static void explain_core_reset(const struct explain_words_ *w) {
    fputs("AIRCR.VECTRESET resets the core and no device: the controller stays "
          "as it is, the flash busy or off, and the first instruction is read "
          "from it (Armv7-M ARM B3.2.6).",
            w->cause);
    fputs("Set SYSRESETREQ, which resets the controller too: write 0x05fa0004. "
          "If a program in internal flash begins then, and switches the flash "
          "on first:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "the boot program sets the controller up");
}

static void explain_memory_unknown(const struct explain_words_ *w) {
    fputs("Memory that no image, board or --resident names may be anything: "
          "another address of the flash, or memory behind its controller. What "
          "two images claim holds what was written last.",
            w->cause);
    fputs("Name what stays readable with --resident ADDR:SIZE, or by `ram`, "
          "`devices` and `alias` lines of the board file; link images that run "
          "together for different memory. To accept it:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "what is there");
}

// Start code that copies a section from, or to, a wrong place.
static void explain_shifted(const struct explain_words_ *w) {
    fputs("All that is copied so lies at another place than it was linked for, "
          "functions and variables.",
            w->cause);
    fputs("Correct where the copy begins, in start code or in the linker script: "
          "the label of the load image is LOADADDR() of the section, and that in "
          "RAM its first byte, with nothing before it and no ALIGN() between.",
            w->fix);
}

static void explain_code_changed(const struct explain_words_ *w) {
    if (w->f->shifted_bytes) {
        explain_shifted(w);
        return;
    }
    fputs("The code of the image was judged. What is written over it at run "
          "time was not.",
            w->cause);
    fputs("Keep pointers and parameters in variables instead of code. To accept "
          "it:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "what is written there");
}

static void explain_const_changed(const struct explain_words_ *w) {
    fputs("A `const` line in a notes file says that the object keeps its initial "
          "value, and this code writes to it.",
            w->cause);
    fputs("Take the `const` line back, and name what the pointer leads to with "
          "`targets` or `allow`. If the store never comes before an outage, or "
          "changes nothing:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "why the object keeps its value");
}

explain_fn_ *const explain_unknown_[CHECK_RULE_COUNT] = {
        [CHECK_RULE_CALL_UNKNOWN] = explain_call_unknown,
        [CHECK_RULE_CALL_MUTABLE] = explain_call_mutable,
        [CHECK_RULE_CALL_NULL] = explain_call_null,
        [CHECK_RULE_UNDECODABLE] = explain_undecodable,
        [CHECK_RULE_NO_SYMBOLS] = explain_no_symbols,
        [CHECK_RULE_UNREAD_LITERAL] = explain_unread_literal,
        [CHECK_RULE_JUMP_UNKNOWN] = explain_jump_unknown,
        [CHECK_RULE_VECTOR_RUNTIME] = explain_vector_runtime,
        [CHECK_RULE_LOAD_UNKNOWN] = explain_load_unknown,
        [CHECK_RULE_RETURN_UNKNOWN] = explain_return_unknown,
        [CHECK_RULE_MASK_CHANGED] = explain_mask_changed,
        [CHECK_RULE_MEMORY_UNKNOWN] = explain_memory_unknown,
        [CHECK_RULE_CODE_CHANGED] = explain_code_changed,
        [CHECK_RULE_CONST_CHANGED] = explain_const_changed,
        [CHECK_RULE_NO_OUTAGE] = explain_no_outage,
        [CHECK_RULE_CORE_RESET] = explain_core_reset,
        [CHECK_RULE_STACK_SMALL] = explain_stack_small,
        [CHECK_RULE_STACK_NESTED] = explain_stack_nested,
};
