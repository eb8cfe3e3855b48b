/*
 * silent - vectors that are written before an interrupt can come
 *
 * SPDX-License-Identifier: MIT
 *
 * What a vector of RAM holds before code lets interrupts in leads nowhere, as
 * when it is written bit by bit. Each BAD firmware lets one in earlier, in a
 * way that the run of the whole program must see.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m4 Os gcc
// safe-build: OK
// safe-build: OK_BEFORE
// safe-build: OK_HANDLER
// safe-build: OK_WHOLE
// unsafe-build: BAD vector
// unsafe-build: BAD_LOUD .*
// unsafe-build: BAD_BACK vector.*
// unsafe-build: BAD_CALLEE vector.*
// unsafe-build: BAD_ONE_PATH vector.*
// unsafe-build: BAD_BY_INDEX vector.*
// unsafe-build: BAD_BY_BYTE vector.*
// unsafe-build: BAD_BY_HANDLER vector.*
// unsafe-build: BAD_BY_FAULT vector.*
// unsafe-build: BAD_HANDLER_STORES vector.*
// unsafe-build: BAD_TABLE vector.*
// unsafe-build: BAD_TABLE_LATER vector.*
// unsafe-build: BAD_LATER vector.*
// unsafe-build: BAD_EARLY vector.*
// unsafe-build: BAD_DMA vector.*
// unsafe-build: BAD_TWICE vector.*
// unsafe-build: BAD_STORES_TWICE vector.*
#include "harness.h"

#define DEVICE REG(0x40004424u) // a UART's data
#define DMA_ADDRESS REG(0x40020014u)
#define SYSTICK REG(0xe000e010u)
#define ENABLES ((volatile uint32_t *)0xe000e100u)
#define VTOR REG(0xe000ed08u)
#define CPACR REG(0xe000ed88u)
#define SYSTICK_VECTOR 15
#define NMI_VECTOR 2
#define SVC_VECTOR 11

static volatile uint32_t sum;
harness_handler *volatile held;
__attribute__((aligned(256))) harness_handler *volatile second[HARNESS_VECTORS];

RAM void tick(void) {
    QSPI_CR = 3;
}
FLASH void bad_tick(void) {
    sum = 1;
}

RAM void outage(void) {
    QSPI_CR = 1;
    sum++;
    QSPI_CR = 2;
}

#if defined OK || defined OK_HANDLER || defined BAD || defined BAD_LOUD || \
        defined BAD_HANDLER_STORES || defined BAD_LATER
#define BITS(object) \
    ((volatile uint32_t *)(0x22000000u + \
            ((uint32_t)(object)-0x20000000u) * 32u))

FLASH void by_bits(harness_handler *volatile *vector, harness_handler *to) {
    for (int i = 0; i < 32; i++) {
        BITS(vector)[i] = (uint32_t)to >> i & 1u;
    }
}
#endif

// All that a call of it begins with is the same each time.
FLASH void start(int a, int b, int c, int d) {
    SYSTICK = (uint32_t)(a + b + c + d);
}

#ifdef BAD_STORES_TWICE
FLASH void stores(int a, int b, int c, int d) {
    *(harness_handler *volatile *)&ram_vectors[SYSTICK_VECTOR] = bad_tick;
    *(harness_handler *volatile *)&ram_vectors[SYSTICK_VECTOR] = tick;
    sum = (uint32_t)(a + b + c + d);
}
#endif

#if defined BAD_BY_HANDLER
RAM void SVC_Handler(void) {
    SYSTICK = 7;
}
#elif defined BAD_BY_FAULT
RAM void NMI_Handler(void) {
    ENABLES[0] = 1;
    SYSTICK = 7;
}
#elif defined BAD_TWICE
RAM void NMI_Handler(void) {
    held = bad_tick;
}
#elif defined BAD_HANDLER_STORES
RAM void NMI_Handler(void) {
    by_bits((harness_handler *volatile *)&ram_vectors[SYSTICK_VECTOR],
            bad_tick);
}
#elif defined OK_HANDLER
RAM void NMI_Handler(void) {
    sum++;
}
#endif

int main(void) {
    harness_handler *volatile *vector =
            (harness_handler *volatile *)&ram_vectors[SYSTICK_VECTOR];
#if defined OK || defined OK_HANDLER
    by_bits(vector, tick);
    SYSTICK = 7;
#elif defined OK_BEFORE
    // Neither lets an interrupt in.
    CPACR |= 0xf00000u;
    VTOR = (uint32_t)ram_vectors;
    *vector = bad_tick;
    *vector = tick;
    SYSTICK = 7;
#elif defined OK_WHOLE
    SYSTICK = 7;
    *vector = tick; // at once: what it was leads to RAM too
#elif defined BAD
    by_bits(vector, bad_tick);
    SYSTICK = 7;
#elif defined BAD_LOUD
    SYSTICK = 7;
    by_bits(vector, tick);
#elif defined BAD_BACK
    *vector = bad_tick;
    SYSTICK = 7;
    *vector = tick;
#elif defined BAD_CALLEE
    *vector = bad_tick;
    start(1, 2, 4, 0);
    *vector = tick;
#elif defined BAD_ONE_PATH
    *vector = bad_tick;
    if (DEVICE & 1u) {
        start(1, 2, 4, 0);
    }
    *vector = tick;
#elif defined BAD_BY_INDEX
    *vector = bad_tick;
    ENABLES[DEVICE & 7u] = 1;
    *vector = tick;
    SYSTICK = 7;
#elif defined BAD_BY_BYTE
    *vector = bad_tick;
    *(volatile uint8_t *)&SYSTICK = 7;
    *vector = tick;
    SYSTICK = 7;
#elif defined BAD_BY_HANDLER
    ram_vectors[SVC_VECTOR] = SVC_Handler;
    *vector = bad_tick;
    __asm volatile("svc #0");
    *vector = tick;
    SYSTICK = 7;
#elif defined BAD_BY_FAULT
    ram_vectors[NMI_VECTOR] = NMI_Handler;
    *vector = bad_tick;
    *vector = tick;
    SYSTICK = 7;
#elif defined BAD_HANDLER_STORES
    ram_vectors[NMI_VECTOR] = NMI_Handler;
    *vector = tick;
    SYSTICK = 7;
#elif defined BAD_TABLE
    // The table that is in use when it comes.
    for (int i = 0; i < (int)HARNESS_VECTORS; i++) {
        second[i] = ram_vectors[i];
    }
    second[SYSTICK_VECTOR] = bad_tick;
    VTOR = (uint32_t)second;
    SYSTICK = 7;
    second[SYSTICK_VECTOR] = tick;
#elif defined BAD_TABLE_LATER
    for (int i = 0; i < (int)HARNESS_VECTORS; i++) {
        second[i] = ram_vectors[i];
    }
    second[SYSTICK_VECTOR] = bad_tick;
    SYSTICK = 7;
    VTOR = (uint32_t)second;
    second[SYSTICK_VECTOR] = tick;
#elif defined BAD_LATER
    by_bits(vector, tick);
    SYSTICK = 7;
    *vector = bad_tick;
#elif defined BAD_EARLY
    // More words since than a path remembers.
    static volatile uint32_t others[32];
    *vector = bad_tick;
    for (int i = 0; i < 32; i++) {
        others[i] = 5;
    }
    SYSTICK = 7;
#elif defined BAD_TWICE
    // The same call, before that and since; what it begins with the run of the
    // whole program finds later.
    ram_vectors[NMI_VECTOR] = NMI_Handler;
    held = tick;
    *vector = held;
    start(1, 2, 4, 0);
    *vector = tick;
    start(1, 2, 4, 0);
#elif defined BAD_STORES_TWICE
    // Before that and since, in one call.
    stores(1, 2, 3, 4);
    *vector = tick;
    start(1, 2, 4, 0);
    stores(1, 2, 3, 4);
#elif defined BAD_DMA
    *vector = tick;
    DMA_ADDRESS = (uint32_t)vector;
    SYSTICK = 7;
#endif
    outage();
    return 0;
}
