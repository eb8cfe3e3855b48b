/*
 * popcount - a builtin that becomes a call to libgcc
 *
 * SPDX-License-Identifier: MIT
 */
// expect[gcc]: rule=call|tail-call function=ram_ones target=__popcountsi2
// expect[clang]: proved
#include "harness.h"

#ifdef CLEAN
RAM int ram_ones(uint32_t value) {
    int ones = 0;
    for (; value; value &= value - 1u) {
        ones++;
    }
    return ones;
}
#else
RAM int ram_ones(uint32_t value) {
    return __builtin_popcount(value);
}
#endif

int main(void) {
    return ram_ones(QSPI_SR);
}
