/*
 * wwdg_fed - a window watchdog through an erase, a signature check and an
 * update: never late, and never early
 *
 * SPDX-License-Identifier: MIT
 *
 * Whoever has nothing to do calls xip_flash_feed(), so it comes at any time.
 */
#include <string.h>

#include "fw.h"
#include "key_p256.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_image.h"
#include "xip_update.h"

// At 80 MHz a tick of 410 us: the window opens after 6.6 ms and ends after 26.
#define PRESCALER 3u
#define WINDOW 0x70u
#define FEED (WWDG_CR_WDGA | WWDG_CR_T)
#define INTERVAL_US 7000u
#define LATEST_US 14000u // docs/INTEGRATION.md; 19000 would do
#define US_CYCLES (BOARD_HCLK_HZ / 1000000u)
#define ERASE_BYTES 0x10000u
#define HEADER_LOAD_ADDR 4u // of an MCUboot header
#define PIECE_BYTES 1000u

static struct xip_update update;

static uint32_t fed_cycles, longest_cycles; // between two calls

static void feed(void *ctx) {
    (void)ctx;
    const uint32_t now = DWT_CYCCNT;
    if (now - fed_cycles > longest_cycles) {
        longest_cycles = now - fed_cycles;
    }
    fed_cycles = now;
    xip_flash_feed(&fw_flash);
}

static void start(void) {
    RCC->APB1ENR1 |= RCC_APB1ENR1_WWDGEN;
    (void)RCC->APB1ENR1;
    WWDG->CFR = PRESCALER << WWDG_CFR_WDGTB_POS | WINDOW;
    WWDG->CR = FEED;
    xip_flash_fed(&fw_flash);
}

static const uint8_t *own_image(void) {
    return (const uint8_t *)(uintptr_t)(LAYOUT_WINDOW_ADDR + LAYOUT_SLOT0_OFF);
}

static void verify_self(void) {
    static const uint8_t *const keys[] = {ecdsa_pub_key};
    const struct xip_image_trust trust = {
            .keys = keys,
            .key_count = 1,
            .feed = feed,
    };
    struct xip_image img;
    fed_cycles = DWT_CYCCNT;
    longest_cycles = 0;
    int err = xip_image_parse(&img, own_image(), LAYOUT_SLOT_BYTES);
    if (err == 0) {
        err = xip_image_verify(&img, &trust);
    }
    fw_check("a signature check", err == 0, err);
    const uint32_t longest_us = longest_cycles / US_CYCLES;
    fw_check("whatever the window was at", longest_us < LATEST_US,
            (int)longest_us);
}

// This image, as if it were linked for the other slot.
static void update_the_other_slot(void) {
    uint8_t piece[PIECE_BYTES];
    int err = xip_update_begin(&update, &fw_flash, LAYOUT_SLOT1_OFF,
            LAYOUT_SLOT_BYTES, NULL);
    while (err == 0 &&
            (update.total_bytes == 0u ||
                    update.received_bytes < update.total_bytes)) {
        const uint32_t at = update.received_bytes;
        memcpy(piece, own_image() + at, sizeof(piece));
        if (at == 0u) {
            const uint32_t addr = LAYOUT_WINDOW_ADDR + LAYOUT_SLOT1_OFF;
            memcpy(piece + HEADER_LOAD_ADDR, &addr, sizeof(addr));
        }
        err = xip_update_write(&update, piece, sizeof(piece));
        feed(NULL);
    }
    if (err == 0) {
        err = xip_update_finish(&update);
    }
    fw_check("an update", err == 0, err);
}

int main(void) {
    fw_begin("wwdg_fed");
    struct xip_flash_config config = fw_config();
    config.watchdog = (struct xip_watchdog){
            .reg = &WWDG->CR,
            .value = FEED,
            .interval_us = INTERVAL_US,
    };
    int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);

    start();
    // An outage at once, while the window is closed.
    err = xip_flash_erase(&fw_flash, FW_AREA_OFF, ERASE_BYTES);
    fw_check("an erase", err == 0, err);
    verify_self();
    update_the_other_slot();
    fw_end();
}
