/*
 * long_tail_call - -mlong-calls at the end of a function: a bx with a register
 *
 * SPDX-License-Identifier: MIT
 */
// flags: -mlong-calls
// expect: rule=call|indirect-call|tail-call function=ram_erase
//     target=flash_wait
// objdump[O2 Os gcc]: bx	r[0-9]
#include "harness.h"

MOVED void flash_wait(uint32_t mask) {
    while (QSPI_SR & mask) {
    }
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    flash_wait(1);
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
