/*
 * root_in_flash - a function that should run in an outage was never moved
 *
 * SPDX-License-Identifier: MIT
 */
// check: --root ram_erase
// expect: rule=code function=ram_erase
#include "harness.h"

MOVED void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
