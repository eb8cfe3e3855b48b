/*
 * array - arrays that grow
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef ARRAY_H
#define ARRAY_H

#include <stddef.h>

// The array with room for at least one element more than count; *room is its
// capacity. It doubles, so a thousand calls copy little. NULL: out of memory,
// and the array is unchanged.
//
//     struct x *grown = array_more(list, count, &room, sizeof *list);
//     if (!grown) { ... }
//     list = grown;
//     list[count++] = ...;
void *array_more(void *array, size_t count, size_t *room, size_t element_bytes);
// The same for an array without a stored capacity: it was always grown by this
// function, one element at a time.
void *array_one_more(void *array, size_t count, size_t element_bytes);

#endif
