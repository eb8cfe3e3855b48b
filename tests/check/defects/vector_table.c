/*
 * vector_table - the vector table itself is in the flash: VTOR was never moved
 *
 * SPDX-License-Identifier: MIT
 */
// start: -DSTART_KEEP_VTOR
// clean-start:
// expect: rule=vector-table
#include "harness.h"

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
