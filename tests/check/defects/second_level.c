/*
 * second_level - a pointer in RAM leads to a struct in the flash, that to RAM
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load|data-pointer|indirect-call function=ram_erase|driver
// also: rule=call-mutable|load-unknown function=ram_erase
// note: const driver: nothing writes it
#include "harness.h"

struct ops {
    void (*wait)(void);
};

RAM void ram_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

#ifdef CLEAN
struct ops qspi_ops = {ram_wait};
struct ops *driver = &qspi_ops;
// note: const qspi_ops: nothing writes it
#else
const struct ops qspi_ops = {ram_wait};
const struct ops *driver = &qspi_ops;
#endif

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    driver->wait();
    QSPI_CR = 1;
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
