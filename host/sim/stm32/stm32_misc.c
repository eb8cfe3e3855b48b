/*
 * stm32_misc - SYSCFG, EXTI, CRC, RNG and DBGMCU of an STM32L476
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 9, 14, 15, 27 and 48.6.
 */
#include <string.h>

#include "sim/stm32/sim_stm32.h"

/// SYSCFG ///

#define MEMRMP 0x00u
#define CFGR1 0x04u
#define SCSR 0x18u
#define CFGR2 0x1Cu
#define SKR 0x24u
#define FB_MODE (1u << 8)

#define FLASH_ADDR 0x08000000u
#define SRAM1_ADDR 0x20000000u

static void remap(struct stm32 *m) {
    const uint32_t memrmp = m->misc.syscfg[MEMRMP / 4];
    if ((memrmp & FB_MODE) != 0) {
        stm32_note_once(m, &m->misc.bank_noted,
                "SYSCFG_MEMRMP.FB_MODE is set: swapping the flash banks is "
                "not modelled");
    }
    switch (memrmp & 7u) {
    case 0:
        sim_set_alias(m->sim, 0, m->internal_bytes, FLASH_ADDR);
        break;
    case 3:
        sim_set_alias(m->sim, 0, m->sram1_bytes, SRAM1_ADDR);
        break;
    case 6:
        sim_set_alias(m->sim, 0, m->window_bytes, m->window_addr);
        break;
    default:
        stm32_note_once(m, &m->misc.remap_noted,
                "SYSCFG_MEMRMP.MEM_MODE=%u: only flash (0), SRAM1 (3) and "
                "QUADSPI (6) are modelled at address 0",
                (unsigned)(memrmp & 7u));
        break;
    }
}

bool stm32_syscfg_read(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t mask, uint32_t *value) {
    (void)b;
    (void)mask;
    if (off > SKR) {
        return false;
    }
    *value = off == SKR ? 0 : m->misc.syscfg[off / 4];
    return true;
}

bool stm32_syscfg_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask) {
    (void)b;
    if (off > SKR || off == SCSR || off == SKR) {
        return off == SKR; // erasing SRAM2 by SCSR is not modelled
    }
    uint32_t *r = &m->misc.syscfg[off / 4];
    const uint32_t old = *r;
    *r = stm32_merge(old, value, mask);
    if (off == MEMRMP) {
        *r &= 0x107u;
        if (*r != old) {
            remap(m);
        }
    } else if (off == CFGR1) {
        *r = (*r & ~1u) | (*r & old & 1u); // FWDIS can only be cleared
    } else if (off == CFGR2) {
        *r |= old & 0xFu; // locks can only be set
    } else if (off == 0x20) {
        *r |= old; // SWPR
    }
    return true;
}

void stm32_syscfg_reset(struct stm32 *m, const struct stm32_block *b) {
    (void)b;
    memset(m->misc.syscfg, 0, sizeof m->misc.syscfg);
    m->misc.syscfg[CFGR1 / 4] = 0x7C000001;
    remap(m);
}

/// EXTI: software triggers; no line changes from outside ///

#define IMR1 0x00u
#define SWIER1 0x10u
#define PR1 0x14u
#define SECOND 0x20u

static bool any(const struct stm32 *m, uint32_t lines) {
    const uint32_t *r = m->misc.exti;
    return (r[PR1 / 4] & r[IMR1 / 4] & lines) != 0;
}

static void exti_irqs(struct stm32 *m) {
    for (unsigned line = 0; line < 5; line++) {
        sim_irq(m->sim, 6 + line, any(m, 1u << line));
    }
    sim_irq(m->sim, 23, any(m, 0x03E0u));
    sim_irq(m->sim, 40, any(m, 0xFC00u));
}

bool stm32_exti_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value) {
    (void)b;
    (void)mask;
    if (off >= sizeof m->misc.exti) {
        return false;
    }
    *value = m->misc.exti[off / 4];
    return true;
}

