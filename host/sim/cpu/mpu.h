/*
 * mpu - what the regions of an MPU allow
 *
 * SPDX-License-Identifier: MIT
 *
 * Armv7-M ARM B3.5, Armv8-M ARM (DDI 0553) B9. The registers are the system
 * control space's (scs.c); the CPU asks for each page it touches, exception
 * entry and return for the stack.
 */
#ifndef MPU_H
#define MPU_H

#include <stdbool.h>
#include <stdint.h>

#define SIM_MPU_REGIONS 8

struct sim_mpu {
    bool v8; // rasr is RLAR
    uint32_t ctrl, rnr, rbar[SIM_MPU_REGIONS], rasr[SIM_MPU_REGIONS];
};

enum { SIM_MPU_READ = 1, SIM_MPU_WRITE = 2, SIM_MPU_EXECUTE = 4 };

// Whether it is consulted. negative: the priority is that of HardFault, NMI or
// FAULTMASK.
bool sim_mpu_applies(const struct sim_mpu *mpu, bool negative);
// SIM_MPU_ bits of an access to the byte at addr, if the MPU applies.
unsigned sim_mpu_rights(const struct sim_mpu *mpu, uint32_t addr,
        bool privileged);
// Of an Armv8-M: the only region that the byte is in; -1: none, or several.
int sim_mpu_region(const struct sim_mpu *mpu, uint32_t addr);
// All bytes of [base, base + bytes) have the same rights. bytes is a power of
// two, base a multiple of it.
bool sim_mpu_uniform(const struct sim_mpu *mpu, uint32_t base, uint32_t bytes);

#endif
