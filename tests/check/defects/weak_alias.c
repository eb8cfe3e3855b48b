/*
 * weak_alias - a weak hook resolved to its default, which is in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_erase target=poll_hook|default_hook
// agree: -DAGREE_STATUS=1
// agree-stuck: nothing ends the wait
#include "harness.h"

MOVED void default_hook(void) {
    REG(0x40003000u) = 0xaaaa;
}

void poll_hook(void) __attribute__((weak, alias("default_hook")));

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    while (QSPI_SR & 1u) {
        poll_hook();
    }
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
