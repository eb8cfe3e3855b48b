/*
 * orphan - a section that the linker script does not name stays in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=orphan target=.ramcode2|*
// also: rule=call|tail-call function=ram_erase target=ram_wait
#include "harness.h"

#ifdef CLEAN
#define SECOND __attribute__((section(".ramcode.second"))) HARNESS_OPAQUE
#else
#define SECOND __attribute__((section(".ramcode2"))) HARNESS_OPAQUE
#endif

SECOND void ram_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

RAM void ram_erase(void) {
    QSPI_AR = 1;
    ram_wait();
    QSPI_CR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
