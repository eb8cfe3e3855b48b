/*
 * vector_interrupt - an interrupt stays enabled and its handler is in the
 * flash
 *
 * SPDX-License-Identifier: MIT
 */
// check: --interrupts 0,1
// expect: rule=vector function=ram_vectors target=IRQ1_Handler
#include "harness.h"

MOVED void IRQ1_Handler(void) {
    QSPI_CR = 1;
}

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
