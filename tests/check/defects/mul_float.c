/*
 * mul_float - a product of floats, without an FPU, is a call to libgcc
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=call|tail-call function=ram_scale target=__aeabi_fmul|__mulsf3
#include "harness.h"

#ifdef CLEAN
typedef uint32_t number;
#else
typedef float number;
#endif

volatile number factor;

RAM number ram_scale(number x) {
    return x * factor;
}

int main(void) {
    return (int)ram_scale((number)3);
}
