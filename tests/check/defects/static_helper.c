/*
 * static_helper - the function was moved to RAM, its static helper not
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call function=ram_program target=wait_flag
#include "harness.h"

MOVED static int wait_flag(uint32_t flag) {
    for (uint32_t i = 0; i < 100000u; i++) {
        if (QSPI_SR & flag) {
            return 0;
        }
    }
    return -1;
}

RAM int ram_program(uint32_t addr, const uint32_t *words, uint32_t count) {
    QSPI_AR = addr;
    for (uint32_t i = 0; i < count; i++) {
        if (wait_flag(4u)) {
            return -1;
        }
        QSPI_DR = words[i];
    }
    return wait_flag(2u) ? -2 : 0;
}

int main(void) {
    uint32_t words[4] = {1, 2, 3, 4};
    return ram_program(0x1000, words, 4);
}
