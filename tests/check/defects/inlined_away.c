/*
 * inlined_away - the one RAM function is inlined into the flash, and no copy of
 * it is left to see that by
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=no-outage class=unknown
#include "harness.h"

#ifdef CLEAN
#define KEPT __attribute__((noinline))
#else
#define KEPT __attribute__((always_inline)) inline
#endif

KEPT __attribute__((section(".ramcode"))) static void ram_command(uint32_t
                code) {
    QSPI_CCR = code;
}

int main(void) {
    ram_command(0x20);
    return 0;
}
