/*
 * stale_note - an annotation that names a function which is no longer there
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=stale-note class=warning function=ram_erase
// defect-note: targets ram_erase ram_feed ram_feed_old: main() passes one
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
    ram_erase(0x1000, ram_feed);
    return 0;
}
