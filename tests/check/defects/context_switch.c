/*
 * context_switch - return-unknown: PendSV continues another task, whose code
 * may be in flash
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=return-unknown class=unknown function=PendSV_Handler
// also: rule=load-unknown|return-unknown function=PendSV_Handler
// agree-skip: there is no other task there
#include "harness.h"

uint32_t *next_sp;

__attribute__((naked, section(".ramcode"))) void PendSV_Handler(void) {
    __asm volatile(
#ifdef CLEAN
            "ldr r1, =next_sp\n"
            "ldr r0, [r1]\n"
#else
            "ldr r1, =next_sp\n"
            "ldr r0, [r1]\n"
            "msr psp, r0\n"
#endif
            "bx lr\n"
            ".ltorg");
}

int main(void) {
    return next_sp != 0;
}
