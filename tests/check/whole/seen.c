/*
 * seen - what the run sees of code in RAM that is not what the image has
 *
 * SPDX-License-Identifier: MIT
 *
 * Code is changed, loaded by a device, or put into a buffer. The run stops at
 * some of these, and must have said why. The OK ones do the same with what is
 * no code.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m0plus Os gcc
// check: --interrupts none
// safe-build: OK_PATCH
// safe-build: OK_GIVEN
// safe-build: OK_BITS
// safe-build: OK_ABSENT
// unsafe-build: BAD_PATCH code-changed
// unsafe-build: BAD_PATCH_LATER code-changed
// unsafe-build: BAD_GIVEN code-changed
// unsafe-build: BAD_GIVEN_DESCRIPTOR code-changed
// unsafe-build: BAD_GIVEN_INSIDE code-changed
// unsafe-build: BAD_ABSENT call-unknown
// unsafe-build: BAD_ABSENT_JUMP call-unknown
#include "harness.h"

#define DEVICE REG(0x40004424u) // a UART's data
#define DMA_ADDRESS REG(0x40020014u)

static volatile uint32_t sum;
volatile uint32_t buffer[20];
uint32_t descriptor[4];

RAM void first(void) {
    sum += 1;
}
RAM void target(void) {
    sum += 2;
}
FLASH void replaced(void) {
    sum += 3;
}

RAM void outage(void) {
    QSPI_CR = 1;
    first();
    target();
    QSPI_CR = 2;
}

__attribute__((noinline)) void patch(void (*at)(void), void (*to)(void)) {
    volatile uint32_t *insns = (volatile uint32_t *)((uintptr_t)at & ~3u);
    insns[0] = 0xf000f8dfu;
    insns[1] = (uintptr_t)to;
}

// One that is not where RAM begins, which reads like a bit.
static uintptr_t code(void) {
    return (uintptr_t)target & 0xfffeu ? (uintptr_t)target & ~1u
                                       : (uintptr_t)first & ~1u;
}

int main(void) {
#if defined BAD_PATCH
    patch(target, replaced);
    outage();
#elif defined BAD_PATCH_LATER
    outage();
    patch(target, replaced);
#elif defined OK_PATCH
    patch((void (*)(void))(uintptr_t)buffer, replaced);
#elif defined BAD_GIVEN
    DMA_ADDRESS = code();
#elif defined BAD_GIVEN_INSIDE
    DMA_ADDRESS = code() + 4;
#elif defined BAD_GIVEN_DESCRIPTOR
    descriptor[1] = code();
    DMA_ADDRESS = (uintptr_t)descriptor;
#elif defined OK_GIVEN // as a number, or for a callback
    descriptor[1] = (uintptr_t)target;
    DMA_ADDRESS = (uintptr_t)descriptor;
#elif defined OK_BITS
    DMA_ADDRESS = 0x20000000u;
#elif defined BAD_ABSENT || defined BAD_ABSENT_JUMP || defined OK_ABSENT
    const uint32_t *from = (const uint32_t *)((uintptr_t)replaced & ~1u);
    for (uint32_t i = 0; i < 16; i++) {
        buffer[i] = from[i];
    }
#if defined BAD_ABSENT
    ((void (*)(void))((uintptr_t)buffer | 1))();
#elif defined BAD_ABSENT_JUMP
    __asm__ volatile("bx %0" ::"r"((uintptr_t)buffer | 1));
#endif
#endif
    outage();
    return 0;
}
