/*
 * stm32_exti - interrupt lines that software or a pin triggers
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 14. No pin changes from outside: an edge comes from a pin that the
 * program drives or pulls itself.
 */
#include "sim/stm32/stm32_exti.h"

#include <string.h>

#define IMR1 0x00u
#define RTSR1 0x08u
#define FTSR1 0x0Cu
#define SWIER1 0x10u
#define PR1 0x14u
#define SECOND 0x20u // the second bank

static void irq_update(const struct stm32_exti *e) {
    const uint32_t on = e->reg[PR1 / 4] & e->reg[IMR1 / 4];
    for (const struct stm32_exti_irq *i = e->o.irq; i->lines != 0; i++) {
        sim_irq(e->soc->sim, i->irq, (on & i->lines) != 0);
    }
}

void stm32_exti_edge(struct stm32_exti *e, unsigned line, bool high) {
    const uint32_t edges = e->reg[(high ? RTSR1 : FTSR1) / 4];
    e->reg[PR1 / 4] |=
            edges & e->reg[IMR1 / 4] & e->o.triggered[0] & 1u << line;
    irq_update(e);
}

static bool read_register(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    (void)mask;
    const struct stm32_exti *e = device;
    if (off >= sizeof e->reg) {
        return false;
    }
    *value = e->reg[off / 4];
    return true;
}

static bool write_register(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_exti *e = device;
    if (off >= sizeof e->reg) {
        return false;
    }
    uint32_t *bank = off >= SECOND ? &e->reg[SECOND / 4] : e->reg;
    const uint32_t rel = off % SECOND;
    const uint32_t triggered = e->o.triggered[off >= SECOND]; // RM0351 14.5
    value &= mask;
    if (rel == PR1) {
        bank[PR1 / 4] &= ~value;
        bank[SWIER1 / 4] &= ~value;
    } else if (rel == SWIER1) {
        const uint32_t rising = value & ~bank[SWIER1 / 4] & triggered;
        bank[SWIER1 / 4] |= value & triggered;
        bank[PR1 / 4] |= rising & bank[IMR1 / 4];
    } else {
        e->reg[off / 4] = stm32_merge(e->reg[off / 4], value, mask);
    }
    irq_update(e);
    return true;
}

static void reset(void *device) {
    struct stm32_exti *e = device;
    memset(e->reg, 0, sizeof e->reg);
    e->reg[IMR1 / 4] = e->o.imr[0];
    e->reg[SECOND / 4] = e->o.imr[1];
    irq_update(e);
}

void stm32_exti_init(struct stm32_exti *e, const struct stm32_soc *soc,
        const struct stm32_exti_options *options) {
    memset(e, 0, sizeof *e);
    e->soc = soc;
    e->o = *options;
}

const struct stm32_ops stm32_exti_ops = {
        .read = read_register,
        .write = write_register,
        .reset = reset,
};
