/*
 * mem - the four functions every compiler may call, and strlen, made small
 *
 * SPDX-License-Identifier: MIT
 *
 * newlib's take 800 bytes of the boot program's budget.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

// Without this the loops below would be turned into calls of themselves.
#define PLAIN __attribute__((optimize("no-tree-loop-distribute-patterns")))

PLAIN void *memcpy(void *restrict to, const void *restrict from, size_t len) {
    uint8_t *t = to;
    const uint8_t *f = from;
    while (len-- != 0u) {
        *t++ = *f++;
    }
    return to;
}

PLAIN void *memmove(void *to, const void *from, size_t len) {
    uint8_t *t = to;
    const uint8_t *f = from;
    if ((uintptr_t)t <= (uintptr_t)f) {
        return memcpy(to, from, len);
    }
    while (len-- != 0u) {
        t[len] = f[len];
    }
    return to;
}

PLAIN void *memset(void *to, int value, size_t len) {
    uint8_t *t = to;
    while (len-- != 0u) {
        *t++ = (uint8_t)value;
    }
    return to;
}

PLAIN int memcmp(const void *a, const void *b, size_t len) {
    const uint8_t *p = a;
    const uint8_t *q = b;
    for (; len-- != 0u; p++, q++) {
        if (*p != *q) {
            return *p - *q;
        }
    }
    return 0;
}

PLAIN size_t strlen(const char *text) {
    size_t len = 0;
    while (text[len] != '\0') {
        len++;
    }
    return len;
}
