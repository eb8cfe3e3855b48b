/*
 * smp_update - an application that mcumgr's tools update while it runs
 *
 * SPDX-License-Identifier: MIT
 *
 * Text and SMP packets share the serial port. Bytes are received through every
 * erase, into a ring that holds the largest packet; a client sends no second
 * one before it has its answer.
 */
#include "board.h"
#include "receiver.h"
#include "startup.h"
#include "xip_smp.h"
#include "xip_smp_slots.h"
#include "xip_smp_uart.h"

#define CEILING 0x40u
#define RX_PRIORITY 0x10u // above the ceiling: receives in an outage
#define ERASE_BYTES 4096u // 45 ms: no client waits so long in vain

#define SLOT(off) \
    { \
        (const void *)(LAYOUT_WINDOW_ADDR + (off)), \
                LAYOUT_WINDOW_ADDR + (off), LAYOUT_SLOT_BYTES \
    }

static const struct xip_boot_slot slot_table[LAYOUT_SLOT_COUNT] = {
        SLOT(LAYOUT_SLOT0_OFF),
        SLOT(LAYOUT_SLOT1_OFF),
};

static struct xip_flash flash;
static struct xip_smp_slots slots;
static struct xip_smp_uart uart;
static struct xip_smp smp;
static uint8_t line[1024], answer[512];
static uint8_t bounce[256];

static int attach(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            .ceiling = CEILING,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
    };
    return xip_flash_attach(&flash, &config);
}

static void serve(void) {
    const struct xip_smp_slots_config slots_config = {
            .dev = &flash,
            .slots = slot_table,
            .slot_count = LAYOUT_SLOT_COUNT,
            .erase_max_bytes = ERASE_BYTES,
    };
    xip_smp_slots_init(&slots, &slots_config);
    const struct xip_smp_config config = {
            .images = &slots.images,
            .ctx = &slots,
            .buffer_bytes = sizeof(line),
            .board = LAYOUT_BOARD_NAME,
            .info = "smp_update " APP_VERSION,
    };
    xip_smp_init(&smp, &config);
    xip_smp_uart_init(&uart, line, sizeof(line));
}

static void put(void *ctx, uint8_t byte) {
    (void)ctx;
    board_uart_putc((char)byte);
}

static void take(uint8_t byte) {
    const int32_t got = xip_smp_uart_byte(&uart, byte);
    if (got <= 0) {
        return;
    }
    const uint32_t len = xip_smp_handle(&smp, uart.packet, (uint32_t)got,
            answer, sizeof(answer));
    if (len != 0u) {
        xip_smp_uart_send(answer, len, put, NULL);
    }
}

int main(void) {
    board_uart_init(BOARD_BAUD);
    board_uart_puts("smp_update: version " APP_VERSION "\n");
    const int err = attach();
    if (err != 0) {
        board_uart_puts("smp_update: no updates, ");
        board_uart_puts(xip_err_name(err));
        board_uart_puts("\n");
        return 0;
    }
    serve();
    receiver_start(RX_PRIORITY);
    while (!smp.reset_wanted) {
        const int byte = receiver_get();
        if (byte >= 0) {
            take((uint8_t)byte);
        } else {
            // An error stays and is the answer to the next packet.
            const int erased = xip_smp_slots_idle(&slots);
            (void)erased;
        }
    }
    board_uart_puts("smp_update: reset\n");
    board_uart_flush();
    board_reset();
}
