/*
 * stm32_dma - a DMA controller with seven channels and request selection
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 11. Each controller moves one item at a time: that of the channel
 * with the highest priority among those that are enabled, have something left
 * and see a request, or move memory to memory. A transfer takes time of its
 * own, but none of the CPU's: waiting for each other on the bus matrix is not
 * modelled.
 *
 * Masks and priorities of the CPU mean nothing to a channel, so one that reads
 * the window in an outage is as wrong as a handler that does.
 */
#include "sim/stm32/stm32_dma.h"

#include <stdio.h>
#include <string.h>

#define ISR 0x00u
#define IFCR 0x04u
#define FIRST 0x08u // registers of channel 1, then every 14h
#define STEP 0x14u
#define CSELR 0xA8u

#define CCR 0x00u
#define CNDTR 0x04u
#define CPAR 0x08u
#define CMAR 0x0Cu

#define CCR_EN 0x1u
#define CCR_TEIE 0x8u
#define CCR_DIR 0x10u
#define CCR_CIRC 0x20u
#define CCR_PINC 0x40u
#define CCR_MINC 0x80u
#define CCR_MEM2MEM 0x4000u
#define CCR_WRITABLE 0x7FFFu
// RM0351 11.6: EN and the interrupt enables can be written while EN is 1.
#define CCR_ALWAYS 0xFu

#define GIF 0x1u
#define TCIF 0x2u
#define HTIF 0x4u
#define TEIF 0x8u

// Arbitration, address, one access each to read and write, acknowledge; an
// APB access takes the bridge in addition (AN2548 has the parts of it).
#define ITEM_CYCLES 5u
#define APB_CYCLES 4u

#define NONE STM32_DMA_CHANNELS
#define LEFT_ON (100 * SIM_MS) // without an item

/// Interrupt lines ///

static uint32_t flags_of(const struct stm32_dma *d, unsigned c) {
    return d->isr >> 4 * c & 0xFu;
}

static void irq_update(struct stm32_dma *d, unsigned c) {
    // TCIE, HTIE and TEIE have the same places as the flags.
    const uint32_t on =
            flags_of(d, c) & d->channel[c].ccr & (TCIF | HTIF | TEIF);
    sim_irq(d->soc->sim, d->o.irq[c], on != 0);
}

static void raise(struct stm32_dma *d, unsigned c, uint32_t flags) {
    d->isr |= (flags | GIF) << 4 * c;
    irq_update(d, c);
}

/// Requests ///

static unsigned selected(const struct stm32_dma *d, unsigned c) {
    return d->cselr >> 4 * c & 0xFu;
}

static enum stm32_request request_of(const struct stm32_dma *d, unsigned c) {
    return d->o.request(d->soc->ctx, d->o.index, c, selected(d, c));
}

static bool requested(const struct stm32_dma *d, unsigned c) {
    return (d->channel[c].ccr & CCR_MEM2MEM) != 0 ||
            request_of(d, c) == STM32_REQUEST_HIGH;
}

static bool clocked(const struct stm32_dma *d) {
    return d->soc->clocked(d->soc->ctx, d);
}

// The channel to serve now. Of equal levels the lower number is served first
// (RM0351 11.4).
static unsigned next_channel(const struct stm32_dma *d) {
    unsigned best = NONE;
    for (unsigned c = 0; c < STM32_DMA_CHANNELS; c++) {
        const struct stm32_dma_channel *h = &d->channel[c];
        if ((h->ccr & CCR_EN) != 0 && h->cndtr != 0 && requested(d, c) &&
                (best == NONE ||
                        (h->ccr >> 12 & 3u) >
                                (d->channel[best].ccr >> 12 & 3u))) {
            best = c;
        }
    }
    return best;
}

/// One item ///

// log2 of the bytes; 3 is reserved and taken for a word.
static unsigned size_of(uint32_t ccr, unsigned pos) {
    const unsigned size = ccr >> pos & 3u;
    return size < 3 ? size : 2;
}

struct end {
    uint32_t addr; // aligned to the size, RM0351 11.6
    unsigned bytes;
};

