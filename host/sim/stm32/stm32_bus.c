/*
 * stm32_bus - the peripheral space of a SoC: which device answers where
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/stm32/stm32_bus.h"
#include "base/array.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SET_BYTES 1024u // of a range that a --set makes

// One registration at the machine.
struct stm32_bus_range {
    struct stm32_bus_range *next;
    struct stm32_bus *bus;
    uint32_t base, size;
};
struct stm32_bus_set {
    uint32_t addr, mask, value;
};

/// Registers that behave as memory ///

#define PERIPHERAL_BYTES 0x400u // the least that a peripheral of an STM32 has

static bool is_set(const struct stm32_bus *bus, uint32_t word_addr) {
    for (size_t i = 0; i < bus->set_count; i++) {
        if (bus->sets[i].addr == word_addr) {
            return true;
        }
    }
    return false;
}

static uint32_t *unmodelled(struct stm32_bus *bus, const struct stm32_block *b,
        uint32_t addr, bool write) {
    struct sim *sim = bus->o.soc->sim;
    // A user who gave --set for it knows about this register.
    if (is_set(bus, addr)) {
        return sim_register(sim, addr);
    }
    if (b && b->ops) {
        sim_unmodelled(sim, b->name, addr, write);
    } else {
        sim_unmodelled_block(sim, b ? b->name : NULL,
                b ? b->base : addr & ~(PERIPHERAL_BYTES - 1), addr, write);
    }
    return sim_register(sim, addr);
}

/// Decoding ///

static struct stm32_block *block_of(struct stm32_bus *bus, uint32_t addr) {
    struct stm32_block *last = bus->last;
    if (last && addr - last->base < last->size) {
        return last;
    }
    for (size_t i = 0; i < bus->o.block_count; i++) {
        struct stm32_block *b = &bus->o.block[i];
        if (addr - b->base < b->size) {
            bus->last = b;
            return b;
        }
    }
    return NULL;
}

// With its clock off a peripheral's registers read 0 and take no writes. There
// is no fault, so the driver's bug shows only much later.
static bool gated(struct stm32_bus *bus, struct stm32_block *b) {
    const struct stm32_soc *soc = bus->o.soc;
    if (!b || bus->o.clocked(soc->ctx, b)) {
        return false;
    }
    char where[80];
    bus->o.gate_text(b, where, sizeof where);
    stm32_note_once(soc, &b->noted_unclocked,
            "%s is used at pc 0x%08X while its clock is off or it is held in "
            "reset: reads give 0, writes are lost. Set its bit in %s first, "
            "and read that register back",
            b->name, (unsigned)sim_pc(soc->sim), where);
    return true;
}

static uint32_t read_word(struct stm32_bus *bus, uint32_t addr, uint32_t mask) {
    struct stm32_block *b = block_of(bus, addr);
    uint32_t value = 0;

    if (!gated(bus, b) &&
            (!b || !b->ops ||
                    !b->ops->read(b->device, addr - b->base, mask, &value))) {
        value = *unmodelled(bus, b, addr, false);
    }
    for (size_t i = 0; i < bus->set_count; i++) {
        const struct stm32_bus_set *s = &bus->sets[i];
        if (s->addr == addr) {
            value = stm32_merge(value, s->value, s->mask);
        }
    }
    return value;
}

static void write_word(struct stm32_bus *bus, uint32_t addr, uint32_t value,
        uint32_t mask) {
    struct stm32_block *b = block_of(bus, addr);

    if (gated(bus, b)) {
        return;
    }
    if (!b || !b->ops ||
            !b->ops->write(b->device, addr - b->base, value & mask, mask)) {
        uint32_t *reg = unmodelled(bus, b, addr, true);
        *reg = stm32_merge(*reg, value, mask);
    }
}

static uint32_t bytes_mask(uint32_t addr, unsigned bytes) {
    const uint32_t ones = bytes >= 4 ? 0xFFFFFFFFu : (1u << (bytes * 8)) - 1u;
    return ones << ((addr & 3u) * 8u);
}

uint32_t stm32_bus_read(struct stm32_bus *bus, uint32_t addr, unsigned bytes) {
    const uint32_t mask = bytes_mask(addr, bytes);
    return (read_word(bus, addr & ~3u, mask) & mask) >> ((addr & 3u) * 8u);
}

static bool behind_bridge(const struct stm32_bus *bus, uint32_t addr) {
    for (size_t i = 0; i < bus->o.range_count; i++) {
        const struct sim_periph *range = &bus->o.range[i];
        if (addr - range->base < range->slow_bytes) {
            return true;
        }
    }
    return false;
}

void stm32_bus_write(struct stm32_bus *bus, uint32_t addr, uint32_t value,
        unsigned bytes) {
    // RM0351 2.1: an APB bridge makes a word of a narrow write, with the value
    // on all lines.
    if (bytes < 4 && behind_bridge(bus, addr)) {
        value &= (1u << 8 * bytes) - 1u;
        value *= bytes == 1 ? 0x01010101u : 0x00010001u;
        addr &= ~3u;
        bytes = 4;
    }
    write_word(bus, addr & ~3u, value << ((addr & 3u) * 8u),
            bytes_mask(addr, bytes));
}

/// Ranges ///

static uint32_t range_read(void *ctx, uint32_t off, unsigned size) {
    const struct stm32_bus_range *range = ctx;
    return stm32_bus_read(range->bus, range->base + off, size);
}

static void range_write(void *ctx, uint32_t off, uint32_t value,
        unsigned size) {
    const struct stm32_bus_range *range = ctx;
    stm32_bus_write(range->bus, range->base + off, value, size);
}

static void range_reset(void *ctx, enum sim_reset kind) {
    const struct stm32_bus_range *range = ctx;
    range->bus->o.reset(range->bus->o.soc->ctx, kind);
}

static void range_name(void *ctx, uint32_t off, char *text, size_t size) {
    const struct stm32_bus_range *range = ctx;
    const struct stm32_bus *bus = range->bus;
    const struct stm32_block *b = block_of(range->bus, range->base + off);
    if (!b) {
        return;
    }
    const uint32_t at = range->base + off - b->base;
    const char *name =
            bus->o.register_name ? bus->o.register_name(b, at) : NULL;
    if (name) {
        snprintf(text, size, "%s_%s", b->name, name);
    } else {
        snprintf(text, size, "%s + 0x%x", b->name, (unsigned)at);
    }
}

static bool add_range(struct stm32_bus *bus, const struct sim_periph *periph,
        bool resets) {
    struct stm32_bus_range *range = calloc(1, sizeof *range);
    if (!range) {
        return false;
    }
    *range = (struct stm32_bus_range){
            .next = bus->ranges,
            .bus = bus,
            .base = periph->base,
            .size = periph->size,
    };
    bus->ranges = range;
    const struct sim_periph added = {
            .name = periph->name,
            .base = periph->base,
            .size = periph->size,
            .slow_bytes = periph->slow_bytes,
            .read = range_read,
            .write = range_write,
            .reset = resets ? range_reset : NULL,
            .register_name = range_name,
            .ctx = range,
    };
    sim_add_periph(bus->o.soc->sim, &added);
    return true;
}

static bool answers(const struct stm32_bus *bus, uint32_t addr) {
    const struct stm32_bus_range *range = bus->ranges;
    while (range && addr - range->base >= range->size) {
        range = range->next;
    }
    return range;
}

/// Overrides ///

static bool add_set(struct stm32_bus *bus, uint32_t addr, uint32_t mask,
        uint32_t value) {
    struct stm32_bus_set *sets =
            array_one_more(bus->sets, bus->set_count, sizeof *sets);
    if (!sets) {
        return false;
    }
    bus->sets = sets;
    sets[bus->set_count++] = (struct stm32_bus_set){
            .addr = addr & ~3u,
            .mask = mask << ((addr & 3u) * 8u),
            .value = value << ((addr & 3u) * 8u),
    };
    return true;
}

void stm32_bus_set(struct stm32_bus *bus, uint32_t addr, uint32_t mask,
        uint32_t value) {
    struct sim *sim = bus->o.soc->sim;
    const struct sim_periph range = {
            .name = "--set",
            .base = addr & ~(SET_BYTES - 1),
            .size = SET_BYTES,
    };
    if (sim_memory(sim, addr, 1)) {
        sim_note(sim, "--set 0x%08X is ignored: that is memory, not a register",
                (unsigned)addr);
    } else if (addr >= SIM_PPB_ADDR && !answers(bus, addr)) {
        sim_note(sim,
                "--set 0x%08X is ignored: the core's own registers cannot be "
                "overridden",
                (unsigned)addr);
    } else if ((!answers(bus, addr) && !add_range(bus, &range, false)) ||
            !add_set(bus, addr, mask, value)) {
        sim_note(sim, "--set 0x%08X is ignored: out of memory", (unsigned)addr);
    }
}

const struct stm32_block *stm32_bus_block(const struct stm32_bus *bus,
        const void *device) {
    size_t i = 0;
    while (i < bus->o.block_count && bus->o.block[i].device != device) {
        i++;
    }
    return i < bus->o.block_count ? &bus->o.block[i] : NULL;
}

/// Life ///

bool stm32_bus_init(struct stm32_bus *bus,
        const struct stm32_bus_options *options) {
    memset(bus, 0, sizeof *bus);
    bus->o = *options;
    for (size_t i = 0; i < options->range_count; i++) {
        if (!add_range(bus, &options->range[i], i == 0)) {
            return false;
        }
    }
    return true;
}

void stm32_bus_free(struct stm32_bus *bus) {
    while (bus->ranges) {
        struct stm32_bus_range *next = bus->ranges->next;
        free(bus->ranges);
        bus->ranges = next;
    }
    free(bus->sets);
    memset(bus, 0, sizeof *bus);
}
