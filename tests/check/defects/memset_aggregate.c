/*
 * memset_aggregate - a zeroed local array is a call to memset
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_zero target=*memset*|*memclr*
// also: rule=load-unknown function=ram_zero
// note: allow load-unknown ram_zero: it clears its own frame
#include "harness.h"

RAM uint32_t ram_zero(void) {
#ifdef CLEAN
    volatile uint8_t frame[200];
    for (uint32_t i = 0; i < sizeof frame; i++) {
        frame[i] = 0;
    }
#else
    uint8_t frame[200] = {0};
#endif
    __asm volatile("" ::"r"(frame) : "memory");
    return frame[QSPI_SR & 127u];
}

int main(void) {
    return (int)ram_zero();
}
