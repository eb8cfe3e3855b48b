/*
 * low_data - a descriptor without a name, in internal flash below 10000h
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`, whose address is in a descriptor that no
 * symbol names. Where that lies a number may be a count, too. The OK ones give
 * a device such numbers.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// check: --interrupts none
// link: --section-start=.low=0x1000
// safe-build: OK_BEHIND
// safe-build: OK_ODD
// safe-build: OK_OTHER
// unsafe-build: BAD load-unknown|load|address
// unsafe-build: BAD_BEFORE load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
#define DMA_ADDRESS REG(0x40020014u)

volatile uint32_t good[4] = {1, 2, 3, 4};
volatile struct {
    place cell;
    uint32_t more[3];
} object = {good, {0}};
static volatile uint32_t sum;

// 0x1010: the address.
__asm__(".pushsection .low, \"a\", %progbits\n\t.word 1, 2, 3, 4\n"
        "\t.word object\n\t.word 5, 6, 7\n\t.popsection");

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *object.cell;
    QSPI_CR = 2;
}

int main(void) {
    object.cell = good + 1;
#if defined BAD
    DMA_ADDRESS = 0x1010u;
#elif defined BAD_BEFORE
    DMA_ADDRESS = 0x1004u;
#elif defined OK_BEHIND
    DMA_ADDRESS = 0x1014u;
#elif defined OK_ODD
    DMA_ADDRESS = 0x1011u;
#else
    DMA_ADDRESS = 0x2000u;
#endif
    outage();
    return 0;
}
