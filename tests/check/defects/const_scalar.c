/*
 * const_scalar - one const number of another file
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=load function=ram_wait target=erase_polls
#include "harness.h"

MOVED_CONST const uint32_t erase_polls = 100000;

RAM int ram_wait(void) {
    const uint32_t *polls = &erase_polls;
    __asm("" : "+r"(polls)); // what it is, the compiler must not know
    for (uint32_t i = *polls; i; i--) {
        if (!(QSPI_SR & 1u)) {
            return 0;
        }
    }
    return -1;
}

int main(void) {
    return ram_wait();
}
