/*
 * absolute_arithmetic - an address in the window, computed step by step
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_magic
// also: rule=address function=ram_magic
#include "harness.h"

#ifdef CLEAN
#define BASE 0x20000000u
#else
#define BASE 0x90000000u
#endif

RAM uint32_t ram_magic(void) {
    uint32_t addr = BASE >> 4;
    __asm("lsls %0, %0, #4" : "+l"(addr) : : "cc");
    addr += 0x7000;
    addr |= 0x40u;
    return REG(addr);
}

int main(void) {
    return (int)ram_magic();
}
