/*
 * null_call - calls of a weak function that nothing defines
 *
 * SPDX-License-Identifier: MIT
 *
 * It has the address 0, and is called behind a test of it: that call is
 * never executed, and where it is, it is a fault.
 */
// safe: ram_hooked
// safe: ram_chosen
// unsafe: ram_even pointer-even
// unsafe: ram_other indirect-call|call
#include "harness.h"

extern void trace_hook(int) __attribute__((weak));

FLASH void in_flash(int n) {
    QSPI_DR = (uint32_t)n;
}

RAM void in_ram(int n) {
    QSPI_DR = (uint32_t)n;
}

RAM void ram_hooked(void) {
    void (*f)(int) = trace_hook;
    if (f) {
        f(1);
    }
    QSPI_CR = 1;
}

RAM void ram_chosen(void) {
    void (*f)(int) = QSPI_SR & 1 ? trace_hook : in_ram;
    if (f) {
        f(1);
    }
    QSPI_CR = 1;
}

RAM void ram_even(void) {
    void (*f)(int) = (void (*)(int))0x20000100u;
    f(1);
    QSPI_CR = 1;
}

RAM void ram_other(void) {
    void (*f)(int) = QSPI_SR & 1 ? trace_hook : in_flash;
    if (f) {
        f(1);
    }
    QSPI_CR = 1;
}

int main(void) {
    ram_hooked();
    ram_chosen();
    ram_even();
    ram_other();
    return 0;
}
