/*
 * alignment - a table that is aligned for its object, and not for what is used
 *
 * SPDX-License-Identifier: MIT
 *
 * A processor with more than 32 exceptions needs a table that is aligned to 256
 * bytes (Armv7-M ARM B1.5.3), and the object of this one has 24. Reserved words
 * hold what a boot ROM asks for.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// safe-build: OK
// safe-build: OK_ALIGNED
// safe-build: OK_RESERVED
// safe-build: OK_RESERVED_ODD
// unsafe-build: BAD vector-runtime
// unsafe-build: BAD_USED vector-even
#include "harness.h"

static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum++;
    QSPI_CR = 2;
}
FLASH void resets(void) {
    for (;;) {
    }
}

#ifdef OK_RESERVED_ODD
#define NUMBER ((harness_handler *)0x12345)
#else
#define NUMBER ((harness_handler *)0x12344)
#endif
#if defined OK_RESERVED || defined OK_RESERVED_ODD
#define AT_8 NUMBER, NUMBER, NUMBER
#define AT_13 NUMBER
#else
#define AT_8 0, 0, 0
#define AT_13 0
#endif
#ifdef BAD_USED
#define AT_12 NUMBER
#else
#define AT_12 Default_Handler
#endif
#if defined BAD || defined OK
#define ALIGN 128
#else
#define ALIGN 256
#endif
#define FOUR Default_Handler, Default_Handler, Default_Handler, Default_Handler

__attribute__((aligned(256),
        section(".data.table.0"))) volatile uint32_t before[ALIGN / 4] = {1};
struct {
    harness_handler *vector[24];
} table __attribute__((aligned(ALIGN), section(".data.table.1"))) = {
        {(harness_handler *)stack_top_, resets, Default_Handler,
                Default_Handler, Default_Handler, Default_Handler,
                Default_Handler, 0, AT_8, Default_Handler, AT_12, AT_13,
                Default_Handler, Default_Handler, FOUR, FOUR}};
__attribute__((section(".data.table.2")))
harness_handler *volatile behind[16] = {FOUR, FOUR, FOUR, FOUR};

int main(void) {
    REG(0xe000ed08u) = (uint32_t)&table;
    before[1]++;
#ifdef OK
    REG(0xe000e100u) = 1u << 15; // vector 31
#else
    REG(0xe000e100u) = 1u << 16;
#endif
    outage();
    return behind[0] != 0;
}
