/*
 * enabled - vectors behind the table's object
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`. The table of vectors is an object of 16; what
 * the processor takes for those behind it lies in the next object. Each BAD
 * firmware enables one of them before the outage.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// check: --interrupts none
// safe-build: OK
// safe-build: OK_OTHER
// safe-build: OK_GOOD
// unsafe-build: BAD load-unknown|load|address
// unsafe-build: BAD_BYTE load-unknown|load|address
// unsafe-build: BAD_SOME load-unknown|load|address
// unsafe-build: BAD_ANY load-unknown|load|address
// unsafe-build: BAD_HANDLER load-unknown|load|address
// unsafe-build: BAD_FIRST_TABLE load-unknown|load|address
// unsafe-build: BAD_STORED load-unknown|load|address
// unsafe-build: BAD_STORED_LATER load-unknown|load|address
// unsafe-build: BAD_FAR load-unknown|load|address
// unsafe-build: BAD_CORE load-unknown|load|address
// unsafe-build: BAD_CORE_STORED load-unknown|load|address
// unsafe-build: BAD_CORE_ANY load-unknown|load|address
// unsafe-build: BAD_ANY_ANY load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
#define DEVICE REG(0x40004424u) // a UART's data
#define ENABLES ((volatile uint32_t *)0xe000e100u)
#define VTOR REG(0xe000ed08u)

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
place volatile cell = good;
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *cell;
    QSPI_CR = 2;
}

FLASH void changes(void) {
    cell = (place)in_flash;
}
FLASH void harmless(void) {
    sum = 1;
}

#ifdef BAD_HANDLER
RAM void enables(void) {
    ENABLES[0] = 1;
}
#define NMI enables
#else
#define NMI Default_Handler
#endif

#if defined BAD_CORE || defined BAD_CORE_STORED || defined BAD_CORE_ANY
#define CORE_WORDS 14 // and those of PendSV and SysTick behind it
#else
#define CORE_WORDS 16
#endif

// The table and the object behind it, in one section.
struct {
    harness_handler *vector[CORE_WORDS];
} table __attribute__((aligned(256), section(".data.table.0"))) = {
        {(harness_handler *)stack_top_, harmless, NMI, Default_Handler,
                Default_Handler, Default_Handler, Default_Handler, 0, 0, 0, 0,
                Default_Handler, Default_Handler, 0
#if CORE_WORDS == 16
                ,
                Default_Handler, Default_Handler
#endif
        }};
#if defined OK_GOOD
#define BEHIND harmless
#elif defined BAD_STORED || defined BAD_STORED_LATER || \
        defined BAD_CORE_STORED || defined BAD_CORE_ANY || defined BAD_ANY_ANY
#define BEHIND 0
#else
#define BEHIND changes
#endif
__attribute__((section(".data.table.1")))
harness_handler *volatile behind[40] = {
        BEHIND, [1] = harmless, [33] = harmless, [34] = changes};

int main(void) {
#ifndef BAD_FIRST_TABLE
    VTOR = (uint32_t)&table;
#endif
#if defined OK_OTHER
    ENABLES[0] = 2;
#elif defined OK_GOOD || defined BAD
    ENABLES[0] = 1;
#elif defined BAD_BYTE
    ((volatile uint8_t *)ENABLES)[4] = 4;
#elif defined BAD_SOME
    ENABLES[0] = 1u << (DEVICE & 1u);
#elif defined BAD_ANY
    ENABLES[0] = DEVICE;
#elif defined BAD_FIRST_TABLE
    // Not in the table of the beginning, which has 24.
    ENABLES[0] = 1;
    __asm volatile("" : : : "memory");
    VTOR = (uint32_t)&table;
#elif defined BAD_STORED
    behind[0] = changes;
    ENABLES[0] = 1;
#elif defined BAD_STORED_LATER
    behind[0] = harmless;
    ENABLES[0] = 1;
    behind[0] = changes;
#elif defined BAD_FAR
    ENABLES[1] = 4;
#elif defined BAD_CORE
    REG(0xe000ed04u) = 1u << 28; // PendSV
#elif defined BAD_CORE_STORED
    behind[0] = changes;
    REG(0xe000ed04u) = 1u << 28;
#elif defined BAD_CORE_ANY
    // A number that nobody knows, and then one that leads to code.
    behind[0] = (harness_handler *)DEVICE;
    behind[0] = changes;
    REG(0xe000ed04u) = 1u << 28;
#elif defined BAD_ANY_ANY
    behind[0] = (harness_handler *)DEVICE;
    behind[0] = changes;
    ENABLES[0] = DEVICE;
#endif
    outage();
    return 0;
}
