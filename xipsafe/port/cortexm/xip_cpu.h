/*
 * xip_cpu - what the library needs of a Cortex-M core
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/port/cortexm: the core: masks, vectors, cycle counter,
 * barriers and the jump to an image.
 *
 * The first half runs inside an outage, so it is forced inline: at -O0 a plain
 * inline function would stay behind in the flash. Another core or the host
 * supplies a header of the same name and contents.
 */
#ifndef XIP_CPU_H
#define XIP_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_compiler.h"
#include "xip_resident.h"

// Arm v7-M Architecture Reference Manual, B3.2 and C1.8.
#define XIP_CPU_REG_(addr) (*(volatile uint32_t *)(addr))
#define XIP_CPU_ICSR XIP_CPU_REG_(0xE000ED04u)
#define XIP_CPU_ICTR XIP_CPU_REG_(0xE000E004u) // words of ISER, less one
#define XIP_CPU_ISER ((volatile uint32_t *)0xE000E100u)
#define XIP_CPU_ISPR_WORDS 64u // from ISER to ISPR
#define XIP_CPU_AIRCR XIP_CPU_REG_(0xE000ED0Cu)

#if defined(__ARM_ARCH) && __ARM_ARCH < 6
#error "no Cortex-M: compile the library with your core's flags, as \
-mcpu=cortex-m4 -mthumb. In CMake before find_package or add_subdirectory"
#endif

// What cores differ in: BASEPRI, number of interrupts, cycle counter. ACLE:
// 1 for ARMv6-M and ARMv8-M Baseline, 2 for ARMv7-M and ARMv8-M Mainline.
#if __ARM_ARCH_ISA_THUMB == 1
#include "xip_cpu_baseline.h"
#else
#include "xip_cpu_mainline.h"
#endif

#if XIP_CFG_FENCE
#include "xip_cpu_fence.h"
#else
#define XIP_CPU_FENCE_CYCLES 0u
#endif

// Inside an outage /////////////////////////////////////////////////////////

// Keep back every interrupt (ceiling 0) or those at and below the ceiling.
// Never lowers a mask the caller has set. Returns the state for unmask.
XIP_ALWAYS_INLINE uint32_t xip_cpu_mask(uint32_t ceiling) {
    uint32_t old;
    if (ceiling != 0u) {
        old = xip_cpu_basepri_();
        xip_cpu_raise_basepri_(ceiling);
    } else {
        __asm volatile("mrs %0, primask" : "=r"(old));
        __asm volatile("cpsid i" ::: "memory");
    }
    return old;
}

// The barrier lets a pending interrupt run before the next instruction.
XIP_ALWAYS_INLINE void xip_cpu_unmask(uint32_t ceiling, uint32_t old) {
    if (ceiling != 0u) {
        xip_cpu_set_basepri_(old);
    } else {
        __asm volatile("msr primask, %0" ::"r"(old) : "memory");
    }
    __asm volatile("isb" ::: "memory");
}

// Stores have arrived. To raise a mask takes no ISB, to lower it has one.
XIP_ALWAYS_INLINE void xip_cpu_drain(void) {
    __asm volatile("dsb" ::: "memory");
}

// Does an interrupt wait that would run without the mask? ICSR.VECTPENDING
// hides what BASEPRI masks and ISRPENDING shows what is disabled (B3.2.4), so
// the enabled and pending bits are compared one by one.
XIP_ALWAYS_INLINE uint32_t xip_cpu_interrupt_waits(void) {
    uint32_t waits =
            XIP_CPU_ICSR & ((1u << 28) | (1u << 26)); // PendSV, SysTick
    volatile uint32_t *enabled = XIP_CPU_ISER;
    for (int32_t n = (int32_t)XIP_CPU_ICTR; n >= 0; n--) {
        waits |= enabled[0] & enabled[XIP_CPU_ISPR_WORDS];
        enabled++;
    }
    return waits;
}

// Stop the core until something is pending. May return for nothing.
XIP_ALWAYS_INLINE void xip_cpu_sleep(void) {
    __asm volatile("dsb\n\twfi" ::: "memory");
}

XIP_ALWAYS_INLINE _Noreturn void xip_cpu_reset(void) {
    __asm volatile("dsb" ::: "memory");
    XIP_CPU_AIRCR = 0x05FA0004u; // SYSRESETREQ
    for (;;) {
    }
}

// Ordinary code ////////////////////////////////////////////////////////////

// Is this ceiling possible? Any but 0 needs BASEPRI.
bool xip_cpu_ceiling_ok(uint32_t ceiling);

// Privileged thread mode?
bool xip_cpu_context_ok(void);

// Does the caller keep interrupts back itself, by PRIMASK or BASEPRI?
bool xip_cpu_masked_by_caller(void);

// 0 if every exception that an outage leaves enabled has its vector, with the
// Thumb bit, outside the window; otherwise the first exception number that
// does not (2 for a table in the window: NMI cannot be masked). SVCall is not
// asked about: only resident code could call it.
unsigned xip_cpu_bad_vector(uint32_t ceiling);

// Append the words on which the answer of xip_cpu_bad_vector rests: table,
// enabled exceptions, their priorities, vectors above the ceiling. Returns the
// next free one; `end`: there are too many.
struct xip_watch *xip_cpu_watch(struct xip_watch *next,
        const struct xip_watch *end, uint32_t ceiling);

#if XIP_CFG_FENCE
// Can MPU region `region` be the fence around [addr, addr + bytes)? It has to
// be free, and on Armv8-M the one below it, too; else no region that is in use
// there may have a higher number. An MPU that is off must not have regions
// that its being on would bring to life: XIP_ERR_CONFIG. MemManage, if enabled,
// needs a vector outside the window: XIP_ERR_VECTOR. Its stack and HardFault's,
// MSP: XIP_ERR_RESIDENT. Else 0.
int xip_cpu_fence_check(uint32_t region, uint32_t addr, uint32_t bytes);
#endif

// Set BASEPRI, 0 for none; returns what it was. Cores without it: 0.
XIP_ALWAYS_INLINE uint32_t xip_cpu_swap_basepri(uint32_t value) {
    const uint32_t old = xip_cpu_basepri_();
    xip_cpu_set_basepri_(value);
    return old;
}

// Is SysTick pending, and is it kept back by a mask that the caller has raised?
bool xip_cpu_tick_pending(void);
bool xip_cpu_tick_masked(void);

// Start of the vector table in use.
uintptr_t xip_cpu_vectors(void);
void xip_cpu_set_vectors(uintptr_t table);

// Core cycles until SysTick wraps.
uint32_t xip_cpu_systick(void);

// SysTick reload value + 1, in core cycles; 0 if its interrupt is off or goes
// on above the ceiling.
uint32_t xip_cpu_tick_cycles(uint32_t ceiling);

#endif
