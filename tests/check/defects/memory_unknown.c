/*
 * memory_unknown - a load from memory that neither image nor option names
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=memory-unknown class=unknown function=ram_erase line=defect
// clean-check: --resident 0x1fff0000:64K --resident 0x20000000:96K
// agree-skip: the simulator has the MCU's system memory
#include "harness.h"

RAM uint32_t ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    return *(volatile uint32_t *)0x1fff7590u; // DEFECT
}

int main(void) {
    return (int)ram_erase(0x1000);
}
