/*
 * const_changed - const-changed: an annotation says that a pointer keeps its
 * initial value, and code stores to it
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=const-changed class=unknown function=set_hook
// defect-note: const wait_hook: nothing writes it
// note: const wait_hook: nothing writes it
// agree-skip: what is stored leads to RAM
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
hook *volatile last_hook;

FLASH void set_hook(hook *to) {
#ifdef CLEAN
    last_hook = to;
#else
    wait_hook = to; // DEFECT
#endif
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
