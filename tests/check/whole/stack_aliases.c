/*
 * stack_aliases - a stack by a second address of its memory
 *
 * SPDX-License-Identifier: MIT
 *
 * An outage reads through `cell`, which main() sets. The board has RAM at one
 * more address. Where the process stack is an alias of memory that is in use,
 * what lies there is not known. The OK one has memory of its own.
 */
// builds: m4 O0 gcc,m4 O2 gcc,m33 Os gcc
// check: --interrupts none
// board: window 0x90000000 16M
// board: ram 0x20000000 96K
// board: alias 0x30000000 96K 0x20000000
// safe-build: OK
// unsafe-build: BAD_MAIN load-unknown|load|address
// unsafe-build: BAD_BY_NUMBER load-unknown|load|address
#include "harness.h"

typedef const volatile uint32_t *place;
#define HIGH(p) ((uintptr_t)(p) + 0x10000000u)

volatile uint32_t good[4] = {1, 2, 3, 4};
place volatile cell = good;
static volatile uint32_t sum;
uint32_t stack[64] __attribute__((aligned(8)));

RAM void outage(void) {
    QSPI_CR = 1;
    sum += *cell;
    QSPI_CR = 2;
}

FLASH void run(void) {
    cell = good + 2;
#ifdef BAD_BY_NUMBER
    *(volatile uint32_t *)HIGH(&stack[62]) = 1;
#endif
    for (;;) {
        outage();
    }
}

int main(void) {
    cell = good + 1;
#ifdef BAD_MAIN
    const uint32_t top = HIGH(stack_top_);
#else
    const uint32_t top = HIGH(stack + 64);
#endif
    __asm volatile("msr psp, %0\n\tmsr control, %1\n\tisb\n\tb run"
                   :
                   : "r"(top), "r"(2)
                   : "memory");
    return 0;
}
