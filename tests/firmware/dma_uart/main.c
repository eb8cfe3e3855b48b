/*
 * dma_uart - receives by circular DMA while the chip erases 64 KB
 *
 * SPDX-License-Identifier: MIT
 *
 * The peer sends lines with consecutive numbers, without a pause and without
 * waiting for anybody. The USART has no FIFO: a byte that is not fetched
 * within 87 us is lost, far less than interrupts wait. The channel fetches it
 * whatever the CPU may do; the program only has to be in time for half a ring.
 * Its handler is ordinary code in the flash.
 */
#include "dma.h"
#include "fw.h"
#include "startup.h"

#define ERASE_BYTES 0x10000u
#define SMALL_BYTES 256u // 22 ms on the line
#define LARGE_BYTES 16384u
#define CHANNEL DMA1_CHANNEL(DMA_USART2_RX)

// A tick waits all the time, and each for a long slice.
#define SLICE_US 2000u
#define TICK_CYCLES (BOARD_HCLK_HZ / 1000u)

static uint8_t ring[LARGE_BYTES];
static uint32_t ring_bytes, taken;
static volatile uint32_t bytes, lines, breaks, late;
static uint32_t number, digits, last;
static bool in_step;

/// The numbers ///

static void take(uint8_t byte) {
    bytes++;
    if (byte != '\n') {
        number = number * 10u + byte - '0';
        digits++;
        return;
    }
    // The first line is cut, the second one has nothing to follow.
    if (in_step && last != 0u) {
        lines++;
        if (digits != 6u || number != last + 1u) {
            breaks++;
        }
    }
    last = in_step ? number : 0u;
    in_step = true;
    number = 0;
    digits = 0;
}

static void take_until(uint32_t end) {
    while (taken != end) {
        take(ring[taken]);
        taken = (taken + 1u) % ring_bytes;
    }
}

/// The channel ///

static void on_half(void) {
    const uint32_t flags = DMA1->ISR >> (4u * (DMA_USART2_RX - 1u));
    DMA1->IFCR = DMA_FLAG(DMA_USART2_RX, DMA_GIF);
    if ((flags & DMA_HTIF) != 0u && (flags & DMA_TCIF) != 0u) {
        late++; // the other half has been written over since
    }
    take_until((flags & DMA_TCIF) != 0u ? 0u : ring_bytes / 2u);
}

static void start(uint32_t size, bool with_interrupts) {
    CHANNEL->CCR = 0;
    NVIC_ICER[0] = 1u << DMA1_IRQ(DMA_USART2_RX);
    DMA1->IFCR = DMA_FLAG(DMA_USART2_RX, DMA_GIF);
    ring_bytes = size;
    taken = 0;
    in_step = false;
    lines = 0;
    CHANNEL->CPAR = (uint32_t)(uintptr_t)&USART2->RDR;
    CHANNEL->CMAR = (uint32_t)(uintptr_t)ring;
    CHANNEL->CNDTR = size;
    DMA1->CSELR = DMA_CSELR_USART2;
    if (with_interrupts) {
        fw_enable_irq(DMA1_IRQ(DMA_USART2_RX), 0x80);
    }
    // What came while nobody listened; in this order, or another byte that
    // comes in between overruns again.
    (void)USART2->RDR;
    USART2->ICR = USART_ICR_ORECF;
    CHANNEL->CCR = DMA_CCR_MINC | DMA_CCR_CIRC | DMA_CCR_EN |
            (with_interrupts ? DMA_CCR_HTIE | DMA_CCR_TCIE : 0u);
    USART2->CR3 |= USART_CR3_DMAR;
}

static void on_tick(void) {
    // Only waits.
}

/// The erases ///

static uint32_t position(void) {
    return (ring_bytes - CHANNEL->CNDTR) % ring_bytes;
}

static void verdicts(int err, uint32_t received) {
    const uint32_t flags = USART2->ISR;
    fw_check("the erase", err == 0, err);
    fw_check("more came than one ring or several packets hold",
            received >= 1500u, (int)received);
    fw_check("no byte was lost", breaks == 0 && lines >= received / 7u - 2u,
            (int)breaks);
    fw_check("no overrun", (flags & USART_ISR_ORE) == 0u, (int)flags);
    fw_check("no half was late", late == 0, (int)late);
}

static void small_ring(void) {
    start(SMALL_BYTES, true);
    while (lines < 10u) {
        __asm volatile("wfi");
    }
    fw_start_tick(TICK_CYCLES, 0xF0);
    const uint32_t before = bytes;
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, ERASE_BYTES);
    fw_stop_tick();
    verdicts(err, bytes - before);
    fw_check("its interrupts were let in", fw_flash.stats.suspensions >= 10u,
            (int)fw_flash.stats.suspensions);
    const uint32_t wait_us =
            fw_flash.stats.wait_max_cycles / (BOARD_HCLK_HZ / 1000000u);
    fw_check("and waited no longer than declared",
            wait_us <= xip_flash_latency_us(&fw_flash), (int)wait_us);
    fw_check("a receive interrupt would have lost bytes", wait_us > 87u,
            (int)wait_us);
}

static void large_ring(void) {
    const uint32_t suspensions = fw_flash.stats.suspensions;
    start(LARGE_BYTES, false);
    const uint32_t before = bytes;
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, ERASE_BYTES);
    fw_check("the ring was long enough",
            (DMA1->ISR & DMA_FLAG(DMA_USART2_RX, DMA_TCIF)) == 0u,
            (int)DMA1->ISR);
    take_until(position());
    verdicts(err, bytes - before);
    fw_check("nothing interrupted it",
            fw_flash.stats.suspensions == suspensions,
            (int)(fw_flash.stats.suspensions - suspensions));
}

int main(void) {
    fw_begin("dma_uart");
    struct xip_flash_config config = fw_config();
    config.slice_us = SLICE_US;
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    dma_start_clock();
    fw_handler(16u + DMA1_IRQ(DMA_USART2_RX), on_half);
    fw_handler(15, on_tick);
    small_ring();
    large_ring();
    fw_end();
}
