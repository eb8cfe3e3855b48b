/*
 * boot_program - what the boot program publishes reads the flash
 *
 * SPDX-License-Identifier: MIT
 *
 * The application calls it at a fixed address; --with names its ELF.
 */
// with: boot.S
// expect: rule=load function=boot_status path=ram_erase
#include "harness.h"

RAM uint32_t ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    return ((uint32_t(*)(void))0x08000101u)() + 1u;
}

int main(void) {
    return (int)ram_erase(0x1000);
}
