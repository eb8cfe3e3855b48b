/*
 * stm32l4_map - which peripheral of an STM32L476 is where, and what clocks it
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 2.2 (memory map) and 6.4 (RCC enable registers). A block without
 * handlers is not modelled: it is listed for its name and its clock gate.
 */
#include "sim/stm32/sim_stm32.h"

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

const struct sim_irqs stm32l476_irqs = {
        .count = sizeof irq_names / sizeof irq_names[0],
        .name = irq_names,
};

/// Blocks ///

#define ON(gate, bit) gate, bit, 0
#define MODEL(what) \
    stm32_##what##_read, stm32_##what##_write, stm32_##what##_reset
#define STORE NULL, NULL, NULL

#define GPIO(letter, n) \
    { \
        "GPIO" letter, 0x48000000u + (n)*0x400u, 0x400, STM32_AHB2, n, n, \
                MODEL(gpio) \
    }

// RCC, FLASH and DBGMCU are reset by their own rules (see stm32_reset).
// clang-format off
const struct stm32_block stm32l476_blocks[] = {
    {"TIM2", 0x40000000, 0x400, STM32_APB1, 0, 0, MODEL(tim)},
    {"TIM3", 0x40000400, 0x400, ON(STM32_APB1, 1), STORE},
    {"TIM4", 0x40000800, 0x400, ON(STM32_APB1, 2), STORE},
    {"TIM5", 0x40000C00, 0x400, ON(STM32_APB1, 3), STORE},
    {"TIM6", 0x40001000, 0x400, STM32_APB1, 4, 1, MODEL(tim)},
    {"TIM7", 0x40001400, 0x400, STM32_APB1, 5, 2, MODEL(tim)},
    {"LCD", 0x40002400, 0x400, ON(STM32_APB1, 9), STORE},
    {"RTC", 0x40002800, 0x400, 0, 0, 0, stm32_rtc_read, stm32_rtc_write,
            NULL},
    {"WWDG", 0x40002C00, 0x400, ON(STM32_APB1, 11), STORE},
    {"IWDG", 0x40003000, 0x400, 0, 0, 0, MODEL(iwdg)},
    {"SPI2", 0x40003800, 0x400, ON(STM32_APB1, 14), STORE},
    {"SPI3", 0x40003C00, 0x400, ON(STM32_APB1, 15), STORE},
    {"USART2", 0x40004400, 0x400, ON(STM32_APB1, 17), MODEL(usart)},
    {"USART3", 0x40004800, 0x400, ON(STM32_APB1, 18), STORE},
    {"UART4", 0x40004C00, 0x400, ON(STM32_APB1, 19), STORE},
    {"UART5", 0x40005000, 0x400, ON(STM32_APB1, 20), STORE},
    {"I2C1", 0x40005400, 0x400, ON(STM32_APB1, 21), STORE},
    {"I2C2", 0x40005800, 0x400, ON(STM32_APB1, 22), STORE},
    {"I2C3", 0x40005C00, 0x400, ON(STM32_APB1, 23), STORE},
    {"CAN1", 0x40006400, 0x400, ON(STM32_APB1, 25), STORE},
    {"PWR", 0x40007000, 0x400, ON(STM32_APB1, 28), MODEL(pwr)},
    {"DAC1", 0x40007400, 0x400, ON(STM32_APB1, 29), STORE},
    {"OPAMP", 0x40007800, 0x400, ON(STM32_APB1, 30), STORE},
    {"LPTIM1", 0x40007C00, 0x400, ON(STM32_APB1, 31), STORE},
    {"LPUART1", 0x40008000, 0x400, ON(STM32_APB1_2, 0), STORE},
    {"SWPMI1", 0x40008800, 0x400, ON(STM32_APB1_2, 2), STORE},
    {"LPTIM2", 0x40009400, 0x400, ON(STM32_APB1_2, 5), STORE},

    {"SYSCFG", 0x40010000, 0x30, ON(STM32_APB2, 0), MODEL(syscfg)},
    {"VREFBUF", 0x40010030, 0x1D0, ON(STM32_APB2, 0), STORE},
    {"COMP", 0x40010200, 0x200, ON(STM32_APB2, 0), STORE},
    {"EXTI", 0x40010400, 0x400, 0, 0, 0, MODEL(exti)},
    {"FIREWALL", 0x40011C00, 0x400, ON(STM32_APB2, 7), STORE},
    {"SDMMC1", 0x40012800, 0x400, ON(STM32_APB2, 10), STORE},
    {"TIM1", 0x40012C00, 0x400, ON(STM32_APB2, 11), STORE},
    {"SPI1", 0x40013000, 0x400, ON(STM32_APB2, 12), STORE},
    {"TIM8", 0x40013400, 0x400, ON(STM32_APB2, 13), STORE},
    {"USART1", 0x40013800, 0x400, ON(STM32_APB2, 14), STORE},
    {"TIM15", 0x40014000, 0x400, ON(STM32_APB2, 16), STORE},
    {"TIM16", 0x40014400, 0x400, ON(STM32_APB2, 17), STORE},
    {"TIM17", 0x40014800, 0x400, ON(STM32_APB2, 18), STORE},
    {"SAI1", 0x40015400, 0x400, ON(STM32_APB2, 21), STORE},
    {"SAI2", 0x40015800, 0x400, ON(STM32_APB2, 22), STORE},
    {"DFSDM1", 0x40016000, 0x400, ON(STM32_APB2, 24), STORE},

    {"DMA1", 0x40020000, 0x400, STM32_AHB1, 0, 0, MODEL(dma)},
    {"DMA2", 0x40020400, 0x400, STM32_AHB1, 1, 1, MODEL(dma)},
    {"RCC", 0x40021000, 0x400, 0, 0, 0, stm32_rcc_read, stm32_rcc_write,
            NULL},
    {"FLASH", 0x40022000, 0x400, STM32_AHB1, 8, 0, stm32_flash_read,
            stm32_flash_write, NULL},
    {"CRC", 0x40023000, 0x400, ON(STM32_AHB1, 12), MODEL(crc)},
    {"TSC", 0x40024000, 0x400, ON(STM32_AHB1, 16), STORE},

    GPIO("A", 0), GPIO("B", 1), GPIO("C", 2), GPIO("D", 3),
    GPIO("E", 4), GPIO("F", 5), GPIO("G", 6), GPIO("H", 7),
    {"OTG_FS", 0x50000000, 0x40000, ON(STM32_AHB2, 12), STORE},
    {"ADC", 0x50040000, 0x400, ON(STM32_AHB2, 13), STORE},
    {"RNG", 0x50060800, 0x400, ON(STM32_AHB2, 18), MODEL(rng)},

    {"FMC", 0xA0000000, 0x1000, ON(STM32_AHB3, 0), STORE},
    {"QUADSPI", 0xA0001000, 0x400, STM32_AHB3, 8, 0, MODEL(qspi)},
    {"DBGMCU", 0xE0042000, 0x400, 0, 0, 0, stm32_dbgmcu_read,
            stm32_dbgmcu_write, NULL},
};

// clang-format on

const size_t stm32l476_block_count =
        sizeof stm32l476_blocks / sizeof stm32l476_blocks[0];

_Static_assert(sizeof stm32l476_blocks / sizeof stm32l476_blocks[0] <=
                STM32_MAX_BLOCKS,
        "STM32_MAX_BLOCKS");
