/*
 * memset_idiom - a loop that fills becomes a call to memset
 *
 * SPDX-License-Identifier: MIT
 */
// clean-flags[gcc]: -fno-tree-loop-distribute-patterns
// clean-flags[clang]: -fno-builtin
// expect[O2 Os]: rule=call|tail-call function=ram_clear
//     target=*memset*|*memclr*
// also: rule=load-unknown function=ram_clear
// note: allow load-unknown ram_clear: its callers pass RAM
// expect[O0]: proved
// expect[Og gcc]: proved
// expect[Og clang]: rule=call|tail-call function=ram_clear
//     target=*memset*|*memclr*
#include "harness.h"

uint8_t page[256];

RAM void ram_clear(size_t bytes) {
    for (size_t i = 0; i < bytes; i++) {
        page[i] = 0xff;
    }
}

int main(void) {
    ram_clear(256);
    return 0;
}
