/*
 * behind - interrupts that are enabled, whose vectors lie behind the table
 *
 * SPDX-License-Identifier: MIT
 *
 * What is there holds other things, too, and is filled at run time. In each BAD
 * firmware an outage may take such a vector, which leads to the flash; in the
 * OK ones another interrupt is enabled, or it leads to RAM.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// safe-build: OK_OTHER
// safe-build: OK_GOOD
// unsafe-build: BAD_FILLED vector-runtime
// unsafe-build: BAD_ONE vector-runtime
#include "harness.h"

#define ENABLES ((volatile uint32_t *)0xe000e100u)

static volatile uint32_t sum;

FLASH void in_flash(void) {
    sum = 1;
}
RAM void in_ram(void) {
    sum = 2;
}

struct {
    uint32_t number; // no vector
    harness_handler *handlers[8];
} behind;

RAM void outage(void) {
    QSPI_CR = 1;
    sum++;
    QSPI_CR = 2;
}

FLASH void enable(uint32_t irq) {
    ENABLES[irq / 32] = 1u << irq % 32;
}

int main(void) {
    const uint32_t irq =
            (uint32_t)((uintptr_t)behind.handlers - (uintptr_t)ram_vectors) /
                    4 -
            16;
#ifdef OK_GOOD
    behind.handlers[0] = in_ram;
#elif defined BAD_ONE
    behind.handlers[0] = in_flash;
#else
    for (unsigned i = 0; i < 8; i++) {
        behind.handlers[i] = in_flash;
    }
#endif
#ifdef OK_OTHER
    enable(irq & 1);
#else
    enable(irq);
#endif
    outage();
    return 0;
}
