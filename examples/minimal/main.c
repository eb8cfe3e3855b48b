/*
 * minimal - erase, program and read back one sector of the flash we run from
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "board.h"
#include "startup.h"
#include "xip_flash.h"

static struct xip_flash flash; // in RAM: the library checks that
static uint8_t bounce[256];

static int store(uint32_t off, const char *text, uint32_t len_bytes) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
    };
    char back[32];
    int err = xip_flash_attach(&flash, &config);
    if (err == 0) {
        err = xip_flash_erase(&flash, off, 4096);
    }
    if (err == 0) {
        err = xip_flash_program(&flash, off, text, len_bytes);
    }
    if (err == 0) {
        err = xip_flash_read(&flash, off, back, len_bytes);
    }
    return err == 0 && memcmp(back, text, len_bytes) != 0 ? XIP_ERR_VERIFY
                                                          : err;
}

int main(void) {
    board_uart_init(BOARD_BAUD);
    // The text lies in the flash that is being erased and programmed.
    const int err = store(LAYOUT_SLOT1_OFF, "hello, flash", 12);
    board_uart_puts(err != 0 ? xip_err_name(err)
                             : "minimal: stored and read back");
    board_uart_puts("\n");
    return 0;
}
