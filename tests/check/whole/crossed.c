/*
 * crossed - calls that no search sees, and the run of the whole program does
 *
 * SPDX-License-Identifier: MIT
 *
 * What `reads` and `calls` get is known by their callers, but for one that has
 * their address less a number, in a word of data.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc,m0plus Os gcc
// check: --interrupts none
// note: pointers Default_Handler r0: says nothing of `reads`
// safe-build: OK
// safe-build: OK_HIDDEN
// unsafe-build: BAD_READS load-unknown|load|address
// unsafe-build: BAD_CALLS call-unknown|call|indirect-call|address
#include "harness.h"

// More than the size of an object; even, since the linker sets the Thumb bit.
#define FAR 0x12346u

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
static volatile uint32_t sum;

RAM void reads(const volatile uint32_t *from) {
    sum += *from;
}

RAM void nothing(void) {
}

FLASH void in_window(void) {
}

RAM void calls(void (*what)(void)) {
    what();
}

RAM void outage(void) {
    QSPI_CR = 1;
    reads(good + (sum & 1));
    calls(nothing);
    QSPI_CR = 2;
}

const volatile uint32_t reads_far = (uint32_t)reads + FAR;
const volatile uint32_t calls_far = (uint32_t)calls + FAR;

int main(void) {
    outage();
#if defined OK_HIDDEN
    ((void (*)(const volatile uint32_t *))(reads_far - FAR))(good + 2);
    ((void (*)(void (*)(void)))(calls_far - FAR))(nothing);
#elif defined BAD_READS
    ((void (*)(const volatile uint32_t *))(reads_far - FAR))(in_flash);
#elif defined BAD_CALLS
    ((void (*)(void (*)(void)))(calls_far - FAR))(in_window);
#endif
    return 0;
}
