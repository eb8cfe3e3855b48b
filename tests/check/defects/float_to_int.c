/*
 * float_to_int - the cast of a float to an int is a call to libgcc
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_cast target=__aeabi_f2iz|__fixsfsi
#include "harness.h"

volatile float celsius;
volatile int32_t millicelsius;

#ifdef CLEAN
RAM int ram_cast(void) {
    return millicelsius / 1000;
}
#else
RAM int ram_cast(void) {
    return (int)celsius;
}
#endif

int main(void) {
    return ram_cast();
}
