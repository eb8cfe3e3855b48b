/*
 * const_float - a const float, loaded into the FPU
 *
 * SPDX-License-Identifier: MIT
 */
// cpu: m4f
// expect: rule=load function=ram_scale target=gain
// also: rule=address function=ram_scale
// objdump: vldr
#include "harness.h"

MOVED_CONST const float gain[2] = {1.25f, 2.5f};

RAM float ram_scale(float x) {
    const float *from = gain;
    __asm("" : "+r"(from)); // what it is, the compiler must not know
    return x * from[1];
}

int main(void) {
    return (int)ram_scale(1.0f);
}
