/*
 * no_outage_filled - as no_outage.c, with a table in RAM that start code
 * fills
 *
 * SPDX-License-Identifier: MIT
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
