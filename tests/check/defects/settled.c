/*
 * settled - a pointer in RAM that no code changes: its value is assumed, on
 * request
 *
 * SPDX-License-Identifier: MIT
 *
 * Nothing is proved wrong: a pointer to something else could be used to change
 * it, so the proof names the assumption.
 */
// check: --assume settled
// expect: rule=settled class=warning function=ram_erase
#include "harness.h"

RAM void ram_wait(void) {
    while (QSPI_SR & 1u) {
    }
}

#ifdef CLEAN
#define WAIT ram_wait
#else
void (*wait_hook)(void) = ram_wait;
#define WAIT wait_hook
#endif

RAM void ram_erase(uint32_t addr) {
    QSPI_AR = addr;
    WAIT();
    QSPI_CR = 1;
}

int main(void) {
    ram_erase(0x1000);
    return 0;
}
