/*
 * copies_itself - start code calls what it copies with, before it has copied it
 *
 * SPDX-License-Identifier: MIT
 *
 * A compiler makes memcpy() of a loop, and a linker script puts memcpy() into
 * RAM. An annotation says that it never runs in an outage, which is true.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m0plus Os gcc
// check: --interrupts none
// start: -DSTART_SKIP_RAMCODE -DSTART_SKIP_DATA
// note: outside copier: start code only
// safe-build: OK_FIRST
// unsafe-build: BAD_ITSELF undecodable
// unsafe-build: BAD_ALL undecodable
#include "harness.h"

extern uint32_t ramcode_start_[], ramcode_end_[], ramcode_load_[];
extern uint32_t data_start_[], data_end_[], data_load_[];
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum++;
    QSPI_CR = 2;
}

RAM void copier(uint32_t *to, const uint32_t *end, const uint32_t *from) {
    while (to < end) {
        *(volatile uint32_t *)to++ = *from++;
    }
}

int main(void) {
#ifdef OK_FIRST
    const uint32_t *from = ramcode_load_;
    for (uint32_t *to = ramcode_start_; to < ramcode_end_; to++) {
        *(volatile uint32_t *)to = *from++;
    }
#elif defined BAD_ITSELF
    copier(ramcode_start_, ramcode_end_, ramcode_load_);
#endif
    copier(data_start_, data_end_, data_load_);
#ifdef BAD_ALL
    copier(ramcode_start_, ramcode_end_, ramcode_load_);
#endif
    outage();
    return 0;
}
