/*
 * toy_soc - a SoC that does not exist, made of the simulator's STM32 devices
 *
 * SPDX-License-Identifier: MIT
 */
#include "support/toy_soc.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/stm32/stm32_bus.h"
#include "sim/stm32/stm32_dma.h"
#include "sim/stm32/stm32_quadspi.h"
#include "sim/stm32/stm32_usart.h"

enum { CLK, UART_A, UART_B, BDMA, QUADSPI, BLOCKS };
enum { BUS_CLOCK, SLOW_CLOCK };
#define ALWAYS 32 // no bit of TOYCLK

struct toy {
    struct stm32_soc soc;
    struct sim_region window;
    uint32_t toyclk;
    struct stm32_usart uart[2];
    struct stm32_dma dma;
    struct stm32_qspi qspi;
    struct stm32_bus bus;
    struct stm32_block block[BLOCKS];
};

struct sim_uart_peer toy_second_peer;

/// TOYCLK ///

static bool clk_read(void *device, uint32_t off, uint32_t mask,
        uint32_t *value) {
    (void)mask;
    *value = ((struct toy *)device)->toyclk;
    return off == 0;
}

static bool clk_write(void *device, uint32_t off, uint32_t value,
        uint32_t mask) {
    struct toy *t = device;
    if (off == 0) {
        t->toyclk = stm32_merge(t->toyclk, value, mask);
    }
    return off == 0;
}

static void clk_reset(void *device) {
    ((struct toy *)device)->toyclk = 0;
}

static const struct stm32_ops clk_ops = {clk_read, clk_write, clk_reset, NULL};

/// Wires ///

static uint32_t clock_hz(const void *ctx, unsigned clock) {
    (void)ctx;
    return clock == BUS_CLOCK ? 64000000 : 8000000;
}

static bool block_clocked(const void *ctx, const struct stm32_block *block) {
    const struct toy *t = ctx;
    return block->gate_bit == ALWAYS || (t->toyclk >> block->gate_bit & 1);
}

static bool clocked(const void *ctx, const void *device) {
    const struct toy *t = ctx;
    return block_clocked(t, stm32_bus_block(&t->bus, device));
}

static void gate_text(const struct stm32_block *block, char *text,
        size_t size) {
    snprintf(text, size, "TOYCLK (bit %u)", (unsigned)block->gate_bit);
}

static bool pin_is(const void *ctx, const struct sim_pin *pin) {
    (void)ctx;
    (void)pin;
    return true;
}

static void pins_changed(void *ctx) {
    (void)ctx;
}

static void requests_changed(void *ctx) {
    stm32_dma_kick(&((struct toy *)ctx)->dma);
}

static void window_closed(void *ctx) {
    stm32_dma_window_closed(&((struct toy *)ctx)->dma);
}

static enum stm32_request request(const void *ctx, unsigned index,
        unsigned channel, unsigned selection) {
    const struct toy *t = ctx;
    if (index != 7 || channel != 2 || selection != 9) {
        return STM32_REQUEST_NONE;
    }
    return stm32_usart_request(&t->uart[1], false) ? STM32_REQUEST_HIGH
                                                   : STM32_REQUEST_LOW;
}

static enum stm32_target target(const void *ctx, uint32_t addr,
        unsigned bytes) {
    const struct toy *t = ctx;
    if (addr - t->window.addr < t->window.bytes) {
        return STM32_WINDOW;
    }
    if (sim_memory(t->soc.sim, addr, bytes)) {
        return addr < TOY_RAM_ADDR ? STM32_ROM : STM32_RAM;
    }
    return addr >> 24 == 0x50 ? STM32_APB : STM32_NOTHING;
}

static uint32_t bus_read(void *ctx, uint32_t addr, unsigned bytes) {
    return stm32_bus_read(&((struct toy *)ctx)->bus, addr, bytes);
}

static void bus_write(void *ctx, uint32_t addr, uint32_t value,
        unsigned bytes) {
    stm32_bus_write(&((struct toy *)ctx)->bus, addr, value, bytes);
}

static sim_time window_ps(const void *ctx, unsigned bytes) {
    return stm32_qspi_window_ps(&((const struct toy *)ctx)->qspi, bytes);
}

/// The SoC ///

static void reset(void *ctx, enum sim_reset kind) {
    struct toy *t = ctx;
    (void)kind;
    stm32_qspi_stop(&t->qspi);
    for (unsigned i = 0; i < BLOCKS; i++) {
        t->block[i].ops->reset(t->block[i].device);
    }
    sim_set_hclk(t->soc.sim, clock_hz(t, BUS_CLOCK));
}

