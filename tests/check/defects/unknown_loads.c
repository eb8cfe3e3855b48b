/*
 * unknown_loads - load-unknown: what a pointer points to is not known;
 * --strict-data
 *
 * SPDX-License-Identifier: MIT
 */
// check: --strict-data
// clean-check:
// expect: rule=load-unknown class=unknown function=ram_program
#include "harness.h"

RAM void ram_program(const uint32_t *words, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        QSPI_DR = words[i];
    }
}

int main(void) {
    uint32_t words[4] = {1, 2, 3, 4};
    ram_program(words, 4);
    return 0;
}
