/*
 * dma_window - channels that read the flash, and what the library says to them
 *
 * SPDX-License-Identifier: MIT
 *
 * A channel goes on whatever the CPU masks. One that is enabled and whose
 * source lies in the window is refused before an outage is opened, or the
 * quiesce hook waits for its end. One that starts while an erase is suspended
 * holds the resume back.
 */
#include <string.h>

#include "dma.h"
#include "fw.h"
#include "startup.h"

#define AREA_BYTES 4096u
#define COPY DMA1_CHANNEL(1)
#define SENDER DMA1_CHANNEL(DMA_USART2_TX)

// In the flash, as all constants of this program.
static const char text[] = "sent by DMA from the flash\r\n";

static uint32_t sink;
static uint32_t quiesced, released, started, copies;

/// Channels ///

static void start_copy(void) {
    COPY->CPAR = LAYOUT_WINDOW_ADDR;
    COPY->CMAR = (uint32_t)(uintptr_t)&sink;
    COPY->CNDTR = 60000; // some 30 ms
    COPY->CCR = DMA_CCR_MEM2MEM | DMA_CCR_PINC | DMA_CCR_EN;
}

static void stop(volatile struct dma_channel_regs *channel) {
    channel->CCR = 0;
}

static void start_sender(void) {
    DMA1->IFCR = DMA_FLAG(DMA_USART2_TX, DMA_GIF);
    DMA1->CSELR = DMA_CSELR_USART2;
    SENDER->CPAR = (uint32_t)(uintptr_t)&USART2->TDR;
    SENDER->CMAR = (uint32_t)(uintptr_t)text;
    SENDER->CNDTR = sizeof text - 1u;
    SENDER->CCR = DMA_CCR_DIR | DMA_CCR_MINC | DMA_CCR_EN;
    USART2->CR3 |= USART_CR3_DMAT;
}

static bool sender_done(void) {
    return (DMA1->ISR & DMA_FLAG(DMA_USART2_TX, DMA_TCIF)) != 0u;
}

/// Hooks ///

static int quiesce(void *ctx) {
    (void)ctx;
    while (!sender_done()) {
        // A driver would put the next transfer off meanwhile.
    }
    stop(SENDER);
    quiesced++;
    return 0;
}

static int refuse(void *ctx) {
    (void)ctx;
    return XIP_ERR_TRANSFER;
}

static void release(void *ctx) {
    (void)ctx;
    released++;
}

// Starts to send while the erase stands still, and ends it when it is out.
static void send_meanwhile(void *ctx) {
    (void)ctx;
    if (started == 0u && fw_flash.resident.suspended != 0u) {
        started++;
        start_sender();
    } else if (started != 0u && sender_done()) {
        stop(SENDER);
    }
}

static void tick(void) {
    // An interrupt that waits, and no more.
}

/// Cases ///

static void attach(const struct xip_flash_hooks *hooks) {
    struct xip_flash_config config = fw_config();
    config.hooks = hooks;
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
}

// Gives what the copy had left to do when both had been refused.
static uint32_t refused(const char *name) {
    static const uint8_t byte = 0;
    const uint32_t commands = fw_flash.stats.erases + fw_flash.stats.programs;
    // All before the first message: it takes longer than the sender does.
    const int erase = xip_flash_erase(&fw_flash, FW_AREA_OFF, AREA_BYTES);
    const int program =
            xip_flash_program(&fw_flash, FW_AREA_OFF + AREA_BYTES, &byte, 1);
    const uint32_t left = COPY->CNDTR;
    fw_check(name, erase == XIP_ERR_DMA, erase);
    fw_check("so is a program", program == XIP_ERR_DMA, program);
    fw_check("no command was sent",
            fw_flash.stats.erases + fw_flash.stats.programs == commands,
            (int)fw_flash.stats.erases);
    fw_check("nothing was changed", fw_is_pattern(FW_AREA_OFF, AREA_BYTES), 0);
    return left;
}

static void memory_to_memory(void) {
    start_copy();
    const uint32_t left =
            refused("a copy from the window: the erase is refused");
    fw_check("the copy was still going on", left != 0u, (int)left);
    stop(COPY);
    start_copy(); // the checks above took a good part of it
    int err = xip_flash_erase_begin(&fw_flash, FW_AREA_OFF, AREA_BYTES);
    fw_check("a background erase waits for it", err == 0, err);
    err = xip_flash_erase_poll(&fw_flash);
    fw_check("a poll is refused", err == XIP_ERR_DMA, err);
    fw_check("and has done nothing", fw_is_pattern(FW_AREA_OFF, AREA_BYTES), 0);
    stop(COPY);
    do {
        err = xip_flash_erase_poll(&fw_flash);
    } while (err == XIP_FLASH_MORE);
    fw_check("without the copy it goes on", err == 0, err);
    fw_check("to its end", fw_is_blank(FW_AREA_OFF, AREA_BYTES), 0);
}

