/*
 * places - function and line at the events of a run, each place once
 *
 * SPDX-License-Identifier: MIT
 *
 * The events of a run come from few instructions, so each is looked up once.
 * Memory that holds another instruction now is another place: the RAM
 * functions of two images may lie at the same address.
 *
 * The callers of a chip operation are looked up for the first
 * PLACES_WALKS_MAX operations: that takes far longer.
 */
#ifndef PLACES_H
#define PLACES_H

#include "sim/observe/call_stack.h"

#define PLACES_WALKS_MAX 10000

struct place {
    const char *function; // "?": unknown
    const char *file;     // NULL: no line information
    int line;
};

struct places_now {
    unsigned at;      // what runs, or was interrupted by an entry
    unsigned handler; // of an entry; otherwise what runs after the event
    unsigned calls; // at the begin of a chip operation: who called; 0: unknown
};

// A call on the way to an operation: where, and the call before it.
struct places_call {
    unsigned place;
    unsigned caller; // 0: none
};

struct places;

// NULL: out of memory. *elfs and *sim outlive it.
struct places *places_new(const struct elf_list *elfs, struct sim *sim);
void places_free(struct places *p);
// At an event, called for each one in its order. 0: unknown.
struct places_now places_at(struct places *p, const struct sim_trace *event);
// The table; 0 is the unknown place.
const struct place *places_table(const struct places *p, size_t *count);
// The table of calls; 0 is none.
const struct places_call *places_calls(const struct places *p, size_t *count);

#endif
