/*
 * vector_nmi - all interrupts are masked, but nothing masks NMI
 *
 * SPDX-License-Identifier: MIT
 */
// check: --interrupts none
// expect: rule=vector function=ram_vectors target=NMI_Handler
#include "harness.h"

MOVED void NMI_Handler(void) {
    QSPI_CR = 1;
}

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
