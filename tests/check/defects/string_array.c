/*
 * string_array - a table of strings: table and strings lie in the flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_name
// also: rule=address function=ram_name
#include "harness.h"

#ifdef CLEAN
char names[4][8] = {"idle", "erase", "program", "read"};
#else
const char *const names[4] = {"idle", "erase", "program", "read"};
#endif

RAM uint32_t ram_name(uint32_t state) {
    return (uint32_t)names[state % 4u][0];
}

int main(void) {
    return (int)ram_name(QSPI_SR);
}
