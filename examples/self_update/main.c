/*
 * self_update - an application that replaces itself while it runs
 *
 * SPDX-License-Identifier: MIT
 *
 * Executes from one slot of the external flash, blinks, prints a line a second,
 * and takes a new image over its serial port into the other slot of the same
 * chip. The receive interrupt is above the ceiling and runs through every
 * erase; everything else runs between outages.
 *
 * Built with RX_BELOW_CEILING the receive interrupt waits like the rest, and
 * bytes get lost: this shows what the ceiling is for. Built with GIVES_UP it
 * resets itself instead of confirming that it works.
 */
#include "board.h"
#include "clock.h"
#include "receiver.h"
#include "startup.h"
#include "stm32l476.h"
#include "table.h"
#include "updater.h"
#include "xip_fault.h"
#include "xip_flash.h"
#include "xip_image.h"
#include "xip_journal.h"
#include "xip_slots.h"

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define VERSION_TEXT TEXT(APP_VERSION)

#define CEILING 0x40u
#ifdef RX_BELOW_CEILING
#define RX_PRIORITY 0x80u
#else
#define RX_PRIORITY 0x10u
#endif

#define BLINK_MS 250u
#define HEARTBEAT_MS 1000u
#define WATCHDOG_MS 2000u
#define FEED_US 500000u

#define OTHER_SLOT (XIP_SLOT == 0 ? 1u : 0u)

static const struct xip_boot_slot slot[LAYOUT_SLOT_COUNT] = {LAYOUT_SLOTS};

static struct xip_flash flash;
static struct xip_journal_flash journal_place;
static struct xip_slots slots; // what boot program and application record
static uint8_t bounce[256];
static uint32_t blinked_ms, beat_ms;
static bool led;

static void put_value(const char *text, uint32_t value) {
    board_uart_puts(text);
    board_uart_put_dec(value);
}

/// What goes on while the flash is being written ///

static void background(void *ctx) {
    (void)ctx;
    board_kick_watchdog();
    if (clock_ms() - blinked_ms >= BLINK_MS) {
        blinked_ms += BLINK_MS;
        led = !led;
        board_led(led);
    }
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
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
            .watchdog =
                    {
                            .reg = &IWDG->KR,
                            .value = IWDG_KR_RELOAD,
                            .interval_us = FEED_US,
                    },
            .hooks = &hooks,
#ifdef APP_RESIDENT_TABLE
            .resident = (const struct xip_resident_table *)
                    LAYOUT_RESIDENT_TABLE_ADDR,
#endif
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

/// Console ///

static void put_banner(void) {
    board_uart_puts("\napp v" VERSION_TEXT " runs at 0x");
    board_uart_put_hex((uint32_t)(uintptr_t)xip_image_start_);
    board_uart_puts(", table checksum 0x");
    board_uart_put_hex(table_checksum());
    board_uart_puts("\n");
}

static void put_char(void *ctx, char c) {
    (void)ctx;
    board_uart_putc(c);
}

// Of a fault before this start: `xipsafe crash` reads these lines.
static void put_fault(uint32_t reset_cause) {
    const struct xip_fault_record *const record = xip_fault_begin(reset_cause);
    if (record != NULL) {
        board_uart_puts("app: a fault was recorded\n");
        xip_fault_print(record, put_char, NULL);
        xip_fault_clear();
    }
}

static void heartbeat(void) {
    const uint32_t beats = (clock_ms() - beat_ms) / HEARTBEAT_MS;
    if (beats == 0u) {
        return;
    }
    beat_ms += beats * HEARTBEAT_MS; // a transfer may have taken some
    put_value("app v" VERSION_TEXT ": alive, ", beat_ms / 1000u);
    board_uart_puts(" s\n");
}

static void put_statistics(void) {
    const uint32_t us = BOARD_HCLK_HZ / 1000000u;
    const struct xip_flash_stats *const s = &flash.stats;
    const struct receiver_losses lost = receiver_losses();
    put_value("\nupdate: installed in slot ", OTHER_SLOT);
    put_value(", bytes ", updater_image_bytes());
    put_value("\nupdate: outages ", s->outages);
    put_value(", longest wait us ", s->wait_max_cycles / us);
    put_value(", declared us ", xip_flash_latency_us(&flash));
    put_value("\nupdate: erases ", s->erases);
    put_value(", page programs ", s->programs);
    put_value(", flash busy ms ", (uint32_t)(s->busy_cycles / us / 1000u));
    put_value("\nupdate: received bytes ", receiver_bytes());
    put_value(", lost ", lost.overruns + lost.ring_full);
    put_value(", packets again ", updater_errors());
    put_value(", ticks made up for ", s->lost_ticks);
    board_uart_puts("\n");
}

void updater_failed(int err, uint8_t reason) {
    board_uart_puts("\nupdate: failed, ");
    board_uart_puts(xip_err_name(err));
    if (err == XIP_ERR_IMAGE || err == XIP_ERR_ADDRESS) {
        board_uart_puts(" (");
        board_uart_puts(xip_image_reason_text(reason));
        board_uart_puts(")");
    }
    board_uart_puts("; still running, send again\n");
}

// On trial, and all that a test would look at is well: the console works, the
// flash answers, a second has passed. Without this line the boot program starts
// the version before after three attempts.
static void confirm_once(void) {
    static bool looked;
    struct xip_slot_info own;
    if (looked || beat_ms == 0u) {
        return;
    }
    looked = true;
    if (xip_slots_list(&slots, XIP_SLOT, &own) != 0 ||
            own.state != XIP_SLOT_TRIAL) {
        return;
    }
#ifdef GIVES_UP
    board_reset();
#endif
    const int err = xip_slots_confirm(&slots, XIP_SLOT);
    put_value("app v" VERSION_TEXT ": on trial, start ", own.tries);
    board_uart_puts(err == 0 ? ", confirmed\n" : ", not confirmed\n");
}

int main(void) {
    const int clock_err = board_init_clock();
    board_init_pins();
    board_led_red(clock_err != 0);
    board_uart_init(BOARD_BAUD);
    const uint32_t reset_cause = RCC->CSR;
    board_reset_cause_clear();
    board_start_watchdog(WATCHDOG_MS);
    clock_start();
    put_banner();
    put_fault(reset_cause);

    receiver_start(RX_PRIORITY);
    int err = attach();
    if (err == 0) {
        err = open_journal();
    }
    if (err != 0) {
        board_uart_puts("app: no updates, ");
        board_uart_puts(xip_err_name(err));
        board_uart_puts("\n");
    } else {
        updater_init(&flash, &slots, OTHER_SLOT);
    }

    enum updater_state state = UPDATER_WAITING;
    while (state != UPDATER_INSTALLED) {
        background(NULL);
        if (err == 0) {
            state = updater_poll();
        }
        if (state == UPDATER_WAITING) {
            heartbeat();
            confirm_once();
        }
    }
    put_statistics();
    board_uart_puts("update: restarting\n");
    board_uart_flush();
    board_reset();
}
