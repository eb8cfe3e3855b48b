/*
 * memcpy_call - memcpy of the C library
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_fill target=*memcpy*
#include "harness.h"

uint8_t page[256];

#ifdef CLEAN
RAM void ram_fill(const uint8_t *from, size_t bytes) {
    for (volatile size_t i = 0; i < bytes; i++) {
        page[i] = from[i];
    }
}
#else
RAM void ram_fill(const uint8_t *from, size_t bytes) {
    memcpy(page, from, bytes);
}
#endif

int main(void) {
    uint8_t bytes[16] = {1};
    ram_fill(bytes, sizeof bytes);
    return 0;
}
