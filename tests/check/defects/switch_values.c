/*
 * switch_values - a switch over constants becomes a table in .rodata
 *
 * SPDX-License-Identifier: MIT
 */
// clean-flags[gcc]: -fno-tree-switch-conversion -fno-jump-tables
// expect[O2 Os gcc]: rule=load function=ram_ms
// expect[O2 Os Og clang]: rule=load function=ram_ms
// also[O2 Os Og]: rule=address function=ram_ms
// expect[O0]: proved
// expect[Og gcc]: proved
// objdump[O2 Os gcc]: CSWTCH
#include "harness.h"

#ifdef CLEAN
#define KEEP __asm volatile("")
#else
#define KEEP (void)0
#endif

RAM uint32_t ram_ms(uint32_t kind) {
    switch (kind) {
    case 0:
        KEEP;
        return 45017;
    case 1:
        KEEP;
        return 120391;
    case 2:
        KEEP;
        return 40022;
    case 3:
        KEEP;
        return 70011;
    case 4:
        KEEP;
        return 3003;
    case 5:
        KEEP;
        return 91234;
    default:
        return 0;
    }
}

int main(void) {
    return (int)ram_ms(QSPI_SR & 7u);
}
