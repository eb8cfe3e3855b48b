/*
 * cache - stores that are lost when the data cache is invalidated
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`, which held an address in flash before. What
 * was stored there last may be in the cache only, in one line with a buffer
 * that is invalidated for DMA. The OK ones clean the line, or do so while the
 * cache is off.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m7 O2 gcc,m33 Os gcc
// check: --interrupts none
// safe-build: OK_CLEANED
// safe-build: OK_OFF
// safe-build: OK_BEFORE
// unsafe-build: BAD_LINE load-unknown|load|address
// unsafe-build: BAD_LINE_BYTE load-unknown|load|address
// unsafe-build: BAD_LINE_HALF load-unknown|load|address
// unsafe-build: BAD_LINE_MAYBE load-unknown|load|address
// unsafe-build: BAD_ALL load-unknown|load|address
// unsafe-build: BAD_OFF load-unknown|load|address
// unsafe-build: BAD_HANDLER load-unknown|load|address
// unsafe-build: BAD_VECTOR load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
#define DEVICE REG(0x40004424u) // a UART's data
#define VTOR REG(0xe000ed08u)
#define CCR REG(0xe000ed14u)
#define DCIMVAC REG(0xe000ef5cu)
#define DCISW REG(0xe000ef60u)
#define DCCIMVAC REG(0xe000ef70u)
#define DC (1u << 16)
#define VECTORS ((harness_handler *volatile *)ram_vectors)

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
__attribute__((aligned(32))) volatile struct {
    place cell;
    uint32_t buffer[7];
} object = {good, {0}};
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *object.cell;
    QSPI_CR = 2;
}

#ifdef BAD_HANDLER
RAM void SysTick_Handler(void) {
    DCIMVAC = (uint32_t)&object.buffer;
}
#endif

#ifdef BAD_VECTOR
FLASH void changes(void) {
    object.cell = (place)in_flash;
}
RAM void harmless(void) {
    sum = 1;
}
#endif

int main(void) {
#if defined BAD_LINE_BYTE
    ((volatile uint8_t *)&CCR)[2] = 1;
#elif defined BAD_LINE_HALF
    ((volatile uint16_t *)&CCR)[1] = 1;
#elif !defined OK_OFF
    CCR |= DC;
#endif
#ifdef BAD_VECTOR
    VECTORS[15] = changes;
    VECTORS[15] = harmless;
    REG(0xe000e010u) = 7;
    DCIMVAC = (uint32_t)&ram_vectors[16];
#elif defined OK_BEFORE
    DCIMVAC = (uint32_t)&object.buffer;
    object.cell = good + 1;
    REG(0xe000e010u) = 7;
#else
    object.cell = (place)in_flash;
    object.cell = good;
#ifdef BAD_HANDLER
    REG(0xe000e010u) = 7;
#elif defined OK_CLEANED
    DCCIMVAC = (uint32_t)&object.buffer;
#elif defined BAD_LINE_MAYBE
    if (DEVICE) {
        DCIMVAC = (uint32_t)&object.buffer;
    }
#elif defined BAD_ALL || defined OK_OFF
    for (uint32_t i = 0; i < 128; i++) {
        DCISW = i << 5;
    }
#elif defined BAD_OFF
    CCR &= ~DC;
#else
    DCIMVAC = (uint32_t)&object.buffer;
#endif
#endif
    outage();
    return 0;
}
