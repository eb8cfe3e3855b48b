/*
 * no_mapping_symbols - U5: code and data cannot be told apart: no mapping
 * symbols
 *
 * SPDX-License-Identifier: MIT
 */
// objcopy: -w -N $[td]*
// clean-objcopy:
// expect: rule=U5 class=unknown
// also: rule=U4|U6|U7|U1
#include "harness.h"

RAM uint32_t ram_magic(uint32_t value) {
    QSPI_AR = value ^ 0x12345678u;
    return QSPI_SR + 0x87654321u;
}

int main(void) {
    return (int)ram_magic(3);
}
