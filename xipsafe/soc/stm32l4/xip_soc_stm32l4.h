/*
 * xip_soc_stm32l4 - registers of the STM32L4 that say what reads the window
 *
 * SPDX-License-Identifier: MIT
 *
 * Source: RM0351 (STM32L47x, L48x, L49x, L4Ax). Other families with the same
 * QUADSPI have none of these at these addresses; docs/PORTING.md has a table.
 */
#ifndef XIP_SOC_STM32L4_H
#define XIP_SOC_STM32L4_H

#include <stdint.h>

// RM0351 2.2.2: QUADSPI bank.
#define WINDOW_ADDR 0x90000000u
#define WINDOW_BYTES 0x10000000u
#define INTERNAL_FLASH_ADDR 0x08000000u

// SYSCFG_MEMRMP, RM0351 9.2.1: MEM_MODE 6 shows the window at address 0 too.
// The register is readable only with its clock on: leave it on if you remap.
#define RCC_APB2ENR (*(volatile uint32_t *)0x40021060u)
#define RCC_APB2ENR_SYSCFGEN (1u << 0)
#define SYSCFG_MEMRMP (*(volatile uint32_t *)0x40010000u)
#define MEM_MODE_MASK 7u
#define MEM_MODE_QUADSPI 6u

// RM0351 table 43: AHB1ENR says whether a DMA controller is clocked at all.
#define RCC_AHB1ENR (*(volatile uint32_t *)0x40021048u)
#define RCC_AHB1ENR_DMA1EN (1u << 0)
#define RCC_AHB1ENR_DMA2EN (1u << 1)
#define DMA1_ADDR 0x40020000u
#define DMA2_ADDR 0x40020400u
#define DMA_CHANNEL_OFF 8u
#define DMA_CHANNEL_WORDS 5u // CCR, CNDTR, CPAR, CMAR, reserved
#define DMA_CHANNELS 7u
#define DMA_CCR_EN (1u << 0)
#define DMA_CCR_DIR (1u << 4) // memory is the source

#endif
