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

#if XIP_CFG_FENCE

#if __ARM_ARCH != 7
#error "XIP_CFG_FENCE: the regions of an Armv8-M MPU cannot lie over each other"
#endif

// Armv7-M ARM B3.5.
#define XIP_CPU_MPU_TYPE XIP_CPU_REG_(0xE000ED90u)
#define XIP_CPU_MPU_ENABLE 1u
#define XIP_CPU_MPU_ALL 7u // PRIVDEFENA, HFNMIENA, ENABLE
#define XIP_CPU_MPU_HFNMIENA 2u

struct xip_cpu_mpu {
    uint32_t ctrl, rnr, rbar, rasr;
};

// In a register: from an address that the compiler knows it derives others,
// which are out of reach of short instructions.
XIP_ALWAYS_INLINE volatile struct xip_cpu_mpu *xip_cpu_mpu_(void) {
    volatile struct xip_cpu_mpu *mpu =
            (volatile struct xip_cpu_mpu *)0xE000ED94u;
    __asm("" : "+r"(mpu));
    return mpu;
}

// Close the fence; what it replaces goes to *old. An MPU that was off is on for
// the privileged with the default map; the fence holds for HardFault and NMI,
// too.
XIP_ALWAYS_INLINE void xip_cpu_close_fence(const struct xip_resident *r,
        struct xip_cpu_mpu *old) {
    __asm("" : "=m"(*old)); // the compiler would warn; a zero costs code
    if (r->fence_rasr != 0u) {
        volatile struct xip_cpu_mpu *const mpu = xip_cpu_mpu_();
        const uint32_t ctrl = mpu->ctrl;
        old->ctrl = ctrl;
        old->rnr = mpu->rnr;
        mpu->rnr = r->fence_rbar & 0xFu;
        old->rbar = mpu->rbar;
        old->rasr = mpu->rasr;
        mpu->rbar = r->fence_rbar;
        mpu->rasr = r->fence_rasr;
        mpu->ctrl = (ctrl & XIP_CPU_MPU_ENABLE) != 0u
                ? ctrl | XIP_CPU_MPU_HFNMIENA
                : XIP_CPU_MPU_ALL;
        __asm volatile("dsb\n\tisb" ::: "memory");
    }
}

// RASR first: at another address the fence would keep the core out of that.
XIP_ALWAYS_INLINE void xip_cpu_open_fence(const struct xip_resident *r,
        const struct xip_cpu_mpu *old) {
    if (r->fence_rasr != 0u) {
        volatile struct xip_cpu_mpu *const mpu = xip_cpu_mpu_();
        mpu->rasr = 0;
        mpu->rbar = old->rbar;
        mpu->rasr = old->rasr;
        mpu->rnr = old->rnr;
        mpu->ctrl = old->ctrl;
        __asm volatile("dsb\n\tisb" ::: "memory");
    }
}

#endif

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
