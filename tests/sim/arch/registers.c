/*
 * registers - gives each register that a core has a value that a debugger can
 * recognise
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>

#define CPACR (*(volatile uint32_t *)0xE000ED88)

void start(void);
__attribute__((naked)) void start(void) {
#if __ARM_ARCH_ISA_THUMB > 1
    CPACR = 0xFu << 20;
    __asm volatile("dsb\n isb\n"
                   "ldr r0, =0x3FF00000\n movs r1, #0\n vmov d8, r1, r0\n"
                   "movs r0, #0x40\n msr basepri, r0\n msr faultmask, r0\n");
#if defined __ARM_FEATURE_FMA && (__ARM_FP & 8)
    __asm volatile("vadd.f64 d9, d8, d8\n");
#endif
#endif
#ifdef __ARM_ARCH_8M_MAIN__
    __asm volatile("ldr r0, =0x20000100\n msr msplim, r0\n adds r0, #0x80\n"
                   "msr psplim, r0\n");
#endif
    __asm volatile("ldr r0, =0x20000800\n msr psp, r0\n movs r0, #1\n"
                   "msr primask, r0\n"
                   ".global ready\n ready: nop\n"
                   "nop\n .global changed\n changed: b changed\n .ltorg");
}

extern uint32_t stack_top[];
__attribute__((section(".vectors"),
        used)) static void (*const vectors[16])(void) = {
        (void (*)(void))stack_top, start};
