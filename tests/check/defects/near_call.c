/*
 * near_call - a call that reaches the flash without a veneer
 *
 * SPDX-License-Identifier: MIT
 *
 * Some chips map the flash within 16 MB of RAM.
 */
// linker: -DFLASH_ORIGIN=0x20800000
// xip: 0x20800000:1M
// expect: rule=call function=ram_erase target=flash_wait line=defect
// objdump: bl	20800[0-9a-f]+ <flash_wait>
// agree-skip: its flash is not where the simulated chip is mapped
#include "harness.h"

MOVED void flash_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    flash_wait(); // DEFECT
    QSPI_CR = 1;
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
