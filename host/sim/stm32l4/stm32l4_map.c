/*
 * stm32l4_map - what an STM32L476 has, and where: makes its devices
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 2.2 (memory map) and 6.4 (RCC enable registers). A block without a
 * device is not modelled: it is listed for its name and its clock gate.
 */
#include "sim/stm32l4/stm32l4_priv.h"

#include <string.h>

/// Interrupts ///

// RM0351, table "STM32L47x/L48x/L49x/L4Ax vector table".
static const char *const irq_names[] = {
        [0] = "WWDG",
        [6] = "EXTI0",
        [7] = "EXTI1",
        [8] = "EXTI2",
        [9] = "EXTI3",
        [10] = "EXTI4",
        [11] = "DMA1 channel 1",
        [12] = "DMA1 channel 2",
        [13] = "DMA1 channel 3",
        [14] = "DMA1 channel 4",
        [15] = "DMA1 channel 5",
        [16] = "DMA1 channel 6",
        [17] = "DMA1 channel 7",
        [23] = "EXTI9_5",
        [28] = "TIM2",
        [29] = "TIM3",
        [30] = "TIM4",
        [35] = "SPI1",
        [36] = "SPI2",
        [37] = "USART1",
        [38] = "USART2",
        [39] = "USART3",
        [40] = "EXTI15_10",
        [50] = "TIM5",
        [54] = "TIM6",
        [55] = "TIM7",
        [65] = "LPTIM1",
        [66] = "LPTIM2",
        [70] = "LPUART1",
        [71] = "QUADSPI",
        [81] = NULL, // FPU
};

const struct sim_irqs l4_irqs = {
        .count = sizeof irq_names / sizeof irq_names[0],
        .name = irq_names,
};

/// Blocks ///

struct row {
    const char *name;
    uint32_t base, size, gate, gate_bit;
    const struct stm32_ops *ops;
    size_t device_off; // in struct stm32l4
};

#define DEVICE(ops, field) &(ops), offsetof(struct stm32l4, field)
#define WHOLE(ops) &(ops), 0 // its state is that of the SoC
#define STORE NULL, 0
#define GPIO(letter, n) \
    { \
        "GPIO" letter, 0x48000000u + (n)*0x400u, 0x400, L4_AHB2, n, \
                DEVICE(stm32_gpio_ops, gpio[n]) \
    }

