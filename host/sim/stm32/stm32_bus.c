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

static struct stm32_cell *find(struct stm32_bus *bus, uint32_t addr) {
    size_t i = ((size_t)(addr >> 2) * 2654435761u) & (bus->cell_count - 1);
    while (bus->cells[i].addr != 0 && bus->cells[i].addr != addr) {
        i = (i + 1) & (bus->cell_count - 1);
    }
    return &bus->cells[i];
}

static bool grow(struct stm32_bus *bus) {
    const size_t old_count = bus->cell_count;
    struct stm32_cell *old = bus->cells;
    const size_t count = old_count == 0 ? 64 : old_count * 2;

    struct stm32_cell *cells = calloc(count, sizeof *cells);
    if (!cells) {
        return false;
    }
    bus->cells = cells;
    bus->cell_count = count;
    for (size_t i = 0; i < old_count; i++) {
        if (old[i].addr != 0) {
            *find(bus, old[i].addr) = old[i];
        }
    }
    free(old);
    return true;
}

// NULL only when the host is out of memory: the register then reads 0.
static struct stm32_cell *cell_of(struct stm32_bus *bus, uint32_t addr) {
    if (bus->cells_used * 2 >= bus->cell_count && !grow(bus)) {
        return NULL;
    }
    struct stm32_cell *cell = find(bus, addr);
    if (cell->addr == 0) {
        cell->addr = addr;
        bus->cells_used++;
    }
    return cell;
}

static bool is_set(const struct stm32_bus *bus, uint32_t word_addr) {
    for (size_t i = 0; i < bus->set_count; i++) {
        if (bus->sets[i].addr == word_addr) {
            return true;
        }
    }
    return false;
}

static struct stm32_cell *unmodelled(struct stm32 *m,
        const struct stm32_block *b, uint32_t addr, bool write) {
    struct stm32_cell *cell = cell_of(&m->bus, addr);
    // Somebody who gave --set for it knows about this register.
    if (cell && !cell->reported && !is_set(&m->bus, addr)) {
        cell->reported = true;
        sim_unmodelled(m->sim, b ? b->name : "unknown peripheral", addr, write);
    }
    return cell;
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
        const struct stm32_cell *cell = unmodelled(m, b, addr, false);
        value = cell ? cell->value : 0;
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
        struct stm32_cell *cell = unmodelled(m, b, addr, true);
        if (cell) {
            cell->value = stm32_merge(cell->value, value, mask);
        }
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

void stm32_bus_reset(struct stm32 *m) {
    for (size_t i = 0; i < m->bus.cell_count; i++) {
        m->bus.cells[i].value = 0;
    }
}

void stm32_bus_free(struct stm32 *m) {
    free(m->bus.cells);
    free(m->bus.sets);
    memset(&m->bus, 0, sizeof m->bus);
}
