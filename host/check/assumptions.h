/*
 * assumptions - what a verdict rests on, a closed list
 *
 * SPDX-License-Identifier: MIT
 *
 * docs/CHECK.md has the argument that uses them. Each report names those that
 * its verdict needs; nothing else is assumed.
 */
#ifndef ASSUMPTIONS_H
#define ASSUMPTIONS_H

#include <stdint.h>

enum assumption {
    ASSUME_ROOTS,
    ASSUME_IMAGES,
    ASSUME_STACK,
    ASSUME_OBJECTS,
    ASSUME_CALLS,
    ASSUME_OTHERS,
    ASSUME_RUNTIME_DATA,
    ASSUME_SETTLED,
    ASSUME_MASKS,
    ASSUME_NOTES,
    ASSUME_TASKS,
    ASSUME_SEARCH,
    ASSUME_COUNT,
};

struct assumption_text {
    const char *id;   // "A7"
    const char *name; // of --assume, and in reports
    const char *text; // one sentence, without a full stop
    int only_if_used; // not of each verdict: the first line names it
};
extern const struct assumption_text assumptions[ASSUME_COUNT];

#endif
