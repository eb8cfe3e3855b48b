/*
 * profile - the table of cores
 *
 * SPDX-License-Identifier: MIT
 *
 * Cortex-M4 TRM (Arm 100166), Cortex-M7 TRM (DDI 0489) 3.3 and 8.3, Cortex-M33
 * TRM (Arm 100230) B3 and B6, Cortex-M0+ TRM (DDI 0484C) 3.3, 4.1 and 5.4.
 * Where an implementer chooses: four priority bits but for an Armv6-M, which
 * has two; a Cortex-M0+ with VTOR, MPU, privilege and the fast multiplier.
 */
#include <string.h>

#include "sim/profile.h"

static const struct sim_profile profiles[] = {
        {
                .name = "cortex-m4",
                .arch = SIM_ARM_V7EM,
                .fpu = true,
                .bit_band = true,
                .priority_bits = 0xF0,
                .interrupts = 240,
                .vtor_bits = 0xFFFFFF80,
                .actlr_bits = 0x30F,
                .ccr = 0x200,
                .ccr_bits = 0x31B,
                .cpuid = 0x410FC241,
                .mvfr = {0x10110021, 0x11000011, 0},
                .id = {0x30, 0x200, 0x100000, 0, 0x100030, 0, 0x01000000, 0,
                        0x01101110, 0x02112000, 0x21232231, 0x01111131,
                        0x01310132},
                .shared_bus = true,
                .refill_cycles = 2,
                .entry_cycles = 12,
                .tail_cycles = 6,
                .return_cycles = 10,
        },
        {
                .name = "cortex-m7",
                .arch = SIM_ARM_V7EM,
                .fpu = true,
                .fpv5 = true,
                .doubles = true,
                .caches = true,
                .priority_bits = 0xF0,
                .interrupts = 240,
                .vtor_bits = 0xFFFFFF80,
                .actlr_bits = 0x1C04,
                .ccr = 0x40200,
                .ccr_bits = 0x3011B,
                .cpuid = 0x411FC271,
                .mvfr = {0x10110221, 0x12000011, 0x40},
                .id = {0x30, 0x200, 0x100000, 0, 0x100030, 0, 0x01000000, 0,
                        0x01101110, 0x02112000, 0x20232231, 0x01111131,
                        0x01310132},
                .estimated = true,
                .refill_cycles = 2,
                .entry_cycles = 12,
                .tail_cycles = 6,
                .return_cycles = 10,
        },
        {
                .name = "cortex-m33",
                .arch = SIM_ARM_V8M,
                .fpu = true,
                .fpv5 = true,
                .priority_bits = 0xF0,
                .interrupts = 240,
                .vtor_bits = 0xFFFFFF80,
                .actlr_bits = 0x20000205,
                .ccr = 0x201,
                .ccr_bits = 0x51A,
                .cpuid = 0x410FD214,
                .mvfr = {0x10110021, 0x11000011, 0x40},
                .id = {0x30, 0x210, 0x200000, 0, 0x101F40, 0, 0x01000000, 0,
                        0x01101110, 0x02212000, 0x20232232, 0x01111131,
                        0x01310132},
                .estimated = true,
                .refill_cycles = 2,
                .entry_cycles = 12,
                .tail_cycles = 6,
                .return_cycles = 10,
        },
        {
                .name = "cortex-m0plus",
                .arch = SIM_ARM_V6M,
                .priority_bits = 0xC0,
                .interrupts = 32,
                .vtor_bits = 0xFFFFFF00,
                .ccr = 0x208, // unaligned accesses fault
                .cpuid = 0x410CC601,
                // The TRM has the entry. The others are what the Cortex-M4
                // takes, with as many words to load.
                .refill_cycles = 1,
                .entry_cycles = 15,
                .tail_cycles = 6,
                .return_cycles = 10,
        },
};
enum { COUNT = sizeof profiles / sizeof profiles[0] };

const struct sim_profile *sim_profile_at(size_t i) {
    return i < COUNT ? &profiles[i] : NULL;
}

const struct sim_profile *sim_profile_find(const char *name) {
    for (size_t i = 0; i < COUNT; i++) {
        if (!strcmp(profiles[i].name, name)) {
            return &profiles[i];
        }
    }
    return NULL;
}

enum { V6_M = 11, V6S_M = 12, V7 = 10, V7E_M = 13 };
enum { V8_M_BASE = 16, V8_M_MAIN = 17, V8_1_M_MAIN = 21 };

const char *sim_profile_arch_name(unsigned cpu_arch) {
    switch (cpu_arch) {
    case V6_M:
    case V6S_M:
        return "Armv6-M";
    case V7:
        return "Armv7-M";
    case V7E_M:
        return "Armv7E-M";
    case V8_M_BASE:
        return "Armv8-M Baseline";
    case V8_M_MAIN:
        return "Armv8-M Mainline";
    case V8_1_M_MAIN:
        return "Armv8.1-M Mainline";
    default:
        return NULL;
    }
}

bool sim_profile_executes(const struct sim_profile *profile,
        unsigned cpu_arch) {
    switch (cpu_arch) {
    case V6_M:
    case V6S_M:
        return true;
    case V7:
    case V7E_M:
        return sim_profile_is_main(profile);
    case V8_M_BASE:
    case V8_M_MAIN:
        return sim_profile_is_v8(profile);
    default:
        return false;
    }
}
