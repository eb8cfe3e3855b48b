/*
 * core_reset - core-reset: the core alone is reset in an outage
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=core-reset class=unknown function=ram_erase
// agree-skip: the program begins again
#include "harness.h"

RAM void ram_erase(void) {
    QSPI_CR = 1;
#ifdef CLEAN
    REG(0xe000ed0cu) = 0x05fa0004u; // all
#else
    REG(0xe000ed0cu) = 0x05fa0001u;
#endif
    for (;;) {
    }
}

int main(void) {
    ram_erase();
    return 0;
}
