/*
 * address_register - the address of flash data written to a controller's
 * register
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=address class=unknown function=ram_erase target=storage
// note: allow address ram_erase storage: the controller wants where to erase
#include "harness.h"

const uint32_t storage[4] = {1, 2, 3, 4};

RAM void ram_erase(void) {
    QSPI_AR = (uint32_t)(uintptr_t)storage;
}

int main(void) {
    ram_erase();
    return (int)storage[0];
}
