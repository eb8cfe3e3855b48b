/*
 * iwdg_reset - the watchdog bites: once in a loop, once in the middle of an
 * erase
 *
 * SPDX-License-Identifier: MIT
 *
 * What has happened before stands in memory that survives a reset. The second
 * bite leaves the chip busy, so the boot program has to get it back, and the
 * breadcrumb says what was under way.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"

#define MAGIC 0x57444F47u // "GODW": set once, by the first run

static struct {
    uint32_t magic;
    uint32_t runs;
} kept __attribute__((section(".noinit.kept")));

// The chip takes longer for this (150 ms) than the watchdog waits.
#define ERASE_BYTES 0x10000u
#define WATCHDOG_MS 20u
#define FEED_US 5000u

static void bite_in_a_loop(void) {
    board_start_watchdog(50);
    for (;;) {
        // Nothing feeds it.
    }
}

static void bite_in_an_erase(void) {
    struct xip_flash_config config = fw_config();
    config.watchdog = (struct xip_watchdog){0};
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
    board_uart_flush();
    board_start_watchdog(WATCHDOG_MS);
    const int erased = xip_flash_erase(&fw_flash, FW_AREA_OFF, ERASE_BYTES);
    fw_check("the watchdog bites before this line", false, erased);
    fw_end();
}

// The same erase with the library feeding the watchdog. Without read-back,
// during which feeding is the caller's affair.
static void survive_an_erase(void) {
    struct xip_flash_config config = fw_config();
    config.flags = XIP_FLASH_NO_VERIFY;
    config.watchdog = (struct xip_watchdog){
            .reg = &IWDG->KR,
            .value = IWDG_KR_RELOAD,
            .interval_us = FEED_US,
    };
    int err = xip_flash_attach(&fw_flash, &config);
    board_start_watchdog(WATCHDOG_MS);
    if (!err) {
        err = xip_flash_erase(&fw_flash, FW_AREA_OFF, ERASE_BYTES);
    }
    board_kick_watchdog();
    fw_check("an erase with the watchdog fed", err == 0, err);
}

int main(void) {
    const enum board_reset cause = board_reset_cause();
    board_reset_cause_clear();
    if (cause == BOARD_RESET_POWER || kept.magic != MAGIC) {
        kept.magic = MAGIC;
        kept.runs = 0;
    }
    kept.runs++;
    fw_begin("iwdg_reset");
    board_uart_puts("run ");
    board_uart_put_dec(kept.runs);
    board_uart_puts(", reset by ");
    board_uart_puts(board_reset_name(cause));
    board_uart_puts("\n");
    board_uart_flush();

    switch (kept.runs) {
    case 1:
        bite_in_a_loop();
        break;
    case 2:
        fw_check("the loop ended by watchdog", cause == BOARD_RESET_WATCHDOG,
                (int)cause);
        bite_in_an_erase();
        break;
    default:
        fw_check("the erase ended by watchdog", cause == BOARD_RESET_WATCHDOG,
                (int)cause);
        survive_an_erase();
        break;
    }
    fw_end();
}