bool stm32_exti_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask) {
    (void)b;
    if (off >= sizeof m->misc.exti) {
        return false;
    }
    uint32_t *r = m->misc.exti;
    uint32_t *bank = off >= SECOND ? &r[SECOND / 4] : r;
    const uint32_t rel = off % SECOND;
    // Lines without a trigger of their own: RM0351 14.5.
    const uint32_t triggered = off >= SECOND ? 0x78u : 0x007DFFFFu;
    value &= mask;
    if (rel == PR1) {
        bank[PR1 / 4] &= ~value;
        bank[SWIER1 / 4] &= ~value;
    } else if (rel == SWIER1) {
        const uint32_t rising = value & ~bank[SWIER1 / 4] & triggered;
        bank[SWIER1 / 4] |= value & triggered;
        bank[PR1 / 4] |= rising & bank[IMR1 / 4];
    } else {
        r[off / 4] = stm32_merge(r[off / 4], value, mask);
    }
    exti_irqs(m);
    return true;
}

void stm32_exti_reset(struct stm32 *m, const struct stm32_block *b) {
    (void)b;
    memset(m->misc.exti, 0, sizeof m->misc.exti);
    m->misc.exti[IMR1 / 4] = 0xFF820000;
    m->misc.exti[SECOND / 4] = 0x87;
    exti_irqs(m);
}

/// CRC ///

static uint32_t reverse(uint32_t value, unsigned bits) {
    uint32_t out = 0;
    for (unsigned i = 0; i < bits; i++) {
        out |= (value >> i & 1u) << (bits - 1 - i);
    }
    return out;
}

static unsigned crc_width(const struct stm32_misc *c) {
    static const uint8_t width[4] = {32, 16, 8, 7};
    return width[c->crc_cr >> 3 & 3u];
}

static uint32_t ones(unsigned bits) {
    return bits == 32 ? 0xFFFFFFFFu : (1u << bits) - 1u;
}

// REV_IN reverses in units of a byte, halfword or word of what was written.
static uint32_t reverse_in(const struct stm32_misc *c, uint32_t value,
        unsigned bits) {
    static const uint8_t unit_bits[4] = {0, 8, 16, 32};
    unsigned unit = unit_bits[c->crc_cr >> 5 & 3u];
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

static void crc_feed(struct stm32_misc *c, uint32_t value, unsigned bits) {
    const unsigned width = crc_width(c);
    value = reverse_in(c, value, bits);
    for (unsigned i = bits; i-- > 0;) {
        const uint32_t top = (c->crc_dr >> (width - 1) ^ value >> i) & 1u;
        c->crc_dr = c->crc_dr << 1 & ones(width);
        c->crc_dr ^= top != 0 ? c->crc_pol & ones(width) : 0;
    }
}

bool stm32_crc_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value) {
    (void)b;
    (void)mask;
    const struct stm32_misc *c = &m->misc;
    switch (off) {
    case 0x00:
        *value = (c->crc_cr & 0x80u) != 0 ? reverse(c->crc_dr, crc_width(c))
                                          : c->crc_dr;
        return true;
    case 0x04:
        *value = c->crc_idr;
        return true;
    case 0x08:
        *value = c->crc_cr;
        return true;
    case 0x10:
        *value = c->crc_init;
        return true;
    case 0x14:
        *value = c->crc_pol;
        return true;
    default:
        return false;
    }
}

bool stm32_crc_write(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t value, uint32_t mask) {
    (void)b;
    struct stm32_misc *c = &m->misc;
    switch (off) {
    case 0x00:
        crc_feed(c, value & mask,
                mask == 0xFFu             ? 8
                        : mask == 0xFFFFu ? 16
                                          : 32);
        return true;
    case 0x04:
        c->crc_idr = value & 0xFFu;
        return true;
    case 0x08:
        c->crc_cr = stm32_merge(c->crc_cr, value, mask) & 0xF8u;
        if ((value & mask & 1u) != 0) {
            c->crc_dr = c->crc_init & ones(crc_width(c));
        }
        return true;
    case 0x10:
        c->crc_init = stm32_merge(c->crc_init, value, mask);
        c->crc_dr = c->crc_init & ones(crc_width(c));
        return true;
    case 0x14:
        c->crc_pol = stm32_merge(c->crc_pol, value, mask);
        return true;
    default:
        return false;
    }
}

