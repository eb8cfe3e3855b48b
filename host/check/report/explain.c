/*
 * explain - cause and fix of a finding in words
 *
 * SPDX-License-Identifier: MIT
 *
 * A cause is what a reader of the source cannot see; a fix is something to
 * type. explain_known.c knows compilers and libraries,
 * explain_linker.c the linker.
 */
#include <stdlib.h>
#include <string.h>

#include "check/report/explain_priv.h"

#define RESIDENT "__attribute__((section(\".RamFunc\"), noinline))"

struct words {
    const struct check_finding *f;
    FILE *cause, *fix;
};

static const char *or_else(const char *name, const char *otherwise) {
    return name && *name ? name : otherwise;
}

// FUNCTION+0x12, as annotations name a place.
static void put_place(FILE *out, const struct check_finding *f) {
    fputs(or_else(f->function, "FUNCTION"), out);
    if (f->addr > f->function_addr && f->function) {
        fprintf(out, "+0x%x", (unsigned)(f->addr - f->function_addr));
    }
}

static bool has_alias(const struct check_finding *f) {
    return f->alias && f->target && strcmp(f->alias, f->target) != 0;
}

static bool is_read_only(const char *section) {
    return section &&
            (!strncmp(section, ".rodata", 7) || !strncmp(section, ".const", 6));
}

/// Code ///

