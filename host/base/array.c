/*
 * array - arrays that grow
 *
 * SPDX-License-Identifier: MIT
 */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

void *array_more(void *array, size_t count, size_t *room,
        size_t element_bytes) {
    if (count < *room) {
        return array;
    }
    const size_t wanted = count < 8 ? 16 : count * 2;
    if (wanted > SIZE_MAX / element_bytes) {
        return NULL;
    }
    void *grown = realloc(array, wanted * element_bytes);
    if (grown) {
        *room = wanted;
    }
    return grown;
}

void *array_one_more(void *array, size_t count, size_t element_bytes) {
    if (count & (count - 1)) {
        return array; // not a power of two: there is room
    }
    const size_t wanted = count ? 2 * count : 1;
    return wanted > SIZE_MAX / element_bytes
            ? NULL
            : realloc(array, wanted * element_bytes);
}
