/*
 * pointers - notes that arguments, and what is behind them, are no window
 *
 * SPDX-License-Identifier: MIT
 *
 * The notes are true of what callers pass: `checked` hands on the window to
 * nobody, though the run of the whole program cannot tell. They say nothing of
 * a sum of two pointers, and nothing of one that an outage has stored. In
 * BAD_ONLY it is the note that is not true.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc,m0plus Os gcc
// note: pointers two r0 r1: checked() copies what lies in the window
// note: pointers behind r0 r0*: the request is made by checked()
// safe-build: OK
// safe-build: OK_BEHIND
// safe-build: OK_FRAME
// safe-build: OK_COUNTS
// safe-build: OK_HANDLER
// safe-build: OK_NEXT
// unsafe-build: BAD_ONLY load-unknown|load|address
// unsafe-build: BAD_SUM load-unknown
// unsafe-build: BAD_SUM_UNKNOWN load-unknown
// unsafe-build: BAD_HANDED load-unknown
// unsafe-build: BAD_FAR load-unknown
// unsafe-build: BAD_BACK load-unknown
// unsafe-build: BAD_BEHIND_SUM load-unknown
// unsafe-build: BAD_STORED load-unknown
// unsafe-build: BAD_FILLED load-unknown
// unsafe-build: BAD_FILLED_FRAME load-unknown
// unsafe-build: BAD_MOVED load-unknown
// unsafe-build: BAD_HANDLER load-unknown
// unsafe-build: BAD_NEXT load-unknown
// unsafe-build: BAD_NEXT_KNOWN load-unknown
#include "harness.h"

typedef const volatile uint32_t *place;
struct request {
    place from;
    uint32_t offset, left, ready;
    struct request *next;
};
#define DEVICE REG(0x40004424u) // a UART's data

const uint32_t in_flash[4] = {5, 6, 7, 8};
volatile uint32_t good[4] = {1, 2, 3, 4};
static volatile uint32_t sum;
struct request request = {.from = good};
struct request second = {.from = good};

/// What two pointers are used for ///

RAM uint32_t reads(place from) {
    return *from;
}

#if defined BAD_SUM || defined BAD_SUM_UNKNOWN
#define USE(p, q) (*(place)((uint32_t)(p) + (uint32_t)(q)))
#elif defined BAD_HANDED
#define USE(p, q) reads((place)((uint32_t)(p) + (uint32_t)(q)))
#elif defined BAD_FAR
#define USE(p, q) ((p)[0x1000] + *(q))
#elif defined BAD_BACK
#define USE(p, q) ((p)[-0x300] + *(q))
#else
#define USE(p, q) ((p)[1] + reads(q) + (q)[sum & 3])
#endif

RAM void two(place p, place q) {
    QSPI_CR = 1;
    sum += USE(p, q);
    QSPI_CR = 2;
}

/// What one reads through a request ///

RAM void fill(struct request *r) {
#if defined BAD_FILLED || defined BAD_FILLED_FRAME
    r->from = (place)DEVICE;
#else
    r->left = DEVICE;
#endif
}

RAM void SysTick_Handler(void) {
#if defined BAD_HANDLER
    request.from = (place)DEVICE;
#endif
    request.ready = DEVICE;
}

RAM void behind(struct request *r) {
    QSPI_CR = 1;
    fill(r);
#if defined OK_HANDLER || defined BAD_HANDLER
    while (!*(volatile uint32_t *)&r->ready) {
    }
#elif defined BAD_STORED
    r->from = (place)DEVICE;
#elif defined BAD_MOVED
    r->from = (place)((uint32_t)r->from + r->offset);
#elif defined BAD_NEXT
    r->next = (struct request *)DEVICE;
#elif defined BAD_NEXT_KNOWN
    r->next = &second;
#elif defined OK_COUNTS
    while (--*(volatile uint32_t *)&r->left & 0xff) {
        sum += *r->from;
    }
#endif
    __asm volatile("" ::: "memory");
#if defined BAD_BEHIND_SUM
    sum += *(place)((uint32_t)r->from + r->offset);
#elif defined OK_NEXT || defined BAD_NEXT || defined BAD_NEXT_KNOWN
    sum += *r->next->from;
#else
    sum += reads(r->from) + r->from[1];
#endif
    QSPI_CR = 2;
}

/// Outside ///

// What lies in the window is copied; but the run does not know how long it is.
FLASH void checked(place from) {
    struct request here = {.from = good};
    if ((uint32_t)from - 0x90000000u < DEVICE) {
        from = good;
    }
    here.next = &second;
    request = here;
    request.from = here.from = from;
    two(from, good);
    behind(&request);
#if defined OK_FRAME || defined BAD_FILLED_FRAME
    behind(&here);
#endif
}

int main(void) {
    REG(0xe000e010u) = 7; // SysTick
#if defined BAD_ONLY
    two(in_flash, good);
#elif defined BAD_SUM || defined BAD_HANDED
    two((place)0x48000000, (place)0x48000000);
#elif defined BAD_SUM_UNKNOWN
    two((place)DEVICE, (place)DEVICE);
#elif defined BAD_FAR
    two((place)0x8ffff000, good);
#elif defined BAD_BACK
    two((place)0x91000004, good);
#elif defined BAD_BEHIND_SUM
    request.from = (place)0x10000000;
    request.offset = 0x80000000u;
    behind(&request);
#elif defined BAD_NEXT_KNOWN
    second.from = (place)DEVICE;
    checked(good);
#elif defined BAD_MOVED
    request.offset = 0x70000000u;
    behind(&request);
#else
    checked(in_flash);
    checked(good);
#endif
    return 0;
}
