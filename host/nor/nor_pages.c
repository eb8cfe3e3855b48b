/*
 * nor_pages - memory as large as a chip
 *
 * SPDX-License-Identifier: MIT
 *
 * Not of malloc: the sanitizer marks each byte of what comes and goes there,
 * which takes longer than all else that a short test does with a chip.
 */
#include "nor/nor_priv.h"

#include <sys/mman.h>

#define GUARD_BYTES 4096u

uint8_t *nor_pages_new(size_t bytes, bool whole) {
    uint8_t *const guarded = mmap(NULL, bytes + 2 * GUARD_BYTES, PROT_NONE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (guarded == MAP_FAILED) {
        return NULL;
    }
    uint8_t *const pages = guarded + GUARD_BYTES;
    if (mprotect(pages, bytes, PROT_READ | PROT_WRITE) != 0) {
        nor_pages_free(pages, bytes);
        return NULL;
    }
    if (whole) {
        // Pages of 4 KB would cost more than what is written to them.
        madvise(pages, bytes, MADV_HUGEPAGE);
    }
    return pages;
}

void nor_pages_free(uint8_t *pages, size_t bytes) {
    if (pages) {
        munmap(pages - GUARD_BYTES, bytes + 2 * GUARD_BYTES);
    }
}
