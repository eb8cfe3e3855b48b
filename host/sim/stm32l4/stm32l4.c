/*
 * stm32l4 - an STM32L476 as a whole: life, resets, the wires
 *
 * SPDX-License-Identifier: MIT
 */
#include "sim/stm32l4/stm32l4.h"

#include <stdlib.h>
#include <string.h>

#include "sim/snapshot.h"
#include "sim/stm32l4/stm32l4_priv.h"

/// Wires ///

static bool clocked(const void *ctx, const void *device) {
    const struct stm32l4 *m = ctx;
    const struct stm32_block *block = stm32_bus_block(&m->bus, device);
    return block && l4_block_clocked(m, block);
}

static bool pin_is(const void *ctx, const struct sim_pin *pin) {
    const struct stm32l4 *m = ctx;
    return m->wiring->any_pin ||
            (pin->port < L4_PORTS &&
                    stm32_gpio_is(&m->gpio[pin->port], pin->pin, pin->af));
}

static void pins_changed(void *ctx) {
    struct stm32l4 *m = ctx;
    stm32_qspi_pins(&m->qspi);
}

static void requests_changed(void *ctx) {
    struct stm32l4 *m = ctx;
    stm32_dma_kick(&m->dma[0]);
    stm32_dma_kick(&m->dma[1]);
}

// RM0351 11.6.7, requests: USART2 on DMA1 channels 6 and 7, selection 2;
// QUADSPI on DMA1 channel 5, selection 5, and on DMA2 channel 7, selection 3.
enum stm32_request l4_request(const void *ctx, unsigned index, unsigned channel,
        unsigned selection) {
    const struct stm32l4 *m = ctx;
    const bool receive = channel == 5;
    if ((index == 0 && channel == 4 && selection == 5) ||
            (index == 1 && channel == 6 && selection == 3)) {
        return stm32_qspi_request(&m->qspi) ? STM32_REQUEST_HIGH
                                            : STM32_REQUEST_LOW;
    }
    if (index != 0 || (channel != 5 && channel != 6) || selection != 2) {
        return STM32_REQUEST_NONE;
    }
    return stm32_usart_request(&m->usart2, receive) ? STM32_REQUEST_HIGH
                                                    : STM32_REQUEST_LOW;
}

static void window_closed(void *ctx) {
    struct stm32l4 *m = ctx;
    stm32_dma_window_closed(&m->dma[0]);
    stm32_dma_window_closed(&m->dma[1]);
}

static uint32_t bus_read(void *ctx, uint32_t addr, unsigned bytes) {
    struct stm32l4 *m = ctx;
    return stm32_bus_read(&m->bus, addr, bytes);
}

static void bus_write(void *ctx, uint32_t addr, uint32_t value,
        unsigned bytes) {
    struct stm32l4 *m = ctx;
    stm32_bus_write(&m->bus, addr, value, bytes);
}

static bool weak(void *ctx, uint32_t addr, uint32_t len,
        enum sim_access access) {
    l4_parity_access(ctx, addr, len, access);
    if (access == SIM_ACCESS_WRITE) {
        return true;
    }
    l4_flash_read(ctx, addr);
    l4_ecc_read(ctx, addr, len, access == SIM_ACCESS_FETCH);
    return access == SIM_ACCESS_FETCH || l4_option_read(ctx, addr, len);
}

void l4_nmi(struct stm32l4 *m) {
    sim_nmi(m->sim, l4_ecc_nmi(m) || stm32_syscfg_parity_failed(&m->syscfg));
}

static bool master(const void *ctx, char *text, size_t size) {
    const struct stm32l4 *m = ctx;
    return stm32_dma_master(&m->dma[0], text, size) ||
            stm32_dma_master(&m->dma[1], text, size);
}

static void pin_edge(void *ctx, unsigned port, unsigned pin, bool high) {
    struct stm32l4 *m = ctx;
    if (stm32_syscfg_exti_port(&m->syscfg, pin) == port) {
        stm32_exti_edge(&m->exti, pin, high);
    }
}

static sim_time window_ps(const void *ctx, unsigned bytes) {
    const struct stm32l4 *m = ctx;
    return stm32_qspi_window_ps(&m->qspi, bytes);
}

/// Resets, power ///

#define FB_MODE (1u << 8)

