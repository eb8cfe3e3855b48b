/*
 * xip_cpu - the host's stand-in for port/cortexm/xip_cpu.h
 *
 * SPDX-License-Identifier: MIT
 *
 * Time is the model's: every read of the cycle counter lets some of it pass
 * (hostport.look_ps), so that loops which wait for a time-out end.
 */
#ifndef XIP_CPU_H
#define XIP_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_resident.h"

uint32_t xip_cpu_mask(uint32_t ceiling);
void xip_cpu_unmask(uint32_t ceiling, uint32_t old);
void xip_cpu_drain(void);
void xip_cpu_sleep(void);
void xip_cpu_counter_start(void);
uint32_t xip_cpu_cycles(void);
uint32_t xip_cpu_systick(void);
_Noreturn void xip_cpu_reset(void);

uint32_t xip_cpu_interrupt_waits(void);

bool xip_cpu_ceiling_ok(uint32_t ceiling);
bool xip_cpu_context_ok(void);
bool xip_cpu_masked_by_caller(void);
unsigned xip_cpu_bad_vector(uint32_t ceiling);
struct xip_watch *xip_cpu_watch(struct xip_watch *next,
        const struct xip_watch *end, uint32_t ceiling);
#if XIP_CFG_FENCE // the host has no MPU, and no definition
#define XIP_CPU_FENCE_CYCLES 140u
void xip_cpu_set_fence(struct xip_resident *r, uint32_t region, uint32_t addr,
        uint32_t size_bits);
int xip_cpu_fence_check(uint32_t region, uint32_t addr, uint32_t bytes);
#else
#define XIP_CPU_FENCE_CYCLES 0u
#endif
uint32_t xip_cpu_swap_basepri(uint32_t value);
bool xip_cpu_tick_pending(void);
bool xip_cpu_tick_masked(void);
uintptr_t xip_cpu_vectors(void);
void xip_cpu_set_vectors(uintptr_t table);
uint32_t xip_cpu_tick_cycles(uint32_t ceiling);

#endif
