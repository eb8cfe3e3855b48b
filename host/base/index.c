/*
 * index - positions in a list, found by a key
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "base/index.h"

// Slots: a power of two, at most half of them used. Fibonacci hashing, since
// addresses differ in their low bits only.
static size_t slot_of(const struct index *index, uint64_t key, size_t steps) {
    const uint64_t mixed = key * 0x9E3779B97F4A7C15u;
    return ((size_t)(mixed >> 32) + steps) & (index->slot_count - 1);
}

size_t index_next(const struct index *index, uint64_t key, size_t *from) {
    while (index->slot_count) {
        const struct index_slot *slot =
                &index->slots[slot_of(index, key, (*from)++)];
        if (slot->position == INDEX_NONE || slot->key == key) {
            return slot->position;
        }
    }
    return INDEX_NONE;
}

static void put(struct index *index, uint64_t key, size_t position) {
    size_t steps = 0;
    struct index_slot *slot;
    do {
        slot = &index->slots[slot_of(index, key, steps++)];
    } while (slot->position != INDEX_NONE);
    *slot = (struct index_slot){key, position};
    index->used++;
}

bool index_add(struct index *index, uint64_t key, size_t position) {
    if (2 * index->used >= index->slot_count) {
        struct index grown = {
                .slot_count = index->slot_count ? 2 * index->slot_count : 256};
        grown.slots = malloc(grown.slot_count * sizeof *grown.slots);
        if (!grown.slots) {
            return false;
        }
        for (size_t i = 0; i < grown.slot_count; i++) {
            grown.slots[i].position = INDEX_NONE;
        }
        for (size_t i = 0; i < index->slot_count; i++) {
            if (index->slots[i].position != INDEX_NONE) {
                put(&grown, index->slots[i].key, index->slots[i].position);
            }
        }
        free(index->slots);
        *index = grown;
    }
    put(index, key, position);
    return true;
}

void index_free(struct index *index) {
    free(index->slots);
    *index = (struct index){0};
}
