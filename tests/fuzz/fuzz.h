/*
 * fuzz - what a fuzz target is
 *
 * SPDX-License-Identifier: MIT
 *
 * tests/fuzz/fuzz_<what>.c has both functions. With libFuzzer (`make fuzz`) it
 * is run on bytes that libFuzzer invents; with replay.c (`make test`) on the
 * files of tests/fuzz/corpus/<what>. A target checks what must be true of any
 * bytes, with FUZZ_CHECK; crashes and reads outside are the sanitizers' work.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define FUZZ_CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, \
                    #condition); \
            abort(); \
        } \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The i-th input to begin with, of at most `room` bytes. 0: there are no more.
size_t fuzz_seed(unsigned i, uint8_t *out, size_t room);

#endif
