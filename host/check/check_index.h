/*
 * check_index - positions in a list, found by a key
 *
 * SPDX-License-Identifier: MIT
 *
 * A large image has ten thousands of findings and of objects; lists of them
 * must not be searched from the start. Zero-initialised is empty.
 */
#ifndef CHECK_INDEX_H
#define CHECK_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHECK_INDEX_NONE SIZE_MAX

struct check_slot {
    uint64_t key;
    size_t position; // CHECK_INDEX_NONE: free
};

struct check_index {
    struct check_slot *slots;
    size_t slot_count, used;
};

// The positions that were added with this key, one at each call, and then
// CHECK_INDEX_NONE. *from is 0 at the first call; nothing may be added between.
size_t check_index_next(const struct check_index *index, uint64_t key,
        size_t *from);
// False: out of memory, and it is not in the index.
bool check_index_add(struct check_index *index, uint64_t key, size_t position);
void check_index_free(struct check_index *index);

#endif
