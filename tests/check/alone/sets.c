/*
 * sets - objects that the linker script puts beside each other, and that code
 * walks from a label
 *
 * SPDX-License-Identifier: MIT
 *
 * The label is where the first object is. Only what follows it leads to the
 * window, but in the clean ones.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os clang,m0plus Os gcc
// script: -DINTERNAL_VECTORS
// check: --resident 0x08000000:64K
// safe-build: OK_CALL
// safe-build: OK_LOOP
// safe-build: OK_LOAD
// safe-build: OK_ONE
// safe-build: OK_PASSED
// unsafe-build: BAD_CALL call-unknown
// unsafe-build: BAD_SECOND call-unknown
// unsafe-build: BAD_LOOP call-unknown
// unsafe-build: BAD_LOAD load-unknown
// unsafe-build: BAD_PASSED load-unknown|data-pointer|load
#include "harness.h"

struct driver {
    void (*poll)(void);
    const volatile uint32_t *word;
};
static volatile uint32_t sum;
__attribute__((section(".more_vectors"))) const uint32_t good[2] = {1, 2};
const uint32_t in_flash[2] = {3, 4};

RAM void first(void) {
    sum++;
}
#if defined BAD_CALL || defined BAD_LOOP || defined BAD_SECOND || defined OK_ONE
FLASH void last(void) {
    sum += 3;
}
#else
RAM void last(void) {
    sum += 3;
}
#endif

#if defined BAD_LOAD || defined BAD_PASSED
#define LAST_WORD in_flash
#else
#define LAST_WORD good
#endif

#define DRIVER(name) \
    const struct driver name __attribute__((section(".set." #name), used))
DRIVER(driver_a) = {first, good};
DRIVER(driver_b) = {first, good};
DRIVER(driver_c) = {last, LAST_WORD};
extern const struct driver set_start_[], set_end_[];

#if defined BAD_PASSED || defined OK_PASSED
RAM uint32_t reads(const struct driver *d, uint32_t n) {
    return *d[n & 3].word;
}
#endif

RAM void outage(uint32_t n) {
    QSPI_CR = 1;
#if defined BAD_CALL || defined OK_CALL
    set_start_[n & 3].poll();
#elif defined BAD_SECOND
    const struct driver *second;
    __asm volatile("ldr %0, =set_start_ + 8" : "=r"(second));
    second[n & 1].poll();
#elif defined BAD_LOOP || defined OK_LOOP
    for (uint32_t i = 0; i < (uint32_t)(set_end_ - set_start_); i++) {
        set_start_[i].poll();
    }
#elif defined BAD_LOAD || defined OK_LOAD
    sum += *set_start_[n & 3].word;
#elif defined BAD_PASSED || defined OK_PASSED
    sum += reads(set_start_, n);
#else
    (void)n;
    driver_b.poll();
    sum += *driver_a.word;
#endif
    QSPI_CR = 2;
}

int main(void) {
    outage(REG(0x40004424u));
    return 0;
}
