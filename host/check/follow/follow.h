/*
 * follow - what the run of the whole program says of an outage
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/follow: the run of the whole program asked about an outage,
 * and held against the walks.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include "check/analysis/analysis.h"

/// followed.c ///

struct whole_span;

// Runs the whole program.
void followed_run(struct analysis *a);
// Once more, if that did not know of the vector table that was found since.
// False: it did.
bool followed_run_again(struct analysis *a);
// Reports a stack in the window, which that run has seen.
void followed_stack(struct analysis *a);
// Says in the report why that run did not come to its end.
void followed_report(struct analysis *a);
// All that the instruction at addr reads or writes stays readable; spans: what
// that is, but for places in stacks. False: that is not known.
bool followed_access(const struct analysis *a, uint32_t addr,
        const struct whole_span **spans, size_t *count);
// All targets of the call, jump or return at addr, which are not in the window;
// 0: a null pointer. False: they are not known, or some are.
bool followed_targets(const struct analysis *a, uint32_t addr,
        const uint32_t **targets, size_t *count);
// The instruction at addr may go to those size_bytes at target, for all that is
// known: false where the run knows where it goes, and that is elsewhere.
bool followed_may_go(const struct analysis *a, uint32_t addr, uint32_t target,
        uint32_t size_bytes);
// All that the instruction at addr reads or writes in that run lies in the
// window: there it begins. 0: that is not so.
uint32_t followed_window(const struct analysis *a, uint32_t addr);
// The run knows where the instruction at addr goes, and that is one target.
bool followed_only(const struct analysis *a, uint32_t addr);
// A target in the window that it has in that run; 0: none is known.
uint32_t followed_bad_target(const struct analysis *a, uint32_t addr);

/// crossed.c ///

// An event of the walk.
void crossed_visit(void *ctx, const struct thumb_insn *insn);
// Adds the targets that the walks did not see. False: there are none.
bool crossed_follow(struct analysis *a);
// After all other judges.
void crossed_check(struct analysis *a);

/// stack_room.c ///

// Behind stack_check(): the rule stack-small, and what there is.
void stack_room_check(struct analysis *a);

#endif
