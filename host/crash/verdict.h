/*
 * verdict - what happened, why, and what to do
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "board/board.h"
#include "crash/backtrace.h"
#include "crash/record.h"

// Each has a stable name, for --json.
enum verdict_kind {
    VERDICT_FAULT, // nothing special: the status bits say it
    VERDICT_PANIC,
    VERDICT_EXECUTED_FLASH, // in an outage
    VERDICT_READ_FLASH,
    VERDICT_WINDOW_DEAD, // outside of an outage
    VERDICT_WINDOW_READ_DEAD,
    VERDICT_VECTORS_IN_FLASH,
    VERDICT_RAM_CODE,
    VERDICT_EVEN,
    VERDICT_NULL,
    VERDICT_STACK,
    VERDICT_BLANK_IMAGE,
    VERDICT_WRONG_TABLE,
    VERDICT_CUT, // no record: a reset in an outage
};

struct verdict {
    enum verdict_kind kind;
    char what[640]; // a sentence: "the firmware ..."
    const char *why, *fix;
    char outage[200]; // "erase at flash offset 0x100000"; empty: none was open
    char notes[6][300];
    size_t note_count;
    // What the fault is about, to look for in a report of `xipsafe check`.
    const char *function, *target;
};

const char *verdict_name(enum verdict_kind kind);
void verdict_find(struct verdict *v, const struct record *record,
        const struct backtrace *bt, const struct elf_set *elfs,
        const struct board *board);
// Without a record.
void verdict_of_cut(struct verdict *v, const struct record_cut *cut);

// "f+0x12", or the address alone.
void verdict_symbol(const struct elf_set *elfs, uint32_t addr, char *text,
        size_t size);

#endif
