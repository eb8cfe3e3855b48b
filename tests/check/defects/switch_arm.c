/*
 * switch_arm - one arm of a tbb switch calls flash code
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_step target=flash_wait
// objdump[Os O2 Og gcc]: tb[bh]
// agree: -DAGREE_STATUS=4
#include "harness.h"

MOVED void flash_wait(uint32_t mask) {
    while (QSPI_SR & mask) {
    }
}

RAM void ram_step(uint32_t state) {
    switch (state) {
    case 0:
        QSPI_CR = 17;
        break;
    case 1:
        QSPI_AR = QSPI_SR;
        break;
    case 2:
        QSPI_CCR = QSPI_DR + 1u;
        break;
    case 3:
        QSPI_DR = QSPI_CR;
        QSPI_CR = 2;
        break;
    case 4:
        flash_wait(2);
        break;
    case 5:
        QSPI_DR = QSPI_AR ^ 5u;
        break;
    default:
        QSPI_CR = 0;
        break;
    }
}

int main(void) {
    ram_step(QSPI_SR);
    return 0;
}