void stm32_crc_reset(struct stm32 *m, const struct stm32_block *b) {
    (void)b;
    m->misc.crc_dr = 0xFFFFFFFF;
    m->misc.crc_idr = 0;
    m->misc.crc_cr = 0;
    m->misc.crc_init = 0xFFFFFFFF;
    m->misc.crc_pol = 0x04C11DB7;
}

/// RNG: the same numbers in every run ///

#define RNG_EN 0x4u
#define RNG_IE 0x8u
#define RNG_PS (1 * SIM_US) // RM0351 27.3.5: some 40 periods of 48 MHz

static bool rng_ready(const struct stm32 *m) {
    const bool fed = (m->rcc.reg[0x88 / 4] >> 26 & 3u) != 0; // CLK48SEL
    return (m->misc.rng_cr & RNG_EN) != 0 && fed &&
            sim_now(m->sim) >= m->misc.rng_ready;
}

bool stm32_rng_read(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t mask, uint32_t *value) {
    (void)b;
    (void)mask;
    struct stm32_misc *r = &m->misc;
    switch (off) {
    case 0x00:
        *value = r->rng_cr;
        return true;
    case 0x04: // without a 48 MHz clock: CECS, and DRDY never comes
        *value = rng_ready(m) ? 1u : 0;
        *value |= (m->rcc.reg[0x88 / 4] >> 26 & 3u) == 0 ? 2u : 0;
        return true;
    case 0x08:
        *value = 0;
        if (rng_ready(m)) { // xorshift64
            r->rng_state ^= r->rng_state << 13;
            r->rng_state ^= r->rng_state >> 7;
            r->rng_state ^= r->rng_state << 17;
            *value = (uint32_t)(r->rng_state >> 32);
            r->rng_ready = sim_now(m->sim) + RNG_PS;
        }
        return true;
    default:
        return false;
    }
}

bool stm32_rng_write(struct stm32 *m, const struct stm32_block *b, uint32_t off,
        uint32_t value, uint32_t mask) {
    (void)b;
    struct stm32_misc *r = &m->misc;
    if (off > 0x08) {
        return false;
    }
    if (off == 0x00) {
        const uint32_t old = r->rng_cr;
        r->rng_cr = stm32_merge(old, value, mask) & (RNG_EN | RNG_IE);
        if ((r->rng_cr & ~old & RNG_EN) != 0) {
            r->rng_ready = sim_now(m->sim) + RNG_PS;
        }
        return (r->rng_cr & RNG_IE) == 0; // its interrupt is not modelled
    }
    return true;
}

void stm32_rng_reset(struct stm32 *m, const struct stm32_block *b) {
    (void)b;
    m->misc.rng_cr = 0;
    m->misc.rng_state = 0x9E3779B97F4A7C15ull;
}

/// DBGMCU: kept over every reset but power-on ///

bool stm32_dbgmcu_read(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t mask, uint32_t *value) {
    (void)b;
    (void)mask;
    if (off >= sizeof m->misc.dbg) {
        return false;
    }
    *value = off == 0 ? 0x10076415u : m->misc.dbg[off / 4];
    return true;
}

bool stm32_dbgmcu_write(struct stm32 *m, const struct stm32_block *b,
        uint32_t off, uint32_t value, uint32_t mask) {
    (void)b;
    if (off >= sizeof m->misc.dbg) {
        return false;
    }
    if (off != 0) {
        uint32_t *r = &m->misc.dbg[off / 4];
        *r = stm32_merge(*r, value, mask);
    }
    return true;
}

void stm32_dbgmcu_power_on(struct stm32 *m) {
    memset(m->misc.dbg, 0, sizeof m->misc.dbg);
}
