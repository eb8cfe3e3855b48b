/*
 * escapes - a handler above the ceiling that reads, writes and calls the flash
 * in an outage, and what the MPU has to be like then and afterwards
 *
 * SPDX-License-Identifier: MIT
 *
 * Built for Armv7-M on our own simulator, for Armv8-M on QEMU (tests/sim/arch).
 */
#ifndef ESCAPES_H
#define ESCAPES_H

#include <stdbool.h>
#include <stdint.h>

#include "cortexm.h"

#define CEILING 0x40u
#define FENCE 7u
#define SECTORS 3u
#define MEMFAULTENA (1u << 16)

struct mpu_regs {
    uint32_t TYPE, CTRL, RNR, RBAR, RLAR; // Armv7-M: RASR
};
#define MPU REG_BLOCK(mpu_regs, 0xE000ED90)

enum access { READ_ONLY, ALL_ACCESS };
// Of 2^size_bits bytes, executable.
void set_region(uint32_t n, uint32_t addr, uint32_t size_bits,
        enum access access, bool on);
void no_regions(void);

enum escape { NONE, LOAD, STORE, CALL };

// In the window; what the calling escape calls.
extern uint32_t (*volatile in_flash)(uint32_t x);

void escapes_begin(void);
int attach(uint8_t fence);
// One escape, in an outage of some work. hard: MemManage is off.
void escape_once(const char *what, enum escape how, bool hard);
// Work without any: the fence is not to be noticed.
void unnoticed(const char *what);
// A region in use, on the window or elsewhere, and MemManage's vector.
void refused_alike(void);

#endif
