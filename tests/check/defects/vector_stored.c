/*
 * vector_stored - the table in RAM is good in the image, and code in flash
 * stores a handler in flash into it
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=vector target=flash_tick
// also: rule=vector-runtime
#include "harness.h"

RAM void ram_tick(void) {
    QSPI_CR = 2;
}

FLASH void flash_tick(void) {
    QSPI_CR = 3;
}

RAM void ram_erase(void) {
    QSPI_CR = 1;
}

int main(void) {
#ifdef CLEAN
    ram_vectors[15] = ram_tick;
#else
    ram_vectors[15] = flash_tick;
#endif
    ram_erase();
    return 0;
}
