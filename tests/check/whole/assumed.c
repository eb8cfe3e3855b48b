/*
 * assumed - with --assume settled, what the run of the whole program knows
 * stays known
 *
 * SPDX-License-Identifier: MIT
 *
 * The address of the hook is returned, so that the search for it gives up.
 */
// builds: m4 O0 gcc,m4 Os gcc,m33 O2 clang
// check: --interrupts none --assume settled
// safe-build: OK
// unsafe-build: BAD call-mutable|indirect-call
#include "harness.h"

typedef void function(void);

FLASH void in_flash(void) {
    QSPI_CR = 3;
}

RAM void first(void) {
    QSPI_CR = 1;
}

RAM void second(void) {
    QSPI_CR = 2;
}

static function *hook = first;

RAM void outage(void) {
    QSPI_CR = 1;
    hook();
    QSPI_CR = 2;
}

__attribute__((noinline)) function **place(void) {
    __asm__ volatile("");
    return &hook;
}

int main(void) {
    outage();
#ifdef BAD
    *place() = in_flash;
#else
    *place() = second;
#endif
    outage();
    return 0;
}
