/*
 * stm32_syscfg - what the SoC shows at address 0, and other settings
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 9. The remapping of address 0, the erase of SRAM2, its parity flag and
 * the ports of EXTI act; the rest has no effect here. Locks can be set, and are
 * not cleared before a reset.
 */
#include "sim/stm32/stm32_syscfg.h"

#include <string.h>

#define MEMRMP 0x00u
#define CFGR1 0x04u
#define EXTICR1 0x08u
#define SCSR 0x18u
#define CFGR2 0x1Cu
#define SWPR 0x20u
#define SKR 0x24u
#define SRAM2ER 1u
#define SPF (1u << 8)

static bool read_register(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    (void)mask;
    const struct stm32_syscfg *s = device;
    if (off > SKR) {
        return false;
    }
    *value = off == SKR ? 0 : s->reg[off / 4];
    return true;
}

// RM0351 9.2.10: CAh, then 53h.
static void write_key(struct stm32_syscfg *s, uint32_t key) {
    static const uint32_t keys[] = {0xCA, 0x53};
    s->key_step = s->key_step < 2 && (key & 0xFFu) == keys[s->key_step]
            ? s->key_step + 1
            : 0;
}

// It takes no time here, so that SRAM2BSY and SRAM2ER never read 1.
static void erase(struct stm32_syscfg *s, uint32_t value) {
    if ((value & SRAM2ER) != 0 && s->key_step == 2) {
        s->key_step = 0;
        s->o.erase_sram2(s->soc->ctx);
    }
}

static bool write_register(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_syscfg *s = device;
    if (off > SKR) {
        return false;
    }
    if (off == SKR) {
        write_key(s, value & mask);
        return true;
    }
    if (off == SCSR) {
        erase(s, value & mask);
        return true;
    }
    uint32_t *r = &s->reg[off / 4];
    const uint32_t old = *r;
    *r = stm32_merge(old, value, mask);
    if (off == MEMRMP) {
        *r &= 0x107u;
        if (*r != old) {
            s->o.remap(s->soc->ctx, *r);
        }
    } else if (off == CFGR1) {
        *r = (*r & ~1u) | (*r & old & 1u); // FWDIS can only be cleared
    } else if (off == CFGR2) {
        // Locks can only be set, and the flag is cleared by a 1.
        *r = (*r & 0xFu) | (old & 0xFu) | (old & SPF & ~(value & mask));
        s->o.parity(s->soc->ctx);
    } else if (off == SWPR) {
        *r |= old;
    }
    return true;
}

static void reset(void *device) {
    struct stm32_syscfg *s = device;
    memset(s->reg, 0, sizeof s->reg);
    s->key_step = 0;
    s->reg[CFGR1 / 4] = 0x7C000001;
    s->o.remap(s->soc->ctx, 0);
    s->o.parity(s->soc->ctx);
}

void stm32_syscfg_init(struct stm32_syscfg *s, const struct stm32_soc *soc,
        const struct stm32_syscfg_options *options) {
    memset(s, 0, sizeof *s);
    s->soc = soc;
    s->o = *options;
}

unsigned stm32_syscfg_exti_port(const struct stm32_syscfg *s, unsigned line) {
    return s->reg[EXTICR1 / 4 + line / 4] >> line % 4 * 4 & 15u;
}

void stm32_syscfg_parity(struct stm32_syscfg *s) {
    s->reg[CFGR2 / 4] |= SPF;
    s->o.parity(s->soc->ctx);
}

bool stm32_syscfg_parity_failed(const struct stm32_syscfg *s) {
    return (s->reg[CFGR2 / 4] & SPF) != 0;
}

const struct stm32_ops stm32_syscfg_ops = {
        .read = read_register,
        .write = write_register,
        .reset = reset,
};
