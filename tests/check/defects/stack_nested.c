/*
 * stack_nested - stack-nested: a handler on top of an outage needs more stack
 * than there is
 *
 * SPDX-License-Identifier: MIT
 *
 * In the clean one nothing enables its interrupt.
 */
// expect: rule=stack-nested class=unknown function=ram_erase|IRQ0_Handler
// start: -DSTART_ONE_STACK
// agree-skip: reads nothing of the window
#include "harness.h"

#define NVIC_ISER0 REG(0xe000e100u)

RAM void IRQ0_Handler(void) {
    uint32_t words[4000];
    __asm volatile("" : : "r"(words) : "memory"); // they are needed
}

RAM void ram_erase(void) {
    uint32_t words[4500];
    QSPI_CR = 1;
    __asm volatile("" : : "r"(words) : "memory");
    QSPI_CR = 2;
}

int main(void) {
#ifndef CLEAN
    NVIC_ISER0 = 1;
#endif
    ram_erase();
    return 0;
}
