/*
 * switch_v6m - a switch on a Cortex-M0+: a helper of libgcc, or a table
 *
 * SPDX-License-Identifier: MIT
 */
// cpu: m0plus
// clean-flags: -fno-jump-tables
// expect[Os gcc]: rule=call function=ram_step target=__gnu_thumb1_case_*
// expect[O0 O2 Og gcc]: rule=jump-table|load function=ram_step
// expect[clang]: proved
// also[gcc]: rule=address|jump-unknown function=ram_step
// also[gcc]: rule=code-changed
#include "harness.h"

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
        QSPI_DR = QSPI_AR + 3u;
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
