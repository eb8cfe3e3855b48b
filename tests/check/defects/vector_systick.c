/*
 * vector_systick - SysTick stays enabled and its handler is in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// check: --interrupts SysTick
// expect: rule=vector function=ram_vectors target=SysTick_Handler
#include "harness.h"

volatile uint32_t uwTick;

MOVED void SysTick_Handler(void) {
    uwTick++;
}

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
