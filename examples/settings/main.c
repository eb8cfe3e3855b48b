/*
 * settings - a firmware that keeps its settings in the flash it runs from
 *
 * SPDX-License-Identifier: MIT
 *
 * Counts its starts, then stores numbers. Each line on the console that says
 * "stored" is a promise: after a power cut at any time the next start finds
 * that number or the one that was being stored. test.sh cuts the power.
 */
#include "settings.h"

#include "board.h"
#include "startup.h"

#define REGION_OFF 0x00200000u // after both slots
#define REGION_BYTES 0x2000u
#define KEY_STARTS 1u
#define KEY_NUMBER 2u
#define NUMBERS 70u // fills a block: the values move to the other one

static struct xip_flash flash;
static struct xip_region region;
static struct settings settings;
static uint8_t bounce[256];

static void say(const char *what, uint32_t value) {
    board_uart_puts(what);
    board_uart_put_dec(value);
    board_uart_puts("\n");
}

static int open_settings(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
    };
    int err = xip_flash_attach(&flash, &config);
    if (err == 0) {
        err = xip_region_init(&region, &flash, REGION_OFF, REGION_BYTES, 0);
    }
    return err != 0 ? err : settings_mount(&settings, &region);
}

// 0 for a number that was never stored.
static uint32_t get(uint16_t key) {
    uint32_t value = 0;
    const int len = settings_get(&settings, key, &value, sizeof(value));
    return len == (int)sizeof(value) ? value : 0u;
}

static int set(uint16_t key, uint32_t value) {
    return settings_set(&settings, key, &value, sizeof(value));
}

static int work(void) {
    int err = open_settings();
    if (err < 0) {
        return err;
    }
    board_uart_puts(err == 1 ? "settings: new\n" : "settings: found\n");
    const uint32_t first = get(KEY_NUMBER);
    say("starts: ", get(KEY_STARTS) + 1u);
    say("number: ", first);
    err = set(KEY_STARTS, get(KEY_STARTS) + 1u);
    for (uint32_t n = first + 1u; n <= first + NUMBERS && err == 0; n++) {
        err = set(KEY_NUMBER, n);
        if (err == 0) {
            say("stored ", n);
        }
    }
    return err;
}

int main(void) {
    board_uart_init(BOARD_BAUD);
    const int err = work();
    board_uart_puts(err != 0 ? xip_err_name(err) : "settings: all stored");
    board_uart_puts("\n");
    return 0;
}
