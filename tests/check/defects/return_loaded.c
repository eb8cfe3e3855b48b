/*
 * return_loaded - return-unknown: a longjmp of the driver's own, from RAM into
 * whatever the buffer holds
 *
 * SPDX-License-Identifier: MIT
 */
// expect: rule=return-unknown class=unknown function=ram_jump
// also: rule=load-unknown|return-unknown function=ram_jump
// agree-skip: where it goes is set by code that does not run there
#include "harness.h"

uint32_t saved[10];

__attribute__((naked, noinline, section(".ramcode"))) void ram_jump(void) {
    __asm volatile(
#ifdef CLEAN
            "push {r4, lr}\n"
            "ldr r4, =saved\n"
            "pop {r4, pc}\n"
#else
            "ldr r0, =saved\n"
            "ldmia r0!, {r4-r11, lr}\n"
            "bx lr\n"
#endif
            ".ltorg");
}

int main(void) {
    ram_jump();
    return 0;
}
