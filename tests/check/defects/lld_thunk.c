/*
 * lld_thunk - the veneer of LLVM's linker
 *
 * SPDX-License-Identifier: MIT
 */
// skip[gcc]: one linker after the other
// lld: yes
// expect: rule=call function=ram_erase target=flash_wait
// objdump: Thunk_flash_wait
// agree-skip: linked by another linker than the rest of it
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
