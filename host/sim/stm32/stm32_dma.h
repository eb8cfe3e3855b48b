/*
 * stm32_dma - a DMA controller with seven channels and request selection
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef STM32_DMA_H
#define STM32_DMA_H

#include "sim/stm32/stm32_soc.h"

#define STM32_DMA_CHANNELS 7u

// The state of a channel's request line.
enum stm32_request {
    STM32_REQUEST_NONE, // nothing that is modelled
    STM32_REQUEST_LOW,
    STM32_REQUEST_HIGH,
};

struct stm32_dma_options {
    const char *name;      // "DMA1"
    const char *operation; // where the manual tells how it works: "RM0351 11.4"
    const char *registers; // and its registers: "RM0351 11.6"
    unsigned irq[STM32_DMA_CHANNELS];
    unsigned clock; // of the bus
    unsigned index; // the SoC's number for it, for request()
    // The request that a channel (from 0) sees by a selection.
    enum stm32_request (*request)(const void *ctx, unsigned index,
            unsigned channel, unsigned selection);
    const char *requests; // those that are modelled, for a note
};

struct stm32_dma_channel {
    uint32_t ccr, cndtr, cpar, cmar;
    uint32_t par, mar; // where the next item comes from and goes to
    uint32_t count;    // CNDTR when the channel was enabled
    uint32_t pc;       // and who did it
    sim_time moved_at; // the last item, or when it was enabled
};
struct stm32_dma {
    const struct stm32_soc *soc;
    struct stm32_dma_options o;
    uint32_t isr, cselr;
    unsigned moves; // the channel whose item is moved just now, from 1; 0: none
    struct stm32_dma_channel channel[STM32_DMA_CHANNELS];
    struct sim_event event; // the end of the item under way
    bool noted_request, noted_circular, noted_empty, noted_locked, noted_error;
    bool noted_window;
};

extern const struct stm32_ops stm32_dma_ops;

void stm32_dma_init(struct stm32_dma *d, const struct stm32_soc *soc,
        const struct stm32_dma_options *options);
void stm32_dma_power_off(struct stm32_dma *d);
// A request or a clock has changed.
void stm32_dma_kick(struct stm32_dma *d);
// See struct stm32_soc.master.
bool stm32_dma_master(const struct stm32_dma *d, char *text, size_t size);
// A channel that was left on may read the window, which has been closed.
void stm32_dma_window_closed(struct stm32_dma *d);

#endif