// RCC, FLASH and DBGMCU are reset by their own rules (see l4_reset).
// clang-format off
static const struct row rows[] = {
    {"TIM2", 0x40000000, 0x400, L4_APB1, 0, DEVICE(stm32_tim_ops, tim[0])},
    {"TIM3", 0x40000400, 0x400, L4_APB1, 1, STORE},
    {"TIM4", 0x40000800, 0x400, L4_APB1, 2, STORE},
    {"TIM5", 0x40000C00, 0x400, L4_APB1, 3, STORE},
    {"TIM6", 0x40001000, 0x400, L4_APB1, 4, DEVICE(stm32_tim_ops, tim[1])},
    {"TIM7", 0x40001400, 0x400, L4_APB1, 5, DEVICE(stm32_tim_ops, tim[2])},
    {"LCD", 0x40002400, 0x400, L4_APB1, 9, STORE},
    {"RTC", 0x40002800, 0x400, L4_ALWAYS, 0, WHOLE(l4_rtc_ops)},
    {"WWDG", 0x40002C00, 0x400, L4_APB1, 11, DEVICE(stm32_wwdg_ops, wwdg)},
    {"IWDG", 0x40003000, 0x400, L4_ALWAYS, 0, DEVICE(stm32_iwdg_ops, iwdg)},
    {"SPI2", 0x40003800, 0x400, L4_APB1, 14, STORE},
    {"SPI3", 0x40003C00, 0x400, L4_APB1, 15, STORE},
    {"USART2", 0x40004400, 0x400, L4_APB1, 17, DEVICE(stm32_usart_ops, usart2)},
    {"USART3", 0x40004800, 0x400, L4_APB1, 18, STORE},
    {"UART4", 0x40004C00, 0x400, L4_APB1, 19, STORE},
    {"UART5", 0x40005000, 0x400, L4_APB1, 20, STORE},
    {"I2C1", 0x40005400, 0x400, L4_APB1, 21, STORE},
    {"I2C2", 0x40005800, 0x400, L4_APB1, 22, STORE},
    {"I2C3", 0x40005C00, 0x400, L4_APB1, 23, STORE},
    {"CAN1", 0x40006400, 0x400, L4_APB1, 25, STORE},
    {"PWR", 0x40007000, 0x400, L4_APB1, 28, WHOLE(l4_pwr_ops)},
    {"DAC1", 0x40007400, 0x400, L4_APB1, 29, STORE},
    {"OPAMP", 0x40007800, 0x400, L4_APB1, 30, STORE},
    {"LPTIM1", 0x40007C00, 0x400, L4_APB1, 31, STORE},
    {"LPUART1", 0x40008000, 0x400, L4_APB1_2, 0, STORE},
    {"SWPMI1", 0x40008800, 0x400, L4_APB1_2, 2, STORE},
    {"LPTIM2", 0x40009400, 0x400, L4_APB1_2, 5, STORE},
    {"SYSCFG", 0x40010000, 0x30, L4_APB2, 0, DEVICE(stm32_syscfg_ops, syscfg)},
    {"VREFBUF", 0x40010030, 0x1D0, L4_APB2, 0, STORE},
    {"COMP", 0x40010200, 0x200, L4_APB2, 0, STORE},
    {"EXTI", 0x40010400, 0x400, L4_ALWAYS, 0, DEVICE(stm32_exti_ops, exti)},
    {"FIREWALL", 0x40011C00, 0x400, L4_APB2, 7, STORE},
    {"SDMMC1", 0x40012800, 0x400, L4_APB2, 10, STORE},
    {"TIM1", 0x40012C00, 0x400, L4_APB2, 11, STORE},
    {"SPI1", 0x40013000, 0x400, L4_APB2, 12, STORE},
    {"TIM8", 0x40013400, 0x400, L4_APB2, 13, STORE},
    {"USART1", 0x40013800, 0x400, L4_APB2, 14, STORE},
    {"TIM15", 0x40014000, 0x400, L4_APB2, 16, STORE},
    {"TIM16", 0x40014400, 0x400, L4_APB2, 17, STORE},
    {"TIM17", 0x40014800, 0x400, L4_APB2, 18, STORE},
    {"SAI1", 0x40015400, 0x400, L4_APB2, 21, STORE},
    {"SAI2", 0x40015800, 0x400, L4_APB2, 22, STORE},
    {"DFSDM1", 0x40016000, 0x400, L4_APB2, 24, STORE},
    {"DMA1", 0x40020000, 0x400, L4_AHB1, 0, DEVICE(stm32_dma_ops, dma[0])},
    {"DMA2", 0x40020400, 0x400, L4_AHB1, 1, DEVICE(stm32_dma_ops, dma[1])},
    {"RCC", 0x40021000, 0x400, L4_ALWAYS, 0, WHOLE(l4_rcc_ops)},
    {"FLASH", 0x40022000, 0x400, L4_AHB1, 8, WHOLE(l4_flash_ops)},
    {"CRC", 0x40023000, 0x400, L4_AHB1, 12, DEVICE(stm32_crc_ops, crc)},
    {"TSC", 0x40024000, 0x400, L4_AHB1, 16, STORE},
    GPIO("A", 0), GPIO("B", 1), GPIO("C", 2), GPIO("D", 3),
    GPIO("E", 4), GPIO("F", 5), GPIO("G", 6), GPIO("H", 7),
    {"OTG_FS", 0x50000000, 0x40000, L4_AHB2, 12, STORE},
    {"ADC", 0x50040000, 0x400, L4_AHB2, 13, STORE},
    {"RNG", 0x50060800, 0x400, L4_AHB2, 18, DEVICE(stm32_rng_ops, rng)},
    {"FMC", 0xA0000000, 0x1000, L4_AHB3, 0, STORE},
    {"QUADSPI", 0xA0001000, 0x400, L4_AHB3, 8, DEVICE(stm32_qspi_ops, qspi)},
    {"DBGMCU", 0xE0042000, 0x400, L4_ALWAYS, 0,
            DEVICE(stm32_dbgmcu_ops, dbgmcu)},
};
// clang-format on

_Static_assert(sizeof rows / sizeof rows[0] <= L4_BLOCKS, "L4_BLOCKS");

static void fill_blocks(struct stm32l4 *m) {
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *r = &rows[i];
        m->block[i] = (struct stm32_block){
                .name = r->name,
                .base = r->base,
                .size = r->size,
                .gate = r->gate,
                .gate_bit = r->gate_bit,
                .ops = r->ops,
                .device = r->ops ? (char *)m + r->device_off : NULL,
        };
    }
}

/// Names of registers ///