static struct end source_of(const struct stm32_dma_channel *h, bool source) {
    const bool memory = ((h->ccr & CCR_DIR) != 0) == source;
    const unsigned bytes = 1u << size_of(h->ccr, memory ? 10 : 8);
    const uint32_t addr = memory ? h->mar : h->par;
    return (struct end){addr & ~(bytes - 1u), bytes};
}

static enum stm32_target target_of(const struct stm32_dma *d, struct end end) {
    return d->soc->target(d->soc->ctx, end.addr, end.bytes);
}

static void violate(const struct stm32_dma *d, unsigned c, uint32_t addr,
        enum sim_rule rule, const char *where) {
    const struct stm32_violation v = {
            .rule = rule,
            .has_addr = true,
            .addr = addr,
    };
    stm32_violate(d->soc, &v,
            "let %s channel %u, enabled at pc 0x%08X, read 0x%08X %s",
            d->o.name, c + 1u, (unsigned)d->channel[c].pc, (unsigned)addr,
            where);
}

// False: the bus answers with an error.
static bool load(const struct stm32_dma *d, unsigned c, struct end from,
        uint32_t *value) {
    const struct stm32_soc *soc = d->soc;
    *value = 0;
    switch (target_of(d, from)) {
    case STM32_NOTHING:
        return false;
    case STM32_AHB:
    case STM32_APB:
        *value = soc->read(soc->ctx, from.addr, from.bytes);
        return true;
    case STM32_WINDOW:
        if (!sim_window_is_open(soc->sim)) {
            violate(d, c, from.addr, SIM_RULE_WINDOW_DMA,
                    "in the closed window");
            return false;
        }
        if (sim_window_is_behind(soc->sim, from.addr, from.bytes)) {
            violate(d, c, from.addr, SIM_RULE_WINDOW_BEHIND,
                    "behind what the controller maps");
            return false;
        }
        sim_window_tell_read(soc->sim);
        // The chip answers: the channel goes on with garbage.
        if (sim_window_spoils(soc->sim, from.addr)) {
            violate(d, c, from.addr, SIM_RULE_WINDOW_SUSPENDED,
                    "in the suspended unit");
        }
        break;
    case STM32_ROM:
    case STM32_RAM:
        if (!sim_weak_read(soc->sim, from.addr, from.bytes)) {
            return true; // 0
        }
        break;
    default:
        break;
    }
    const uint8_t *at = sim_memory(soc->sim, from.addr, from.bytes);
    for (unsigned i = 0; i < from.bytes; i++) {
        *value |= (uint32_t)at[i] << 8 * i;
    }
    return true;
}

static bool store(const struct stm32_dma *d, struct end to, uint32_t value) {
    const struct stm32_soc *soc = d->soc;
    switch (target_of(d, to)) {
    case STM32_APB:
        // RM0351 11.4: the bridge makes a word of every write and repeats
        // a narrow value on all lines.
        if (to.bytes < 4) {
            value &= (1u << 8 * to.bytes) - 1u;
            value *= to.bytes == 1 ? 0x01010101u : 0x00010001u;
            to = (struct end){to.addr & ~3u, 4};
        }
        soc->write(soc->ctx, to.addr, value, to.bytes);
        return true;
    case STM32_AHB:
        soc->write(soc->ctx, to.addr, value, to.bytes);
        return true;
    case STM32_RAM:
        break;
    default:
        return false; // nothing there, or read-only
    }
    uint8_t *at = sim_memory(soc->sim, to.addr, to.bytes);
    for (unsigned i = 0; i < to.bytes; i++) {
        at[i] = (uint8_t)(value >> 8 * i);
    }
    sim_memory_changed(soc->sim, to.addr, to.bytes);
    return true;
}

