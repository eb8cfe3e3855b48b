/*
 * counts - counts that grow, one step each time an exception comes
 *
 * SPDX-License-Identifier: MIT
 *
 * An interrupt puts bytes into a ring, behind which is `cell`, that an outage
 * reads through. In the OK ones a mask or a comparison bounds the index, or a
 * loop is long; in the BAD ones that bound is too large, is none, or what
 * the loop does last is bad.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m7 Os gcc,m0plus Os gcc
// check: --interrupts none
// safe-build: OK_MASK
// safe-build: OK_COMPARED
// safe-build: OK_POINTER
// safe-build: OK_NOT_FULL
// safe-build: OK_BYTE
// safe-build: OK_HALVES
// safe-build: OK_BYTES
// safe-build: OK_TICKS
// safe-build: OK_LONG
// unsafe-build: BAD_MASK load-unknown|load|address
// unsafe-build: BAD_COMPARED load-unknown|load|address
// unsafe-build: BAD_POINTER load-unknown|load|address
// unsafe-build: BAD_NOT_FULL load-unknown|load|address
// unsafe-build: BAD_BYTE load-unknown|load|address
// unsafe-build: BAD_HALVES load-unknown|load|address
// unsafe-build: BAD_HALF_BY_WORD load-unknown|load|address
// unsafe-build: BAD_HALF_BEFORE load-unknown|load|address
// unsafe-build: BAD_HALF_ACROSS load-unknown|load|address
// unsafe-build: BAD_HALF_BY_BYTE load-unknown|load|address
// unsafe-build: BAD_HALF_BY_BIT load-unknown|load|address
// unsafe-build: BAD_HALF_BY_DMA load-unknown|load|address
// unsafe-build: BAD_BYTES load-unknown|load|address
// unsafe-build: BAD_OTHER load-unknown|load|address
// unsafe-build: BAD_DOWN load-unknown|load|address
// unsafe-build: BAD_TICKS load-unknown|load|address
// unsafe-build: BAD_LONG load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
#define DEVICE REG(0x40004424u) // a UART's data

volatile uint32_t good[4] = {1, 2, 3, 4};
const uint32_t in_flash[4] = {5, 6, 7, 8};
#define LEN 100u // no power of two
struct {
    volatile uint8_t ring[256];
    place cell;
} ram = {{0}, good};
#define cell ram.cell
static volatile uint32_t head, tail, ticks;
#ifdef BAD_HALF_BEFORE
#define FIRST 259 // the last byte of the cell
#else
#define FIRST 1
#endif
static volatile struct {
    uint16_t head, tail;
} halves __attribute__((aligned(4))) = {FIRST, 2};
static volatile struct {
    uint8_t other, head, tail, more;
} bytes __attribute__((aligned(4))) = {1, 2, 3, 4};
static volatile uint8_t *volatile to = ram.ring;
static uint32_t large[5000];
static volatile uint32_t sum;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *(*(place volatile *)&cell);
    QSPI_CR = 2;
}

#if defined OK_HALVES || defined BAD_HALVES || defined BAD_HALF_BY_WORD || \
        defined BAD_HALF_BEFORE || defined BAD_HALF_ACROSS || \
        defined BAD_HALF_BY_BYTE || defined BAD_HALF_BY_BIT || \
        defined BAD_HALF_BY_DMA
#define HALVES
#endif

FLASH void SysTick_Handler(void) {
    const uint8_t byte = (uint8_t)DEVICE;
    uint32_t n = head;
#if defined HALVES
    const uint32_t at = halves.head;
#ifdef BAD_HALVES
    const uint32_t next = (at + 1) & 511u;
#else
    const uint32_t next = (at + 1) & 255u;
#endif
    if (next != halves.tail) {
        ram.ring[at] = byte;
        halves.head = (uint16_t)next;
    }
#elif defined OK_BYTES || defined BAD_BYTES
    const uint32_t at = bytes.head;
#ifdef OK_BYTES
    const uint32_t next = (at + 1) & 63u;
#else
    const uint32_t next = (at + 1) & 255u;
#endif
    if (next != bytes.tail) {
        (ram.ring + 192)[at] = byte;
        bytes.head = (uint8_t)next;
    }
#elif defined OK_MASK
    ram.ring[n] = byte;
    n = (n + 1) & 255u;
#elif defined BAD_MASK
    ram.ring[n] = byte;
    n = (n + 1) & 511u;
#elif defined OK_COMPARED
    ram.ring[n] = byte;
    n++;
    n = n >= 256 ? 0 : n;
#elif defined BAD_COMPARED
    ram.ring[n] = byte;
    n++;
    n = n >= 260 ? 0 : n;
#elif defined OK_POINTER || defined BAD_POINTER
    volatile uint8_t *p = to;
    *p++ = byte;
#ifdef OK_POINTER
    to = p == ram.ring + LEN ? ram.ring : p;
#else
    to = p == (volatile uint8_t *)(&ram + 1) ? ram.ring : p;
#endif
#elif defined OK_NOT_FULL || defined BAD_NOT_FULL
#ifdef OK_NOT_FULL
    const uint32_t next = (n + 1) & 255u;
#else
    const uint32_t next = (n + 1) & 1023u;
#endif
    if (next != tail) {
        ram.ring[n] = byte;
        n = next;
    }
#elif defined OK_BYTE
    ram.ring[(uint8_t)n] = byte;
    n++;
#elif defined BAD_BYTE
    ram.ring[(int8_t)n + 132] = byte;
    n++;
#elif defined BAD_OTHER
    // What is compared bounds something else.
    ram.ring[n] = byte;
    n += ticks < 64 ? 1 : 0;
#elif defined BAD_DOWN
    (ram.ring + 511)[0 - n] = byte;
    n = n == 255 ? 0 : n + 1;
#elif defined OK_TICKS
    ticks += 1;
#elif defined BAD_TICKS
    ticks += 1;
    if (ticks == 1000000) {
        cell = (place)in_flash;
    }
#else
    (void)byte;
#endif
    head = n;
}

// More than a million instructions, in all rounds.
FLASH void clears(uint32_t words, uint32_t times) {
    while (times--) {
        for (volatile uint32_t *p = large; p < large + words; p++) {
            *p = 0;
        }
    }
}

int main(void) {
    ram_vectors[15] = SysTick_Handler;
    REG(0xe000e014u) = 1000;
    REG(0xe000e010u) = 7;
    if (tail != head) {
        sum += ram.ring[tail];
        tail = (tail + 1) & 255u;
    }
    halves.head = 3;
    halves.tail = (halves.tail + 1) & 255u;
    bytes.tail = (bytes.tail + 1) & 63u;
#if defined BAD_HALF_BY_WORD
    *(volatile uint32_t *)&halves = DEVICE & 0x1ffu;
#elif defined BAD_HALF_ACROSS
    *(volatile uint16_t *)((volatile uint8_t *)&halves + 1) = 0x101;
#elif defined BAD_HALF_BY_BYTE
    ((volatile uint8_t *)&halves)[1] = 1;
#elif defined BAD_HALF_BY_BIT
    ((volatile uint32_t *)(0x22000000u +
            ((uint32_t)&halves - 0x20000000u) * 32u))[8] = 1;
#elif defined BAD_HALF_BY_DMA
    REG(0x40020014u) = (uint32_t)&halves;
#endif
    cell = good + 1;
#if defined OK_LONG || defined BAD_LONG
    clears(sizeof large / sizeof large[0], 8);
#ifdef BAD_LONG
    cell = (place)in_flash;
#endif
#endif
    outage();
    return 0;
}
