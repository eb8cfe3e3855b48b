/*
 * places - function and line at the events of a run, each place once
 *
 * SPDX-License-Identifier: MIT
 *
 * The events of a run come from few instructions, so each is looked up once.
 * Memory that holds another instruction now is another place: the RAM
 * functions of two images may lie at the same address.
 */
#ifndef PLACES_H
#define PLACES_H

#include "sim/observe/call_stack.h"

struct place {
    const char *function; // "?": unknown
    const char *file;     // NULL: no line information
    int line;
};

struct places_now {
    unsigned at;      // what runs, or was interrupted by an entry
    unsigned handler; // of an entry; otherwise what runs after the event
};

struct places;

// NULL: out of memory. *elfs and *sim outlive it.
struct places *places_new(const struct elf_list *elfs, struct sim *sim);
void places_free(struct places *p);
// At an event, called for each one in its order. 0: unknown.
struct places_now places_at(struct places *p, const struct sim_trace *event);
// The table; 0 is the unknown place.
const struct place *places_table(const struct places *p, size_t *count);

#endif
