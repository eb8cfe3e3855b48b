/*
 * fence - bytes behind which nothing can be read
 *
 * SPDX-License-Identifier: MIT
 *
 * Include it after cmocka.h.
 */
#ifndef FENCE_H
#define FENCE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

// Memory that ends at a page nobody may read: a step too far is a crash, with
// or without a sanitizer.
struct fence {
    uint8_t *base;
    size_t mapped;
    uint8_t *end;
};

static inline struct fence fence_make(size_t room) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct fence f = {.mapped = (room / page + 2) * page};
    f.base = mmap(NULL, f.mapped, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(f.base != MAP_FAILED);
    f.end = f.base + f.mapped - page;
    assert_int_equal(mprotect(f.end, page, PROT_NONE), 0);
    return f;
}

static inline uint8_t *fence_put(const struct fence *f, const uint8_t *data,
        size_t size) {
    memcpy(f->end - size, data, size);
    return f->end - size;
}

#endif