static void count_down(struct stm32_dma *d, unsigned c) {
    struct stm32_dma_channel *h = &d->channel[c];
    uint32_t flags = 0;
    h->par += (h->ccr & CCR_PINC) != 0 ? 1u << size_of(h->ccr, 8) : 0;
    h->mar += (h->ccr & CCR_MINC) != 0 ? 1u << size_of(h->ccr, 10) : 0;
    h->cndtr--;
    if (h->cndtr == h->count / 2) {
        flags |= HTIF;
    }
    if (h->cndtr == 0) {
        flags |= TCIF;
        if ((h->ccr & (CCR_CIRC | CCR_MEM2MEM)) == CCR_CIRC) {
            h->cndtr = h->count;
            h->par = h->cpar;
            h->mar = h->cmar;
        } // otherwise EN stays 1 and requests are ignored
    }
    if (flags != 0) {
        raise(d, c, flags);
    }
}

static void move(struct stm32_dma *d, unsigned c) {
    struct stm32_dma_channel *h = &d->channel[c];
    uint32_t value;
    h->moved_at = sim_now(d->soc->sim);
    d->moves = c + 1;
    const bool moved = load(d, c, source_of(h, true), &value) &&
            store(d, source_of(h, false), value);
    d->moves = 0;
    if (moved) {
        count_down(d, c);
        return;
    }
    h->ccr &= ~CCR_EN;
    raise(d, c, TEIF);
}

bool stm32_dma_master(const struct stm32_dma *d, char *text, size_t size) {
    if (d->moves == 0) {
        return false;
    }
    const struct stm32_dma_channel *h = &d->channel[d->moves - 1];
    snprintf(text, size,
            "%s channel %u, enabled at pc 0x%08X, from %s (CCR.DIR=%u)",
            d->o.name, d->moves, (unsigned)h->pc,
            (h->ccr & CCR_MEM2MEM) != 0       ? "memory to memory"
                    : (h->ccr & CCR_DIR) != 0 ? "memory to peripheral"
                                              : "peripheral to memory",
            (h->ccr & CCR_DIR) != 0);
    return true;
}

/// Time ///

// Every read of the window counts as a burst of its own: between two of them
// the CPU has fetched from it.
static sim_time item_ps(const struct stm32_dma *d, unsigned c) {
    const struct stm32_soc *soc = d->soc;
    const struct end from = source_of(&d->channel[c], true);
    const struct end to = source_of(&d->channel[c], false);
    const enum stm32_target source = target_of(d, from);
    const unsigned cycles = ITEM_CYCLES +
            (source == STM32_APB ? APB_CYCLES : 0) +
            (target_of(d, to) == STM32_APB ? APB_CYCLES : 0);
    const bool open = source == STM32_WINDOW && sim_window_is_open(soc->sim);
    return cycles * SIM_S / soc->clock_hz(soc->ctx, d->o.clock) +
            (open ? soc->window_ps(soc->ctx, from.bytes) : 0);
}

void stm32_dma_kick(struct stm32_dma *d) {
    const unsigned c = next_channel(d);
    if (c == NONE || d->event.at != SIM_NEVER || !clocked(d)) {
        return;
    }
    struct sim *sim = d->soc->sim;
    sim_schedule(sim, &d->event, sim_now(sim) + item_ps(d, c));
}

static void fire(void *ctx) {
    struct stm32_dma *d = ctx;
    const unsigned c = next_channel(d);
    if (c == NONE || !clocked(d)) {
        return; // stopped meanwhile
    }
    move(d, c);
    stm32_dma_kick(d);
}

/// Channels that are left on ///

static bool is_on(const struct stm32_dma_channel *h) {
    return (h->ccr & CCR_EN) != 0 && h->cndtr != 0;
}

void stm32_dma_window_closed(struct stm32_dma *d) {
    for (unsigned c = 0; c < STM32_DMA_CHANNELS; c++) {
        const struct stm32_dma_channel *h = &d->channel[c];
        const struct end from = source_of(h, true);
        if (is_on(h) && target_of(d, from) == STM32_WINDOW) {
            stm32_note_once(d->soc, &d->noted_window,
                    "%s channel %u, enabled at pc 0x%08X, is on and reads "
                    "0x%08X next, in the window, which is closed now: stop it "
                    "before (no mask holds it back)",
                    d->o.name, c + 1u, (unsigned)h->pc, (unsigned)from.addr);
        }
    }
}

