/*
 * two_tables - vector tables beside each other in one object
 *
 * SPDX-License-Identifier: MIT
 *
 * The words of the second one are no vectors of the first, unless an interrupt
 * comes whose vector is there.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os clang
// safe-build: OK
// unsafe-build: BAD_ENABLED vector|vector-runtime
// unsafe-build: BAD_FIRST vector
// unsafe-build: BAD_SECOND vector
#include "harness.h"

static volatile uint32_t sum;
__attribute__((aligned(256))) harness_handler *two[2][64];

RAM void outage(void) {
    QSPI_CR = 1;
    sum++;
    QSPI_CR = 2;
}

FLASH void in_flash(void) {
    sum--;
}

static void use(uint32_t n) {
    for (uint32_t i = 0; i < HARNESS_VECTORS; i++) {
        two[n][i] = ram_vectors[i];
    }
#if defined BAD_FIRST
    two[0][15] = in_flash;
#elif defined BAD_SECOND
    two[1][15] = in_flash;
#endif
    REG(0xe000ed08u) = (uint32_t)two[n];
}

int main(void) {
    use(1);
    outage();
    use(0);
    REG(0xe000e010u) = 7; // SysTick
#if defined BAD_ENABLED
    REG(0xe000e104u) = 1u << 17; // IRQ 49: word 1 of the second one
#endif
    outage();
    use(1);
    outage();
    return 0;
}
