/*
 * pointer_in_struct - a function pointer in an initialised RAM struct leads
 * to the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=pointer|indirect-call|call function=ram_erase|driver
//     target=flash_wait
// note: const driver: nothing writes it
#include "harness.h"

struct driver {
    uint32_t base;
    void (*wait)(void);
};

MOVED void flash_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

struct driver driver = {QSPI_BASE, flash_wait};

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    driver.wait();
    QSPI_CR = 1;
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
