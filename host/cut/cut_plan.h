/*
 * cut_plan - the run without a cut, and the points at which to cut it
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CUT_PLAN_H
#define CUT_PLAN_H

#include "cut/cut_machine.h"

#define CUT_NAME_BYTES 64
#define CUT_POINTS_MAX 4000000u

enum cut_place {
    CUT_BEFORE, // an operation
    CUT_INSIDE,
    CUT_AFTER,
    CUT_INSTRUCTION, // before it
    CUT_TIME,
};

struct cut_point {
    sim_time at;
    uint64_t instruction; // CUT_INSTRUCTION: its number
    uint32_t operation;   // from 0
    uint8_t place, percent, fault;
    uint32_t tear;
};

struct cut_operations {
    const struct sim *sim;
    struct cut_operation *at;
    size_t count, room;
    bool failed; // no memory is left
};

struct cut_plan {
    struct cut_operations operations;
    struct cut_point *points; // by time
    size_t count, room;
    sim_time end;
    uint64_t instructions;
    struct sim_snapshot *start; // just powered
    int first;                  // image that starts at first, and where it lies
    uint32_t first_off;
    int last;
};

// A sim_trace_fn: collects operations.
void cut_operations_trace(void *ctx, const struct sim_trace *entry);
void cut_operations_free(struct cut_operations *list);

// Runs the machine, which was made and never powered. Returns -1, or an exit
// code after one line.
int cut_plan_make(struct cut_plan *plan, struct cut_machine *m);
// The points before, in and behind operations, by time; for a second level.
// first_level: without those that --operations leaves out.
bool cut_plan_operations(struct cut_plan *plan, const struct cut_options *o,
        bool first_level);
void cut_plan_free(struct cut_plan *plan);

// "op12@50#1", as --only takes it.
void cut_point_name(const struct cut_point *p, char name[CUT_NAME_BYTES]);
// False: no point of that name.
bool cut_plan_find(const struct cut_plan *plan, const char *name,
        size_t *index);
// "page program of the chip at 0x100300".
void cut_point_what(const struct cut_plan *plan, const struct cut_point *p,
        char *text, size_t size);

#endif
