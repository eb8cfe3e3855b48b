/*
 * absolute_call - a call of a fixed address in the window
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|indirect-call|tail-call function=ram_jump
#include "harness.h"

RAM void ram_jump(void) {
#ifndef CLEAN
    ((void (*)(void))0x90008001u)();
#endif
    QSPI_CR = 2;
}

int main(void) {
    ram_jump();
    return 0;
}
