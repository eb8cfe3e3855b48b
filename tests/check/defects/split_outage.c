/*
 * split_outage - the helpers of a driver lie in RAM, and what calls one after
 * the other in flash
 *
 * SPDX-License-Identifier: MIT
 *
 * The clean twin is the common driver: its functions in RAM are whole outages,
 * called one after the other by code in flash.
 */
// expect: rule=split-outage class=unknown function=erase line=defect
#include "harness.h"

#define MAPPED 0x0d002503u

RAM void ram_leave(void) {
    QSPI_CR = 2;
    while (QSPI_SR & 0x20u) {
    }
}

RAM void ram_command(uint32_t code, uint32_t addr) {
    QSPI_CCR = code;
    QSPI_AR = addr;
}

RAM void ram_wait(void) {
    do {
        QSPI_CCR = 0x05;
    } while (QSPI_DR & 1u);
}

RAM void ram_enter(void) {
    QSPI_CCR = MAPPED;
}

#ifdef CLEAN
RAM void ram_erase(uint32_t addr) {
    ram_leave();
    ram_command(0x06, 0);
    ram_command(0x20, addr);
    ram_wait();
    ram_enter();
}

RAM void ram_program(uint32_t addr, uint32_t word) {
    QSPI_CR = 2;
    ram_command(0x02, addr);
    QSPI_DR = word;
    if (QSPI_SR & 1u) {
        ram_wait();
    }
    QSPI_CCR = MAPPED;
}

FLASH void erase(uint32_t addr) {
    ram_erase(addr);
    ram_program(addr, 0xa5a5a5a5u);
}
#else
FLASH void erase(uint32_t addr) {
    ram_leave(); // DEFECT
    ram_command(0x06, 0);
    ram_command(0x20, addr);
    ram_wait();
    ram_enter();
}
#endif

int main(void) {
    erase(0x1000);
    return 0;
}