// SYSCFG_MEMRMP, RM0351 9.2.1.
void l4_remap(void *ctx, uint32_t memrmp) {
    struct stm32l4 *m = ctx;
    if ((memrmp & FB_MODE) != 0) {
        stm32_note_once(&m->soc, &m->bank_noted,
                "SYSCFG_MEMRMP.FB_MODE is set: swapping the flash banks is not "
                "modelled");
    }
    switch (memrmp & 7u) {
    case 0:
        sim_set_alias(m->sim, 0, m->internal.bytes, m->internal.addr);
        break;
    case 3:
        sim_set_alias(m->sim, 0, m->sram1_bytes, L4_SRAM1_ADDR);
        break;
    case 6:
        sim_set_alias(m->sim, 0, m->window.bytes, m->window.addr);
        break;
    default:
        stm32_note_once(&m->soc, &m->remap_noted,
                "SYSCFG_MEMRMP.MEM_MODE=%u: only flash (0), SRAM1 (3) and "
                "QUADSPI (6) are modelled at address 0",
                (unsigned)(memrmp & 7u));
        break;
    }
}

// RM0351 6.1. The controller comes first: a window that a system reset closes
// must not look like one whose pins or clock were taken away while open.
void l4_reset(void *ctx, enum sim_reset kind) {
    struct stm32l4 *m = ctx;
    if (kind == SIM_RESET_POWER_ON) {
        stm32_usart_power(&m->usart2, false); // what was on the line is lost
        stm32_usart_power(&m->usart2, true);
        stm32_qspi_forget(&m->qspi);
        m->powered = true;
    }
    stm32_qspi_stop(&m->qspi);
    for (unsigned i = 0; i < L4_BLOCKS; i++) {
        const struct stm32_block *b = &m->block[i];
        if (b->ops && b->ops->reset) {
            b->ops->reset(b->device);
        }
    }
    const bool launched = m->flash.launched;
    m->flash.launched = false;
    if (kind == SIM_RESET_POWER_ON) {
        l4_parity_power_on(m);
    }
    l4_flash_reset(m, launched || kind == SIM_RESET_POWER_ON);
    if (l4_option_loses_sram2(m)) {
        l4_parity_erase(m);
    }
    if (l4_iwdg_hardware(m)) {
        stm32_iwdg_start(&m->iwdg);
    }
    if (kind == SIM_RESET_POWER_ON) {
        memset(m->pwr.backup, 0, sizeof m->pwr.backup);
        stm32_dbgmcu_power_on(&m->dbgmcu, &m->soc, L4_DBGMCU_IDCODE);
    }
    l4_rcc_reset(m, kind, launched);
    if (l4_wwdg_hardware(m)) {
        l4_rcc_keep_wwdg(m);
        stm32_wwdg_start(&m->wwdg);
    }
}

static void power(void *soc, bool on) {
    struct stm32l4 *m = soc;
    if (on == m->powered) {
        return;
    }
    m->powered = on;
    stm32_usart_power(&m->usart2, on);
    stm32_qspi_power(&m->qspi, on);
    if (!on) {
        stm32_dma_power_off(&m->dma[0]);
        stm32_dma_power_off(&m->dma[1]);
        sim_cancel(m->sim, &m->rcc.event);
        sim_cancel(m->sim, &m->flash.done);
        stm32_iwdg_power_off(&m->iwdg);
        stm32_wwdg_power_off(&m->wwdg);
        for (unsigned i = 0; i < L4_TIMERS; i++) {
            stm32_tim_power_off(&m->tim[i]);
        }
    }
}

/// Life ///

