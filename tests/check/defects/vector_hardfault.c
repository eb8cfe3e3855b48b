/*
 * vector_hardfault - all interrupts are masked, and HardFault leads to the
 * flash
 *
 * SPDX-License-Identifier: MIT
 */
// check: --interrupts none
// expect: rule=vector function=ram_vectors target=HardFault_Handler
// agree: -DAGREE_FAULT
// agree-stuck: the handler is an endless loop
#include "harness.h"

MOVED void HardFault_Handler(void) {
    for (;;) {
        QSPI_CR = 1;
    }
}

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
