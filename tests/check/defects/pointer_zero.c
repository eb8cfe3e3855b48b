/*
 * pointer_zero - call-null: a function pointer that is zero until code in flash
 * sets it
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call-null class=unknown function=ram_erase
// note: targets ram_erase ram_wait: install() is the only one that sets it
// agree: -DAGREE_ENTRY=ram_erase
#include "harness.h"

void (*wait_hook)(void);

RAM void ram_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

FLASH void install(void) {
    wait_hook = ram_wait;
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    wait_hook();
    QSPI_CR = 1;
}

int main(void) {
    install();
    ram_erase(0x1000);
    return 0;
}
