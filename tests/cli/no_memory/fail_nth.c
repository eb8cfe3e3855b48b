/*
 * fail_nth - lets one allocation of a program fail
 *
 * SPDX-License-Identifier: MIT
 *
 * For LD_PRELOAD. FAIL_AT=N: the N-th one, whichever function asks for it.
 * COUNT_TO=FILE: at the end the number of them is written there. The names with
 * __libc_ are those of glibc behind its own functions.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static long fail_at = -1, count;

static int fails(void) {
    if (fail_at < 0) {
        const char *text = getenv("FAIL_AT");
        fail_at = text ? atol(text) : 0;
    }
    if (++count != fail_at) {
        return 0;
    }
    errno = ENOMEM;
    return 1;
}

void *malloc(size_t size) {
    return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    return fails() ? NULL : __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
    return fails() ? NULL : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return fails() ? NULL : __libc_memalign(alignment, size);
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("COUNT_TO");
    const long before = count;
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file) {
        fprintf(file, "%ld\n", before);
        fclose(file);
    }
}
