/*
 * no_load_address - RAM code that is linked for RAM and also loaded there:
 * who does?
 *
 * SPDX-License-Identifier: MIT
 */
// linker: -DRAMCODE_NO_LOAD_ADDRESS
// clean-linker:
// expect: rule=no-copy
// also: rule=code-changed
#include "harness.h"

RAM void ram_erase(void) {
    QSPI_AR = 1;
}

int main(void) {
    ram_erase();
    return 0;
}
