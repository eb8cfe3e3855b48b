/*
 * outside_images - a call to a fixed address that no given ELF holds
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call-unknown class=unknown function=ram_erase
// note: allow U1 ram_erase: the ROM of the chip, which stays readable
#include "harness.h"

RAM uint32_t ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    return ((uint32_t(*)(void))0x08000101u)() + 1u;
}

int main(void) {
    return (int)ram_erase(0x1000);
}
