/*
 * index - positions in a list, found by a key
 *
 * SPDX-License-Identifier: MIT
 *
 * A large image has tens of thousands of findings and objects; lists of them
 * must not be searched from the start. A zero-initialised index is empty.
 */
#ifndef INDEX_H
#define INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INDEX_NONE SIZE_MAX

struct index_slot {
    uint64_t key;
    size_t position; // INDEX_NONE: free
};

struct index {
    struct index_slot *slots;
    size_t slot_count, used;
};

// The positions that were added with this key, one at each call, and then
// INDEX_NONE. *from is 0 at the first call; nothing may be added between.
size_t index_next(const struct index *index, uint64_t key, size_t *from);
// False: out of memory, and it is not in the index.
bool index_add(struct index *index, uint64_t key, size_t position);
void index_free(struct index *index);

#endif
