/*
 * asm_literal - inline assembly: ldr =symbol and blx
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|indirect-call function=ram_erase target=flash_wait
#include "harness.h"

MOVED void flash_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    __asm volatile("ldr r3, =flash_wait\n\t"
                   "blx r3\n\t"
                   "b 1f\n\t"
                   ".ltorg\n"
                   "1:"
                   :
                   :
                   : "r0", "r1", "r2", "r3", "ip", "lr", "cc", "memory");
    QSPI_CR = 1;
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
