/*
 * thumb_listing - lines of GNU objdump, for test_thumb_objdump.c
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef THUMB_LISTING_H
#define THUMB_LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "thumb/thumb.h"

struct listing {
    uint32_t addr;
    uint32_t encoding; // as in struct thumb_insn
    unsigned size_bytes;
    bool undefined;    // or unpredictable, by objdump
    char text[160];    // mnemonic, one space, operands; no comment
    bool target_known; // a comment or a branch names an address
    uint32_t target;
};

// False: not an instruction (title, data).
bool listing_parse(struct listing *line, const char *text);
void listing_bytes(const struct listing *line, uint8_t *bytes);

// Condition that an IT block gives to insn, or -1. Keeps the block in *left
// and conds; takes `sets_flags` from insn where the block does.
int listing_it(unsigned *left, uint8_t *conds, struct thumb_insn *insn);
// Puts a condition into thumb_print()'s text, where objdump has it.
void listing_condition(char *text, size_t size, int cond);
// Removes the target of a direct branch from the text, as listing_parse() does.
void listing_target(char *text, const struct thumb_insn *insn);

// NULL, or the first field of insn that differs from the line's text:
// registers, bytes, target.
const char *listing_check(const struct listing *line,
        const struct thumb_insn *insn);

#endif