static void put(uint8_t *at, uint32_t value, unsigned bytes) {
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

// RM0351 49 and 3.4.1. Calibration values are those of a typical part.
static void fill_system(uint8_t *system, uint32_t internal_bytes) {
    memset(system, 0xFF, STM32L4_SYSTEM_BYTES);
    put(system + 0x500, 0xFFFFFFE0, 4); // package
    put(system + 0x590, 0x00360024, 4); // unique id: wafer x, y
    put(system + 0x594, 0x5846500A, 4); // lot, wafer
    put(system + 0x598, 0x20313533, 4);
    put(system + 0x5A8, 1033, 2); // TS_CAL1
    put(system + 0x5AA, 1655, 2); // VREFINT_CAL
    put(system + 0x5CA, 1377, 2); // TS_CAL2
    put(system + 0x5E0, internal_bytes / 1024, 2);
}

static void add_memories(struct stm32l4 *m,
        const struct sim_soc_options *options) {
    static const char *const names[SIM_SOC_RAMS] = {"SRAM1", "SRAM2", "RAM 3",
            "RAM 4", "RAM 5", "RAM 6", "RAM 7", "RAM 8"};
    for (unsigned i = 0; i < options->ram_count; i++) {
        const struct sim_region *ram = &options->ram[i];
        sim_add_memory(m->sim, names[i], SIM_MEM_RAM, ram->addr, ram->bytes,
                ram->host);
        if (ram->addr == L4_SRAM1_ADDR) {
            m->sram1_bytes = ram->bytes;
        }
    }
    sim_add_memory(m->sim, "internal flash", SIM_MEM_FLASH, m->internal.addr,
            m->internal.bytes, m->internal.host);
    const struct sim_store store = {
            .store = l4_flash_store,
            .weak = weak,
            .ctx = m,
    };
    sim_set_store(m->sim, &store);
    fill_system(m->system, m->internal.bytes);
    sim_add_memory(m->sim, "system memory", SIM_MEM_FLASH, STM32L4_SYSTEM_ADDR,
            STM32L4_SYSTEM_BYTES, m->system);
    memset(m->options2, 0xFF, sizeof m->options2);
    sim_add_memory(m->sim, "option bytes", SIM_MEM_FLASH, L4_OPTIONS2_ADDR,
            L4_OPTIONS2_BYTES, m->options2);
    // The window shows the chip's array itself; the chip model changes it.
    sim_add_memory(m->sim, "QUADSPI window", SIM_MEM_WINDOW, m->window.addr,
            m->window.bytes, (uint8_t *)nor_array(m->nor));
}

static void destroy(void *soc) {
    struct stm32l4 *m = soc;
    if (m) {
        stm32_bus_free(&m->bus);
        free(m);
    }
}

static void *make(const struct sim_soc_options *options) {
    struct stm32l4 *m = calloc(1, sizeof *m);
    if (!m) {
        return NULL;
    }
    m->soc = (struct stm32_soc){
            .sim = options->sim,
            .ctx = m,
            .clock_hz = l4_clock_hz,
            .clocked = clocked,
            .pin_is = pin_is,
            .pins_changed = pins_changed,
            .requests_changed = requests_changed,
            .window_closed = window_closed,
            .target = l4_target,
            .read = bus_read,
            .write = bus_write,
            .master = master,
            .pin_edge = pin_edge,
            .window_ps = window_ps,
    };
    m->sim = options->sim;
    m->wiring = options->wiring;
    m->internal = options->internal;
    m->window = options->window;
    m->nor = options->nor;
    m->powered = true;
    sim_set_irqs(m->sim, &l4_irqs);
    add_memories(m, options);
    sim_add_state(m->sim, m, sizeof *m);
    if (!l4_map_init(m, options)) {
        destroy(m);
        return NULL;
    }
    return m;
}

static void uart_kick(void *soc) {
    struct stm32l4 *m = soc;
    stm32_usart_kick(&m->usart2);
}

static void set(void *soc, uint32_t addr, uint32_t mask, uint32_t value) {
    struct stm32l4 *m = soc;
    stm32_bus_set(&m->bus, addr, mask, value);
}

static void tear(void *soc, uint64_t tear_number) {
    l4_flash_tear(soc, tear_number);
}

static sim_time internal_until(const void *soc) {
    return l4_flash_until(soc);
}

static struct sim_soc_counters counters(const void *soc) {
    const struct stm32_usart *u = &((const struct stm32l4 *)soc)->usart2;
    return (struct sim_soc_counters){
            .uart_rx = u->rx_count,
            .uart_tx = u->tx_count,
            .uart_overruns = u->overruns,
    };
}

const struct sim_soc stm32l476_soc = {
        .name = "STM32L476",
        .make = make,
        .free = destroy,
        .power = power,
        .uart_kick = uart_kick,
        .set = set,
        .tear = tear,
        .internal_until = internal_until,
        .counters = counters,
};
