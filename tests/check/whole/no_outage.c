/*
 * no_outage - what writes to registers is code in the window
 *
 * SPDX-License-Identifier: MIT
 *
 * What lies outside of it has nothing to do with that.
 */
// unsafe-build: HARMLESS no-outage
// unsafe-build: HANDLER no-outage
// unsafe-build: CALLED no-outage
// unsafe-build: MASKED no-outage
// unsafe-build: CORE no-outage
// safe-build: OWN
// safe-build: SHARED
// safe-build: UNNAMED
#include "harness.h"

uint32_t u;

#ifndef UNNAMED
FLASH void set_up(void) {
    QSPI_CCR = 0x20;
}
#else
FLASH void set_up(void) {
    u = 1;
}
#endif

#ifdef HARMLESS
RAM uint32_t sum(uint32_t x, uint32_t y) {
    return x + y;
}
#endif

// It writes, but not for an outage.
#ifdef HANDLER
RAM void SysTick_Handler(void) {
    QSPI_DR = u++;
}
#endif

#if defined CALLED || defined SHARED
RAM void toggle(void) {
    QSPI_DR = u++;
}
RAM void SysTick_Handler(void) {
    toggle();
}
#endif

// A handler of an interrupt that no code enables.
#ifdef MASKED
RAM void IRQ1_Handler(void) {
    QSPI_DR = u++;
}
#endif

// Registers of the core.
#ifdef CORE
RAM void mask_all(void) {
    REG(0xe000e180u) = ~0u;
}
#endif

#ifdef OWN
RAM void erase(void) {
    QSPI_CCR = 0x20;
}
#endif

#ifdef UNNAMED
RAM uint32_t sum(uint32_t x, uint32_t y) {
    return x + y;
}
#endif

int main(void) {
    set_up();
#if defined HARMLESS || defined UNNAMED
    u = sum(u, 3);
#elif defined SHARED
    toggle();
#elif defined OWN
    erase();
#endif
    return 0;
}
