/*
 * memcpy_idiom - a loop that copies becomes a call to memcpy
 *
 * SPDX-License-Identifier: MIT
 */
// clean-flags[gcc]: -fno-tree-loop-distribute-patterns
// clean-flags[clang]: -fno-builtin
// expect[O2 Os]: rule=call|tail-call function=ram_fill target=*memcpy*
// also: rule=load-unknown function=ram_fill
// note: allow load-unknown ram_fill: its callers pass RAM
// expect[O0]: proved
// expect[Og gcc]: proved
// expect[Og clang]: rule=call|tail-call function=ram_fill target=*memcpy*
#include "harness.h"

uint32_t page[64];

RAM void ram_fill(const uint32_t *restrict from, size_t words) {
    for (size_t i = 0; i < words; i++) {
        page[i] = from[i];
    }
}

int main(void) {
    uint32_t words[16] = {1};
    ram_fill(words, 16);
    return 0;
}
