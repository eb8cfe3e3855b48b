/*
 * namesakes - a function of another file that has the name of one for RAM
 *
 * SPDX-License-Identifier: MIT
 *
 * Start code, in the flash, has a static function copy() that is inlined:
 * that is another one than the function for RAM of this name, static or not.
 */
// safe-build: OTHER
// safe-build: OTHER_STATIC
// unsafe-build: OWN_STATIC inlined
#include "harness.h"

#ifdef OWN_STATIC
#define INLINED static inline __attribute__((always_inline))
#elif defined OTHER_STATIC
#define INLINED static __attribute__((noinline, used))
#else
#define INLINED __attribute__((noinline))
#endif

INLINED __attribute__((section(".ramcode"))) void copy(uint32_t sector) {
    QSPI_CR = 1;
    QSPI_AR = sector;
    QSPI_CR = 0;
}

void (*volatile copies)(uint32_t);

int main(void) {
#ifdef OWN_STATIC
    copies = copy;
#endif
    copy(3);
    return 0;
}
