/*
 * low_code - RAM code in memory below 10000h, where a count reads like its
 * address
 *
 * SPDX-License-Identifier: MIT
 *
 * The BAD ones hand the address of code to what may store there, or store by a
 * number; the OK ones hand on a length, or store with an offset.
 */
// builds: m4 O2 gcc,m4 Os gcc,m33 O0 gcc,m4 Os clang
// check: --interrupts none --resident 0:64K
// script: -DRAMCODE_ORIGIN=0x40
// safe-build: OK_LENGTH
// safe-build: OK_OFFSET
// unsafe-build: BAD_PASSED code-changed
// unsafe-build: BAD_BY_NUMBER code-changed
#include "harness.h"

#define vi REG(0x40004424u) // of a device: not known
extern uint32_t ramcode_start_[];
static volatile uint32_t words[4];

// Where a length and an offset below would lead.
RAM void outage(void) {
    QSPI_CR = 1;
    __asm__ volatile("b 1f\n\t.space 1024\n\t1:");
    QSPI_CR = 2;
}

__attribute__((noinline)) void take(volatile uint32_t *to, uint32_t n) {
    __asm__ volatile("");
    to[n] = 5;
}

struct big {
    uint32_t room[128], last;
};
__attribute__((noinline)) struct big *somewhere(void) {
    return (struct big *)(0x20003000u + (vi & 0xFFCu));
}

#ifdef BAD_BY_NUMBER
__attribute__((noinline)) void put(void) {
    *(volatile uint32_t *)0x80 = 5;
}
#endif

int main(void) {
    QSPI_AR = words[vi & 3];
#if defined OK_LENGTH
    take(words, 0x200);
#elif defined OK_OFFSET
    struct big *big = somewhere();
    big[vi & 1].last = vi;
#elif defined BAD_PASSED
    take(ramcode_start_ + 4, vi & 3);
#elif defined BAD_BY_NUMBER
    put();
#endif
    outage();
    return 0;
}
