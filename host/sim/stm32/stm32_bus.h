/*
 * stm32_bus - the peripheral space of a SoC: which device answers where
 *
 * SPDX-License-Identifier: MIT
 *
 * One dispatcher for the whole space instead of one registration per block:
 * clock gates, `--set` overrides and registers that are not modelled are then
 * handled in one place. The table of blocks belongs to the SoC.
 */
#ifndef STM32_BUS_H
#define STM32_BUS_H

#include "sim/stm32/stm32_soc.h"

struct stm32_block {
    const char *name;
    uint32_t base, size;
    uint32_t gate, gate_bit;     // the SoC's own numbers for its clock enable
    const struct stm32_ops *ops; // NULL: not modelled, behaves as memory
    void *device;
    bool noted_unclocked;
};

struct stm32_bus_options {
    const struct stm32_soc *soc;
    struct stm32_block *block;
    size_t block_count;
    // Ranges in which some block, or nothing that is modelled, answers.
    const struct sim_periph *range; // name, base, size, slow_bytes
    size_t range_count;
    void (*reset)(void *ctx, enum sim_reset kind); // of the whole SoC
    // Is the clock of this block on? If not, where the firmware can enable it.
    bool (*clocked)(const void *ctx, const struct stm32_block *block);
    void (*gate_text)(const struct stm32_block *block, char *text, size_t size);
    // "ISR"; NULL: unknown.
    const char *(*register_name)(const struct stm32_block *block, uint32_t off);
};

struct stm32_bus {
    struct stm32_bus_options o;
    struct stm32_bus_range *ranges;
    struct stm32_bus_set *sets;
    size_t set_count;
    struct stm32_block *last; // most accesses come in runs
};

// Adds the ranges to the machine. False: out of memory.
bool stm32_bus_init(struct stm32_bus *bus,
        const struct stm32_bus_options *options);
void stm32_bus_free(struct stm32_bus *bus);
uint32_t stm32_bus_read(struct stm32_bus *bus, uint32_t addr, unsigned bytes);
void stm32_bus_write(struct stm32_bus *bus, uint32_t addr, uint32_t value,
        unsigned bytes);
// The block of a device, NULL: none has it.
const struct stm32_block *stm32_bus_block(const struct stm32_bus *bus,
        const void *device);
// As --set; also where nothing answers.
void stm32_bus_set(struct stm32_bus *bus, uint32_t addr, uint32_t mask,
        uint32_t value);

#endif
