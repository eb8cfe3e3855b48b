/*
 * reset_midway - the MCU is reset while the chip erases, stands still, programs
 *
 * SPDX-License-Identifier: MIT
 *
 * The chip is not reset with the MCU: the boot program finds it busy or
 * suspended, gets it back, and says what was cut if an outage was open. The
 * program itself keeps a note of what it was about to change, in memory that
 * survives a reset (a product keeps it in a journal): a unit that was open is
 * erased again, whatever it reads as.
 */
#include "fw.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_compiler.h"

#define MAGIC 0x4D494457u // "WDIM"
#define SECTOR_BYTES 4096u
#define CEILING 0x40u
#define ABOVE 0x10u
#define BELOW 0xF0u
#define BREADCRUMB \
    ((const volatile struct xip_breadcrumb *)LAYOUT_BREADCRUMB_ADDR)

static struct {
    uint32_t magic;
    uint32_t runs;
    uint32_t open; // the sector is being changed
} kept __attribute__((section(".noinit.kept")));

static volatile uint32_t ticks, reset_in; // reset_in: enum xip_op_kind
static bool by_watchdog;

/// What resets ///

// Above the ceiling, so it runs in the outage, and resident.
XIP_RESIDENT static void reset_in_outage(void) {
    ticks++;
    if (ticks >= 3u && BREADCRUMB->state == (XIP_BREADCRUMB_OPEN | reset_in)) {
        SCB->AIRCR = SCB_AIRCR_RESET;
        for (;;) {
            // It takes a few cycles.
        }
    }
}

static void only_wait(void) {
    ticks++;
}

static void reset_in_suspension(void *ctx) {
    (void)ctx;
    if (fw_flash.resident.suspended == 0u || ticks < 10u) {
        return;
    }
    if (!by_watchdog) {
        board_reset();
    }
    board_start_watchdog(20);
    for (;;) {
        // Nothing feeds it.
    }
}

/// The runs ///

static void attach(uint8_t ceiling, const struct xip_flash_hooks *hooks) {
    struct xip_flash_config config = fw_config();
    config.ceiling = ceiling;
    config.hooks = hooks;
    const int err = xip_flash_attach(&fw_flash, &config);
    fw_check("attach", err == 0, err);
}

// From here on the sector counts as open; the tick resets.
static void open_sector(void (*handler)(void), uint8_t priority) {
    fw_handler(15, handler);
    kept.open = 1;
    board_uart_flush();
    ticks = 0;
    fw_start_tick(BOARD_HCLK_HZ / 1000u, priority);
}

_Noreturn static void no_reset(int err) {
    fw_stop_tick();
    fw_check("the reset comes before this line", false, err);
    fw_end();
}

static void reset_while_erasing(void) {
    attach(CEILING, NULL);
    fw_fill(FW_AREA_OFF, SECTOR_BYTES);
    reset_in = XIP_OP_ERASE;
    open_sector(reset_in_outage, ABOVE);
    no_reset(xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR_BYTES));
}

static void reset_while_suspended(bool watchdog) {
    static const struct xip_flash_hooks hooks = {.yield = reset_in_suspension};
    attach(0, NULL);
    fw_fill(FW_AREA_OFF, SECTOR_BYTES);
    attach(0, &hooks);
    by_watchdog = watchdog;
    open_sector(only_wait, BELOW);
    no_reset(xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR_BYTES));
}

static void reset_while_programming(void) {
    static uint8_t page[256];
    attach(CEILING, NULL);
    reset_in = XIP_OP_PROGRAM;
    open_sector(reset_in_outage, ABOVE);
    int err = 0;
    for (uint32_t i = 0; i < SECTOR_BYTES && err == 0; i += sizeof page) {
        err = xip_flash_program(&fw_flash, FW_AREA_OFF + i, page, sizeof page);
    }
    no_reset(err);
}

/// After a reset ///

// The chip answers, takes commands and shows the sector in no whole state;
// erased again, it is as good as new.
static void repair(enum board_reset cause, enum board_reset expected) {
    fw_check("the cause is told", cause == expected, (int)cause);
    fw_check("the sector was left open", kept.open == 1u, (int)kept.open);
    fw_check("its old contents are gone",
            !fw_is_pattern(FW_AREA_OFF, SECTOR_BYTES), 0);
    attach(0, NULL);
    const int err = xip_flash_erase(&fw_flash, FW_AREA_OFF, SECTOR_BYTES);
    fw_check("it can be erased again", err == 0, err);
    fw_check("and is", fw_is_blank(FW_AREA_OFF, SECTOR_BYTES), 0);
    fw_check("the chip needed no reset by the application",
            fw_flash.stats.recoveries == 0u, (int)fw_flash.stats.recoveries);
    kept.open = 0;
}

int main(void) {
    const enum board_reset cause = board_reset_cause();
    board_reset_cause_clear();
    if (cause == BOARD_RESET_POWER || kept.magic != MAGIC) {
        kept.magic = MAGIC;
        kept.runs = 0;
        kept.open = 0;
    }
    kept.runs++;
    fw_begin("reset_midway");
    board_uart_puts("run ");
    board_uart_put_dec(kept.runs);
    board_uart_puts("\n");
    switch (kept.runs) {
    case 1:
        reset_while_erasing();
        break;
    case 2:
        repair(cause, BOARD_RESET_SOFTWARE);
        reset_while_suspended(false);
        break;
    case 3:
        repair(cause, BOARD_RESET_SOFTWARE);
        reset_while_suspended(true);
        break;
    case 4:
        repair(cause, BOARD_RESET_WATCHDOG);
        reset_while_programming();
        break;
    default:
        repair(cause, BOARD_RESET_SOFTWARE);
        break;
    }
    fw_end();
}
