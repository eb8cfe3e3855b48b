/*
 * constants - the constants that a function can form
 *
 * SPDX-License-Identifier: MIT
 *
 * A walk finds a store to a place only where a function forms its address, or
 * one near it. Whether it can is found out here, for much less than a walk
 * costs: all constants that its instructions can make of each other, whatever
 * way they are executed in. A function that forms none of interest need not be
 * walked. What is found is a superset: a register holds, where paths may join,
 * what it holds anywhere.
 */
#ifndef CONSTANTS_H
#define CONSTANTS_H

#include "check/flow/model.h"

// Of the images of one run, found out when they are asked for first.
struct constants;

struct constants *constants_new(const struct model *model); // NULL: no memory
void constants_free(struct constants *constants);
bool constants_failed(const struct constants *constants); // out of memory

// Of one function.
struct formed {
    const uint32_t *words; // ascending; not those that are certainly numbers
    size_t count;
    bool moves;    // one of them may be moved by up to FORMED_MOVES
    bool anything; // it may form any other
    bool stores;   // it stores somewhere else than into its frame
};

#define FORMED_MOVES 0x10000u

// Valid until the next call.
struct formed constants_of(struct constants *constants,
        const struct function_extent *extent);

// The function can form an address of a place of so many bytes, or one below,
// of a store that reaches it.
bool formed_near(const struct formed *formed, uint32_t addr,
        uint32_t size_bytes);

#endif
