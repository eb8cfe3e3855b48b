/*
 * sqrtf - sqrtf stays a call for the sake of errno
 *
 * SPDX-License-Identifier: MIT
 *
 * The FPU has the instruction; the call is for negative arguments.
 */
// cpu: m4f
// libs: -lm
// clean-flags: -fno-math-errno
// expect: rule=call|tail-call function=ram_root target=sqrtf
#include "harness.h"

float sqrtf(float);

RAM float ram_root(float x) {
#ifdef CLEAN
    float y;
    __asm("vsqrt.f32 %0, %1" : "=t"(y) : "t"(x));
    return y;
#else
    return sqrtf(x);
#endif
}

int main(void) {
    return (int)ram_root((float)QSPI_SR);
}
