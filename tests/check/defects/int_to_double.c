/*
 * int_to_double - the cast of an int to a double is a call to libgcc
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_cast
//     target=__aeabi_ui2d|__floatunsidf
#include "harness.h"

#ifdef CLEAN
typedef uint32_t number;
#else
typedef double number;
#endif

volatile uint32_t raw;

RAM number ram_cast(void) {
    return (number)raw;
}

int main(void) {
    return (int)ram_cast();
}
