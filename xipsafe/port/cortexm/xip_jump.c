/*
 * xip_jump - hand the core over to another program, as after a reset
 *
 * SPDX-License-Identifier: MIT
 *
 * An interrupt that the boot program left enabled or pending
 * would fire in the application before it has set up anything for it. Nothing
 * outside the core is touched: clock, pins and controller feed the window that
 * the application runs from.
 */
#include <stdint.h>

#include "xip_boot.h"
#include "xip_cpu.h"

// ARMv7-M Architecture Reference Manual, B3.2, B3.3, B3.4, B3.5.
#define REG32(addr) (*(volatile uint32_t *)(uintptr_t)(addr))
#define SYST_CSR REG32(0xE000E010u)
#define SYST_RVR REG32(0xE000E014u)
#define SYST_CVR REG32(0xE000E018u)
#define NVIC_ICER ((volatile uint32_t *)(uintptr_t)0xE000E180u)
#define NVIC_ICPR ((volatile uint32_t *)(uintptr_t)0xE000E280u)
#define ICSR REG32(0xE000ED04u)
#define ICSR_PENDSVCLR 0x08000000u
#define ICSR_PENDSTCLR 0x02000000u
#define VTOR REG32(0xE000ED08u)
#define MPU_CTRL REG32(0xE000ED94u)

// Masks and stack limits that a boot program may have left, set to operand 2.
#if XIP_CPU_HAS_BASEPRI
#define CLEAR_MASKS "msr basepri, %2\n\tcpsie f\n\t"
#define CLEAR_FAULTS() (XIP_CPU_SHCSR = 0)
#else
#define CLEAR_MASKS
#define CLEAR_FAULTS() ((void)0)
#endif
#ifdef __ARM_ARCH_8M_MAIN__
#define CLEAR_LIMITS "msr msplim, %2\n\tmsr psplim, %2\n\t"
#else
#define CLEAR_LIMITS
#endif

XIP_NORETURN void xip_boot_jump(uint32_t vectors_addr) {
    const volatile uint32_t *const table =
            (const volatile uint32_t *)(uintptr_t)vectors_addr;

    __asm volatile("cpsid i" ::: "memory");
    SYST_CSR = 0;
    SYST_RVR = 0;
    SYST_CVR = 0;
    const uint32_t words = xip_cpu_irq_words_();
    for (uint32_t i = 0; i < words; i++) {
        NVIC_ICER[i] = 0xFFFFFFFFu;
        NVIC_ICPR[i] = 0xFFFFFFFFu;
    }
    ICSR = ICSR_PENDSVCLR | ICSR_PENDSTCLR;
    CLEAR_FAULTS();
    MPU_CTRL = 0;
    VTOR = vectors_addr;
    __asm volatile("dsb\n\tisb" ::: "memory");

    // One block: after MSP has changed, the compiler's stack is gone. CONTROL
    // goes first, or the write would go to a stack pointer that is not in use.
    // LR as after reset, so that a debugger's call stack ends here.
    __asm volatile("msr control, %2\n\t"
                   "isb\n\t" CLEAR_MASKS CLEAR_LIMITS "msr msp, %0\n\t"
                   "mov lr, %3\n\t"
                   "cpsie i\n\t"
                   "isb\n\t"
                   "bx %1\n\t"
                   :
                   : "r"(table[0]), "r"(table[1]), "r"(0), "r"(0xFFFFFFFFu)
                   : "lr", "memory");
    __builtin_unreachable();
}
