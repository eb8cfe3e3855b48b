/*
 * mul_double - a product of doubles is a call to libgcc
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_scale target=__aeabi_dmul|__muldf3
#include "harness.h"

#ifdef CLEAN
typedef uint32_t number;
#else
typedef double number;
#endif

volatile number factor;

RAM number ram_scale(number x) {
    return x * factor;
}

int main(void) {
    return (int)ram_scale((number)3);
}
