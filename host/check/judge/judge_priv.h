/*
 * judge_priv - the judges
 *
 * SPDX-License-Identifier: MIT
 *
 * judge_function.c, judge_call.c and judge_access.c judge what the walk of the
 * graph meets, arguments.c and callers.c what is passed from function to
 * function, frames.c what is stored
 * into the stack, outside.c what annotations keep out of an outage.
 */
#ifndef JUDGE_PRIV_H
#define JUDGE_PRIV_H

#include "check/analysis/analysis.h"
#include "check/analysis/findings.h"
#include "check/analysis/memory.h"
#include "check/assumptions.h"
#include "check/follow/follow.h"

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
// Follows the jump or return at addr to its targets, by a run of the whole
// program. False: they are not known.
bool judge_followed(struct analysis *a, uint32_t addr);
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

// The instruction of the function that is walked runs only behind the end of an
// outage. Addresses in flash that it uses count as used.
bool judge_is_over(struct analysis *a, const struct thumb_insn *insn,
        const struct value *first, const struct value *second);
bool judge_call_is_over(struct analysis *a, const struct thumb_insn *insn,
        const struct value *target, const struct value *regs);

// Judge a function as a whole, before and after its instructions.
void judge_enter(struct analysis *a);
void judge_leave(struct analysis *a);

/// outside.c ///

// A call of addr, which that annotation says never runs in an outage. False: it
// does not answer for the call.
bool judge_outside(struct analysis *a, const struct thumb_insn *insn,
        bool direct, uint32_t addr, const struct check_note *note);

/// arguments.c, callers.c, contexts.c ///

void arguments_check(struct analysis *a);
// The bits of what is behind the arguments of these bits.
uint16_t arguments_behind(uint32_t bits);
// Accesses through arguments, by what the callers pass.
void callers_check(struct analysis *a);
// Functions that are undecided, as their callers call them.
void contexts_find(struct analysis *a);
// The calls that it found are those that the run began with.
bool contexts_same(const struct analysis *a);
// The next run begins with those that were found, or with none.
void contexts_take(struct analysis *a, bool none);
// A call by the function that is walked. NULL: its targets are unknown.
const struct known_call *contexts_call(struct analysis *a, uint32_t addr);
// A store of the function that is walked.
void window_writes_note(struct analysis *a, const struct value *addr);
// Code in the window that writes to the same registers, VTOR or the MPU.
void window_writes_check(struct analysis *a);
// After that: code in the window that seems to call both halves of a driver.
void split_outage_check(struct analysis *a);
// For calls that are unknown, functions that the pointer may lead to.
void candidates_fill(struct analysis *a);

// A store into the stack, by the function that is walked; and where all of them
// lead, after arguments_check().
void frames_store(struct analysis *a, const struct thumb_insn *insn,
        const struct value *addr, uint32_t bytes);
void frames_check(struct analysis *a);

// Stores that may reach code.
void code_stores_check(struct analysis *a);

#endif
