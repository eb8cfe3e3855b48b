/*
 * xip_soc_stm32l4 - window, alias at 0 and DMA of the STM32L4
 *
 * SPDX-License-Identifier: MIT
 *
 * RM0351 2.1: besides the core only DMA1 and DMA2 are bus masters, and DMA2D on
 * L496 and L4A6. DMA2D is not looked at: stop it in the quiesce hook.
 */
#include "xip_soc.h"
#include "xip_soc_family.h"

#ifdef XIP_CFG_SOC_STM32L4

#include "xip_soc_stm32l4.h"

static bool overlaps(uintptr_t a, uint32_t len, uintptr_t base) {
    return a < base + WINDOW_BYTES && a + len > base;
}

bool xip_soc_in_window(const volatile void *p, uint32_t len_bytes) {
    const uintptr_t a = (uintptr_t)p;
    if (overlaps(a, len_bytes, WINDOW_ADDR)) {
        return true;
    }
    // The alias shows the window from 0 to where internal flash begins.
    return a < INTERNAL_FLASH_ADDR &&
            (RCC_APB2ENR & RCC_APB2ENR_SYSCFGEN) != 0u &&
            (SYSCFG_MEMRMP & MEM_MODE_MASK) == MEM_MODE_QUADSPI;
}

// CPAR is the source when data goes to memory, CMAR when it comes from there;
// memory-to-memory reads one of them too.
static int channel_in_window(uint32_t dma_addr) {
    const volatile uint32_t *channel =
            (const volatile uint32_t *)(dma_addr + DMA_CHANNEL_OFF);
    for (int i = 0; i < (int)DMA_CHANNELS; i++, channel += DMA_CHANNEL_WORDS) {
        const uint32_t ccr = channel[0];
        const uint32_t source =
                (ccr & DMA_CCR_DIR) != 0u ? channel[3] : channel[2];
        // EN stays set when a normal transfer has ended: CNDTR is 0 then.
        if ((ccr & DMA_CCR_EN) != 0u && channel[1] != 0u &&
                xip_soc_in_window((const void *)(uintptr_t)source, 4u)) {
            return i;
        }
    }
    return -1;
}

int xip_soc_dma_in_window(void) {
    int found = -1;
    if ((RCC_AHB1ENR & RCC_AHB1ENR_DMA1EN) != 0u) {
        found = channel_in_window(DMA1_ADDR);
    }
    if (found < 0 && (RCC_AHB1ENR & RCC_AHB1ENR_DMA2EN) != 0u) {
        found = channel_in_window(DMA2_ADDR);
        found = found < 0 ? found : found + (int)DMA_CHANNELS;
    }
    return found;
}

// Transfers change CNDTR only; it counts if a transfer from the window has
// ended: a new one needs another value there.
static struct xip_watch *watch_channels(struct xip_watch *next,
        const struct xip_watch *end, uint32_t dma_addr) {
    const volatile uint32_t *channel =
            (const volatile uint32_t *)(dma_addr + DMA_CHANNEL_OFF);
    for (int i = 0; i < (int)DMA_CHANNELS; i++, channel += DMA_CHANNEL_WORDS) {
        next = xip_watch_add(next, end, channel);
        const uint32_t ccr = next[-1].value;
        if (next == end || (ccr & DMA_CCR_EN) == 0u) {
            continue;
        }
        next = xip_watch_add(next, end,
                (ccr & DMA_CCR_DIR) != 0u ? &channel[3] : &channel[2]);
        if (xip_soc_in_window((const void *)(uintptr_t)next[-1].value, 4u)) {
            next = xip_watch_add(next, end, &channel[1]);
        }
    }
    return next;
}

struct xip_watch *xip_soc_watch(struct xip_watch *next,
        const struct xip_watch *end) {
    next = xip_watch_add(next, end, &RCC_AHB1ENR);
    const uint32_t clocked = next[-1].value;
    if ((clocked & RCC_AHB1ENR_DMA1EN) != 0u) {
        next = watch_channels(next, end, DMA1_ADDR);
    }
    if ((clocked & RCC_AHB1ENR_DMA2EN) != 0u) {
        next = watch_channels(next, end, DMA2_ADDR);
    }
    return next;
}

#endif