static void make_devices(struct toy *t, const struct sim_soc_options *options) {
    struct stm32_usart_options uart = {
            .name = "UART A",
            .registers = "TM1 3",
            .irq = TOY_UART_A_IRQ,
            .clock = BUS_CLOCK,
            .peer = options->peer,
    };
    stm32_usart_init(&t->uart[0], &t->soc, &uart);
    uart.name = "UART B";
    uart.irq = 148;
    uart.clock = SLOW_CLOCK;
    uart.peer = toy_second_peer;
    stm32_usart_init(&t->uart[1], &t->soc, &uart);
    const struct stm32_dma_options dma = {
            .name = "BDMA",
            .operation = "TM1 4",
            .registers = "TM1 4",
            .irq = {100, 101, 102, 103, 104, 105, 106},
            .clock = BUS_CLOCK,
            .index = 7,
            .request = request,
            .requests = "UART B",
    };
    stm32_dma_init(&t->dma, &t->soc, &dma);
    const struct stm32_qspi_options qspi = {
            .registers = "TM1 5",
            .errata = "TE1",
            .reset_bit = "TOYRST",
            .clock_bit = "TOYCLK",
            .irq = 3,
            .clock = BUS_CLOCK,
            .nor = options->nor,
    };
    stm32_qspi_init(&t->qspi, &t->soc, &qspi);
}

static void *make(const struct sim_soc_options *options) {
    static const char *const names[TOY_IRQS] = {
            [3] = "QUADSPI", [148] = "UART B", [TOY_UART_A_IRQ] = "UART A"};
    static const struct sim_irqs irqs = {TOY_IRQS, names};
    static const struct sim_periph range = {
            .name = "peripherals", .base = 0x50000000, .size = 0x03000000};
    struct toy *t = calloc(1, sizeof *t);
    if (!t) {
        return NULL;
    }
    t->soc = (struct stm32_soc){options->sim, t, clock_hz, clocked, pin_is,
            pins_changed, requests_changed, window_closed, target, bus_read,
            bus_write, NULL, window_ps, NULL};
    t->window = options->window;
    make_devices(t, options);
    const struct stm32_block blocks[BLOCKS] = {
            [CLK] = {"TOYCLK", 0x50000000, 4, 0, ALWAYS, &clk_ops, t, false},
            [UART_A] = {"UART A", 0x50001000, 0x400, 0, 0, &stm32_usart_ops,
                    &t->uart[0], false},
            [UART_B] = {"UART B", 0x50002000, 0x400, 0, 1, &stm32_usart_ops,
                    &t->uart[1], false},
            [BDMA] = {"BDMA", 0x50003000, 0x400, 0, 3, &stm32_dma_ops, &t->dma,
                    false},
            [QUADSPI] = {"QUADSPI", 0x52005000, 0x400, 0, 2, &stm32_qspi_ops,
                    &t->qspi, false},
    };
    for (unsigned i = 0; i < BLOCKS; i++) {
        t->block[i] = blocks[i];
    }
    struct sim *sim = options->sim;
    sim_set_irqs(sim, &irqs);
    sim_add_memory(sim, "ROM", SIM_MEM_FLASH, options->internal.addr,
            options->internal.bytes, options->internal.host);
    sim_add_memory(sim, "RAM", SIM_MEM_RAM, options->ram[0].addr,
            options->ram[0].bytes, options->ram[0].host);
    sim_add_memory(sim, "window", SIM_MEM_WINDOW, t->window.addr,
            t->window.bytes, (uint8_t *)nor_array(options->nor));
    const struct stm32_bus_options bus = {&t->soc, t->block, BLOCKS, &range, 1,
            reset, block_clocked, gate_text, NULL};
    if (!stm32_bus_init(&t->bus, &bus)) {
        free(t);
        return NULL;
    }
    return t;
}

static void destroy(void *soc) {
    struct toy *t = soc;
    stm32_bus_free(&t->bus);
    free(t);
}

static void power(void *soc, bool on) {
    struct toy *t = soc;
    stm32_usart_power(&t->uart[0], on);
    stm32_usart_power(&t->uart[1], on);
    stm32_qspi_power(&t->qspi, on);
    if (!on) {
        stm32_dma_power_off(&t->dma);
    }
}

static void uart_kick(void *soc) {
    stm32_usart_kick(&((struct toy *)soc)->uart[0]);
}

static void set(void *soc, uint32_t addr, uint32_t mask, uint32_t value) {
    stm32_bus_set(&((struct toy *)soc)->bus, addr, mask, value);
}

static struct sim_soc_counters counters(const void *soc) {
    const struct toy *t = soc;
    return (struct sim_soc_counters){
            .uart_rx = t->uart[0].rx_count + t->uart[1].rx_count,
            .uart_tx = t->uart[0].tx_count + t->uart[1].tx_count,
            .uart_overruns = t->uart[0].overruns + t->uart[1].overruns,
    };
}

const struct sim_soc toy_soc = {
        .name = "TOY1",
        .make = make,
        .free = destroy,
        .power = power,
        .uart_kick = uart_kick,
        .set = set,
        .counters = counters,
};
