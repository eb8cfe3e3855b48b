/*
 * own_stack - an outage that runs on a stack of its own
 *
 * SPDX-License-Identifier: MIT
 *
 * Code sets the stack pointer to what a variable or a constant says, and calls.
 * In the STOP ones a store of unknown place has ended the run of the whole
 * program before: then only what a walk sees of the stack is known.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m0plus Os gcc
// check: --interrupts none
// safe-build: OK_CONSTANT
// safe-build: OK_FRAME_STOP
// unsafe-build: BAD memory-unknown
// unsafe-build: BAD_STOP memory-unknown
// unsafe-build: BAD_CONSTANT_STOP memory-unknown
#include "harness.h"

#define DEVICE REG(0x40004424u) // a UART's data

static volatile uint32_t sum;
uint32_t stack[64] __attribute__((aligned(8)));
volatile uint32_t top;

RAM void outage(void) {
    QSPI_CR = 1;
    sum += 1;
    QSPI_CR = 2;
}

RAM __attribute__((naked)) void on_stack(uint32_t at __attribute__((unused))) {
    __asm__ volatile("push {r4, lr}\n\tmov r4, sp\n\t"
#if defined OK_FRAME_STOP
                     "sub sp, #8\n\t"
#elif defined OK_CONSTANT
                     "ldr r0, =stack + 256\n\tmov sp, r0\n\t"
#elif defined BAD_CONSTANT_STOP
                     "ldr r0, =0x90800000\n\tmov sp, r0\n\t"
#else
                     "mov sp, r0\n\t"
#endif
                     "bl outage\n\tmov sp, r4\n\tpop {r4, pc}\n\t.ltorg");
}

int main(void) {
#if defined BAD || defined BAD_STOP
    top = 0x90800000u;
#else
    top = (uint32_t)&stack[64];
#endif
#if defined BAD_STOP || defined BAD_CONSTANT_STOP || defined OK_FRAME_STOP
    *(volatile uint32_t *)DEVICE = 1;
#endif
    on_stack(top);
    return 0;
}
