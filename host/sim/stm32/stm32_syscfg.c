/*
 * stm32_syscfg - what the SoC shows at address 0, and other settings
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 9. All but the remapping of address 0 has no effect here; locks can
 * be set, and are not cleared before a reset.
 */
#include "sim/stm32/stm32_syscfg.h"

#include <string.h>

#define MEMRMP 0x00u
#define CFGR1 0x04u
#define SCSR 0x18u
#define CFGR2 0x1Cu
#define SWPR 0x20u
#define SKR 0x24u

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

static bool write_register(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_syscfg *s = device;
    if (off > SKR || off == SCSR || off == SKR) {
        return off == SKR; // erasing SRAM2 by SCSR is not modelled
    }
    uint32_t *r = &s->reg[off / 4];
    const uint32_t old = *r;
    *r = stm32_merge(old, value, mask);
    if (off == MEMRMP) {
        *r &= 0x107u;
        if (*r != old) {
            s->remap(s->soc->ctx, *r);
        }
    } else if (off == CFGR1) {
        *r = (*r & ~1u) | (*r & old & 1u); // FWDIS can only be cleared
    } else if (off == CFGR2) {
        *r |= old & 0xFu; // locks can only be set
    } else if (off == SWPR) {
        *r |= old;
    }
    return true;
}

static void reset(void *device) {
    struct stm32_syscfg *s = device;
    memset(s->reg, 0, sizeof s->reg);
    s->reg[CFGR1 / 4] = 0x7C000001;
    s->remap(s->soc->ctx, 0);
}

void stm32_syscfg_init(struct stm32_syscfg *s, const struct stm32_soc *soc,
        void (*remap)(void *ctx, uint32_t memrmp)) {
    memset(s, 0, sizeof *s);
    s->soc = soc;
    s->remap = remap;
}

const struct stm32_ops stm32_syscfg_ops = {
        .read = read_register,
        .write = write_register,
        .reset = reset,
};
