/*
 * div64 - a 64-bit division is a call to libgcc
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_us target=__aeabi_uldivmod|__udivdi3
#include "harness.h"

volatile uint64_t cycles;

#ifdef CLEAN
RAM uint32_t ram_us(uint32_t hz) {
    return (uint32_t)cycles / (hz / 1000000u);
}
#else
RAM uint64_t ram_us(uint32_t hz) {
    return cycles / (hz / 1000000u);
}
#endif

int main(void) {
    return (int)ram_us(80000000);
}
