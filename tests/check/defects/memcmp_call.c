/*
 * memcmp_call - memcmp of the C library
 *
 * SPDX-License-Identifier: MIT
 */
// also[O0 Og]: rule=vector-runtime
// expect: rule=call|tail-call function=ram_same target=memcmp|bcmp
// note[O2 clang]: allow data-pointer ram_vectors: what it compares is before
#include "harness.h"

uint8_t page[256];

#ifdef CLEAN
RAM int ram_same(const uint8_t *data, size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        if (page[i] != data[i]) {
            return 1;
        }
    }
    return 0;
}
#else
RAM int ram_same(const uint8_t *data, size_t bytes) {
    return memcmp(page, data, bytes) + 1;
}
#endif

int main(void) {
    return ram_same(page, 16);
}
