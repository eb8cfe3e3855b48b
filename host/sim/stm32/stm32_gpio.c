/*
 * stm32_gpio - one GPIO port
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 8.4. An undriven input reads its pull, or what the board pulls it to.
 */
#include "sim/stm32/stm32_gpio.h"

#include <string.h>

#define MODER 0x00u
#define OTYPER 0x04u
#define OSPEEDR 0x08u
#define PUPDR 0x0Cu
#define IDR 0x10u
#define ODR 0x14u
#define BSRR 0x18u
#define LCKR 0x1Cu
#define AFRL 0x20u
#define AFRH 0x24u
#define BRR 0x28u
#define ASCR 0x2Cu

#define LCKK 0x10000u

static unsigned mode(const struct stm32_gpio *g, unsigned pin) {
    return g->moder >> (2 * pin) & 3u;
}

bool stm32_gpio_is(const struct stm32_gpio *g, unsigned pin, unsigned af) {
    return mode(g, pin) == 2 &&
            (g->afr[pin / 8] >> (4 * (pin % 8)) & 15u) == af;
}

static uint32_t idr(const struct stm32_gpio *g) {
    uint32_t value = 0;
    for (unsigned pin = 0; pin < 16; pin++) {
        const uint32_t bit = 1u << pin;
        const bool pulled = (g->pupdr >> (2 * pin) & 3u) == 1 ||
                (g->o.pulled_up & bit) != 0;
        bool high = false;
        if (mode(g, pin) == 1) {
            // Open drain drives only low.
            high = (g->odr & bit) != 0 && ((g->otyper & bit) == 0 || pulled);
        } else if (mode(g, pin) != 3) { // analog reads 0
            high = pulled;
        }
        value |= high ? bit : 0;
    }
    return value;
}

static void trace_levels(struct stm32_gpio *g) {
    uint32_t level = 0;
    for (unsigned pin = 0; pin < 16; pin++) {
        if (mode(g, pin) == 1) {
            level |= g->odr & 1u << pin;
        }
    }
    const uint32_t changed = level ^ g->level;
    g->level = level;
    for (unsigned pin = 0; changed != 0 && pin < 16; pin++) {
        if ((changed >> pin & 1u) != 0) {
            sim_trace(g->soc->sim, SIM_TRACE_PIN, g->o.port << 8 | pin,
                    level >> pin & 1u, 0);
        }
    }
}

static void tell_edges(struct stm32_gpio *g) {
    const uint32_t changed = idr(g) ^ g->input;
    g->input ^= changed;
    for (unsigned pin = 0; pin < 16 && g->soc->pin_edge; pin++) {
        if ((changed >> pin & 1u) != 0) {
            g->soc->pin_edge(g->soc->ctx, g->o.port, pin,
                    (g->input >> pin & 1u) != 0);
        }
    }
}

// Spreads each pin's bit over its 2-bit or 4-bit field.
static uint32_t spread(uint32_t pins, unsigned bits) {
    uint32_t value = 0;
    for (unsigned i = 0; i < 32 / bits; i++) {
        if ((pins >> i & 1u) != 0) {
            value |= ((1u << bits) - 1u) << (i * bits);
        }
    }
    return value;
}

// RM0351 8.4.8: LCKK=1, LCKK=0, LCKK=1 with the same pins each time.
static void write_lckr(struct stm32_gpio *g, uint32_t value) {
    if ((g->lckr & LCKK) != 0) {
        return;
    }
    const bool key = (value & LCKK) != 0;
    if (g->lock_step > 0 && key == (g->lock_step != 1) &&
            (value & 0xFFFFu) == g->lock_pins) {
        if (++g->lock_step == 3) {
            g->lckr = value & 0x1FFFFu;
            g->lock_step = 0;
        }
        return;
    }
    g->lock_step = key ? 1 : 0;
    g->lock_pins = value & 0xFFFFu;
}

static bool write_register(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_gpio *g = device;
    const uint32_t frozen = (g->lckr & LCKK) != 0 ? g->lckr & 0xFFFFu : 0;
    const uint32_t frozen2 = spread(frozen, 2);
    bool pins = false;

    switch (off) {
    case MODER:
        g->moder = stm32_merge(g->moder, value, mask & ~frozen2);
        pins = true;
        break;
    case OTYPER:
        g->otyper = stm32_merge(g->otyper, value, mask & ~frozen & 0xFFFFu);
        break;
    case OSPEEDR:
        g->ospeedr = stm32_merge(g->ospeedr, value, mask & ~frozen2);
        break;
    case PUPDR:
        g->pupdr = stm32_merge(g->pupdr, value, mask & ~frozen2);
        break;
    case IDR:
        break;
    case ODR:
        g->odr = stm32_merge(g->odr, value, mask & 0xFFFFu);
        break;
    case BSRR:
        g->odr &= ~(value & mask) >> 16 | 0xFFFF0000u;
        g->odr = (g->odr | (value & mask)) & 0xFFFFu; // set wins
        break;
    case LCKR:
        write_lckr(g, value & mask);
        break;
    case AFRL:
    case AFRH: {
        const unsigned i = (off - AFRL) / 4;
        g->afr[i] = stm32_merge(g->afr[i], value,
                mask & ~spread(frozen >> (8 * i) & 0xFFu, 4));
        pins = true;
        break;
    }
    case BRR:
        g->odr &= ~(value & mask);
        break;
    case ASCR:
        g->ascr = stm32_merge(g->ascr, value, mask & 0xFFFFu);
        break;
    default:
        return false;
    }
    trace_levels(g);
    tell_edges(g);
    if (pins) {
        g->soc->pins_changed(g->soc->ctx);
    }
    return true;
}

static bool read_register(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    (void)mask;
    const struct stm32_gpio *g = device;
    switch (off) {
    case MODER:
        *value = g->moder;
        return true;
    case OTYPER:
        *value = g->otyper;
        return true;
    case OSPEEDR:
        *value = g->ospeedr;
        return true;
    case PUPDR:
        *value = g->pupdr;
        return true;
    case IDR:
        *value = idr(g);
        return true;
    case ODR:
        *value = g->odr;
        return true;
    case BSRR:
    case BRR:
        *value = 0;
        return true;
    case LCKR:
        *value = g->lckr;
        return true;
    case AFRL:
    case AFRH:
        *value = g->afr[(off - AFRL) / 4];
        return true;
    case ASCR:
        *value = g->ascr;
        return true;
    default:
        return false;
    }
}

static void reset(void *device) {
    struct stm32_gpio *g = device;
    const struct stm32_gpio old = *g;
    *g = (struct stm32_gpio){
            .soc = old.soc,
            .o = old.o,
            .moder = old.o.moder,
            .ospeedr = old.o.ospeedr,
            .pupdr = old.o.pupdr,
            .level = old.level,
    };
    trace_levels(g);
    g->input = idr(g);
    g->soc->pins_changed(g->soc->ctx);
}

void stm32_gpio_init(struct stm32_gpio *g, const struct stm32_soc *soc,
        const struct stm32_gpio_options *options) {
    memset(g, 0, sizeof *g);
    g->soc = soc;
    g->o = *options;
}

const struct stm32_ops stm32_gpio_ops = {
        .read = read_register,
        .write = write_register,
        .reset = reset,
};
