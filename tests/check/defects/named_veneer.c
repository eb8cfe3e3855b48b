/*
 * named_veneer - a function of the user that is named like the linker's own
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call target=flash_wait function=*veneer line=defect
#include "harness.h"

#ifdef CLEAN
#define WHERE RAM
#else
#define WHERE FLASH
#endif

WHERE void flash_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

RAM void erase_veneer(uint32_t addr) {
    QSPI_AR = addr;
    flash_wait(); // DEFECT
    QSPI_CR = 1;
}

// Only code in flash calls it.
int main(void) {
    erase_veneer(1);
    return 0;
}
