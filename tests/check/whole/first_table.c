/*
 * first_table - outages before VTOR is set, with a first table that is readable
 *
 * SPDX-License-Identifier: MIT
 *
 * The table of the reset lies in internal flash, and so does what the processor
 * takes for the vectors behind it. In the first outage it is in use.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// start: -DSTART_KEEP_VTOR
// script: -DINTERNAL_VECTORS
// check: --resident 0x08000000:64K --root outage
// safe-build: OK
// safe-build: OK_OTHER
// unsafe-build: BAD vector-runtime
// unsafe-build: BAD_SOME vector-runtime
// unsafe-build: BAD_IN_TABLE vector-runtime
#include "harness.h"

#define DEVICE REG(0x40004424u) // a UART's data
#define ENABLES REG(0xe000e100u)

static volatile uint32_t sum;
FLASH void far(void) {
    sum = 1;
}

RAM void outage(void) {
    QSPI_CR = 1;
    sum++;
    QSPI_CR = 2;
}

// Behind 24 words of start code: those of the interrupts 8 to 11.
#ifdef OK
#define OF_10 Default_Handler
#else
#define OF_10 far
#endif
__attribute__((section(".more_vectors"), used)) const struct {
    harness_handler *vector[4];
    uint32_t number;
} more = {{Default_Handler, Default_Handler, OF_10, Default_Handler}, 1234};

#ifdef BAD_IN_TABLE
FLASH void SysTick_Handler(void) {
    sum = 3;
}
#endif

#define FOUR Default_Handler, Default_Handler, Default_Handler, Default_Handler
struct {
    harness_handler *vector[32];
} big __attribute__((aligned(256), section(".data.big"))) = {
        {(harness_handler *)stack_top_, far, Default_Handler, Default_Handler,
                FOUR, FOUR, FOUR, FOUR, FOUR, FOUR, FOUR}};

int main(void) {
#if defined OK || defined BAD
    ENABLES = 1u << 10;
#elif defined OK_OTHER
    ENABLES = 1u << 9;
#elif defined BAD_SOME
    ENABLES = DEVICE & 1 ? 1u << 9 : 1u << 10;
#elif defined BAD_IN_TABLE
    REG(0xe000e010u) = 7;
#endif
    outage();
    REG(0xe000ed08u) = (uint32_t)&big;
    outage();
    return 0;
}