static void cause_of_code(const struct words *w,
        const struct explain_known *known) {
    const struct check_finding *f = w->f;
    if (known) {
        fputs(known->cause, w->cause);
        fputs(" The linker put it into flash.", w->cause);
    } else {
        fprintf(w->cause, "%s lies in flash%s%s%s.",
                or_else(f->target, "The code there"),
                f->target_object ? " (" : "", or_else(f->target_object, ""),
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

static void fix_of_code(const struct words *w,
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

static void explain_of_no_image(const struct words *w) {
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
            or_else(f->function, "FUNCTION"));
    fputs("\nElse read it before the outage begins, and keep it in RAM.",
            w->fix);
}

// What start code copies to RAM, and nothing else needs.
static void cause_of_load_image(const struct words *w) {
    const char *section = w->f->target_section;
    fprintf(w->cause,
            "The load image of %s lies there: the bytes of this program that "
            "start code copies to %s in RAM.",
            section, section);
}

static void explain_load_image(const struct words *w) {
    cause_of_load_image(w);
    fprintf(w->fix,
            "Use the copy in RAM. If the function is start code, or runs outside "
            "of any outage for another reason, write into the notes file:\n"
            "    outside %s: why it never runs in an outage",
            or_else(w->f->function, "FUNCTION"));
}

static void explain_call(const struct words *w) {
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

static void explain_swapped(const struct words *w) {
    fprintf(w->cause,
            "--begin and --end look swapped: %s calls what --end names first, "
            "and what --begin names last, and no function does it the other way "
            "round.",
            w->f->swapped);
    fputs("Name by --begin (`begins`) what switches the flash off, and by --end "
          "(`ends`) what switches it on again.",
            w->fix);
}

static void explain_code(const struct words *w) {
    const char *name = or_else(w->f->function, "The function");
    if (w->f->swapped) {
        explain_swapped(w);
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
            or_else(w->f->function, "FUNCTION"));
}

static void explain_vector(const struct words *w) {
    const struct check_finding *f = w->f;
    fprintf(w->cause,
            "When this exception is taken in an outage, the processor jumps to "
            "%s, which is in flash.",
            or_else(f->target, "that address"));
    fputs("Mark the handler " RESIDENT
          " and what it calls. An interrupt that is masked in an outage "
          "(PRIMASK, BASEPRI) needs none of it: leave it out of --interrupts. "
          "NMI and the faults cannot be masked and need a resident handler "
          "always, even if it is an endless loop.",
            w->fix);
}

static void explain_vector_table(const struct words *w) {
    fputs("The processor reads its vector table at each exception, NMI and "
          "faults included. In an outage that read fails, and the vector of "
          "the fault that follows is in the same table.",
            w->cause);
    const char *name = or_else(w->f->target, "g_pfnVectors");
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

static void explain_even(const struct words *w) {
    fprintf(w->cause,
            "The address of %s has bit 0 clear: a branch there leaves Thumb "
            "state, which is a UsageFault (INVSTATE).",
            or_else(w->f->target, "the function"));
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

static void cause_of_data(const struct words *w,
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
                or_else(f->target, "What is read"),
                f->target_object ? " (" : "", or_else(f->target_object, ""),
                f->target_object ? ")" : "");
    }
}

static void fix_of_data(const struct words *w,
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

static void explain_load(const struct words *w) {
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

static void put_allow(FILE *out, const struct check_finding *f,
        const char *why) {
    fputs("\n    allow ", out);
    const bool by_id = // its rule wants a target
            check_rules[f->rule].class == CHECK_VIOLATION && !f->target;
    const unsigned count = f->to_allow && !by_id ? f->to_allow : f->count;
    if (count > 1) {
        fprintf(out, "%u ", count);
    }
    if (by_id) {
        fprintf(out, "%s: %s", f->id, why);
        return;
    }
    fprintf(out, "%s %s%s%s: %s", check_rules[f->rule].name,
            or_else(f->function, "FUNCTION"), f->target ? " " : "",
            or_else(f->target, ""), why);
}

static void explain_address(const struct words *w) {
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
    put_allow(w->fix, f, "why it is not read in an outage");
    if (of_no_image || f->load_image) {
        fprintf(w->fix,
                "%s the function runs outside of any outage%s:\n"
                "    outside %s: why it never runs in an outage",
                of_no_image
                        ? "\nIf another image lies there, give its ELF, too: "
                          "--with ELF. If"
                        : "\nIf",
                of_no_image ? "" : ", as start code does",
                or_else(f->function, "FUNCTION"));
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

static void explain_literal(const struct words *w) {
    fputs("The instruction loads its constant relative to the PC, from a pool "
          "in flash: the function lies there, or assembly put its pool into "
          "another section.",
            w->cause);
    fputs("Move the function; in assembly, put `.ltorg` before the change of "
          "section.",
            w->fix);
}

static void explain_jump_table(const struct words *w) {
    fputs("The compiler made a table of the switch and put it into .rodata; "
          "GCC does so for ARMv6-M, others keep it within the function.",
            w->cause);
    fputs("Compile the file with -fno-jump-tables, or mark the function "
          "__attribute__((optimize(\"no-jump-tables\"))).",
            w->fix);
}

static void explain_store(const struct words *w) {
    fputs("Many controllers answer a store to the window with a bus error even "
          "while it is mapped; in an outage none can accept it.",
            w->cause);
    fputs("Program the flash through its driver. If the object is meant to be "
          "a variable, find out why it was placed there: `const`, or a section "
          "attribute.",
            w->fix);
}

/// Image ///

// No copy outside of flash is left.
static void explain_inlined_away(const struct words *w) {
    const char *name = or_else(w->f->target, "the function");
    fprintf(w->cause,
            "A section attribute does not keep the compiler from inlining, and "
            "of a static function nothing else may be left. Debug information "
            "does not say whether %s has such an attribute.",
            name);
    fprintf(w->fix,
            "If it is meant for RAM, add noinline: " RESIDENT
            ". If it switches the flash off, and is meant for flash, move it. "
            "If neither, nothing is to be done, or in the notes file:");
    put_allow(w->fix, w->f, "why it does not run in an outage");
}

static void explain_inlined(const struct words *w) {
    if (w->f->class != CHECK_VIOLATION) {
        explain_inlined_away(w);
        return;
    }
    fprintf(w->cause,
            "A section attribute does not keep the compiler from inlining: %s "
            "is in RAM, and a second copy of it is part of %s in flash. With "
            "-flto this crosses files.",
            or_else(w->f->target, "the function"),
            or_else(w->f->function, "a function"));
    fputs("Add noinline: " RESIDENT
          ", and remove `inline`. ST's __RAM_FUNC has no noinline. An inlined "
          "copy that never runs in an outage does no harm; then write into the "
          "notes file:",
            w->fix);
    put_allow(w->fix, w->f, "why this copy never runs in an outage");
}

static void explain_note(const struct words *w, const char *name) {
    fprintf(w->cause,
            "No line of the linker script names %s, so ld placed it by its own "
            "rules, in RAM. `objcopy -O binary` fills all that is between "
            "flash and RAM, and a start from flash does not find it.",
            name);
    fprintf(w->fix,
            "Name it in the linker script, behind .text and in the flash:\n"
            "    %s : ALIGN(4) { KEEP(*(%s)) } >FLASH",
            name, name);
}

static void explain_no_copy(const struct words *w) {
    const char *name =
            or_else(w->f->target_section, or_else(w->f->function, ".ram"));
    if (!strncmp(name, ".note", 5)) {
        explain_note(w, name);
        return;
    }
    fprintf(w->cause,
            "%s runs in RAM and its contents are kept in flash, but no code "
            "was found that copies them.",
            name);
    fputs("Put it into .data, which start code copies (`*(.RamFunc .RamFunc*)` "
          "in front of `_edata = .`), or give it symbols and a loop:\n"
          "    .ramfunc : { _sramfunc = .; *(.RamFunc .RamFunc*) . = ALIGN(4); "
          "_eramfunc = .; } >RAM AT> FLASH\n"
          "    _siramfunc = LOADADDR(.ramfunc);\n"
          "and in the Reset_Handler, before anything calls it:\n"
          "    extern uint32_t _siramfunc[], _sramfunc[], _eramfunc[];\n"
          "    for (uint32_t i = 0; &_sramfunc[i] < _eramfunc; i++) "
          "_sramfunc[i] = _siramfunc[i];",
            w->fix);
}

static void explain_copy_unknown(const struct words *w) {
    const char *name =
            or_else(w->f->target_section, or_else(w->f->function, ".ram"));
    fprintf(w->cause,
            "The contents of %s lie in flash. What was found may copy them, as "
            "a pointer that runs on from another section does, or it may be "
            "something else.",
            name);
    fputs("Let start code load the address of the section itself "
          "(LOADADDR(...) of the linker script); or say what copies it:",
            w->fix);
    put_allow(w->fix, w->f, "what copies it");
}

static void explain_orphan(const struct words *w) {
    const struct check_finding *f = w->f;
    const char *name = or_else(f->target_section,
            or_else(f->target, or_else(f->function, ".RamFunc")));
    fprintf(w->cause,
            "No line of the linker script names %s, so ld placed it by its own "
            "rules, in flash, without a warning.",
            name);
    fprintf(w->fix,
            "Add to the output section that is copied to RAM (.data in scripts "
            "of CubeMX):\n"
            "    *(%s %s.*)\n"
            "and link with -Wl,--orphan-handling=warn to be warned of the next "
            "one.",
            name, name);
}

static void explain_no_debug(const struct words *w) {
    if (w->f->target) {
        fprintf(w->cause,
                "%s has code in flash and no debug information of it, or line "
                "tables only: if a copy of a RAM function was inlined there, "
                "it may not be found.",
                w->f->target);
        fputs("Compile that file with -g, too, not -g1 (-gline-tables-only) or "
              "-gsplit-dwarf. If it comes as an object, look in its disassembly whether code in "
              "flash writes to the flash controller.",
                w->fix);
        return;
    }
    fputs("The file has no debug information, so copies of RAM functions that "
          "were inlined into flash cannot be found.",
            w->cause);
    fputs("Compile with -g and link with -Wl,--emit-relocs and -Wl,-Map=; none "
          "of it changes the program. Check the ELF, not a stripped copy.",
            w->fix);
}

static void explain_settled(const struct words *w) {
    const char *name = or_else(w->f->target, "The pointer");
    fprintf(w->cause,
            "%s is in RAM. Its address is stored nowhere, passed to nothing "
            "and in no data of the images, so what it holds is its initial "
            "value, or one that code stores there by its name.",
            name);
    fputs("Nothing, if no pointer to something else is used to change it. "
          "--assume no-settled does not rely on that.",
            w->fix);
}

static void explain_split_outage(const struct words *w) {
    const char *const *called = w->f->candidates;
    const char *first = "FUNCTION", *last = "FUNCTION";
    for (size_t i = 0; called && called[i]; i++) {
        first = i ? first : called[i];
        last = called[i];
    }
    fputs("An outage is taken to be over when its function in RAM returns (A1). "
          "Functions that are whole outages end alike, since each switches the "
          "flash on again, and store to some register a second time to do so.",
            w->cause);
    fprintf(w->fix,
            "Name the one that switches the flash off and the one that switches "
            "it on again, as in the notes file (or --begin, --end):\n"
            "    begins %s: switches the flash off\n"
            "    ends %s: switches it on again\n"
            "or move %s into RAM. If each switches the flash on again before it "
            "returns, or the registers are not those of the flash:",
            first, last, or_else(w->f->function, "the function"));
    put_allow(w->fix, w->f, "each of them is a whole outage");
}

static void explain_stale(const struct words *w) {
    fputs("Nothing is taken from that word of the annotation: it is misspelt, or "
          "what it names is gone, or was inlined.",
            w->cause);
    fputs("Correct the word, or remove it from the annotation.", w->fix);
}

/// Unknowns ///

static void put_targets(const struct words *w, const char *who) {
    fputs("\n    targets ", w->fix);
    put_place(w->fix, w->f);
    const char *const *c = w->f->candidates;
    for (size_t i = 0; c && c[i]; i++) {
        fprintf(w->fix, " %s", c[i]);
    }
    fprintf(w->fix, "%s: %s", c && c[0] ? "" : " FUNCTION...", who);
}

// Before targets, at the end of a sentence.
static void put_guess(const struct words *w) {
    fputs(w->f->guessed ? ". These are a guess, functions whose addresses are "
                          "kept somewhere: leave out what it never calls:"
                        : ":",
            w->fix);
}

static void explain_call_unknown(const struct words *w) {
    fputs("The call goes through a pointer that comes from an argument, a "
          "computation, or memory that cannot be followed.",
            w->cause);
    if (w->f->guessed) {
        fputs("Call the function directly; or say in the notes file where the "
              "call goes, as to a function of the ROM:",
                w->fix);
        put_allow(w->fix, w->f, "where it goes, and that this is readable");
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

static void explain_call_mutable(const struct words *w) {
    fputs("The pointer has a good initial value, but it is in RAM, and code "
          "that takes its address or stores there may change it.",
            w->cause);
    fputs("Call the function directly; or, in the notes file, state that it "
          "does not change:",
            w->fix);
    fprintf(w->fix, "\n    const %s: why it never changes",
            or_else(w->f->target, "OBJECT"));
    fputs("\nor name all its possible targets", w->fix);
    put_guess(w);
    put_targets(w, "what sets this pointer");
}

static void explain_call_null(const struct words *w) {
    fputs("The pointer is zero in the image and is set at run time, to an "
          "unknown value.",
            w->cause);
    fputs("Call the function directly, initialise the pointer statically, or "
          "name all possible targets in the notes file",
            w->fix);
    put_guess(w);
    put_targets(w, "what sets this pointer");
}

static void explain_undecodable(const struct words *w) {
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
        put_allow(w->fix, w->f, "what copies it");
        return;
    }
    fputs("The bytes are no Thumb instruction that this tool knows: they "
          "belong to a coprocessor or vector extension, are data that is reached "
          "as code, or code that is put there at run time.",
            w->cause);
    fputs("In assembly, keep data out of the way of execution (`.ltorg` after "
          "a branch). If it is an instruction and reads no flash:",
            w->fix);
    put_allow(w->fix, w->f, "which instruction this is");
}

static void explain_no_symbols(const struct words *w) {
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
    put_allow(w->fix, w->f, "what the code is");
}

static void explain_no_outage(const struct words *w) {
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

static void explain_unread_literal(const struct words *w) {
    fputs("The function holds an address in flash, and no instruction that was "
          "reached uses it: the code that does is dead, or the path to it was "
          "not found.",
            w->cause);
    fputs("Look at it with arm-none-eabi-objdump -dr; if nothing reads it:",
            w->fix);
    put_allow(w->fix, w->f, "why nothing uses it");
}

static void explain_jump_unknown(const struct words *w) {
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
    put_allow(w->fix, w->f, "where its arms are");
}

// Code that runs while another table may be in use.
static void explain_other_table(const struct words *w) {
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
    put_allow(w->fix, w->f, "why no exception comes while it is in use");
    if (!in_outage) {
        fputs("\nThat the function runs in no outage (`outside`) is no answer: "
              "VTOR stays as it sets it.",
                w->fix);
    }
}

static void explain_vector_runtime(const struct words *w) {
    if (!w->f->stored_in_table) {
        explain_other_table(w);
        return;
    }
    fputs("The vectors are set at run time, to values that are not in the "
          "image.",
            w->cause);
    const char *table = or_else(w->f->function, "TABLE");
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
            table, or_else(w->f->copy_of, "TABLE"), table);
    fputs("\nor, if all that is ever put there is known to stay readable:",
            w->fix);
    put_allow(w->fix, w->f, "which handlers, and where they are");
}

// It is seen to go to the window.
static void explain_load_certain(const struct words *w) {
    fputs("All addresses that come here in the run of the whole program lie in "
          "the window. Only if it never comes here in an outage does that no "
          "harm.",
            w->cause);
    fputs("Move what it reads out of the flash, or keep the function out of the "
          "outage. To accept it here:",
            w->fix);
    put_allow(w->fix, w->f, "why it never comes here in an outage");
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

static void explain_load_unknown(const struct words *w) {
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
                or_else(w->f->function, "FUNCTION"));
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
    put_allow(w->fix, w->f, "why these pointers lead to RAM only");
}

// A caller in flash of a function that may begin an outage and not end it.
static void explain_half_way(const struct words *w) {
    fprintf(w->cause,
            "On some path it comes back without having called the function of "
            "--end. If the outage had begun there, %s goes on in the flash, "
            "which is switched off.",
            or_else(w->f->function, "the function"));
    fputs("Call both on every path of one resident function; or say why the "
          "flash is readable where it comes back early:",
            w->fix);
    put_allow(w->fix, w->f, "then the first one has not switched it off");
}

static void explain_return_unknown(const struct words *w) {
    if (w->f->swapped) {
        explain_swapped(w);
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
    put_allow(w->fix, w->f, "no switch in an outage, because ...");
}

static void explain_mask_changed(const struct words *w) {
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
    put_allow(w->fix, w->f, "the window is open again, because ...");
}

static void explain_stack_small(const struct words *w) {
    fputs("Below the stack lies something else, an object or the code itself. "
          "The run of the whole program has come along each call of that path.",
            w->cause);
    fputs("Give the stack more room in the linker script, or take large "
          "objects out of the frames. If that path is never taken:",
            w->fix);
    put_allow(w->fix, w->f, "how much is used, and who measured it");
}

static void explain_stack_nested(const struct words *w) {
    fputs("Below the stack lies something else, an object or the code itself. "
          "That path, and the handler on top of it, are possible for all that "
          "the walk sees; the run of the whole program has not seen it, or "
          "does not see how deep handlers come.",
            w->cause);
    fputs("Give the stack more room in the linker script, or take large "
          "objects out of the frames. If it never comes to that:",
            w->fix);
    put_allow(w->fix, w->f, "how much is used, and who measured it");
}

static void explain_core_reset(const struct words *w) {
    fputs("AIRCR.VECTRESET resets the core and no device: the controller stays "
          "as it is, the flash busy or off, and the first instruction is read "
          "from it (Armv7-M ARM B3.2.6).",
            w->cause);
    fputs("Set SYSRESETREQ, which resets the controller too: write 0x05fa0004. "
          "If a program in internal flash begins then, and switches the flash "
          "on first:",
            w->fix);
    put_allow(w->fix, w->f, "the boot program sets the controller up");
}

static void explain_memory_unknown(const struct words *w) {
    fputs("Memory that no image, board or --resident names may be anything: "
          "another address of the flash, or memory behind its controller. What "
          "two images claim holds what was written last.",
            w->cause);
    fputs("Name what stays readable with --resident ADDR:SIZE, or by `ram`, "
          "`devices` and `alias` lines of the board file; link images that run "
          "together for different memory. To accept it:",
            w->fix);
    put_allow(w->fix, w->f, "what is there");
}

// Start code that copies a section from, or to, a wrong place.
static void explain_shifted(const struct words *w) {
    fputs("All that is copied so lies at another place than it was linked for, "
          "functions and variables.",
            w->cause);
    fputs("Correct where the copy begins, in start code or in the linker script: "
          "the label of the load image is LOADADDR() of the section, and that in "
          "RAM its first byte, with nothing before it and no ALIGN() between.",
            w->fix);
}

static void explain_code_changed(const struct words *w) {
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
    put_allow(w->fix, w->f, "what is written there");
}

static void explain_const_changed(const struct words *w) {
    fputs("A `const` line in a notes file says that the object keeps its initial "
          "value, and this code writes to it.",
            w->cause);
    fputs("Take the `const` line back, and name what the pointer leads to with "
          "`targets` or `allow`. If the store never comes before an outage, or "
          "changes nothing:",
            w->fix);
    put_allow(w->fix, w->f, "why the object keeps its value");
}

typedef void explain_fn(const struct words *w);

static explain_fn *const explainers[CHECK_RULE_COUNT] = {
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
        [CHECK_RULE_INLINED] = explain_inlined,
        [CHECK_RULE_NO_COPY] = explain_no_copy,
        [CHECK_RULE_ORPHAN] = explain_orphan,
        [CHECK_RULE_ADDRESS] = explain_address,
        [CHECK_RULE_DATA_POINTER] = explain_address,
        [CHECK_RULE_NO_DEBUG] = explain_no_debug,
        [CHECK_RULE_SETTLED] = explain_settled,
        [CHECK_RULE_STALE_NOTE] = explain_stale,
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
        [CHECK_RULE_COPY_UNKNOWN] = explain_copy_unknown,
        [CHECK_RULE_SPLIT_OUTAGE] = explain_split_outage,
};

void report_explain(struct check_finding *finding) {
    size_t size[2];
    free(finding->cause);
    free(finding->fix);
    finding->cause = finding->fix = NULL;
    FILE *cause = open_memstream(&finding->cause, &size[0]);
    FILE *fix = open_memstream(&finding->fix, &size[1]);
    if (cause && fix) {
        const struct words w = {finding, cause, fix};
        explainers[finding->rule](&w);
    }
    if (cause) {
        fclose(cause);
    }
    if (fix) {
        fclose(fix);
    }
}

void report_explain_all(struct check_report *report) {
    for (size_t i = 0; i < report->finding_count; i++) {
        report_explain(&report->findings[i]);
    }
    for (size_t i = 0; i < report->annotated_count; i++) {
        report_explain(&report->annotated[i]);
    }
}
