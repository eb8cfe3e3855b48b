/*
 * switch_values - a switch over constants becomes a table in .rodata
 *
 * SPDX-License-Identifier: MIT
 */
// clean-flags[gcc]: -fno-tree-switch-conversion -fno-jump-tables
// expect[O2 Os gcc]: rule=load function=ram_ms target=CSWTCH*
// also[O2 Os gcc]: rule=address function=ram_ms
// expect[O2 Os clang]: rule=load function=ram_ms target=*switch.table*
// also[O2 Os clang]: rule=address function=ram_ms
// expect[O0 Og gcc]: proved
// expect[O0 Og clang]: proved
// also[Og clang]: rule=load function=ram_ms target=*switch.table*
// objdump[O2 Os gcc]: CSWTCH|ram_ms
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
