/*
 * no_debug - no debug information: a copy that was inlined cannot be seen
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=no-debug class=warning
// objcopy: --strip-debug
// clean-objcopy:
#include "harness.h"

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    QSPI_CR = 1;
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
