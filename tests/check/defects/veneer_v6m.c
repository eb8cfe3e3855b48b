/*
 * veneer_v6m - the veneer of a Cortex-M0+: push, ldr, mov ip, pop, bx
 *
 * SPDX-License-Identifier: MIT
 */
// cpu: m0plus
// expect: rule=call function=ram_erase target=flash_wait
// objdump: mov	ip, r0
#include "harness.h"

MOVED void flash_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    flash_wait();
    QSPI_CR = 1;
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