// Those that firmware waits for.
static const char *register_name(const struct stm32_block *block,
        uint32_t off) {
    static const struct {
        const char *kind; // the beginning of the block's name
        uint32_t off;
        const char *name;
    } known[] = {
            {"ADC", 0x00, "ISR"},
            {"ADC", 0x08, "CR"},
            {"CAN", 0x04, "MSR"},
            {"CAN", 0x08, "TSR"},
            {"DMA", 0x00, "ISR"},
            {"EXTI", 0x14, "PR1"},
            {"EXTI", 0x34, "PR2"},
            {"FLASH", 0x00, "ACR"},
            {"FLASH", 0x10, "SR"},
            {"FLASH", 0x14, "CR"},
            {"GPIO", 0x10, "IDR"},
            {"I2C", 0x18, "ISR"},
            {"IWDG", 0x0C, "SR"},
            {"LPTIM", 0x00, "ISR"},
            {"LPUART", 0x1C, "ISR"},
            {"PWR", 0x10, "SR1"},
            {"PWR", 0x14, "SR2"},
            {"QUADSPI", 0x00, "CR"},
            {"QUADSPI", 0x08, "SR"},
            {"RCC", 0x00, "CR"},
            {"RCC", 0x08, "CFGR"},
            {"RCC", 0x90, "BDCR"},
            {"RCC", 0x94, "CSR"},
            {"RCC", 0x98, "CRRCR"},
            {"RNG", 0x04, "SR"},
            {"RTC", 0x0C, "ISR"},
            {"SDMMC", 0x34, "STA"},
            {"SPI", 0x08, "SR"},
            {"TIM", 0x10, "SR"},
            {"TIM", 0x24, "CNT"},
            {"UART", 0x1C, "ISR"},
            {"USART", 0x1C, "ISR"},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].off == off &&
                strncmp(block->name, known[i].kind, strlen(known[i].kind)) ==
                        0) {
            return known[i].name;
        }
    }
    return NULL;
}

/// Addresses ///

#define PERIPH_ADDR 0x40000000u
#define PERIPH_BYTES 0x20000000u
#define APB_BYTES 0x20000u // of them behind the bridges
#define AHB3_ADDR 0xA0000000u
#define AHB3_BYTES 0x2000u
#define ROM_ADDR 0x1FFF0000u // system memory and what is around it
#define ROM_BYTES 0x10000u

static const struct sim_periph ranges[] = {
        {.name = "peripherals",
                .base = PERIPH_ADDR,
                .size = PERIPH_BYTES,
                .slow_bytes = APB_BYTES},
        {.name = "AHB3", .base = AHB3_ADDR, .size = AHB3_BYTES},
        {.name = "DBGMCU", .base = 0xE0042000u, .size = 0x400},
};

static bool in_host(const uint8_t *at, const uint8_t *from, uint32_t bytes) {
    return at >= from && at < from + bytes;
}

// By what is there, not by the address: it may be an alias at 0.
enum stm32_target l4_target(const void *ctx, uint32_t addr, unsigned bytes) {
    const struct stm32l4 *m = ctx;
    const uint8_t *at = sim_memory(m->sim, addr, bytes);
    if (!at) {
        return addr - PERIPH_ADDR < APB_BYTES       ? STM32_APB
                : addr - PERIPH_ADDR < PERIPH_BYTES ? STM32_AHB
                : addr - AHB3_ADDR < AHB3_BYTES     ? STM32_AHB
                                                    : STM32_NOTHING;
    }
    if (in_host(at, nor_array(m->nor), m->window.bytes)) {
        return STM32_WINDOW;
    }
    if (in_host(at, m->internal.host, m->internal.bytes) ||
            addr - ROM_ADDR < ROM_BYTES) {
        return STM32_ROM;
    }
    return STM32_RAM;
}

/// Devices ///

// RM0351 8.4: reset values. Ports A and B have the pins of the debug port.
static void init_gpio(struct stm32l4 *m) {
    for (unsigned i = 0; i < L4_PORTS; i++) {
        const struct stm32_gpio_options o = {
                .port = i,
                .moder = i == 0  ? 0xABFFFFFF
                        : i == 1 ? 0xFFFFFEBF
                        : i == 7 ? 0xF
                                 : 0xFFFFFFFF,
                .ospeedr = i == 0 ? 0x0C000000 : 0,
                .pupdr = i == 0  ? 0x64000000
                        : i == 1 ? 0x100
                                 : 0,
                .pulled_up = m->wiring->pulled_up[i],
        };
        stm32_gpio_init(&m->gpio[i], &m->soc, &o);
    }
}

static void init_usart(struct stm32l4 *m, const struct sim_uart_peer *peer) {
    const struct stm32_usart_options o = {
            .name = "USART2",
            .registers = "RM0351 40.8",
            .irq = 38,
            .clock = L4_USART2_CLOCK,
            .tx_pin = m->wiring->uart_tx,
            .rx_pin = m->wiring->uart_rx,
            .peer = *peer,
    };
    stm32_usart_init(&m->usart2, &m->soc, &o);
}

