/*
 * no_memory - the command ends at the first allocation that fails
 *
 * SPDX-License-Identifier: MIT
 *
 * With one line on stderr and exit status 2, whatever was under way and in
 * whichever library: a report of which a part is missing looks like a good one.
 * These functions of the program come before those of the C library for all
 * that is linked with it, and call them. A sanitizer has its own, which end the
 * program as well.
 */
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/temporary.h"

#ifndef __SANITIZE_ADDRESS__

// Not exit(): what is under way may hold locks.
static void *or_end(void *memory) {
    if (!memory) {
        temporary_abandon();
        _exit(cli_no_memory());
    }
    return memory;
}

// The next definition of a function behind ours.
#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) { \
        *(void **)&real = dlsym(RTLD_NEXT, #name); \
    }

void *malloc(size_t size) {
    REAL(malloc);
    return or_end(real(size ? size : 1));
}

void *calloc(size_t nmemb, size_t size) {
    REAL(calloc);
    return or_end(real(nmemb ? nmemb : 1, size ? size : 1));
}

void *realloc(void *ptr, size_t size) {
    REAL(realloc);
    return or_end(real(ptr, size ? size : 1));
}

void *aligned_alloc(size_t alignment, size_t size) {
    REAL(aligned_alloc);
    return or_end(real(alignment, size));
}

int posix_memalign(void **memptr, size_t alignment, size_t size) {
    REAL(posix_memalign);
    const int error = real(memptr, alignment, size);
    or_end(error ? NULL : memptr);
    return error;
}

#endif
