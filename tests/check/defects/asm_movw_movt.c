/*
 * asm_movw_movt - inline assembly: movw, movt of a fixed address, and a load
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_magic
// also: rule=address function=ram_magic
#include "harness.h"

#ifdef CLEAN
#define TOP "#0x2000"
#else
#define TOP "#0x9000"
#endif

RAM uint32_t ram_magic(void) {
    uint32_t value;
    __asm volatile("movw %0, #0x7040\n\t"
                   "movt %0, " TOP "\n\t"
                   "ldr %0, [%0]"
                   : "=r"(value));
    return value;
}

int main(void) {
    return (int)ram_magic();
}
