/*
 * isr_calls - an interrupt handler in RAM calls a function in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// check: --root ram_erase --interrupts 1
// expect: rule=call|tail-call function=IRQ1_Handler target=log_byte
//     path=IRQ1_Handler
#include "harness.h"

volatile uint32_t bytes;

MOVED void log_byte(uint32_t byte) {
    bytes += byte;
}

RAM void IRQ1_Handler(void) {
    log_byte(REG(0x40004424u));
    bytes++;
}

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
