/*
 * late_devices - an outage before VTOR is set, by a controller of the board's
 *
 * SPDX-License-Identifier: MIT
 *
 * As late.c. The controller lies where the architecture has RAM, and the board
 * says so.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// start: -DSTART_KEEP_VTOR
// board: window 0x90000000 16M
// board: ram 0x20000000 96K
// board: devices 0x30000000 16M
// safe-build: OK
// unsafe-build: BAD vector-runtime
#include "harness.h"

#define VTOR REG(0xe000ed08u)
#define CONTROLLER REG(0x30bb0014u)

static volatile uint32_t sum;

RAM void outage(void) {
    CONTROLLER = 1;
    sum++;
    CONTROLLER = 2;
}

int main(void) {
#ifdef OK
    VTOR = (uint32_t)ram_vectors;
#endif
    REG(0xe000e010u) = 7;
    outage();
    VTOR = (uint32_t)ram_vectors;
    outage();
    return 0;
}
