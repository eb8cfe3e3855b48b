/*
 * const_pair - a 64-bit constant: one ldrd from the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_limit target=limits
// also: rule=address function=ram_limit
// objdump: ldrd
#include "harness.h"

MOVED_CONST __attribute__((weak)) const uint64_t limits[2] = {0x123456789abcdefull, 1};

RAM uint64_t ram_limit(void) {
    return limits[1];
}

int main(void) {
    return (int)ram_limit();
}
