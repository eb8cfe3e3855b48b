/*
 * copies - code in RAM that runs before it is there
 *
 * SPDX-License-Identifier: MIT
 *
 * Start code leaves the copy to main(), which copies too little, too late, or
 * on some paths only. The OK ones copy all in time, by words or bytes.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m0plus Os gcc
// check: --interrupts none
// start: -DSTART_SKIP_RAMCODE
// safe-build: OK_WORDS
// safe-build: OK_BYTES
// safe-build: OK_EITHER
// unsafe-build: BAD_SHORT undecodable
// unsafe-build: BAD_SHORT_BYTES undecodable
// unsafe-build: BAD_LATE undecodable
// unsafe-build: BAD_MAYBE undecodable
#include <string.h>

#include "harness.h"

#define DEVICE REG(0x40004424u) // a UART's data

extern uint32_t ramcode_start_[], ramcode_end_[], ramcode_load_[];
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    for (uint32_t i = 0; i < 9; i++) {
        sum += i;
    }
    QSPI_CR = 2;
}

__attribute__((noinline)) void words(uint32_t *to, const uint32_t *end,
        const uint32_t *from) {
    while (to < end) {
        *(volatile uint32_t *)to++ = *from++;
    }
}

int main(void) {
    const uint32_t count = (uint32_t)(ramcode_end_ - ramcode_start_);
#if defined OK_WORDS
    words(ramcode_start_, ramcode_end_, ramcode_load_);
#elif defined OK_BYTES
    memcpy(ramcode_start_, ramcode_load_, 4 * count);
#elif defined OK_EITHER
    if (DEVICE) {
        words(ramcode_start_, ramcode_end_, ramcode_load_);
    } else {
        memcpy(ramcode_start_, ramcode_load_, 4 * count);
    }
#elif defined BAD_SHORT
    words(ramcode_start_, ramcode_start_ + count / 4, ramcode_load_);
#elif defined BAD_SHORT_BYTES
    memcpy(ramcode_start_, ramcode_load_, count);
#elif defined BAD_LATE
    outage();
    words(ramcode_start_, ramcode_end_, ramcode_load_);
#elif defined BAD_MAYBE
    if (DEVICE) {
        words(ramcode_start_, ramcode_end_, ramcode_load_);
    }
#endif
    outage();
    return 0;
}