static void init_dma(struct stm32l4 *m) {
    struct stm32_dma_options o = {
            .name = "DMA1",
            .operation = "RM0351 11.4",
            .registers = "RM0351 11.6",
            .irq = {11, 12, 13, 14, 15, 16, 17},
            .clock = L4_HCLK,
            .index = 0,
            .request = l4_request,
            .requests = "USART2_RX (DMA1 channel 6, request 2), USART2_TX "
                        "(DMA1 channel 7, request 2), QUADSPI (DMA1 channel 5, "
                        "request 5; DMA2 channel 7, request 3), memory to "
                        "memory",
    };
    static const unsigned irq2[STM32_DMA_CHANNELS] = {
            56, 57, 58, 59, 60, 68, 69};
    stm32_dma_init(&m->dma[0], &m->soc, &o);
    o.name = "DMA2";
    o.index = 1;
    memcpy(o.irq, irq2, sizeof irq2);
    stm32_dma_init(&m->dma[1], &m->soc, &o);
}

static void init_qspi(struct stm32l4 *m, bool residue) {
    const struct sim_wiring *w = m->wiring;
    const struct stm32_qspi_options o = {
            .registers = "RM0351 17.5",
            .errata = "ES0250",
            .reset_bit = "RCC_AHB3RSTR.QSPIRST",
            .clock_bit = "RCC_AHB3ENR",
            .irq = 71,
            .clock = L4_HCLK,
            .clk = w->qspi_clk,
            .ncs = w->qspi_ncs,
            .io = {w->qspi_io[0], w->qspi_io[1], w->qspi_io[2], w->qspi_io[3]},
            .nor = m->nor,
            .residue = residue,
    };
    stm32_qspi_init(&m->qspi, &m->soc, &o);
}

static void init_timers(struct stm32l4 *m) {
    static const struct stm32_tim_options o[L4_TIMERS] = {
            {.irq = 28,
                    .clock = L4_TIMERS_CLOCK,
                    .top = 0xFFFFFFFF,
                    .general = true},                             // TIM2
            {.irq = 54, .clock = L4_TIMERS_CLOCK, .top = 0xFFFF}, // TIM6
            {.irq = 55, .clock = L4_TIMERS_CLOCK, .top = 0xFFFF}, // TIM7
    };
    for (unsigned i = 0; i < L4_TIMERS; i++) {
        stm32_tim_init(&m->tim[i], &m->soc, &o[i]);
    }
}

static void init_exti(struct stm32l4 *m) {
    static const struct stm32_exti_options o = {
            .irq = {{1u << 0, 6}, {1u << 1, 7}, {1u << 2, 8}, {1u << 3, 9},
                    {1u << 4, 10}, {0x03E0, 23}, {0xFC00, 40}},
            .imr = {0xFF820000, 0x87},
            .triggered = {0x007DFFFF, 0x78},
    };
    stm32_exti_init(&m->exti, &m->soc, &o);
}

bool l4_map_init(struct stm32l4 *m, const struct sim_soc_options *options) {
    fill_blocks(m);
    l4_rcc_init(m);
    l4_flash_init(m);
    init_gpio(m);
    init_usart(m, &options->peer);
    init_dma(m);
    init_qspi(m, options->fifo_residue);
    stm32_iwdg_init(&m->iwdg, &m->soc);
    const struct stm32_wwdg_options wwdg = {.irq = 0, .clock = L4_PCLK1};
    stm32_wwdg_init(&m->wwdg, &m->soc, &wwdg);
    init_timers(m);
    init_exti(m);
    static const struct stm32_syscfg_options syscfg = {
            .remap = l4_remap,
            .erase_sram2 = l4_parity_erase,
            .parity = l4_parity_changed,
    };
    stm32_syscfg_init(&m->syscfg, &m->soc, &syscfg);
    stm32_rng_init(&m->rng, &m->soc, L4_CLK48);
    stm32_dbgmcu_power_on(&m->dbgmcu, &m->soc, L4_DBGMCU_IDCODE);
    const struct stm32_bus_options bus = {
            .soc = &m->soc,
            .block = m->block,
            .block_count = sizeof rows / sizeof rows[0],
            .range = ranges,
            .range_count = sizeof ranges / sizeof ranges[0],
            .reset = l4_reset,
            .clocked = l4_block_clocked,
            .gate_text = l4_gate_text,
            .register_name = register_name,
    };
    return stm32_bus_init(&m->bus, &bus);
}
