/*
 * store_window - the naive way to program: a store to the window
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=store function=ram_program
// also: rule=address function=ram_program
#include "harness.h"

#ifdef CLEAN
#define WINDOW 0x20007000u
#else
#define WINDOW 0x90010000u
#endif

RAM void ram_program(uint32_t word) {
    REG(WINDOW) = word;
}

int main(void) {
    ram_program(3);
    return 0;
}
