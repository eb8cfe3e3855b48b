/*
 * main - the smallest application that replaces itself, for power-cut campaigns
 *
 * SPDX-License-Identifier: MIT
 *
 * As examples/self_update, without its statistics and its fault recorder, for a
 * flash part that is known and with the boot program's resident code: its image
 * has 16 KB. Built with GIVES_UP it resets itself instead of confirming.
 */
#include "board.h"
#include "clock.h"
#include "receiver.h"
#include "startup.h"
#include "stm32l476.h"
#include "updater.h"
#include "xip_flash.h"
#include "xip_journal.h"
#include "xip_slots.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define APP "app v" TEXT(APP_VERSION)

#define CEILING 0x40u
#define RX_PRIORITY 0x10u
#define HEARTBEAT_MS 1000u
#define WATCHDOG_MS 2000u
#define FEED_US 500000u
#define OTHER_SLOT (XIP_SLOT == 0 ? 1u : 0u)

extern const struct xip_flash_part board_part;

static const struct xip_boot_slot slot[LAYOUT_SLOT_COUNT] = {LAYOUT_SLOTS};
static struct xip_flash flash;
static struct xip_journal_flash journal_place;
static struct xip_slots slots;
static uint8_t bounce[256];
static uint32_t beats;

static void background(void *ctx) {
    (void)ctx;
    board_kick_watchdog();
}

static void lost_ticks(void *ctx, uint32_t ticks) {
    (void)ctx;
    clock_add_lost(ticks);
}

static const struct xip_flash_hooks hooks = {
        .yield = background,
        .lost_ticks = lost_ticks,
};

static int attach(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            .ceiling = CEILING,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .part = &board_part,
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
            .watchdog =
                    {
                            .reg = &IWDG->KR,
                            .value = IWDG_KR_RELOAD,
                            .interval_us = FEED_US,
                    },
            .hooks = &hooks,
            .resident = (const struct xip_resident_table *)
                    LAYOUT_RESIDENT_TABLE_ADDR,
    };
    return xip_flash_attach(&flash, &config);
}

static int open_journal(void) {
    struct xip_journal_io io;
    const int err = xip_journal_flash_io(&io, &journal_place, &flash,
            LAYOUT_JOURNAL_OFF, LAYOUT_JOURNAL_BYTES);
    return err != 0 ? err
                    : xip_slots_open(&slots, &io, slot, LAYOUT_SLOT_COUNT);
}

void updater_failed(int err, uint8_t reason) {
    (void)err;
    (void)reason;
    board_uart_puts("\nupdate: failed\n");
}

// A second after the start all is well, as far as this program knows.
static void confirm(void) {
    struct xip_slot_info own;
    if (xip_slots_list(&slots, XIP_SLOT, &own) != 0 ||
            own.state != XIP_SLOT_TRIAL) {
        return;
    }
#ifdef GIVES_UP
    board_reset();
#endif
    if (xip_slots_confirm(&slots, XIP_SLOT) == 0) {
        board_uart_puts(APP ": confirmed\n");
    }
}

static void heartbeat(void) {
    if (clock_ms() / HEARTBEAT_MS <= beats) {
        return;
    }
    beats++;
    board_uart_puts(APP ": alive, ");
    board_uart_put_dec(beats);
    board_uart_puts(" s\n");
    if (beats == 1u) {
        confirm();
    }
}

// The boot program has set up the clock.
int main(void) {
    board_init_pins();
    board_uart_init(BOARD_BAUD);
    board_reset_cause_clear();
    board_start_watchdog(WATCHDOG_MS);
    clock_start();
    board_uart_puts("\n" APP " runs\n");
    receiver_start(RX_PRIORITY);
    if (attach() != 0 || open_journal() != 0) {
        board_uart_puts("app: no updates\n");
        board_reset();
    }
    updater_init(&flash, &slots, OTHER_SLOT);
    enum updater_state state;
    do {
        background(NULL);
        state = updater_poll();
        if (state == UPDATER_WAITING) {
            heartbeat();
        }
    } while (state != UPDATER_INSTALLED);
    board_uart_puts("\nupdate: restarting\n");
    board_uart_flush();
    board_reset();
}