// A channel that has done its work keeps EN set.
static void ended(void) {
    start_copy();
    while (COPY->CNDTR != 0u) {
    }
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, AREA_BYTES);
    fw_check("an ended copy does not matter",
            err == 0 && (COPY->CCR & DMA_CCR_EN) != 0u, err);
    stop(COPY);
}

// From RAM to RAM, a channel may run through the outage.
static void other_sources(void) {
    static uint8_t from[1000], to[1000];
    for (uint32_t i = 0; i < sizeof from; i++) {
        from[i] = fw_pattern(i);
    }
    COPY->CPAR = (uint32_t)(uintptr_t)from;
    COPY->CMAR = (uint32_t)(uintptr_t)to;
    COPY->CNDTR = sizeof from;
    COPY->CCR = DMA_CCR_MEM2MEM | DMA_CCR_PINC | DMA_CCR_MINC | DMA_CCR_EN;
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, AREA_BYTES);
    fw_check("a copy in RAM does not matter", err == 0, err);
    fw_check("and is right", memcmp(from, to, sizeof from) == 0, 0);
    stop(COPY);
}

static void uart(void) {
    board_uart_flush();
    start_sender();
    (void)refused("a sender from the window: the erase is refused");
    static const struct xip_flash_hooks hooks = {
            .quiesce = quiesce, .release = release};
    while (!sender_done()) {
        // fw_check() has used the same transmitter: both texts are cut up.
    }
    stop(SENDER);
    attach(&hooks);
    board_uart_flush();
    start_sender();
    int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, AREA_BYTES);
    board_uart_flush();
    fw_check("quiesce waits for the sender's end", err == 0, err);
    fw_check("each hook was called once", quiesced == 1u && released == 1u,
            (int)(quiesced * 10u + released));
    static const struct xip_flash_hooks no = {.quiesce = refuse};
    attach(&no);
    err = xip_flash_erase(&fw_flash, FW_AREA_OFF, AREA_BYTES);
    fw_check("what quiesce returns is handed on", err == XIP_ERR_TRANSFER, err);
}

static void started_in_a_suspension(void) {
    static const struct xip_flash_hooks hooks = {.yield = send_meanwhile};
    attach(&hooks);
    fw_handler(15, tick);
    board_uart_flush();
    fw_start_tick(BOARD_HCLK_HZ / 1000u, 0xF0);
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, AREA_BYTES);
    fw_stop_tick();
    board_uart_flush();
    fw_check("the erase waits for the sender", err == 0, err);
    fw_check("which was started", started == 1u, (int)started);
    fw_check("the resume was held back", fw_flash.stats.held_back != 0u,
            (int)fw_flash.stats.held_back);
    fw_check("the sector is erased", fw_is_blank(FW_AREA_OFF, AREA_BYTES), 0);
}

// An ordinary handler, which lies in the flash itself, starts a short copy from
// the flash wherever it meets the library: also between its checks and the
// mask.
static void copy_now_and_then(void) {
    stop(COPY);
    COPY->CPAR = (uint32_t)(uintptr_t)text;
    COPY->CMAR = (uint32_t)(uintptr_t)&sink;
    COPY->CNDTR = 64;
    COPY->CCR = DMA_CCR_MEM2MEM | DMA_CCR_EN;
    copies++;
    static uint32_t seed = 5;
    seed = seed * 1664525u + 1013904223u;
    SYSTICK->RVR = 42000u + (seed >> 16) % 3000u;
    SYSTICK->CVR = 0;
}

static void started_before_the_mask(void) {
    attach(NULL);
    fw_handler(15, copy_now_and_then);
    board_uart_flush();
    fw_start_tick(50000, 0xF0);
    int err = 0;
    for (uint32_t i = 0; i < 24u && (err == 0 || err == XIP_ERR_DMA); i++) {
        err = xip_flash_erase(&fw_flash, FW_AREA_OFF, AREA_BYTES);
    }
    fw_stop_tick();
    fw_check("copies that start at any time", err == 0 || err == XIP_ERR_DMA,
            err);
    fw_check("were started", copies > 1000u, (int)copies);
    fw_check("and held an outage back", fw_flash.stats.held_back != 0u,
            (int)fw_flash.stats.held_back);
    stop(COPY);
}

int main(void) {
    fw_begin("dma_window");
    dma_start_clock();
    attach(NULL);
    fw_fill(FW_AREA_OFF, AREA_BYTES);
    memory_to_memory();
    ended();
    other_sources();
    fw_fill(FW_AREA_OFF, AREA_BYTES);
    uart();
    started_in_a_suspension();
    started_before_the_mask();
    fw_end();
}
