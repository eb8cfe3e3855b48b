/*
 * xip_cpu - ordinary half: context, vectors, tick
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_cpu.h"

#include "xip_port.h"

#define SYST_CSR XIP_CPU_REG_(0xE000E010u)
#define SYST_RVR XIP_CPU_REG_(0xE000E014u)
#define ICTR XIP_CPU_REG_(0xE000E004u)
#define ISER ((volatile uint32_t *)0xE000E100u)
#define IPR ((volatile uint8_t *)0xE000E400u)
#define VTOR XIP_CPU_REG_(0xE000ED08u)
#define SHPR ((volatile uint8_t *)0xE000ED14u) // index: exception number
#define SHCSR XIP_CPU_REG_(0xE000ED24u)

#define EXC_NMI 2u
#define EXC_HARDFAULT 3u
#define EXC_SYSTICK 15u
#define EXC_IRQ0 16u

bool xip_cpu_context_ok(void) {
    uint32_t ipsr;
    uint32_t control;
    __asm volatile("mrs %0, ipsr" : "=r"(ipsr));
    __asm volatile("mrs %0, control" : "=r"(control));
    return (ipsr & 0x1FFu) == 0u && (control & 1u) == 0u;
}

bool xip_cpu_masked_by_caller(void) {
    uint32_t primask;
    uint32_t basepri;
    __asm volatile("mrs %0, primask" : "=r"(primask));
    __asm volatile("mrs %0, basepri" : "=r"(basepri));
    return primask != 0u || basepri != 0u;
}

uintptr_t xip_cpu_vectors(void) {
    return VTOR;
}

void xip_cpu_set_vectors(uintptr_t table) {
    VTOR = (uint32_t)table;
    __asm volatile("dsb\n\tisb" ::: "memory");
}

uint32_t xip_cpu_tick_cycles(uint32_t ceiling) {
    if ((SYST_CSR & 3u) != 3u || SHPR[EXC_SYSTICK] < ceiling) {
        return 0; // ENABLE, TICKINT
    }
    const uint32_t counts = SYST_RVR + 1u;
    return (SYST_CSR & 4u) != 0u ? counts : counts * 8u; // CLKSOURCE
}

static bool vector_ok(const uint32_t *table, unsigned n) {
    const uint32_t entry = table[n];
    return (entry & 1u) != 0u &&
            !xip_port_in_window((const void *)(uintptr_t)(entry & ~1u), 2u);
}

// System handlers that can come unasked, as bits by exception number: enabled
// faults, DebugMonitor (MON_EN), PendSV, SysTick if its interrupt is on.
static uint32_t system_enabled(void) {
    const uint32_t faults = ((SHCSR >> 16) & 7u) << 4;
    const uint32_t monitor = ((XIP_CPU_DEMCR >> 16) & 1u) << 12;
    const uint32_t tick = ((SYST_CSR >> 1) & 1u) << EXC_SYSTICK;
    return faults | monitor | (1u << 14) | tick;
}

uint32_t xip_cpu_exception_state(void) {
    uint32_t state = VTOR ^ system_enabled();
    for (unsigned i = 0; i <= (ICTR & 0xFu); i++) {
        state = state * 31u + ISER[i];
    }
    return state;
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
    const unsigned irqs = 32u * ((ICTR & 0xFu) + 1u);

    if (xip_port_in_window(table, (EXC_IRQ0 + irqs) * sizeof(*table))) {
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
