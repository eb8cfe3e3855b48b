/*
 * dma - registers of DMA1 and where its interrupts go
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 section 11.6. Channels count from 1, as in the manual.
 */
#ifndef DMA_H
#define DMA_H

#include "stm32l476.h"

struct dma_channel_regs {
    uint32_t CCR, CNDTR, CPAR, CMAR, reserved;
};
struct dma_regs {
    uint32_t ISR, IFCR;
    struct dma_channel_regs channel[7];
    uint32_t reserved_94[5];
    uint32_t CSELR;
};
#define DMA1 REG_BLOCK(dma_regs, 0x40020000)
#define DMA1_CHANNEL(n) (&DMA1->channel[(n)-1])
#define DMA1_IRQ(n) (10u + (n))
#define RCC_AHB1ENR_DMA1 0x1u

#define DMA_CCR_EN 0x1u
#define DMA_CCR_TCIE 0x2u
#define DMA_CCR_HTIE 0x4u
#define DMA_CCR_DIR 0x10u // from memory (CMAR)
#define DMA_CCR_CIRC 0x20u
#define DMA_CCR_PINC 0x40u
#define DMA_CCR_MINC 0x80u
#define DMA_CCR_MEM2MEM 0x4000u

#define DMA_GIF 0x1u
#define DMA_TCIF 0x2u
#define DMA_HTIF 0x4u
#define DMA_TEIF 0x8u
// A flag of channel n, in its place in ISR and IFCR.
#define DMA_FLAG(n, flag) ((uint32_t)(flag) << (4u * ((n)-1u)))

// USART2: RX is channel 6, TX channel 7, both with selection 2.
#define DMA_USART2_RX 6u
#define DMA_USART2_TX 7u
#define DMA_CSELR_USART2 (2u << 20 | 2u << 24)
#define USART_CR3_DMAR 0x40u
#define USART_CR3_DMAT 0x80u

_Static_assert(offsetof(struct dma_regs, CSELR) == 0xA8, "DMA");

static inline void dma_start_clock(void) {
    RCC->AHB1ENR |= RCC_AHB1ENR_DMA1;
    (void)RCC->AHB1ENR;
}

#endif
