/*
 * string_stored - the address of a string literal, stored for somebody else
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=address class=unknown function=ram_verify
// note: allow address ram_verify: read by the shell, long after the outage
#include "harness.h"

const char *volatile last_error;

RAM int ram_verify(uint32_t wanted) {
    if (QSPI_DR != wanted) {
        last_error = "verify failed";
        return -1;
    }
    return 0;
}

int main(void) {
    return ram_verify(3);
}
