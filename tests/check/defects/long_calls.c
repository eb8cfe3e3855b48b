/*
 * long_calls - -mlong-calls: the call goes through a register, without a
 * veneer
 *
 * SPDX-License-Identifier: MIT
 */
// flags: -mlong-calls
// expect: rule=call|indirect-call function=ram_erase target=flash_wait
// objdump: blx	r
#include "harness.h"

MOVED void flash_wait(uint32_t mask) {
    while (QSPI_SR & mask) {
    }
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    flash_wait(1);
    QSPI_CR = 1;
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
