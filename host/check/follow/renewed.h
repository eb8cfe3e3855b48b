/*
 * renewed - pointers that an outage stores where `pointers` speaks of what is
 * read
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RENEWED_H
#define RENEWED_H

#include "check/analysis/analysis.h"

// What a value does that is stored where a pointer is read, by the node (NULL:
// its arguments are not known).
enum renewed_harm {
    RENEWED_NOTHING,
    RENEWED_BEHIND, // what it leads to is not known
    RENEWED_ALL,
};
enum renewed_harm renewed_harm(const struct analysis *a,
        const struct node *node, const struct value *data);

// What a function, and what it calls, stores that may lead to the window.
struct renewing {
    // Through these arguments, and through pointers that were read through
    // these.
    uint8_t here, beyond;
    bool anywhere; // somewhere, or where an annotation's argument leads
    uint32_t by;   // the last such instruction
};

// An object that is passed as argument k of a node.
struct passed_object {
    uint32_t node, addr;
    unsigned k;
};

struct renewed {
    struct analysis *a;
    bool wanted; // there are such annotations
    // By node.
    struct renewing *nodes;
    uint8_t *depth; // for each argument: how far behind that of an annotation
    // Arguments of which an annotation says what is behind, there or in what is
    // called; and those that may lead to anything.
    uint8_t *named, *unclear;
    bool *marked;
    bool *deep;   // what is further behind is not known
    uint32_t *by; // what took `r0*` of an annotation away
    struct passed_object *objects;
    size_t object_count, object_room;
    bool failed; // out of memory
};

// False: out of memory. renewed_free() also then.
bool renewed_begin(struct renewed *r, struct analysis *a);
void renewed_free(struct renewed *r);
// v is passed as argument k of node `to`, by code that is a node, or is not.
void renewed_passed(struct renewed *r, bool by_node, uint32_t to, unsigned k,
        const struct value *v);
// Takes from noted[], bits by node, what does not hold, and adds it to
// args_bad. True: it did so.
bool renewed_find(struct renewed *r, uint16_t *noted);
// An access of node n with these bits reads too far behind.
bool renewed_deep(const struct renewed *r, uint32_t n, uint32_t bits,
        bool deep);

#endif
