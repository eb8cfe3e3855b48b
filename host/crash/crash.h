/*
 * crash - the parts of a report on one record
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CRASH_H
#define CRASH_H

#include <stdio.h>

#include "base/output.h"
#include "board/board.h"
#include "crash/backtrace.h"
#include "crash/record.h"
#include "crash/verdict.h"

#define CRASH_FINDING_BYTES 24
#define CRASH_LINE_BYTES 160

struct crash {
    struct record record;
    struct record_cut cut;
    bool has_record; // else only cut
    bool stm32l4;    // the board's family: bits of the reset cause are known
    bool doubtful;   // --force: damaged, or of another build
    struct elf_set elfs;
    struct backtrace bt;
    struct verdict verdict;
    // Of the `xipsafe check` report that was given; empty: none matches.
    char finding[CRASH_FINDING_BYTES], finding_rule[32];
};

struct crash_options {
    const uint8_t *data; // holds the record; see record_find()
    size_t size;
    const char *name; // of data, for messages
    char **elfs;      // paths
    int elf_count;
    const struct board *board; // where the window lies
    bool force; // a damaged record, or one of another build, all the same
    struct output json, core;
    const char *check; // a report of `xipsafe check --json`, or NULL
};
// The report: as text on standard output if neither of the outputs goes there.
// Returns the exit status, after a line on stderr if it is not CLI_GOOD.
int crash_decode(struct crash_options *options);

// A record in one line: what kind of fault, where, which build.
void crash_line(const uint8_t *data, size_t size, char text[CRASH_LINE_BYTES]);

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
