/*
 * dma_window_irq - an interrupt above the ceiling starts DMA from the flash
 *
 * SPDX-License-Identifier: MIT
 *
 * WRONG ON PURPOSE. The library looks at the channels before each outage; what
 * a handler above the ceiling starts within one it cannot see. The handler and
 * its data are resident, as they have to be; the source of its transfer is
 * not. On silicon the channel stops with a transfer error, or moves garbage.
 */
#include "dma.h"
#include "fw.h"
#include "startup.h"
#include "xip_compiler.h"

#define CEILING 0x40u
#define COPY DMA1_CHANNEL(1)
#define BREADCRUMB \
    ((const volatile struct xip_breadcrumb *)LAYOUT_BREADCRUMB_ADDR)

static uint32_t sink;
static volatile uint32_t started;

XIP_RESIDENT static void start_copy(void) {
    if (started == 0u &&
            BREADCRUMB->state == (XIP_BREADCRUMB_OPEN | XIP_OP_ERASE)) {
        started = 1;
        COPY->CPAR = LAYOUT_WINDOW_ADDR + 0x1000u;
        COPY->CMAR = (uint32_t)(uintptr_t)&sink;
        COPY->CNDTR = 16;
        COPY->CCR = DMA_CCR_MEM2MEM | DMA_CCR_PINC | DMA_CCR_EN;
    }
}

int main(void) {
    fw_begin("dma_window_irq");
    dma_start_clock();
    struct xip_flash_config config = fw_config();
    config.ceiling = CEILING;
    int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    fw_handler(15, start_copy);
    board_uart_flush();
    fw_start_tick(BOARD_HCLK_HZ / 1000u, 0x10);
    err = xip_flash_erase(&fw_flash, FW_AREA_OFF, 4096);
    fw_stop_tick();
    // A simulator that was told to go on comes here.
    fw_check("the erase", err == 0, err);
    fw_check("the channel has a transfer error and is off",
            started != 0u && (DMA1->ISR & DMA_FLAG(1, DMA_TEIF)) != 0u &&
                    (COPY->CCR & DMA_CCR_EN) == 0u,
            (int)DMA1->ISR);
    fw_end();
}
