/*
 * no_mapping_symbols - no-symbols: without mapping symbols, code and data
 * cannot be told apart
 *
 * SPDX-License-Identifier: MIT
 */
// objcopy: -w -N $[td]*
// clean-objcopy:
// expect: rule=no-symbols class=unknown
// also: rule=undecodable|unread-literal|jump-unknown|call-unknown
#include "harness.h"

RAM uint32_t ram_magic(uint32_t value) {
    QSPI_AR = value ^ 0x12345678u;
    return QSPI_SR + 0x87654321u;
}

int main(void) {
    return (int)ram_magic(3);
}
