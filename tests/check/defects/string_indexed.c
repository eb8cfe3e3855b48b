/*
 * string_indexed - digits taken from a string literal
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_hex
// also: rule=address function=ram_hex
#include "harness.h"

RAM uint32_t ram_hex(uint32_t value) {
#ifdef CLEAN
    const uint32_t digit = value & 15u;
    return digit + (digit < 10 ? '0' : 'a' - 10);
#else
    return (uint32_t) "0123456789abcdef"[value & 15u];
#endif
}

int main(void) {
    return (int)ram_hex(QSPI_SR);
}
