/*
 * direct_call - a RAM function calls one that stayed in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call function=ram_erase target=flash_wait line=defect
// expect: rule=call file=direct_call.c path=ram_erase
// objdump: <__flash_wait_veneer>
// objdump: ldr\.w	pc, \[pc
#include "harness.h"

MOVED void flash_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

RAM void ram_erase(uint32_t addr) {
    QSPI_CCR = 0x20;
    QSPI_AR = addr;
    flash_wait(); // DEFECT
    QSPI_CR = 1;
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
