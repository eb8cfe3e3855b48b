/*
 * root_chain - a root in the flash, and what has to move with it, each once
 *
 * SPDX-License-Identifier: MIT
 */
// check: --root ram_erase
// expect: rule=code function=ram_erase
// expect: rule=code function=wait_ready path=ram_erase
// expect: rule=code function=read_status path=wait_ready
#include "harness.h"

MOVED uint32_t read_status(void) {
    return QSPI_SR;
}

MOVED void wait_ready(void) {
    while (read_status() & 1u) {
    }
}

MOVED void ram_erase(void) {
    QSPI_AR = 1;
    wait_ready();
    wait_ready();
}

int main(void) {
    ram_erase();
    return 0;
}
