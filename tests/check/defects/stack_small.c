/*
 * stack_small - stack-small: a frame that is larger than the stack
 *
 * SPDX-License-Identifier: MIT
 *
 * The stack begins at the end of RAM; below it lie variables and vectors.
 */
// expect: rule=stack-small class=violation function=ram_erase
// start: -DSTART_ONE_STACK
// agree-skip: reads nothing of the window
#include "harness.h"

#ifdef CLEAN
#define WORDS 6000
#else
#define WORDS 8192
#endif

RAM void ram_erase(void) {
    uint32_t words[WORDS];
    QSPI_CR = 1;
    __asm volatile("" : : "r"(words) : "memory"); // they are needed
    QSPI_CR = 2;
}

int main(void) {
    ram_erase();
    return 0;
}
