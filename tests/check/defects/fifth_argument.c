/*
 * fifth_argument - the address of a table in flash is the fifth argument, on
 * the stack
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_go target=timing
// also: rule=load-unknown|address
#include "harness.h"

MOVED_CONST const uint32_t timing[4] = {400, 3, 2, 1};

RAM void ram_set(uint32_t a, uint32_t b, uint32_t c, uint32_t d,
        const uint32_t *from) {
    QSPI_AR = a + b + c + d + from[a & 3];
}

RAM void ram_go(uint32_t v) {
    ram_set(v, 2, 3, 4, timing);
}

int main(void) {
    ram_go(1);
    return 0;
}
