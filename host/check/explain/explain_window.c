/*
 * explain_window - code and data of an outage that lie in the window
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check/explain/explain_priv.h"

static bool has_alias(const struct check_finding *f) {
    return f->alias && f->target && strcmp(f->alias, f->target) != 0;
}

static bool is_read_only(const char *section) {
    return section &&
            (!strncmp(section, ".rodata", 7) || !strncmp(section, ".const", 6));
}

/// Code ///

static void cause_of_code(const struct explain_words_ *w,
        const struct explain_known *known) {
    const struct check_finding *f = w->f;
    if (known) {
        fputs(known->cause, w->cause);
        fputs(" The linker put it into flash.", w->cause);
    } else {
        fprintf(w->cause, "%s lies in flash%s%s%s.",
                explain_or_else_(f->target, "The code there"),
                f->target_object ? " (" : "",
                explain_or_else_(f->target_object, ""),
                f->target_object ? ")" : "");
    }
    if (has_alias(f)) {
        fprintf(w->cause,
                " The object file asks for %s; %s is the same address, a weak "
                "default or an alias of it.",
                f->alias, f->target);
    }
    if (f->through_veneer) {
        fputs(" The linker's veneer in between is not the problem: RAM and "
              "flash are further apart than the 16 MB that a branch reaches.",
                w->cause);
    }
}

static void fix_of_code(const struct explain_words_ *w,
        const struct explain_known *known) {
    const struct check_finding *f = w->f;
    char file[160];
    const bool movable = explain_target_file_(f, known, file, sizeof file);
    if (known) {
        fputs(known->avoid, w->fix);
        if (known->library && explain_elsewhere_(f)) {
            fputs(" This one is not the library's: if its source is yours, mark "
                  "its definition " RESIDENT ".",
                    w->fix);
        }
    } else {
        fputs("If its source is yours, mark its definition " RESIDENT
              ", or with the section that your linker script copies to RAM. "
              "What it calls needs the same.",
                w->fix);
    }
    if (has_alias(f) && !known) {
        fprintf(w->fix,
                " If %s is a weak default, define your own %s the same way.",
                f->target, f->alias);
    }
    if (movable) {
        fputs(known ? "\nOr move it " : "\nElse move its object ", w->fix);
        explain_move_(w->fix, file, ".text");
    } else if (known && known->library == NULL && !f->target_object) {
        fputs(" --map names the object it comes from.", w->fix);
    }
}

// An address in the window where none of the images has anything.
static bool is_of_no_image(const struct check_finding *f) {
    return f->target_known && !f->target && !f->target_section &&
            !f->target_object;
}

static void explain_of_no_image(const struct explain_words_ *w) {
    const struct check_finding *f = w->f;
    fputs("None of the ELFs that were given has anything at this address. It may "
          "be the memory of another image, as of an application that a boot "
          "program starts, or what the program keeps in the flash.",
            w->cause);
    fputs("If another image lies there, give its ELF, too: --with ELF. If the "
          "function runs outside of any outage, as before the first one, write "
          "into the notes file:",
            w->fix);
    fprintf(w->fix, "\n    outside %s: why it never runs in an outage",
            explain_or_else_(f->function, "FUNCTION"));
    fputs("\nElse read it before the outage begins, and keep it in RAM.",
            w->fix);
}

// What start code copies to RAM, and nothing else needs.
static void cause_of_load_image(const struct explain_words_ *w) {
    const char *section = w->f->target_section;
    fprintf(w->cause,
            "The load image of %s lies there: the bytes of this program that "
            "start code copies to %s in RAM.",
            section, section);
}

static void explain_load_image(const struct explain_words_ *w) {
    cause_of_load_image(w);
    fprintf(w->fix,
            "Use the copy in RAM. If the function is start code, or runs outside "
            "of any outage for another reason, write into the notes file:\n"
            "    outside %s: why it never runs in an outage",
            explain_or_else_(w->f->function, "FUNCTION"));
}

static void explain_call(const struct explain_words_ *w) {
    if (w->f->load_image) {
        explain_load_image(w);
        return;
    }
    if (is_of_no_image(w->f)) {
        explain_of_no_image(w);
        return;
    }
    const struct explain_known *known = explain_code_(w->f);
    cause_of_code(w, known);
    fix_of_code(w, known);
}

void explain_swapped_(const struct explain_words_ *w) {
    fprintf(w->cause,
            "--begin and --end look swapped: %s calls what --end names first, "
            "and what --begin names last, and no function does it the other way "
            "round.",
            w->f->swapped);
    fputs("Name by --begin (`begins`) what switches the flash off, and by --end "
          "(`ends`) what switches it on again.",
            w->fix);
}

static void explain_code(const struct explain_words_ *w) {
    const char *name = explain_or_else_(w->f->function, "The function");
    if (w->f->swapped) {
        explain_swapped_(w);
        return;
    }
    if (w->f->addr != w->f->function_addr) { // from --begin on
        fprintf(w->cause,
                "What follows here is fetched from the flash, which is switched "
                "off until the function of --end is called.");
        fprintf(w->fix,
                "Call both from one resident function, which does in between "
                "what %s does; or mark %s " RESIDENT ".",
                name, name);
        return;
    }
    if (explain_code_(w->f) || (w->f->object && strstr(w->f->object, ".a("))) {
        explain_call(w); // a function of a library cannot be marked
        return;
    }
    fprintf(w->cause,
            "%s must run in an outage and was linked into flash: it has no "
            "section attribute, or the linker script does not name its section "
            "before .text.",
            name);
    fprintf(w->fix,
            "Mark its definition " RESIDENT
            ". If it does not run in an outage, narrow --root, or write into "
            "the notes file:\n"
            "    outside %s: why it never runs in an outage",
            explain_or_else_(w->f->function, "FUNCTION"));
}

static void explain_vector(const struct explain_words_ *w) {
    const struct check_finding *f = w->f;
    fprintf(w->cause,
            "When this exception is taken in an outage, the processor jumps to "
            "%s, which is in flash.",
            explain_or_else_(f->target, "that address"));
    fputs("Mark the handler " RESIDENT
          " and what it calls. An interrupt that is masked in an outage "
          "(PRIMASK, BASEPRI) needs none of it: leave it out of --interrupts. "
          "NMI and the faults cannot be masked and need a resident handler "
          "always, even if it is an endless loop.",
            w->fix);
}

static void explain_vector_table(const struct explain_words_ *w) {
    fputs("The processor reads its vector table at each exception, NMI and "
          "faults included. In an outage that read fails, and the vector of "
          "the fault that follows is in the same table.",
            w->cause);
    const char *name = explain_or_else_(w->f->target, "g_pfnVectors");
    fprintf(w->fix,
            "Copy the table to RAM before the first outage and point VTOR at it, "
            "aligned to the next power of two of its size, at least 128:\n"
            "    extern const uint32_t %s[98];\n"
            "    static uint32_t vectors[98] __attribute__((aligned(512)));\n"
            "    memcpy(vectors, %s, sizeof vectors);\n"
            "    SCB->VTOR = (uint32_t)vectors; __DSB();\n"
            "(xip_flash_vectors_move() does so.) What is copied by its name is "
            "followed, from SCB->VTOR it needs a note: vectors vectors copy %s. "
            "If the table is not found then, name it: --vectors vectors. "
            "Cortex-M0 has no VTOR: remap RAM to 0 as the chip's manual says.",
            name, name, name);
}

static void explain_even(const struct explain_words_ *w) {
    fprintf(w->cause,
            "The address of %s has bit 0 clear: a branch there leaves Thumb "
            "state, which is a UsageFault (INVSTATE).",
            explain_or_else_(w->f->target, "the function"));
    fputs("In assembly, put `.thumb_func` and `.type NAME, %function` in front "
          "of the label; in an address that is written as a number, set bit 0.",
            w->fix);
}

/// Data ///

static bool is_string(const struct check_finding *f) {
    return (f->target && !strncmp(f->target, ".LC", 3)) ||
            (f->target_section && strstr(f->target_section, ".str"));
}

// Linker scripts put constants behind the code, too: .text has both.
static bool is_data(const struct check_finding *f) {
    return f->target_is_data || is_string(f) || is_read_only(f->target_section);
}

static void cause_of_data(const struct explain_words_ *w,
        const struct explain_known *known) {
    const struct check_finding *f = w->f;
    if (known) {
        fputs(known->cause, w->cause);
    } else if (is_string(f)) {
        fputs("A string literal is placed in .rodata, wherever the function "
              "that uses it is.",
                w->cause);
    } else if (!f->target && is_read_only(f->target_section)) {
        fputs("A constant without a name, in .rodata wherever the function is: "
              "a string literal, the initial values of a local array or "
              "struct, or a switch table.",
                w->cause);
    } else {
        fprintf(w->cause,
                "%s lies in flash%s%s%s: constants go to .rodata, and so do "
                "variables that are never written.",
                explain_or_else_(f->target, "What is read"),
                f->target_object ? " (" : "",
                explain_or_else_(f->target_object, ""),
                f->target_object ? ")" : "");
    }
}

static void fix_of_data(const struct explain_words_ *w,
        const struct explain_known *known) {
    const struct check_finding *f = w->f;
    char file[160];
    if (known) {
        fputs(known->avoid, w->fix);
        return;
    }
    if (is_string(f)) {
        fputs("Give it a name and a section:\n"
              "    static const char text[] "
              "__attribute__((section(\".data.ro_text\"))) = \"...\";",
                w->fix);
        return;
    }
    if (!f->target) {
        fputs("A string: static const char text[] "
              "__attribute__((section(\".data.ro_text\"))) = \"...\"; initial "
              "values of a local: assign element by element; a switch: "
              "-fno-tree-switch-conversion -fno-jump-tables.",
                w->fix);
        return;
    }
    fprintf(w->fix,
            "Give it a section that is copied to RAM:\n"
            "    __attribute__((section(\".data.ro_%s\")))\n"
            "Use a section name that no function and no variable has, or GCC "
            "reports a section type conflict. To leave out `const` is not "
            "enough: an object that is never written goes to .rodata anyway.",
            f->target);
    if (explain_target_file_(f, NULL, file, sizeof file) &&
            is_read_only(f->target_section)) {
        fputs("\nWhere the source is not yours, move its object ", w->fix);
        explain_move_(w->fix, file, ".rodata");
    }
}

static void explain_load(const struct explain_words_ *w) {
    if (w->f->load_image) {
        explain_load_image(w);
        return;
    }
    if (is_of_no_image(w->f)) {
        explain_of_no_image(w);
        return;
    }
    const struct explain_known *known = explain_data_(w->f);
    cause_of_data(w, known);
    fix_of_data(w, known);
}

static void explain_address(const struct explain_words_ *w) {
    const struct check_finding *f = w->f;
    const struct explain_known *data = explain_data_(f);
    const struct explain_known *known = data ? data : explain_code_(f);
    const bool passed = f->stored_in_table && f->rule == CHECK_RULE_ADDRESS;
    const bool of_no_image = is_of_no_image(f);
    if (passed) {
        fputs("Other code passes an address in flash to the function. If that "
              "call begins an outage, or comes in one, it is read there. ",
                w->cause);
    } else {
        fprintf(w->cause,
                "%s. Whether it is read in an outage is not known: the address "
                "is only stored or passed on. ",
                f->stored_in_table
                        ? "A word of initialised data holds an address in flash"
                        : "The code computes an address in flash");
    }
    if (of_no_image) {
        fputs("None of the ELFs that were given has anything there: it may be "
              "the memory of another image.",
                w->cause);
    } else if (f->load_image) {
        cause_of_load_image(w);
    } else if (data || is_data(f)) {
        cause_of_data(w, data);
    } else if (known) {
        fputs(known->cause, w->cause);
    }
    fputs(passed ? "If no outage begins with it, write into the notes file:"
                 : "If it is only a number (for a controller, a log, a "
                   "comparison), write into the notes file:",
            w->fix);
    explain_put_allow_(w->fix, f, "why it is not read in an outage");
    if (of_no_image || f->load_image) {
        fprintf(w->fix,
                "%s the function runs outside of any outage%s:\n"
                "    outside %s: why it never runs in an outage",
                of_no_image
                        ? "\nIf another image lies there, give its ELF, too: "
                          "--with ELF. If"
                        : "\nIf",
                of_no_image ? "" : ", as start code does",
                explain_or_else_(f->function, "FUNCTION"));
        return;
    }
    if (passed) {
        fputs("\nIf it reads there only before the flash is off, or when it is on "
              "again, name the functions that it calls to switch it: --begin F "
              "--end G, or lines `begins F: ...` and `ends G: ...`.",
                w->fix);
    }
    fputs("\nElse keep the object in RAM. ", w->fix);
    if (data || is_data(f)) {
        fix_of_data(w, data);
    } else {
        fix_of_code(w, known);
    }
}

static void explain_literal(const struct explain_words_ *w) {
    fputs("The instruction loads its constant relative to the PC, from a pool "
          "in flash: the function lies there, or assembly put its pool into "
          "another section.",
            w->cause);
    fputs("Move the function; in assembly, put `.ltorg` before the change of "
          "section.",
            w->fix);
}

static void explain_jump_table(const struct explain_words_ *w) {
    fputs("The compiler made a table of the switch and put it into .rodata; "
          "GCC does so for ARMv6-M, others keep it within the function.",
            w->cause);
    fputs("Compile the file with -fno-jump-tables, or mark the function "
          "__attribute__((optimize(\"no-jump-tables\"))).",
            w->fix);
}

static void explain_store(const struct explain_words_ *w) {
    fputs("Many controllers answer a store to the window with a bus error even "
          "while it is mapped; in an outage none can accept it.",
            w->cause);
    fputs("Program the flash through its driver. If the object is meant to be "
          "a variable, find out why it was placed there: `const`, or a section "
          "attribute.",
            w->fix);
}

explain_fn_ *const explain_window_[CHECK_RULE_COUNT] = {
        [CHECK_RULE_CALL] = explain_call,
        [CHECK_RULE_TAIL_CALL] = explain_call,
        [CHECK_RULE_INDIRECT_CALL] = explain_call,
        [CHECK_RULE_POINTER_EVEN] = explain_even,
        [CHECK_RULE_CODE] = explain_code,
        [CHECK_RULE_LITERAL] = explain_literal,
        [CHECK_RULE_JUMP_TABLE] = explain_jump_table,
        [CHECK_RULE_LOAD] = explain_load,
        [CHECK_RULE_STORE] = explain_store,
        [CHECK_RULE_VECTOR_TABLE] = explain_vector_table,
        [CHECK_RULE_VECTOR] = explain_vector,
        [CHECK_RULE_VECTOR_EVEN] = explain_even,
        [CHECK_RULE_ADDRESS] = explain_address,
        [CHECK_RULE_DATA_POINTER] = explain_address,
};
