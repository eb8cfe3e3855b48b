/*
 * stm32_soc - the wires between a device and the SoC that it is part of
 *
 * SPDX-License-Identifier: MIT
 *
 * Room host/sim/stm32: the devices of STM32 parts, each with its own state,
 * wired to a SoC it does not know.
 *
 * A device owns its state and reaches everything else through these wires: it
 * knows no address, no interrupt number, no clock tree and no other device.
 * The SoC tells a device the numbers of its lines when it makes it.
 *
 * Register handlers work on whole words: `off` is a multiple of 4, `mask` has
 * FFh for each byte of the word that the access touches, and values are in
 * their place in the word. A handler returns false for a register it does not
 * model; the bus then lets it behave as memory and says so.
 *
 * Where a manual leaves something open, the source says which way was taken and
 * takes the one that a driver is less likely to survive.
 */
#ifndef STM32_SOC_H
#define STM32_SOC_H

#include "sim/soc.h"

// What a bus master meets at an address.
enum stm32_target {
    STM32_NOTHING, // a bus error
    STM32_RAM,
    STM32_ROM,    // a write is a bus error
    STM32_WINDOW, // as ROM, but readable only while the window is open
    STM32_AHB,    // a peripheral
    STM32_APB,    // a peripheral behind a bridge, which makes words of writes
};

struct stm32_soc {
    struct sim *sim; // time, events, interrupt lines, traces
    void *ctx;       // of what follows
    // The rate of a clock that the SoC numbered, in Hz; 0: it is stopped.
    uint32_t (*clock_hz)(const void *ctx, unsigned clock);
    // False: the SoC has switched this device's clock off or holds it in reset.
    bool (*clocked)(const void *ctx, const void *device);
    // The pin is switched to exactly this function.
    bool (*pin_is)(const void *ctx, const struct sim_pin *pin);
    // A pin's mode or function has changed.
    void (*pins_changed)(void *ctx);
    // A line that asks for DMA has changed: every flag of a device may be one.
    void (*requests_changed)(void *ctx);
    // The window has been closed by a command of the firmware.
    void (*window_closed)(void *ctx);
    // A bus master's access; the target must be STM32_AHB or STM32_APB.
    enum stm32_target (*target)(const void *ctx, uint32_t addr, unsigned bytes);
    uint32_t (*read)(void *ctx, uint32_t addr, unsigned bytes);
    void (*write)(void *ctx, uint32_t addr, uint32_t value, unsigned bytes);
    // The bus master beside the CPU whose access runs: "DMA1 channel 5, ...",
    // into text. False: none does. May be NULL.
    bool (*master)(const void *ctx, char *text, size_t size);
    // Time that the controller of the open window takes to read some bytes.
    sim_time (*window_ps)(const void *ctx, unsigned bytes);
    // What a pin's input reads has changed. May be NULL.
    void (*pin_edge)(void *ctx, unsigned port, unsigned pin, bool high);
};

// How a SoC drives a device of any kind. All but read and write may be NULL.
struct stm32_ops {
    bool (*read)(void *device, uint32_t off, uint32_t mask, uint32_t *value);
    bool (*write)(void *device, uint32_t off, uint32_t value, uint32_t mask);
    void (*reset)(void *device); // by the SoC's own reset or by its reset bit
    // The clock is being taken away, or the reset bit set (before reset()).
    void (*unclocked)(void *device, bool reset);
};

struct stm32_violation {
    enum sim_rule rule;
    const char *source; // of the rule: "ES0250"; NULL: none
    bool has_addr;
    uint32_t addr;
};
// `what` is a printf format; it says what the firmware did.
void stm32_violate(const struct stm32_soc *soc, const struct stm32_violation *v,
        const char *what, ...) __attribute__((format(printf, 3, 4)));
// Says it once, by sim_note: while *noted is false, which it then sets.
void stm32_note_once(const struct stm32_soc *soc, bool *noted,
        const char *format, ...) __attribute__((format(printf, 3, 4)));

// "PD5" into text, which is returned.
const char *stm32_pin_name(const struct sim_pin *pin, char text[8]);

// Time of so many clocks of hz (not 0), and whole clocks in a time.
sim_time stm32_clocks_ps(uint64_t hz, uint64_t clocks);
uint64_t stm32_clocks_in(uint64_t hz, sim_time ps);

// Returns the old word with the bits of `mask` replaced.
static inline uint32_t stm32_merge(uint32_t old, uint32_t value,
        uint32_t mask) {
    return (old & ~mask) | (value & mask);
}

#endif
