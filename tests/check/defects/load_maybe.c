/*
 * load_maybe - an address that is one in flash or what the caller gave: after
 * the paths have joined, either may be used
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load|address function=ram_pick target=defaults
// also: rule=load-unknown function=ram_pick
// note: allow load-unknown ram_pick: its callers pass RAM
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
