/*
 * xip_cpu_baseline - what ARMv6-M and ARMv8-M Baseline have of their own
 *
 * SPDX-License-Identifier: MIT
 *
 * Cortex-M0, M0+ and M23: no BASEPRI, so no ceiling; at most 32 interrupts
 * are looked at; HardFault is the only fault; no cycle counter. Part of
 * xip_cpu.h. Arm v6-M Architecture Reference Manual, B1.4, B3.2, C1.
 */
#ifndef XIP_CPU_BASELINE_H
#define XIP_CPU_BASELINE_H

// Address of a counter of 32 bits that counts up, wraps from FFFFFFFFh to 0,
// is running, and can be read in an outage. All times are counted by it:
// hclk_hz of the configuration is its frequency, 1 MHz at least. Lost ticks are
// right only if it runs with the core's clock.
#ifndef XIP_CFG_COUNTER_ADDR
#error "this core has no cycle counter: set XIP_CFG_COUNTER_ADDR"
#endif

#define XIP_CPU_HAS_BASEPRI 0
#define XIP_CPU_IRQ_WORDS 1u

// Inside an outage /////////////////////////////////////////////////////////

XIP_ALWAYS_INLINE uint32_t xip_cpu_basepri_(void) {
    return 0;
}

XIP_ALWAYS_INLINE void xip_cpu_raise_basepri_(uint32_t value) {
    (void)value;
}

XIP_ALWAYS_INLINE void xip_cpu_set_basepri_(uint32_t value) {
    (void)value;
}

XIP_ALWAYS_INLINE void xip_cpu_counter_start(void) {
}

XIP_ALWAYS_INLINE uint32_t xip_cpu_cycles(void) {
    return XIP_CPU_REG_(XIP_CFG_COUNTER_ADDR);
}

// Ordinary code ////////////////////////////////////////////////////////////

XIP_ALWAYS_INLINE uint32_t xip_cpu_irq_words_(void) {
    return XIP_CPU_IRQ_WORDS;
}

XIP_ALWAYS_INLINE uint32_t xip_cpu_faults_enabled_(void) {
    return 0;
}

XIP_ALWAYS_INLINE struct xip_watch *xip_cpu_watch_faults_(struct xip_watch
                                                                  *next,
        const struct xip_watch *end) {
    (void)end;
    return next;
}

#endif
