/*
 * named_veneer - a RAM function whose name ends as that of a linker's veneer
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=erase_veneer target=flash_wait
#include "harness.h"

MOVED void flash_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

RAM void erase_veneer(uint32_t addr) {
    QSPI_AR = addr;
    flash_wait();
    QSPI_CR = 1;
}

int main(void) {
    erase_veneer(1);
    return 0;
}
