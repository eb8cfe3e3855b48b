/*
 * const_pair - a 64-bit constant: one ldrd from the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_limit target=limits
// also: rule=address function=ram_limit
// objdump[gcc]: ldrd
#include "harness.h"

MOVED_CONST const uint64_t limits[2] = {0x123456789abcdefull, 1};

RAM uint64_t ram_limit(void) {
    const uint64_t *from = limits;
    __asm("" : "+r"(from)); // what it is, the compiler must not know
    return from[1];
}

int main(void) {
    return (int)ram_limit();
}
