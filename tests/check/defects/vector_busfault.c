/*
 * vector_busfault - BusFault: what a read of a closed window ends in
 *
 * SPDX-License-Identifier: MIT
 */
// check: --interrupts none
// expect: rule=vector function=ram_vectors target=BusFault_Handler
// agree: -DAGREE_BUS_FAULT
// agree-stuck: the handler is an endless loop
#include "harness.h"

MOVED void BusFault_Handler(void) {
    for (;;) {
        QSPI_CR = 1;
    }
}

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
