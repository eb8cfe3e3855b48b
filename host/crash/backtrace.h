/*
 * backtrace - the calls that led to a fault
 *
 * SPDX-License-Identifier: MIT
 *
 * Each frame says by what it was found, since not all ways are equally good:
 * DWARF call frame information is exact, a return address found on the stack
 * may be an old one.
 */
#ifndef BACKTRACE_H
#define BACKTRACE_H

#include "crash/record.h"
#include "elf/elf_image.h"

#define FRAMES_MAX 32
#define INLINES_MAX 8

// The ELF files, the one of the record's build-id first.
struct elf_set {
    struct elf_image *at[8];
    size_t count;
};

enum frame_method {
    FRAME_FAULT,     // the instruction at fault
    FRAME_DWARF,     // .debug_frame
    FRAME_EXIDX,     // .ARM.exidx
    FRAME_LR,        // the register LR, behind a call instruction
    FRAME_EXCEPTION, // the frame that exception entry pushed
    FRAME_SCAN,      // on the stack, behind a call of the frame below
    FRAME_GUESS,     // on the stack, behind some call
};

struct frame {
    uint32_t pc;   // exact, or a return address
    uint32_t look; // inside the instruction that is meant
    uint32_t sp;
    enum frame_method method;
    struct elf_image *image; // NULL: no ELF has code there
    struct elf_place place;
    // Copies of inline functions around `look`, innermost first.
    struct elf_inline inlined[INLINES_MAX];
    size_t inlined_count;
};

struct backtrace {
    struct frame frames[FRAMES_MAX]; // innermost first
    size_t count;
    bool cut; // what follows is not in the record
};

void backtrace_walk(struct backtrace *bt, const struct record *record,
        const struct elf_set *elfs);
// The image with code at addr, or NULL.
struct elf_image *backtrace_image(const struct elf_set *elfs, uint32_t addr);
// "exact", "dwarf" ... and how good that is: "certain", "likely", "possible".
const char *frame_method_name(enum frame_method method);
const char *frame_confidence(enum frame_method method);

#endif
