/*
 * xip_cpu - ordinary half: context, vectors, tick
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_cpu.h"

#include "xip_err.h"
#include "xip_port.h"
#include "xip_soc.h"

#define SYST_CSR XIP_CPU_REG_(0xE000E010u)
#define SYST_RVR XIP_CPU_REG_(0xE000E014u)
#define SYST_CVR XIP_CPU_REG_(0xE000E018u)
#define ISER ((volatile uint32_t *)0xE000E100u)
#define IPR ((volatile uint8_t *)0xE000E400u)
#define VTOR XIP_CPU_REG_(0xE000ED08u)
#define SHPR ((volatile uint8_t *)0xE000ED14u) // index: exception number

#define EXC_NMI 2u
#define EXC_HARDFAULT 3u
#define EXC_MEMMANAGE 4u
#define EXC_SYSTICK 15u
#define EXC_IRQ0 16u

bool xip_cpu_context_ok(void) {
    uint32_t ipsr;
    uint32_t control;
    __asm volatile("mrs %0, ipsr" : "=r"(ipsr));
    __asm volatile("mrs %0, control" : "=r"(control));
    return (ipsr & 0x1FFu) == 0u && (control & 1u) == 0u;
}

bool xip_cpu_ceiling_ok(uint32_t ceiling) {
    return ceiling == 0u || XIP_CPU_HAS_BASEPRI != 0;
}

bool xip_cpu_masked_by_caller(void) {
    uint32_t primask;
    __asm volatile("mrs %0, primask" : "=r"(primask));
    return primask != 0u || xip_cpu_basepri_() != 0u;
}

uintptr_t xip_cpu_vectors(void) {
    return VTOR;
}

void xip_cpu_set_vectors(uintptr_t table) {
    VTOR = (uint32_t)table;
    __asm volatile("dsb\n\tisb" ::: "memory");
}

// CLKSOURCE 0 is an eighth of the core's clock on STM32.
static uint32_t tick_to_core(uint32_t counts) {
    return (SYST_CSR & 4u) != 0u ? counts : counts * 8u;
}

uint32_t xip_cpu_systick(void) {
    return tick_to_core(SYST_CVR);
}

uint32_t xip_cpu_tick_cycles(uint32_t ceiling) {
    if ((SYST_CSR & 3u) != 3u || // ENABLE, TICKINT
            (ceiling != 0u && SHPR[EXC_SYSTICK] < ceiling)) {
        return 0;
    }
    return tick_to_core(SYST_RVR + 1u);
}

bool xip_cpu_tick_pending(void) {
    return (XIP_CPU_ICSR & (1u << 26)) != 0u;
}

bool xip_cpu_tick_masked(void) {
    uint32_t primask;
    __asm volatile("mrs %0, primask" : "=r"(primask));
    const uint32_t basepri = xip_cpu_basepri_();
    return primask != 0u || (basepri != 0u && SHPR[EXC_SYSTICK] >= basepri);
}

static bool vector_ok(const uint32_t *table, unsigned n) {
    const uint32_t entry = table[n];
    return (entry & 1u) != 0u &&
            !xip_soc_in_window((const void *)(uintptr_t)(entry & ~1u), 2u);
}

// System handlers that can come unasked, as bits by exception number: enabled
// faults, PendSV, SysTick if its interrupt is on.
static uint32_t system_enabled(void) {
    const uint32_t tick = ((SYST_CSR >> 1) & 1u) << EXC_SYSTICK;
    return xip_cpu_faults_enabled_() | (1u << 14) | tick;
}

// Of the enabled exceptions base + bit: the words with their priorities, and
// the vectors of those above the ceiling.
static struct xip_watch *watch_set(struct xip_watch *next,
        const struct xip_watch *end, const uint32_t *table, uint32_t enabled,
        unsigned base, const volatile uint8_t *priority, uint32_t ceiling) {
    for (unsigned bit = 0; (enabled >> bit) != 0u && bit < 32u; bit += 4u) {
        uint32_t group = (enabled >> bit) & 0xFu;
        if (group == 0u) {
            continue;
        }
        next = xip_watch_add(next, end,
                (const volatile uint32_t *)(uintptr_t)&priority[bit]);
        uint32_t word = next[-1].value;
        for (unsigned i = bit; group != 0u; i++, group >>= 1, word >>= 8) {
            if ((group & 1u) != 0u && (word & 0xFFu) < ceiling) {
                next = xip_watch_add(next, end, &table[base + i]);
            }
        }
    }
    return next;
}

// xipsafe.notes names it.
XIP_NOINLINE struct xip_watch *xip_cpu_watch(struct xip_watch *next,
        const struct xip_watch *end, uint32_t ceiling) {
    next = xip_watch_add(next, end, &VTOR);
    const uint32_t *const table = (const uint32_t *)(uintptr_t)next[-1].value;
    next = xip_watch_add(next, end, &table[EXC_NMI]);
    next = xip_watch_add(next, end, &table[EXC_HARDFAULT]);
    if (ceiling == 0u) {
        return next;
    }
    next = xip_cpu_watch_faults_(next, end);
    // SYST_CSR itself changes by being read, so it is compared only where that
    // matters: switched on, the tick would find a bad vector.
    const bool tick_off = (SYST_CSR & 2u) == 0u;
    if (tick_off && SHPR[EXC_SYSTICK] < ceiling &&
            !vector_ok(table, EXC_SYSTICK)) {
        next = xip_watch_add(next, end, &SYST_CSR);
    }
    next = watch_set(next, end, table, system_enabled() | (1u << EXC_SYSTICK),
            0, SHPR, ceiling);
    for (unsigned i = 0; i < xip_cpu_irq_words_(); i++) {
        next = xip_watch_add(next, end, &ISER[i]);
        next = watch_set(next, end, table, next[-1].value, EXC_IRQ0 + 32u * i,
                &IPR[32u * i], ceiling);
    }
    return next;
}

// First of the exceptions base + bit that goes on above the ceiling and must
// not; 0 if there is none. Runs from the flash, where each turn costs a burst,
// so it turns once for each bit that is set.
static unsigned first_bad(const uint32_t *table, uint32_t enabled,
        unsigned base, const volatile uint8_t *priority, uint32_t ceiling) {
    while (enabled != 0u) {
        const unsigned bit = (unsigned)__builtin_ctz(enabled);
        if (priority[bit] < ceiling && !vector_ok(table, base + bit)) {
            return base + bit;
        }
        enabled &= enabled - 1u;
    }
    return 0;
}

unsigned xip_cpu_bad_vector(uint32_t ceiling) {
    const uint32_t *const table = (const uint32_t *)xip_cpu_vectors();
    const unsigned irqs = 32u * xip_cpu_irq_words_();

    if (xip_soc_in_window(table, (EXC_IRQ0 + irqs) * sizeof(*table))) {
        return EXC_NMI;
    }
    if (!vector_ok(table, EXC_NMI)) {
        return EXC_NMI;
    }
    if (!vector_ok(table, EXC_HARDFAULT)) {
        return EXC_HARDFAULT;
    }
    if (ceiling == 0u) {
        return 0;
    }
    // BASEPRI keeps back priority values at and above it. Sub-priority bits
    // may keep back more; then this asks for more than is needed.
    unsigned bad = first_bad(table, system_enabled(), 0, SHPR, ceiling);
    for (unsigned i = 0; i < irqs && bad == 0u; i += 32u) {
        bad = first_bad(table, ISER[i / 32u], EXC_IRQ0 + i, &IPR[i], ceiling);
    }
    return bad;
}

#if XIP_CFG_FENCE

// Below the stack pointer: an exception frame with floating point.
#define FRAME_BYTES 104u

// Region n as it is now. An interrupt that chooses another one, as a kernel
// does at each switch of a thread, is kept back.
static struct xip_cpu_mpu read_region(uint32_t n) {
    const uint32_t mask = xip_cpu_mask(0);
    volatile struct xip_cpu_mpu *const mpu = xip_cpu_mpu_();
    const uint32_t rnr = mpu->rnr;
    mpu->rnr = n;
    const struct xip_cpu_mpu region = {0, n, mpu->rbar, mpu->rlar};
    mpu->rnr = rnr;
    xip_cpu_unmask(0, mask);
    return region;
}

static bool region_free(uint32_t region, uint32_t addr, uint32_t bytes) {
    const uint32_t count = (XIP_CPU_MPU_TYPE >> 8) & 0xFFu;
    const bool off = (xip_cpu_mpu_()->ctrl & XIP_CPU_MPU_ENABLE) == 0u;
    if (region >= count) {
        return false;
    }
    for (uint32_t n = 0; n < count; n++) {
        const struct xip_cpu_mpu r = read_region(n);
        if ((r.rlar & XIP_CPU_MPU_REGION_ON) != 0u &&
                (off || xip_cpu_in_the_way_(&r, region, addr, bytes))) {
            return false;
        }
    }
    return true;
}

int xip_cpu_fence_check(uint32_t region, uint32_t addr, uint32_t bytes) {
    if (!region_free(region, addr, bytes)) {
        return XIP_ERR_CONFIG;
    }
    const uint32_t *const table = (const uint32_t *)xip_cpu_vectors();
    if ((xip_cpu_faults_enabled_() & (1u << EXC_MEMMANAGE)) != 0u &&
            !vector_ok(table, EXC_MEMMANAGE)) {
        return XIP_ERR_VECTOR;
    }
    uint32_t msp;
    __asm volatile("mrs %0, msp" : "=r"(msp));
    const void *const frame = (const void *)(uintptr_t)(msp - FRAME_BYTES);
    return xip_soc_in_window(frame, FRAME_BYTES) ? XIP_ERR_RESIDENT : 0;
}

#endif
