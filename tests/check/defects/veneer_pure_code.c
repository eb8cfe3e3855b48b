/*
 * veneer_pure_code - -mpure-code: the veneer is movw, movt, bx, without a
 * literal
 *
 * SPDX-License-Identifier: MIT
 */
// flags[gcc]: -mpure-code
// flags[clang]: -mexecute-only
// linker: -DRAMCODE_ONLY
// expect: rule=call function=ram_erase target=flash_wait
// objdump[gcc]: movt	ip, #36864
#include "harness.h"

MOVED void flash_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    flash_wait();
    QSPI_CR = 1;
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
