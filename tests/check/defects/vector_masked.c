/*
 * vector_masked - the clean twin masks the interrupt whose handler is in the
 * flash
 *
 * SPDX-License-Identifier: MIT
 */
// check: --interrupts SysTick,1
// clean-check: --interrupts SysTick,0
// expect: rule=vector function=ram_vectors target=IRQ1_Handler
#include "harness.h"

FLASH void IRQ1_Handler(void) {
    QSPI_CR = 1;
}

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
