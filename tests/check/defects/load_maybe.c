/*
 * load_maybe - an address that is one in flash or what the caller gave, which
 * nobody can tell apart any more when it is used
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load|address function=ram_pick target=defaults
#include "harness.h"

MOVED_CONST __attribute__((weak)) const uint32_t defaults[4] = {1, 2, 3, 4};

RAM uint32_t ram_pick(const uint32_t *own, uint32_t i) {
    const uint32_t *from = own;
    if (!own) {
        from = defaults;
    }
    QSPI_CR = 1; // the ways have met
    return from[i & 3];
}

int main(void) {
    return (int)ram_pick(NULL, 1);
}
