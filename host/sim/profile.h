/*
 * profile - what a Cortex-M core has: one row of a table for each
 *
 * SPDX-License-Identifier: MIT
 *
 * Instructions and registers that a core does not have are undefined, or read
 * as 0, by its row here; no other file names a core.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum sim_arch {
    SIM_ARM_V6M,
    SIM_ARM_V7EM,
    SIM_ARM_V8M, // Mainline with DSP, in Secure state always
};

struct sim_profile {
    const char *name; // as gcc -mcpu has it
    enum sim_arch arch;
    bool fpu;     // single precision, FPv4
    bool fpv5;    // VSEL, VMAXNM, VMINNM, VRINT, VCVT with a rounding mode
    bool doubles; // D16
    bool caches;  // registers of caches, which do not exist
    bool bit_band;
    uint8_t priority_bits; // those of a priority that exist
    uint16_t interrupts;   // at most
    uint32_t vtor_bits, actlr_bits;
    uint32_t ccr;      // after reset
    uint32_t ccr_bits; // that can be written
    uint32_t cpuid;
    uint32_t mvfr[3];
    uint32_t id[13]; // ID_PFR0 to ID_ISAR4, from E000ED40
    bool shared_bus; // code in RAM is fetched over the bus of its data
    // Zero wait states. refill: of the pipeline, on top of a branch.
    uint8_t refill_cycles, entry_cycles, tail_cycles, return_cycles;
    bool estimated; // all of its time: no source, that of a Cortex-M4
};

// The i-th one, the first is a Cortex-M4; NULL: there are no more.
const struct sim_profile *sim_profile_at(size_t i);
// NULL: unknown.
const struct sim_profile *sim_profile_find(const char *name);
// Executes code whose Tag_CPU_arch (Addenda to the ABI for the Arm
// architecture, 3.3.5.2) is this.
bool sim_profile_executes(const struct sim_profile *profile, unsigned cpu_arch);
// "Armv7E-M"; NULL: none of an M profile.
const char *sim_profile_arch_name(unsigned cpu_arch);

// MemManage, BusFault and UsageFault with their status, BASEPRI, FAULTMASK:
// the Main extension. Without it every fault is a HardFault.
static inline bool sim_profile_is_main(const struct sim_profile *profile) {
    return profile->arch != SIM_ARM_V6M;
}

// Armv8-M: stack limits, acquire and release, another MPU.
static inline bool sim_profile_is_v8(const struct sim_profile *profile) {
    return profile->arch == SIM_ARM_V8M;
}

#endif
