/*
 * judge_priv - the judges, and the findings that they add
 *
 * SPDX-License-Identifier: MIT
 *
 * roots.c and vectors.c find where an outage begins. judge_function.c,
 * judge_call.c and judge_access.c judge what the walk of the graph meets,
 * arguments.c what is passed from function to function, placement.c where
 * sections and copies are. stack.c adds up the stack, findings.c collects,
 * notes.c knows the annotations, memory.c what stays readable.
 */
#ifndef JUDGE_PRIV_H
#define JUDGE_PRIV_H

#include "check/judge/analysis.h"

/// judge_call.c, judge_access.c, judge_function.c: events of the walk ///

// ctx of all of them is the analysis.

struct call_site {
    const struct thumb_insn *insn;
    enum flow_call how;
    const struct value *regs;
    int32_t sp_bytes;
};
void judge_call(void *ctx, const struct thumb_insn *insn, enum flow_call how,
        const struct value *target, bool direct, const struct value *regs,
        int32_t sp_bytes);
// A call with an unknown target, unless an annotation names it. pointer: name
// of the object that holds the target, or NULL.
void judge_unknown_call(struct analysis *a, const struct call_site *site,
        enum check_rule_id rule, const char *pointer, const char *what);
void judge_unknown(void *ctx, uint32_t addr, enum check_rule_id rule,
        const char *detail);
void judge_access(void *ctx, const struct thumb_insn *insn,
        enum flow_access how, const struct value *addr, uint32_t bytes,
        const struct value *data);
void judge_assumption(void *ctx, const struct thumb_insn *insn, uint32_t addr);
void judge_new_address(void *ctx, const struct thumb_insn *insn,
        uint32_t value);
void judge_use(void *ctx, const struct thumb_insn *insn, enum flow_use how,
        const struct value *value);

// Judge a function as a whole, before and after its instructions.
void judge_enter(struct analysis *a);
void judge_leave(struct analysis *a);

/// roots.c, vectors.c, arguments.c, placement.c, stack.c ///

// False: one line in error.
bool roots_find(struct analysis *a);
bool vectors_check(struct analysis *a);
void arguments_check(struct analysis *a);
void placement_check(struct analysis *a);
void stack_check(struct analysis *a);

/// memory.c ///

// What of the images lies where, into the report. False: something lies in
// neither the window nor memory that stays readable; one line in error.
bool memory_place(struct analysis *a);
bool memory_readable(const struct analysis *a, uint32_t addr);
// An access of the function that is walked, to memory that nothing names, or
// to RAM that another image has.
void memory_access(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr);
void memory_shared(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr);
// The stack that the vector table gives.
void memory_stack(struct analysis *a, uint32_t table);
void memory_images(struct analysis *a);

/// findings.c ///

// Adds a finding; the fields that are not set are filled in: class by rule,
// path by node, lines and objects by address. node may be NO_NODE. An equal
// one (rule, function, target) is counted up instead. detail is a format.
void finding_add(struct analysis *a, const struct check_finding *finding,
        uint32_t node, const char *detail, ...)
        __attribute__((format(printf, 4, 5)));
void findings_clear(struct check_report *report);
void findings_finish(struct analysis *a);

/// notes.c ///

// Before the first run and each other one: counts what they cover.
void notes_begin(struct analysis *a);
// Reports those that cover more than they say; part of findings_finish().
void notes_finish(struct analysis *a);
// An "allow" that covers the finding, counted as used; or NULL.
struct check_note *note_allows(struct analysis *a,
        const struct check_finding *f);
// Finds an annotation of that kind for a place and counts it as used. NULL:
// there is none.
struct check_note *note_find(struct analysis *a, enum check_note_kind kind,
        const char *function, uint32_t offset);

#endif
