/*
 * shift64_v6m - a 64-bit shift is a call on a Cortex-M0+
 *
 * SPDX-License-Identifier: MIT
 */
// cpu: m0plus
// expect[O0 O2 Og gcc]: proved
// expect[clang]: rule=call|tail-call function=ram_shift target=__aeabi_llsl
// expect[Os gcc]: rule=call|tail-call function=ram_shift
//     target=__aeabi_llsl|__ashldi3
#include "harness.h"

volatile uint32_t by;

#ifdef CLEAN
RAM uint32_t ram_shift(uint32_t value) {
    return value << by;
}
#else
RAM uint64_t ram_shift(uint64_t value) {
    return value << by;
}
#endif

int main(void) {
    return (int)ram_shift(1);
}
