/*
 * pointer_parameter - call-unknown: a callback that comes as a parameter, known
 * at run time only
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call-unknown class=unknown function=ram_erase
// note: targets ram_erase ram_feed: main() passes it
#include "harness.h"

RAM void ram_feed(void) {
    REG(0x40003000u) = 0xaaaa;
}

RAM void ram_erase(uint32_t addr, void (*feed)(void)) {
    QSPI_AR = addr;
    while (QSPI_SR & 1u) {
        feed();
    }
}

int main(void) {
    ram_erase(0x1000, (void (*)(void))(REG(0x40003004u) + (uint32_t)ram_feed));
    return 0;
}
