/*
 * mask_cleared - mask-changed: code in an outage lets the masked interrupts in
 *
 * SPDX-License-Identifier: MIT
 */
// check: --interrupts none
// expect: rule=mask-changed class=unknown function=ram_erase
// agree-skip: no other interrupt is there
#include "harness.h"

FLASH void IRQ1_Handler(void) {
    QSPI_CR = 3;
}

RAM void ram_erase(void) {
    QSPI_CR = 1;
#ifdef CLEAN
    __asm volatile("cpsid i");
#else
    __asm volatile("cpsie i");
#endif
    QSPI_CR = 2;
}

int main(void) {
    ram_erase();
    return 0;
}