// One that sends (a receiver may wait for its peer) or works with a controller
// on the AHB, and has moved nothing for long.
static bool hangs(const struct stm32_dma *d, unsigned c) {
    const struct stm32_dma_channel *h = &d->channel[c];
    return is_on(h) &&
            ((h->ccr & (CCR_DIR | CCR_MEM2MEM)) != 0 ||
                    target_of(d, source_of(h, true)) == STM32_AHB) &&
            sim_now(d->soc->sim) - h->moved_at > LEFT_ON;
}

static enum sim_busy left_on(void *ctx, char *text, size_t size) {
    const struct stm32_dma *d = ctx;
    unsigned c = 0;
    while (c < STM32_DMA_CHANNELS && !hangs(d, c)) {
        c++;
    }
    if (c == STM32_DMA_CHANNELS) {
        return SIM_BUSY_NO;
    }
    const struct stm32_dma_channel *h = &d->channel[c];
    snprintf(text, size,
            "%s channel %u, enabled at pc 0x%08X, is on, and has moved nothing "
            "for %u ms: %u of %u items are left%s",
            d->o.name, c + 1u, (unsigned)h->pc,
            (unsigned)((sim_now(d->soc->sim) - h->moved_at) / SIM_MS),
            (unsigned)h->cndtr, (unsigned)h->count,
            request_of(d, c) == STM32_REQUEST_NONE
                    ? ""
                    : ", and its peripheral does not ask for them");
    return SIM_BUSY_LEFT;
}

/// Registers ///

static void check_start(struct stm32_dma *d, unsigned c) {
    const struct stm32_dma_channel *h = &d->channel[c];
    if ((h->ccr & CCR_MEM2MEM) == 0 && request_of(d, c) == STM32_REQUEST_NONE) {
        stm32_note_once(d->soc, &d->noted_request,
                "%s channel %u is enabled for request %u, which no modelled "
                "peripheral raises: it moves nothing. Modelled: %s",
                d->o.name, c + 1u, selected(d, c), d->o.requests);
    }
    if ((h->ccr & (CCR_MEM2MEM | CCR_CIRC)) == (CCR_MEM2MEM | CCR_CIRC)) {
        stm32_note_once(d->soc, &d->noted_circular,
                "%s channel %u is enabled with MEM2MEM and CIRC, which exclude "
                "each other (%s): it stops at the end",
                d->o.name, c + 1u, d->o.operation);
    }
    if (h->cndtr == 0) {
        stm32_note_once(d->soc, &d->noted_empty,
                "%s channel %u is enabled with CNDTR=0: it moves nothing",
                d->o.name, c + 1u);
    }
}

static void locked(struct stm32_dma *d, unsigned c, const char *name) {
    stm32_note_once(d->soc, &d->noted_locked,
            "%s_%s%u is written at pc 0x%08X while EN=1, when hardware keeps "
            "it as it is (%s): clear EN first",
            d->o.name, name, c + 1u, (unsigned)sim_pc(d->soc->sim),
            d->o.registers);
}

static void write_ccr(struct stm32_dma *d, unsigned c, uint32_t want) {
    struct stm32_dma_channel *h = &d->channel[c];
    const bool was_on = (h->ccr & CCR_EN) != 0;
    want &= CCR_WRITABLE;
    if (was_on) {
        // Firmware usually stops a channel by writing 0. That works, although
        // the other bits keep their values: the next start writes them anyway.
        if (((want ^ h->ccr) & ~CCR_ALWAYS) != 0 && (want & CCR_EN) != 0) {
            locked(d, c, "CCR");
        }
        want = (want & CCR_ALWAYS) | (h->ccr & ~CCR_ALWAYS);
    } else if ((want & CCR_EN) != 0 && (flags_of(d, c) & TEIF) != 0) {
        stm32_note_once(d->soc, &d->noted_error,
                "%s channel %u cannot be enabled while its TEIF is set (%s): "
                "clear it in IFCR first",
                d->o.name, c + 1u, d->o.operation);
        want &= ~CCR_EN;
    }
    h->ccr = want;
    if (!was_on && (want & CCR_EN) != 0) {
        h->par = h->cpar;
        h->mar = h->cmar;
        h->count = h->cndtr;
        h->pc = sim_pc(d->soc->sim);
        h->moved_at = sim_now(d->soc->sim);
        check_start(d, c);
    }
    irq_update(d, c);
}

