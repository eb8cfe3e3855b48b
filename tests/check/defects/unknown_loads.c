/*
 * unknown_loads - load-unknown: the pointer comes from memory
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load-unknown class=unknown function=ram_program
// note[O2 clang]: allow load-unknown ram_program: its callers pass RAM
#include "harness.h"

RAM void ram_program(const uint32_t *words, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        QSPI_DR = words[i];
    }
}

uint32_t words[4] = {1, 2, 3, 4};
const uint32_t *volatile source = words;

int main(void) {
#ifdef CLEAN
    ram_program(words, 4);
#else
    ram_program(source, 4);
#endif
    return 0;
}
