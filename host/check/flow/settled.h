/*
 * settled - which initialised objects nothing ever changes
 *
 * SPDX-License-Identifier: MIT
 *
 * A function pointer in RAM can be changed, so what the image holds there
 * proves nothing by itself. But when no code of any image stores to the object
 * or hands its address on, and no other data points to it, it stays as it is.
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

// Constants that code stores to addr exactly: count of them, up to max.
size_t settled_stores(const struct settled *settled, uint32_t addr,
        uint32_t *values, size_t max);
// Something stores to, or knows, the object at addr in a way that is not
// exactly known.
bool settled_touched(const struct settled *settled, uint32_t addr);

#endif
