/*
 * settled - finds the initialised objects that nothing changes
 *
 * SPDX-License-Identifier: MIT
 *
 * A function pointer in RAM can be changed, so its initial value proves nothing
 * by itself. But if no code of any image stores to the object or passes its
 * address on, and no other data points to it, it keeps that value.
 */
#ifndef SETTLED_H
#define SETTLED_H

#include "check/flow/model.h"

struct settled;

// Walks every function of every image. NULL: out of memory.
struct settled *settled_find(const struct model *model);
void settled_free(struct settled *settled);

// The object at addr is initialised data that nothing changes. ctx is the
// struct settled: this is the callback of struct model.
bool settled_has(const void *ctx, uint32_t addr);

// The constants that code stores to exactly this address: up to max of them;
// returns how many.
size_t settled_stores(const struct settled *settled, uint32_t addr,
        uint32_t *values, size_t max);
// Code stores to the object at addr in a way that is not exactly known, or code
// or data holds its address.
bool settled_touched(const struct settled *settled, uint32_t addr);

#endif
