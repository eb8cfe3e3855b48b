/*
 * verify_fed - a signature check from the window takes longer than the
 * watchdog waits, which is fed meanwhile; a window watchdog, too
 *
 * SPDX-License-Identifier: MIT
 */
#include "fw.h"
#include "key_p256.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_image.h"

#define WATCHDOG_MS 200u
#define MS_CYCLES (BOARD_HCLK_HZ / 1000u)
// The window opens in the middle of the time; LSI is not exact.
#define EARLIEST_MS 120u

static uint32_t fed_cycles; // counter at the last reload
static uint32_t longest_cycles;
static uint32_t earliest_cycles;

static void feed(void *ctx) {
    (void)ctx;
    const uint32_t since = DWT_CYCCNT - fed_cycles;
    if (since < earliest_cycles) {
        return;
    }
    if (since > longest_cycles) {
        longest_cycles = since;
    }
    fed_cycles += since;
    board_kick_watchdog();
}

// Cycles that it took; 0 if the image is not good.
static uint32_t verify_self(void (*feed_hook)(void *)) {
    static const uint8_t *const keys[] = {ecdsa_pub_key};
    const struct xip_image_trust trust = {
            .keys = keys,
            .key_count = 1,
            .feed = feed_hook,
    };
    struct xip_image img;
    const uint32_t start = DWT_CYCCNT;
    int err = xip_image_parse(&img,
            (const void *)(uintptr_t)(LAYOUT_WINDOW_ADDR + LAYOUT_SLOT0_OFF),
            LAYOUT_SLOT_BYTES);
    if (err == 0) {
        err = xip_image_verify(&img, &trust);
    }
    fw_check("this image verifies", err == 0, err);
    return err == 0 ? DWT_CYCCNT - start : 0u;
}

int main(void) {
    fw_begin("verify_fed");
    DEMCR |= DEMCR_TRCENA;
    DWT_CTRL |= DWT_CTRL_CYCCNTENA;
    const uint32_t alone_ms = verify_self(NULL) / MS_CYCLES;
    fw_check("the check is longer than the watchdog waits",
            alone_ms > 4u * WATCHDOG_MS, (int)alone_ms);
    board_uart_puts("unfed: ");
    board_uart_put_dec(alone_ms);
    board_uart_puts(" ms\n");

    board_start_watchdog(WATCHDOG_MS);
    fed_cycles = DWT_CYCCNT;
    (void)verify_self(feed);
    feed(NULL);
    const uint32_t longest_ms = longest_cycles / MS_CYCLES;
    fw_check("it feeds often", longest_ms < WATCHDOG_MS / 4u, (int)longest_ms);

    IWDG->KR = IWDG_KR_UNLOCK;
    IWDG->WINR = IWDG->RLR / 2u; // reloads
    fed_cycles = DWT_CYCCNT;
    earliest_cycles = EARLIEST_MS * MS_CYCLES;
    (void)verify_self(feed);
    fw_end();
}
