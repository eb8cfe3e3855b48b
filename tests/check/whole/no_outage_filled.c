/*
 * no_outage_filled - the same, with a table that code fills
 *
 * SPDX-License-Identifier: MIT
 *
 * As in no_outage.c, and the vector table in RAM is filled by start code.
 */
// start: -DSTART_FILL_VECTORS
// unsafe-build: ALL_IN_FLASH no-outage
// safe-build: OWN
#include "harness.h"

#ifdef OWN
#define PLACE RAM
#else
#define PLACE FLASH
#endif

PLACE void erase(uint32_t at) {
    QSPI_AR = at;
    QSPI_CR = 1;
}

int main(void) {
    erase(0);
    return 0;
}
