/*
 * pointer_changed - call-mutable: a function pointer that starts well and is
 * changed
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call-mutable class=unknown function=ram_erase
// note: targets ram_erase ram_wait ram_idle: set_hook() knows only these
// agree: -DAGREE_ENTRY=ram_erase
#include "harness.h"

typedef void hook(void);

RAM void ram_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

RAM void ram_idle(void) {
    QSPI_DR = 0;
}

hook *wait_hook = ram_wait;

FLASH void set_hook(hook *to) {
    wait_hook = to;
}

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    wait_hook();
    QSPI_CR = 1;
}

int main(void) {
    set_hook(ram_idle);
    ram_erase(0x1000);
    return 0;
}
