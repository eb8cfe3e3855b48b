/*
 * cortexm - registers of the core that boot program, loaders and examples touch
 *
 * SPDX-License-Identifier: MIT
 *
 * Names are those of the ARMv7-M Architecture Reference Manual. Flag macros are
 * values in place.
 */
#ifndef CORTEXM_H
#define CORTEXM_H

#include <stddef.h>
#include <stdint.h>

#define REG_BLOCK(type, addr) ((volatile struct type *)(uintptr_t)(addr))

/// System control space, ARMv7-M B3.2 to B3.4 ///

struct scb_regs {
    uint32_t CPUID, ICSR, VTOR, AIRCR, SCR, CCR;
    uint8_t SHPR[12]; // exception 4 first
    uint32_t SHCSR, CFSR, HFSR, DFSR, MMFAR, BFAR, AFSR;
};
#define SCB REG_BLOCK(scb_regs, 0xE000ED00)
#define SCB_ICSR_NMIPENDSET 0x80000000u
#define SCB_ICSR_PENDSVSET 0x10000000u
#define SCB_AIRCR_RESET 0x05FA0004u // key and SYSRESETREQ
#define SCB_SHPR_PENDSV 10
#define SCB_SHPR_SYSTICK 11

struct systick_regs {
    uint32_t CSR, RVR, CVR, CALIB;
};
#define SYSTICK REG_BLOCK(systick_regs, 0xE000E010)
#define SYSTICK_CSR_ENABLE 0x1u
#define SYSTICK_CSR_TICKINT 0x2u
#define SYSTICK_CSR_CLKSOURCE 0x4u
#define SYSTICK_CSR_COUNTFLAG 0x10000u

#define NVIC_ISER ((volatile uint32_t *)(uintptr_t)0xE000E100)
#define NVIC_ICER ((volatile uint32_t *)(uintptr_t)0xE000E180)
#define NVIC_ISPR ((volatile uint32_t *)(uintptr_t)0xE000E200)
#define NVIC_ICPR ((volatile uint32_t *)(uintptr_t)0xE000E280)
#define NVIC_IPR ((volatile uint8_t *)(uintptr_t)0xE000E400)

// Data watchpoint and trace, ARMv7-M C1.8: only the cycle counter.
#define DEMCR (*(volatile uint32_t *)(uintptr_t)0xE000EDFC)
#define DEMCR_TRCENA 0x01000000u
#define DWT_CTRL (*(volatile uint32_t *)(uintptr_t)0xE0001000)
#define DWT_CTRL_CYCCNTENA 0x1u
#define DWT_CYCCNT (*(volatile uint32_t *)(uintptr_t)0xE0001004)

_Static_assert(offsetof(struct scb_regs, CFSR) == 0x28, "SCB");

#endif