static void clear_flags(struct stm32_dma *d, uint32_t value) {
    for (unsigned c = 0; c < STM32_DMA_CHANNELS; c++) {
        uint32_t clear = value >> 4 * c & 0xFu;
        if ((clear & GIF) != 0 || (flags_of(d, c) & ~clear & ~GIF) == 0) {
            clear = 0xF; // nothing is left that GIF could stand for
        }
        d->isr &= ~(clear << 4 * c);
        irq_update(d, c);
    }
}

static uint32_t *channel_register(struct stm32_dma_channel *h, uint32_t off) {
    switch (off) {
    case CCR:
        return &h->ccr;
    case CNDTR:
        return &h->cndtr;
    case CPAR:
        return &h->cpar;
    case CMAR:
        return &h->cmar;
    default:
        return NULL;
    }
}

static bool write_channel(struct stm32_dma *d, unsigned c, uint32_t off,
        uint32_t value, uint32_t mask) {
    static const char *const names[] = {"CCR", "CNDTR", "CPAR", "CMAR"};
    struct stm32_dma_channel *h = &d->channel[c];
    uint32_t *r = channel_register(h, off);
    if (!r) {
        return false;
    }
    const uint32_t want = stm32_merge(*r, value, mask);
    if (off == CCR) {
        write_ccr(d, c, want);
    } else if ((h->ccr & CCR_EN) != 0) {
        locked(d, c, names[off / 4]);
    } else {
        *r = off == CNDTR ? want & 0xFFFFu : want;
    }
    return true;
}

static bool write_register(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct stm32_dma *d = device;
    bool known = true;
    if (off == IFCR) {
        clear_flags(d, value & mask);
    } else if (off == CSELR) {
        d->cselr = stm32_merge(d->cselr, value, mask) & 0x0FFFFFFFu;
    } else if (off >= FIRST && off < FIRST + STEP * STM32_DMA_CHANNELS) {
        known = write_channel(d, (off - FIRST) / STEP, (off - FIRST) % STEP,
                value, mask);
    } else {
        known = off == ISR; // read-only
    }
    stm32_dma_kick(d);
    return known;
}

static bool read_register(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    (void)mask;
    struct stm32_dma *d = device;
    const uint32_t *r = NULL;
    if (off >= FIRST && off < FIRST + STEP * STM32_DMA_CHANNELS) {
        r = channel_register(&d->channel[(off - FIRST) / STEP],
                (off - FIRST) % STEP);
    } else if (off == ISR) {
        r = &d->isr;
    } else if (off == CSELR) {
        r = &d->cselr;
    }
    *value = r ? *r : 0;
    return r || off == IFCR;
}

/// Life ///

void stm32_dma_init(struct stm32_dma *d, const struct stm32_soc *soc,
        const struct stm32_dma_options *options) {
    memset(d, 0, sizeof *d);
    d->soc = soc;
    d->o = *options;
    d->event = (struct sim_event){.fire = fire, .ctx = d, .at = SIM_NEVER};
    sim_add_busy(soc->sim, left_on, d);
}

static void reset(void *device) {
    struct stm32_dma *d = device;
    sim_cancel(d->soc->sim, &d->event);
    memset(d->channel, 0, sizeof d->channel);
    d->isr = 0;
    d->cselr = 0;
    for (unsigned c = 0; c < STM32_DMA_CHANNELS; c++) {
        irq_update(d, c);
    }
}

void stm32_dma_power_off(struct stm32_dma *d) {
    sim_cancel(d->soc->sim, &d->event);
}

const struct stm32_ops stm32_dma_ops = {
        .read = read_register,
        .write = write_register,
        .reset = reset,
};
