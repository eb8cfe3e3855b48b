/*
 * crash - the parts of a report on one record
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CRASH_H
#define CRASH_H

#include <stdio.h>

#include "crash/backtrace.h"
#include "crash/record.h"
#include "crash/verdict.h"

#define CRASH_FINDING_BYTES 24

struct crash {
    struct record record;
    struct record_cut cut;
    bool has_record; // else only cut
    bool doubtful;   // --force: damaged, or of another build
    struct elf_set elfs;
    struct backtrace bt;
    struct verdict verdict;
    // Of the `xipsafe check` report that was given; empty: none matches.
    char finding[CRASH_FINDING_BYTES], finding_rule[32];
};

// To `out`.
void crash_print(const struct crash *crash, FILE *out);
// False: out of memory, or it was not written.
bool crash_json(const struct crash *crash, FILE *out);
// An ELF core for gdb. False: out of memory, or it was not written.
bool crash_core(const struct crash *crash, FILE *out);

// The finding in a report of `xipsafe check --json` that foretold this. False:
// not readable, one line on stderr.
bool crash_take_check(struct crash *crash, const char *path);

// "UsageFault"; of a panic "panic"; else "NMI", "interrupt 3".
void crash_exception(const struct record *record, char *text, size_t size);
// The function that a frame is in, as in the source.
const char *frame_function(const struct frame *frame);

#endif
