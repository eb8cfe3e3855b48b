/*
 * mpu - regions, subregions and the background of an MPU
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/cpu/mpu.h"

enum { ENABLE = 1, HFNMIENA = 2, PRIVDEFENA = 4 };
enum { ALL = SIM_MPU_READ | SIM_MPU_WRITE | SIM_MPU_EXECUTE };
#define XN (1u << 28)
#define SMALLEST 4u // SIZE of 32 bytes
#define PPB 0xE0000000u
#define PPB_END 0xE0100000u

bool sim_mpu_applies(const struct sim_mpu *mpu, bool negative) {
    return (mpu->ctrl & ENABLE) && (!negative || (mpu->ctrl & HFNMIENA));
}

static uint32_t size_field(uint32_t rasr) {
    return rasr >> 1 & 31;
}

static bool enabled(uint32_t rasr) {
    return (rasr & 1) && size_field(rasr) >= SMALLEST;
}

// The last address minus the first.
static uint32_t span_of(uint32_t rasr) {
    return (uint32_t)((2ull << size_field(rasr)) - 1);
}

// Subregions of a region of 256 bytes or more: an eighth each.
static bool hits(uint32_t rbar, uint32_t rasr, uint32_t addr) {
    const uint32_t span = span_of(rasr);
    if (!enabled(rasr) || (addr & ~span) != (rbar & ~span & ~31u)) {
        return false;
    }
    const uint32_t part = (addr & span) >> (size_field(rasr) + 1 - 3);
    return span < 255 || !(rasr >> (8 + part) & 1);
}

// Table B3-15; fetches need the right to read, too.
static unsigned rights_of(uint32_t rasr, bool privileged) {
    static const uint8_t rights[8][2] = {
            // unprivileged, privileged
            {0, 0},
            {0, SIM_MPU_READ | SIM_MPU_WRITE},
            {SIM_MPU_READ, SIM_MPU_READ | SIM_MPU_WRITE},
            {SIM_MPU_READ | SIM_MPU_WRITE, SIM_MPU_READ | SIM_MPU_WRITE},
            {0, 0},
            {0, SIM_MPU_READ},
            {SIM_MPU_READ, SIM_MPU_READ},
            {SIM_MPU_READ, SIM_MPU_READ},
    };
    const unsigned data = rights[rasr >> 24 & 7][privileged];
    return data && !(rasr & XN) ? data | SIM_MPU_EXECUTE : data;
}

/// Armv8-M ///

#define V8_ADDRESS ~31u

static bool hits8(const struct sim_mpu *mpu, int region, uint32_t addr) {
    const uint32_t rlar = mpu->rasr[region];
    return (rlar & 1) && addr >= (mpu->rbar[region] & V8_ADDRESS) &&
            addr <= (rlar | ~V8_ADDRESS);
}

// How many regions addr is in, and the last of them.
static int count8(const struct sim_mpu *mpu, uint32_t addr, int *region) {
    int count = 0;
    for (int i = 0; i < SIM_MPU_REGIONS; i++) {
        if (hits8(mpu, i, addr)) {
            count++;
            *region = i;
        }
    }
    return count;
}

int sim_mpu_region(const struct sim_mpu *mpu, uint32_t addr) {
    int region = -1;
    return count8(mpu, addr, &region) == 1 ? region : -1;
}

// RBAR.AP: bit 0 unprivileged, too; bit 1 read-only.
static unsigned rights8(uint32_t rbar, bool privileged) {
    const uint32_t ap = rbar >> 1 & 3;
    if (!privileged && !(ap & 1)) {
        return 0;
    }
    return SIM_MPU_READ | (ap & 2 ? 0 : SIM_MPU_WRITE) |
            (rbar & 1 ? 0 : SIM_MPU_EXECUTE);
}

static bool uniform8(const struct sim_mpu *mpu, uint32_t base, uint32_t bytes) {
    for (int i = 0; i < SIM_MPU_REGIONS; i++) {
        const bool first = hits8(mpu, i, base);
        const bool last = hits8(mpu, i, base + bytes - 1);
        const bool begins = (mpu->rasr[i] & 1) &&
                (mpu->rbar[i] & V8_ADDRESS) - base < bytes;
        if (first != last || (begins && !first)) {
            return false;
        }
    }
    return true;
}

/// Both ///

// Execute-never of the default memory map, B3.1.
static bool is_never(uint32_t addr) {
    return (addr >= 0x40000000u && addr < 0x60000000u) || addr >= 0xA0000000u;
}

unsigned sim_mpu_rights(const struct sim_mpu *mpu, uint32_t addr,
        bool privileged) {
    if (addr >= PPB && addr < PPB_END) { // has its own rules
        return SIM_MPU_READ | SIM_MPU_WRITE;
    }
    int region = 0;
    const int count = mpu->v8 ? count8(mpu, addr, &region) : 0;
    if (count) { // regions that overlap allow nothing
        const unsigned rights =
                count == 1 ? rights8(mpu->rbar[region], privileged) : 0;
        return addr >= PPB ? rights & ~(unsigned)SIM_MPU_EXECUTE : rights;
    }
    for (int i = SIM_MPU_REGIONS - 1; i >= 0 && !mpu->v8; i--) {
        if (hits(mpu->rbar[i], mpu->rasr[i], addr)) {
            const unsigned rights = rights_of(mpu->rasr[i], privileged);
            // The system space is never executable.
            return addr >= PPB ? rights & ~(unsigned)SIM_MPU_EXECUTE : rights;
        }
    }
    if (!privileged || !(mpu->ctrl & PRIVDEFENA)) {
        return 0;
    }
    return is_never(addr) ? ALL & ~(unsigned)SIM_MPU_EXECUTE : ALL;
}

bool sim_mpu_uniform(const struct sim_mpu *mpu, uint32_t base, uint32_t bytes) {
    if (mpu->v8) {
        return uniform8(mpu, base, bytes);
    }
    for (int i = 0; i < SIM_MPU_REGIONS; i++) {
        const uint32_t rasr = mpu->rasr[i], span = span_of(rasr);
        const uint32_t first = mpu->rbar[i] & ~span & ~31u;
        if (!enabled(rasr)) {
            continue;
        }
        const uint32_t part =
                (rasr >> 8 & 0xFF) && span >= 255 ? span / 8 : span;
        const bool overlap =
                span < bytes ? first - base < bytes : (base & ~span) == first;
        if (overlap && part < bytes - 1) {
            return false;
        }
    }
    return true;
}
