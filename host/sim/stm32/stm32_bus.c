/*
 * stm32_bus - decodes peripheral accesses of the modelled STM32
 *
 * SPDX-License-Identifier: MIT
 *
 * One dispatcher for the whole peripheral space instead of one registration
 * per block: clock gates, `--set` overrides and registers nobody modelled are
 * then handled in one place.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/stm32/sim_stm32.h"

/// Registers that behave as memory ///

static bool is_set(const struct stm32_bus *bus, uint32_t word_addr) {
    for (size_t i = 0; i < bus->set_count; i++) {
        if (bus->sets[i].addr == word_addr) {
            return true;
        }
    }
    return false;
}

static uint32_t *unmodelled(struct stm32 *m, const struct stm32_block *b,
        uint32_t addr, bool write) {
    // A user who gave --set for it knows about this register.
    if (!is_set(&m->bus, addr)) {
        sim_unmodelled(m->sim, b ? b->name : "unknown peripheral", addr, write);
    }
    return sim_register(m->sim, addr);
}

/// Decoding ///

static const struct stm32_block *block_of(struct stm32 *m, uint32_t addr) {
    const struct stm32_block *last = m->bus.last;
    if (last && addr - last->base < last->size) {
        return last;
    }
    for (size_t i = 0; i < stm32l476_block_count; i++) {
        const struct stm32_block *b = &stm32l476_blocks[i];
        if (addr - b->base < b->size) {
            m->bus.last = b;
            return b;
        }
    }
    return NULL;
}

// RM0351 6.2.20: with its clock off a peripheral's registers read 0 and take
// no writes. No fault, so the driver bug shows only much later.
static bool gated(struct stm32 *m, const struct stm32_block *b) {
    if (!b || stm32_clocked(m, b)) {
        return false;
    }
    const size_t i = (size_t)(b - stm32l476_blocks);
    stm32_note_once(m, &m->bus.unclocked[i],
            "%s is used at pc 0x%08X while its clock is off or it is held in "
            "reset: reads give 0, writes are lost. Set its bit in RCC "
            "(register offset 0x%02X, bit %u) first, and read that "
            "register back",
            b->name, (unsigned)sim_pc(m->sim), (unsigned)b->gate,
            (unsigned)b->gate_bit);
    return true;
}

static uint32_t read_word(struct stm32 *m, uint32_t addr, uint32_t mask) {
    const struct stm32_block *b = block_of(m, addr);
    uint32_t value = 0;

    if (!gated(m, b) &&
            (!b || !b->read || !b->read(m, b, addr - b->base, mask, &value))) {
        value = *unmodelled(m, b, addr, false);
    }
    for (size_t i = 0; i < m->bus.set_count; i++) {
        const struct stm32_set *s = &m->bus.sets[i];
        if (s->addr == addr) {
            value = stm32_merge(value, s->value, s->mask);
        }
    }
    return value;
}

static void write_word(struct stm32 *m, uint32_t addr, uint32_t value,
        uint32_t mask) {
    const struct stm32_block *b = block_of(m, addr);

    if (gated(m, b)) {
        return;
    }
    if (!b || !b->write ||
            !b->write(m, b, addr - b->base, value & mask, mask)) {
        uint32_t *reg = unmodelled(m, b, addr, true);
        *reg = stm32_merge(*reg, value, mask);
    }
}

static uint32_t size_mask(uint32_t addr, unsigned size) {
    const uint32_t ones = size >= 4 ? 0xFFFFFFFFu : (1u << (size * 8)) - 1u;
    return ones << ((addr & 3u) * 8u);
}

uint32_t stm32_bus_read(struct stm32 *m, uint32_t addr, unsigned size) {
    const uint32_t mask = size_mask(addr, size);
    return (read_word(m, addr & ~3u, mask) & mask) >> ((addr & 3u) * 8u);
}

void stm32_bus_write(struct stm32 *m, uint32_t addr, uint32_t value,
        unsigned size) {
    write_word(m, addr & ~3u, value << ((addr & 3u) * 8u),
            size_mask(addr, size));
}

/// Overrides, life ///

void stm32_bus_set(struct stm32 *m, uint32_t addr, uint32_t mask,
        uint32_t value) {
    struct stm32_set *sets =
            realloc(m->bus.sets, (m->bus.set_count + 1) * sizeof *sets);
    if (!sets) {
        sim_note(m->sim, "--set 0x%08X is ignored: out of memory",
                (unsigned)addr);
        return;
    }
    m->bus.sets = sets;
    sets[m->bus.set_count++] = (struct stm32_set){.addr = addr & ~3u,
            .mask = mask << ((addr & 3u) * 8u),
            .value = value << ((addr & 3u) * 8u)};
}

void stm32_bus_free(struct stm32 *m) {
    free(m->bus.sets);
    memset(&m->bus, 0, sizeof m->bus);
}
