/*
 * weak_default - a weak default in the flash that nobody overrides
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_erase target=poll_hook
// agree: -DAGREE_STATUS=1
// agree-stuck: nothing ends the wait
#include "harness.h"

#ifdef CLEAN
RAM __attribute__((weak)) void poll_hook(void) {
    REG(0x40003000u) = 0xaaaa;
}
#else
__attribute__((weak)) void poll_hook(void) {
    REG(0x40003000u) = 0xaaaa;
}
#endif

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
