/*
 * listing_smp - what docs/SMP.md shows, as a program
 *
 * SPDX-License-Identifier: MIT
 */
#include "smp_listing.c" // NOLINT(bugprone-suspicious-include): of the page

#include "receiver.h"
#include "startup.h"

static const struct xip_boot_slot slot_table[LAYOUT_SLOT_COUNT] = {
        LAYOUT_SLOTS};

int main(void) {
    static struct xip_flash flash;
    static uint8_t bounce[256];
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            .ceiling = 0x40,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = bounce,
            .bounce_bytes = sizeof bounce,
    };
    board_uart_init(BOARD_BAUD);
    if (xip_flash_attach(&flash, &config) != 0) {
        board_uart_puts("listing_smp: no flash\n");
        return 0;
    }
    updates_begin(&flash, slot_table);
    receiver_start(0x10);
    while (!smp.reset_wanted) {
        const int byte = receiver_get();
        if (byte >= 0) {
            updates_byte((uint8_t)byte);
        }
    }
    board_uart_flush();
    board_reset();
}
