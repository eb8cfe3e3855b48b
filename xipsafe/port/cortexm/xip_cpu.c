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
    xip_cpu_barrier();
}

uint32_t xip_cpu_tick_cycles(uint32_t ceiling) {
    if ((SYST_CSR & 3u) != 3u || SHPR[EXC_SYSTICK] < ceiling) {
        return 0; // ENABLE, TICKINT
    }
    const uint32_t counts = SYST_RVR + 1u;
    return (SYST_CSR & 4u) != 0u ? counts : counts * 8u; // CLKSOURCE
}

// Can exception `n` of the system handlers run at all?
static bool system_enabled(unsigned n) {
    if (n >= 4u && n <= 6u) {
        return (SHCSR & (1u << (12u + n))) != 0u; // xxxFAULTENA
    }
    return n == 11u || n == 12u || n == 14u ||
            (n == EXC_SYSTICK && (SYST_CSR & 2u) != 0u);
}

static bool vector_ok(const uint32_t *table, unsigned n) {
    const uint32_t entry = table[n];
    return (entry & 1u) != 0u &&
            !xip_port_in_window((const void *)(uintptr_t)(entry & ~1u), 2u);
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
    // BASEPRI keeps back priority values at and above it. Sub-priority bits
    // may keep back more; then this asks for more than is needed.
    for (unsigned n = 4; ceiling != 0u && n < EXC_IRQ0; n++) {
        if (system_enabled(n) && SHPR[n] < ceiling && !vector_ok(table, n)) {
            return n;
        }
    }
    for (unsigned i = 0; ceiling != 0u && i < irqs; i++) {
        const bool enabled = (ISER[i / 32u] & (1u << (i % 32u))) != 0u;
        if (enabled && IPR[i] < ceiling && !vector_ok(table, EXC_IRQ0 + i)) {
            return EXC_IRQ0 + i;
        }
    }
    return 0;
}
