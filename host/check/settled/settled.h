/*
 * settled - finds all values that words of RAM ever hold
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/check/settled: words of RAM of which all values are known.
 *
 * A pointer in RAM can be changed, so its initial value proves nothing by
 * itself. But if every place of the images that mentions the object is seen to
 * do no more than load from it and store known values at known offsets, the
 * word holds its initial value or one of those (assumption A8: a store through
 * a pointer changes only the object whose address the pointer was made from).
 *
 * The address escapes, and nothing is known of the object, where it is stored,
 * passed on, returned, put into arithmetic that is not modelled, is in data or
 * in code that is not walked. Of a store at an unknown offset the object may be
 * any within SETTLED_REACH: compilers begin with an anchor, or with an address
 * that has the constant part of an index in it. The address of a linker symbol
 * stands for all of the sections from there on.
 */
#ifndef SETTLED_H
#define SETTLED_H

#include "check/model/model.h"

#define SETTLED_REACH 4096u

struct settled;

struct settled_range {
    uint32_t addr, size_bytes;
    bool stores; // those to it are wanted, whatever else is done to it
};

// Looks at every function of every image that mentions what lies in or near the
// ranges. NULL: out of memory.
struct settled *settled_find(const struct model *model,
        const struct settled_range *wanted, size_t count);
void settled_free(struct settled *settled);

// A word that is stored to a word that was wanted, and was not wanted itself:
// it decides, too. False: there is none behind the first *i, which goes on.
bool settled_source(const struct settled *settled, size_t *i, uint32_t *addr);

// Something else than small numbers is known of what was wanted, or is stored
// there.
bool settled_tells(const struct settled *settled);

// All that the word at addr, of a range that was wanted, ever holds: up to
// VALUE_CONSTS values, ascending; returns how many, 0: not known. ctx is the
// struct settled: this is the callback of struct model.
unsigned settled_values(const void *ctx, uint32_t addr, uint32_t *values);

// The constants that code stores to exactly this address, in a range that was
// wanted: up to max of them; returns how many.
size_t settled_stores(const struct settled *settled, uint32_t addr,
        uint32_t *values, size_t max);

#endif
