/*
 * window_ram - variables in RAM behind the flash controller
 *
 * SPDX-License-Identifier: MIT
 *
 * PSRAM on the controller's other chip select lies in the window. An outage
 * cannot read it; what code hands to one may come from there, and it changes
 * like that of other RAM.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m0plus Os gcc
// check: --interrupts none
// link: --section-start=.psram=0x90800000
// link: --section-start=.psram_bss=0x90900000
// safe-build: OK
// safe-build: OK_CLEARED
// unsafe-build: BAD_STORED load-unknown|load|address
// unsafe-build: BAD_CLEARED load-unknown|load|address
// unsafe-build: BAD_DEVICE load-unknown|load|address
// unsafe-build: BAD_IN_IT load
#include "harness.h"

typedef const volatile uint32_t *place;
volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
static volatile uint32_t sum;

#if defined OK_CLEARED || defined BAD_CLEARED // nothing fills it at first
__attribute__((section(".psram_bss,\"aw\",%nobits @"))) volatile place cell;
#else
__attribute__((section(".psram"))) volatile place cell = good;
#endif

RAM void outage(place p) {
    QSPI_CR = 1;
#ifdef BAD_IN_IT
    p = cell;
#endif
    sum += *p;
    QSPI_CR = 2;
}

int main(void) {
#if defined BAD_STORED || defined BAD_CLEARED
    cell = in_flash;
#elif defined OK_CLEARED
    cell = good;
#elif defined BAD_DEVICE
    REG(0x40020014u) = (uintptr_t)&cell;
#endif
    outage(cell);
    return 0;
}
