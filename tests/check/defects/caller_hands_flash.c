/*
 * caller_hands_flash - code in flash passes a constant in flash to a RAM
 * function that reads it
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=address class=unknown function=ram_program target=header
#include "harness.h"

MOVED_CONST const uint8_t header[8] = {1, 2, 3, 4, 5, 6, 7, 8};

RAM void ram_program(uint32_t addr, const uint8_t *data, uint32_t count) {
    QSPI_AR = addr;
    while (count--) {
        QSPI_DR = *data++;
    }
    QSPI_CR = 1;
}

FLASH void save(void) {
    ram_program(0x1000, header, sizeof header);
}

int main(void) {
    save();
    return 0;
}
