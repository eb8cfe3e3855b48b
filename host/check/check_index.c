/*
 * check_index - positions in a list, found by a key
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "check_index.h"

// Slots: a power of two, at most half of them used. Fibonacci hashing, since
// addresses differ in their low bits only.
static size_t slot_of(const struct check_index *index, uint64_t key,
        size_t steps) {
    const uint64_t mixed = key * 0x9E3779B97F4A7C15u;
    return ((size_t)(mixed >> 32) + steps) & (index->slot_count - 1);
}

size_t check_index_next(const struct check_index *index, uint64_t key,
        size_t *from) {
    while (index->slot_count) {
        const struct check_slot *slot =
                &index->slots[slot_of(index, key, (*from)++)];
        if (slot->position == CHECK_INDEX_NONE || slot->key == key) {
            return slot->position;
        }
    }
    return CHECK_INDEX_NONE;
}

static void put(struct check_index *index, uint64_t key, size_t position) {
    size_t steps = 0;
    struct check_slot *slot;
    do {
        slot = &index->slots[slot_of(index, key, steps++)];
    } while (slot->position != CHECK_INDEX_NONE);
    *slot = (struct check_slot){key, position};
    index->used++;
}

bool check_index_add(struct check_index *index, uint64_t key, size_t position) {
    if (2 * index->used >= index->slot_count) {
        struct check_index grown = {
                .slot_count = index->slot_count ? 2 * index->slot_count : 256};
        grown.slots = malloc(grown.slot_count * sizeof *grown.slots);
        if (!grown.slots) {
            return false;
        }
        for (size_t i = 0; i < grown.slot_count; i++) {
            grown.slots[i].position = CHECK_INDEX_NONE;
        }
        for (size_t i = 0; i < index->slot_count; i++) {
            if (index->slots[i].position != CHECK_INDEX_NONE) {
                put(&grown, index->slots[i].key, index->slots[i].position);
            }
        }
        free(index->slots);
        *index = grown;
    }
    put(index, key, position);
    return true;
}

void check_index_free(struct check_index *index) {
    free(index->slots);
    *index = (struct check_index){0};
}
