/*
 * long_loops - a checksum over all of the flash, and a delay, before an outage
 *
 * SPDX-License-Identifier: MIT
 *
 * What the function in RAM reads through its argument is known only where the
 * run of the whole program comes to its call.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc,m0plus Os gcc
// unsafe-build: BAD load|load-unknown
// unsafe-build: BAD_SUMMED load|load-unknown
// safe-build: DELAY
// safe-build: SUM
// safe-build: NESTED
#include "harness.h"

#define FLASH_WORDS ((const volatile uint32_t *)0x90000000u)
#define WORDS 0x400000u

struct job {
    const uint32_t *from;
    uint32_t count;
};
uint32_t total;
uint32_t in_ram[4] = {1, 2, 3, 4};
MOVED_CONST const uint32_t in_flash[4] = {1, 2, 3, 4};
struct job job;
// Start code clears it, and has to be seen to clear all of it.
uint32_t cleared[5000];

FLASH uint32_t sum(uint32_t words) {
    uint32_t s = 0;
    for (uint32_t i = 0; i < words; i++) {
        s = s * 31u + FLASH_WORDS[i];
    }
    return s;
}

FLASH void delay(uint32_t count) {
    while (count--) {
        __asm__ volatile("nop");
    }
}

RAM void outage(const struct job *j) {
    QSPI_CR |= 2;
    for (uint32_t i = 0; i < j->count; i++) {
        QSPI_DR = j->from[i];
    }
    QSPI_CCR = 7;
}

int main(void) {
#ifdef DELAY
    delay(40000000u);
#elif defined NESTED
    for (uint32_t i = 0; i < 300; i++) {
        delay(3000000u);
        total += i;
    }
#else
    total = sum(WORDS);
#endif
    job.from = in_ram;
#ifdef BAD
    job.from = in_flash;
#elif defined BAD_SUMMED
    if (total == 0x1234u) {
        job.from = in_flash;
    }
#endif
    job.count = 4 + cleared[4000];
    outage(&job);
    return 0;
}
