/*
 * stm32_misc - small devices: CRC, RNG, DBGMCU
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 15, 27 and 48.6.
 */
#include "sim/stm32/stm32_misc.h"

#include <string.h>

/// CRC ///

static uint32_t reverse(uint32_t value, unsigned bits) {
    uint32_t out = 0;
    for (unsigned i = 0; i < bits; i++) {
        out |= (value >> i & 1u) << (bits - 1 - i);
    }
    return out;
}

static unsigned crc_width(const struct stm32_crc *c) {
    static const uint8_t width[4] = {32, 16, 8, 7};
    return width[c->cr >> 3 & 3u];
}

static uint32_t ones(unsigned bits) {
    return bits == 32 ? 0xFFFFFFFFu : (1u << bits) - 1u;
}

// REV_IN reverses in units of a byte, halfword or word of what was written.
static uint32_t reverse_in(const struct stm32_crc *c, uint32_t value,
        unsigned bits) {
    static const uint8_t unit_bits[4] = {0, 8, 16, 32};
    unsigned unit = unit_bits[c->cr >> 5 & 3u];
    if (unit == 0) {
        return value;
    }
    unit = unit > bits ? bits : unit;
    uint32_t out = 0;
    for (unsigned at = 0; at < bits; at += unit) {
        out |= reverse(value >> at & ones(unit), unit) << at;
    }
    return out;
}

static void crc_feed(struct stm32_crc *c, uint32_t value, unsigned bits) {
    const unsigned width = crc_width(c);
    value = reverse_in(c, value, bits);
    for (unsigned i = bits; i-- > 0;) {
        const uint32_t top = (c->dr >> (width - 1) ^ value >> i) & 1u;
        c->dr = c->dr << 1 & ones(width);
        c->dr ^= top != 0 ? c->pol & ones(width) : 0;
    }
}

static bool crc_read(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    (void)mask;
    const struct stm32_crc *c = device;
    switch (off) {
    case 0x00:
        *value = (c->cr & 0x80u) != 0 ? reverse(c->dr, crc_width(c)) : c->dr;
        return true;
    case 0x04:
        *value = c->idr;
        return true;
    case 0x08:
        *value = c->cr;
        return true;
    case 0x10:
        *value = c->init;
        return true;
    case 0x14:
        *value = c->pol;
        return true;
    default:
        return false;
    }
}

static bool crc_write(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_crc *c = device;
    switch (off) {
    case 0x00:
        crc_feed(c, value & mask,
                mask == 0xFFu             ? 8
                        : mask == 0xFFFFu ? 16
                                          : 32);
        return true;
    case 0x04:
        c->idr = value & 0xFFu;
        return true;
    case 0x08:
        c->cr = stm32_merge(c->cr, value, mask) & 0xF8u;
        if ((value & mask & 1u) != 0) {
            c->dr = c->init & ones(crc_width(c));
        }
        return true;
    case 0x10:
        c->init = stm32_merge(c->init, value, mask);
        c->dr = c->init & ones(crc_width(c));
        return true;
    case 0x14:
        c->pol = stm32_merge(c->pol, value, mask);
        return true;
    default:
        return false;
    }
}

static void crc_reset(void *device) {
    *(struct stm32_crc *)device = (struct stm32_crc){
            .dr = 0xFFFFFFFF,
            .init = 0xFFFFFFFF,
            .pol = 0x04C11DB7,
    };
}

const struct stm32_ops stm32_crc_ops = {crc_read, crc_write, crc_reset, NULL};

/// RNG ///

#define RNG_EN 0x4u
#define RNG_IE 0x8u
#define RNG_PS (1 * SIM_US) // RM0351 27.3.5: some 40 periods of 48 MHz

static bool rng_fed(const struct stm32_rng *r) {
    return r->soc->clock_hz(r->soc->ctx, r->clock) != 0;
}

static bool rng_ready(const struct stm32_rng *r) {
    return (r->cr & RNG_EN) != 0 && rng_fed(r) &&
            sim_now(r->soc->sim) >= r->ready;
}

static bool rng_read(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    (void)mask;
    struct stm32_rng *r = device;
    switch (off) {
    case 0x00:
        *value = r->cr;
        return true;
    case 0x04: // without its clock: CECS, and DRDY never comes
        if ((r->cr & RNG_EN) != 0 && !rng_fed(r)) {
            stm32_note_once(r->soc, &r->noted,
                    "RNG_SR is read at pc 0x%08x while RNG has no clock: DRDY "
                    "never comes. Select a source in RCC_CCIPR.CLK48SEL",
                    (unsigned)sim_pc(r->soc->sim));
        }
        *value = rng_ready(r) ? 1u : 0;
        *value |= rng_fed(r) ? 0 : 2u;
        return true;
    case 0x08:
        *value = 0;
        if (rng_ready(r)) { // xorshift64
            r->state ^= r->state << 13;
            r->state ^= r->state >> 7;
            r->state ^= r->state << 17;
            *value = (uint32_t)(r->state >> 32);
            r->ready = sim_now(r->soc->sim) + RNG_PS;
        }
        return true;
    default:
        return false;
    }
}

static bool rng_write(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_rng *r = device;
    if (off > 0x08) {
        return false;
    }
    if (off == 0x00) {
        const uint32_t old = r->cr;
        r->cr = stm32_merge(old, value, mask) & (RNG_EN | RNG_IE);
        if ((r->cr & ~old & RNG_EN) != 0) {
            r->ready = sim_now(r->soc->sim) + RNG_PS;
        }
        return (r->cr & RNG_IE) == 0; // its interrupt is not modelled
    }
    return true;
}

static void rng_reset(void *device) {
    struct stm32_rng *r = device;
    r->cr = 0;
    r->state = 0x9E3779B97F4A7C15ull;
}

void stm32_rng_init(struct stm32_rng *r, const struct stm32_soc *soc,
        unsigned clock) {
    memset(r, 0, sizeof *r);
    r->soc = soc;
    r->clock = clock;
}

const struct stm32_ops stm32_rng_ops = {rng_read, rng_write, rng_reset, NULL};

/// DBGMCU ///

#define DBGMCU_CR 4u
#define CR_DBG_SLEEP 1u

// RM0351, DBGMCU_CR: in Sleep mode FCLK runs and HCLK is off, unless DBG_SLEEP
// feeds it from the same clock.
static void tell_sleep_clock(const struct stm32_dbgmcu *d) {
    sim_sleep_clock(d->soc->sim, (d->reg[DBGMCU_CR / 4] & CR_DBG_SLEEP) != 0);
}

static bool dbgmcu_read(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    (void)mask;
    const struct stm32_dbgmcu *d = device;
    if (off >= sizeof d->reg) {
        return false;
    }
    *value = off == 0 ? d->idcode : d->reg[off / 4];
    return true;
}

static bool dbgmcu_write(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_dbgmcu *d = device;
    if (off >= sizeof d->reg) {
        return false;
    }
    if (off != 0) {
        d->reg[off / 4] = stm32_merge(d->reg[off / 4], value, mask);
        tell_sleep_clock(d);
    }
    return true;
}

void stm32_dbgmcu_power_on(struct stm32_dbgmcu *d, const struct stm32_soc *soc,
        uint32_t idcode) {
    *d = (struct stm32_dbgmcu){.soc = soc, .idcode = idcode};
    tell_sleep_clock(d);
}

const struct stm32_ops stm32_dbgmcu_ops = {
        .read = dbgmcu_read,
        .write = dbgmcu_write,
};
