/*
 * second_hop - the callee of the callee lies in the flash; one root only
 *
 * SPDX-License-Identifier: MIT
 */
// check: --root ram_erase
// expect: rule=call function=ram_middle target=flash_wait path=ram_erase
#include "harness.h"

MOVED uint32_t flash_wait(uint32_t mask) {
    while (QSPI_SR & mask) {
    }
    return QSPI_SR;
}

RAM uint32_t ram_middle(uint32_t mask) {
    QSPI_CR = mask;
    return flash_wait(mask) + 1u;
}

RAM uint32_t ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    return ram_middle(1) + 1u;
}

int main(void) {
    return (int)ram_erase(0x1000);
}
