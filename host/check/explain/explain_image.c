/*
 * explain_image - what is said of images, files and annotations
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "check/explain/explain_priv.h"

// No copy outside of flash is left.
static void explain_inlined_away(const struct explain_words_ *w) {
    const char *name = explain_or_else_(w->f->target, "the function");
    fprintf(w->cause,
            "A section attribute does not keep the compiler from inlining, and "
            "of a static function nothing else may be left. Debug information "
            "does not say whether %s has such an attribute.",
            name);
    fprintf(w->fix,
            "If it is meant for RAM, add noinline: " RESIDENT
            ". If it switches the flash off, and is meant for flash, move it. "
            "If neither, nothing is to be done, or in the notes file:");
    explain_put_allow_(w->fix, w->f, "why it does not run in an outage");
}

static void explain_inlined(const struct explain_words_ *w) {
    if (w->f->class != CHECK_VIOLATION) {
        explain_inlined_away(w);
        return;
    }
    fprintf(w->cause,
            "A section attribute does not keep the compiler from inlining: %s "
            "is in RAM, and a second copy of it is part of %s in flash. With "
            "-flto this crosses files.",
            explain_or_else_(w->f->target, "the function"),
            explain_or_else_(w->f->function, "a function"));
    fputs("Add noinline: " RESIDENT
          ", and remove `inline`. ST's __RAM_FUNC has no noinline. An inlined "
          "copy that never runs in an outage does no harm; then write into the "
          "notes file:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "why this copy never runs in an outage");
}

static void explain_note(const struct explain_words_ *w, const char *name) {
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

static void explain_no_copy(const struct explain_words_ *w) {
    const char *name = explain_or_else_(w->f->target_section,
            explain_or_else_(w->f->function, ".ram"));
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

static void explain_copy_unknown(const struct explain_words_ *w) {
    const char *name = explain_or_else_(w->f->target_section,
            explain_or_else_(w->f->function, ".ram"));
    fprintf(w->cause,
            "The contents of %s lie in flash. What was found may copy them, as "
            "a pointer that runs on from another section does, or it may be "
            "something else.",
            name);
    fputs("Let start code load the address of the section itself "
          "(LOADADDR(...) of the linker script); or say what copies it:",
            w->fix);
    explain_put_allow_(w->fix, w->f, "what copies it");
}

static void explain_orphan(const struct explain_words_ *w) {
    const struct check_finding *f = w->f;
    const char *name = explain_or_else_(f->target_section,
            explain_or_else_(f->target,
                    explain_or_else_(f->function, ".RamFunc")));
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

static void explain_no_debug(const struct explain_words_ *w) {
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

static void explain_settled(const struct explain_words_ *w) {
    const char *name = explain_or_else_(w->f->target, "The pointer");
    fprintf(w->cause,
            "%s is in RAM. Its address is stored nowhere, passed to nothing "
            "and in no data of the images, so what it holds is its initial "
            "value, or one that code stores there by its name.",
            name);
    fputs("Nothing, if no pointer to something else is used to change it. "
          "--assume no-settled does not rely on that.",
            w->fix);
}

static void explain_split_outage(const struct explain_words_ *w) {
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
            first, last, explain_or_else_(w->f->function, "the function"));
    explain_put_allow_(w->fix, w->f, "each of them is a whole outage");
}

static void explain_stale(const struct explain_words_ *w) {
    fputs("Nothing is taken from that word of the annotation: it is misspelt, or "
          "what it names is gone, or was inlined.",
            w->cause);
    fputs("Correct the word, or remove it from the annotation.", w->fix);
}

explain_fn_ *const explain_image_[CHECK_RULE_COUNT] = {
        [CHECK_RULE_INLINED] = explain_inlined,
        [CHECK_RULE_NO_COPY] = explain_no_copy,
        [CHECK_RULE_ORPHAN] = explain_orphan,
        [CHECK_RULE_NO_DEBUG] = explain_no_debug,
        [CHECK_RULE_SETTLED] = explain_settled,
        [CHECK_RULE_STALE_NOTE] = explain_stale,
        [CHECK_RULE_COPY_UNKNOWN] = explain_copy_unknown,
        [CHECK_RULE_SPLIT_OUTAGE] = explain_split_outage,
};
