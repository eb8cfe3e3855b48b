/*
 * xip_cpu_mainline - what ARMv7-M and ARMv8-M Mainline have of their own
 *
 * SPDX-License-Identifier: MIT
 *
 * Cortex-M3, M4, M7, M33 and later. Part of xip_cpu.h.
 */
#ifndef XIP_CPU_MAINLINE_H
#define XIP_CPU_MAINLINE_H

#define XIP_CPU_HAS_BASEPRI 1
#define XIP_CPU_IRQ_WORDS 8u
#define XIP_CPU_ICTR XIP_CPU_REG_(0xE000E004u)
#define XIP_CPU_SHCSR XIP_CPU_REG_(0xE000ED24u)
#define XIP_CPU_DEMCR XIP_CPU_REG_(0xE000EDFCu)
#define XIP_CPU_DWT_CTRL XIP_CPU_REG_(0xE0001000u)
#define XIP_CPU_DWT_CYCCNT XIP_CPU_REG_(0xE0001004u)

// Inside an outage /////////////////////////////////////////////////////////

XIP_ALWAYS_INLINE uint32_t xip_cpu_basepri_(void) {
    uint32_t value;
    __asm volatile("mrs %0, basepri" : "=r"(value));
    return value;
}

// Never lowers it.
XIP_ALWAYS_INLINE void xip_cpu_raise_basepri_(uint32_t value) {
    __asm volatile("msr basepri_max, %0" ::"r"(value) : "memory");
}

XIP_ALWAYS_INLINE void xip_cpu_set_basepri_(uint32_t value) {
    __asm volatile("msr basepri, %0" ::"r"(value) : "memory");
}

// Debuggers and low-power code stop the counter: started before each use. Its
// value is kept, the user may be measuring with it.
XIP_ALWAYS_INLINE void xip_cpu_counter_start(void) {
    XIP_CPU_DEMCR |= 1u << 24; // TRCENA
    XIP_CPU_DWT_CTRL |= 1u;    // CYCCNTENA
}

XIP_ALWAYS_INLINE uint32_t xip_cpu_cycles(void) {
    return XIP_CPU_DWT_CYCCNT;
}

// Ordinary code ////////////////////////////////////////////////////////////

// Registers of the NVIC, 32 interrupts each.
XIP_ALWAYS_INLINE uint32_t xip_cpu_irq_words_(void) {
    return (XIP_CPU_ICTR & 0xFu) + 1u;
}

// Enabled MemManage, BusFault, UsageFault and DebugMonitor (MON_EN), as bits by
// exception number.
XIP_ALWAYS_INLINE uint32_t xip_cpu_faults_enabled_(void) {
    const uint32_t faults = ((XIP_CPU_SHCSR >> 16) & 7u) << 4;
    return faults | ((XIP_CPU_DEMCR >> 16) & 1u) << 12;
}

// Append the registers that say so.
XIP_ALWAYS_INLINE struct xip_watch *xip_cpu_watch_faults_(struct xip_watch
                                                                  *next,
        const struct xip_watch *end) {
    return xip_watch_add(xip_watch_add(next, end, &XIP_CPU_SHCSR), end,
            &XIP_CPU_DEMCR);
}

#endif
