/*
 * no_copy_loop - the start-up code copies .data and forgets .ramcode
 *
 * SPDX-License-Identifier: MIT
 */
// start: -DSTART_SKIP_RAMCODE
// clean-start:
// expect: rule=no-copy
#include "harness.h"

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
