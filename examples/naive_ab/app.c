/*
 * app - the application of naive_ab: receives the next one into the other slot
 *
 * SPDX-License-Identifier: MIT
 *
 * XMODEM-1K over the console, 4 KB sectors erased as they are reached. The
 * image is whatever arrives, padding included.
 */
#include <string.h>

#include "ab.h"
#include "board.h"
#include "clock.h"
#include "receiver.h"
#include "startup.h"
#include "stm32l476.h"
#include "xip_xmodem.h"

#define CEILING 0x40u
#define RX_PRIORITY 0x10u
#define ASK_MS 3000u
#define MIDDLE_BYTES 8192u
#define OTHER_SLOT (1u - XIP_SLOT)

static struct xip_flash flash;
static uint8_t bounce[256];
static struct xip_xmodem xmodem;
static uint8_t packet[XIP_XMODEM_PACKET_BYTES];
static uint8_t held[XIP_XMODEM_PACKET_BYTES]; // the newest packet
static uint32_t held_bytes;
static uint32_t received, sent_crc;

/// Records ///

static uint32_t next_sequence(void) {
    struct ab_record record;
    uint32_t highest = 0;
    for (unsigned slot = 0; slot < 2u; slot++) {
        for (unsigned copy = 0; copy < AB_COPIES; copy++) {
            if (ab_record_read(slot, copy, &record) &&
                    record.sequence > highest) {
                highest = record.sequence;
            }
        }
    }
    return highest + 1u;
}

static int write_records(uint32_t bytes) {
    struct ab_record record = {
            .magic = AB_RECORD_MAGIC,
            .sequence = next_sequence(),
            .bytes = bytes,
            .crc = (ab_has(AB_NO_VERIFY) || ab_has(AB_RECORD_EARLY)) &&
                            !ab_has(AB_SHORT_CRC)
                    ? sent_crc
                    : ab_crc(0, ab_flash(ab_slot_off(OTHER_SLOT)),
                              ab_has(AB_SHORT_CRC) ? 256u : bytes),
    };
    record.record_crc = ab_crc(0, &record, 16);
    const unsigned copies = ab_has(AB_ONE_COPY) ? 1u : AB_COPIES;
    int err = 0;
    for (unsigned copy = 0; copy < copies && err == 0; copy++) {
        struct ab_record back;
        err = ab_record_write(&flash, OTHER_SLOT, copy, &record);
        if (err == 0 && !ab_has(AB_NO_VERIFY) &&
                (!ab_record_read(OTHER_SLOT, copy, &back) ||
                        back.sequence != record.sequence)) {
            err = XIP_ERR_VERIFY;
        }
    }
    return err;
}

// The slot's old records do not fit what comes.
static int forget_records(unsigned slot) {
    return xip_flash_erase(&flash, ab_record_off(slot, 0),
            AB_COPIES * AB_SECTOR_BYTES);
}

// Internal flash, RM0351 3.3.5 and 3.3.7, without its errors.
static void write_internal_flag(uint32_t slot) {
    volatile uint32_t *const reg = (volatile uint32_t *)0x40022000;
    volatile uint32_t *const at = (volatile uint32_t *)AB_FLAG_ADDR;
    reg[2] = 0x45670123u; // KEYR
    reg[2] = 0xCDEF89ABu;
    reg[5] = 1u << 11 | 2u; // page 0 of bank 2
    reg[5] |= 1u << 16;
    while ((reg[4] & 1u << 16) != 0u) {
    }
    reg[5] = 1u;
    at[0] = slot;
    at[1] = ~slot;
    while ((reg[4] & 1u << 16) != 0u) {
    }
    reg[5] = 1u << 31;
}

/// Data ///

static bool is_blank(uint32_t off) {
    const uint8_t *p = ab_flash(off);
    for (uint32_t i = 0; i < AB_SECTOR_BYTES; i++) {
        if (p[i] != 0xFFu) {
            return false;
        }
    }
    return true;
}

static int program(uint32_t off, const uint8_t *data, uint32_t len_bytes) {
    int err = 0;
    if (off % AB_SECTOR_BYTES == 0u &&
            !(ab_has(AB_NO_REERASE) && is_blank(off))) {
        err = xip_flash_erase(&flash, off, AB_SECTOR_BYTES);
    }
    return err != 0 ? err : xip_flash_program(&flash, off, data, len_bytes);
}

// One packet is held back, so that something can come before the last page.
static int flush(void) {
    const uint32_t off = ab_slot_off(OTHER_SLOT) + received - held_bytes;
    int err = 0;
    for (uint32_t at = 0; err == 0 && at < held_bytes; at += 128u) {
        err = program(off + at, held + at, 128);
    }
    held_bytes = 0;
    return err;
}

// One update at a time: an update that a loss of power has ended locks out the
// next one.
static int lock(void) {
    const uint8_t taken = 0;
    return *ab_flash(AB_LOCK_OFF) != 0xFFu
            ? XIP_ERR_BUSY
            : xip_flash_program(&flash, AB_LOCK_OFF, &taken, sizeof(taken));
}

static int begin(void) {
    int err = ab_has(AB_LOCKED) ? lock() : 0;
    if (err == 0 && ab_has(AB_OLD_FIRST)) {
        err = forget_records(XIP_SLOT);
    }
    if (err == 0) {
        err = forget_records(OTHER_SLOT);
    }
    if (ab_has(AB_RAM_FLAG)) {
        volatile uint32_t *const ram = (volatile uint32_t *)AB_RAM_FLAG_ADDR;
        ram[1] = OTHER_SLOT;
        ram[0] = AB_RAM_FLAG_VALUE;
    }
    if (err == 0 && ab_has(AB_RECORD_FIRST)) {
        err = write_records(0);
    }
    return err;
}

static int take(void) {
    int err = received == 0u ? begin() : flush();
    if (err == 0 && ab_has(AB_RECORD_IN_MIDDLE) && received == MIDDLE_BYTES) {
        err = write_records(received);
    }
    memcpy(held, xmodem.data, xmodem.data_bytes);
    held_bytes = xmodem.data_bytes;
    received += held_bytes;
    sent_crc = ab_crc(sent_crc, held, held_bytes);
    return err;
}

static void answer(uint32_t events) {
    const char byte = (char)(events & XIP_XMODEM_ANSWER);
    if (byte != '\0') {
        board_uart_putc(byte);
        if ((events & XIP_XMODEM_TWICE) != 0u) {
            board_uart_putc(byte);
        }
    }
}

static int finish(uint32_t events) {
    int err = 0;
    const bool early = ab_has(AB_RECORD_EARLY);
    if (ab_has(AB_ACK_EARLY)) {
        answer(events);
    }
    if (early) { // with the CRC of what will be there
        err = write_records(received);
    }
    if (err == 0) {
        err = flush();
    }
    if (err == 0 && !early && !ab_has(AB_RECORD_FIRST) &&
            !ab_has(AB_RECORD_IN_MIDDLE)) {
        err = write_records(received);
    }
    if (err == 0 && !ab_has(AB_NO_VERIFY) &&
            ab_crc(0, ab_flash(ab_slot_off(OTHER_SLOT)), received) !=
                    sent_crc) {
        err = XIP_ERR_VERIFY;
    }
    if (err == 0 && ab_has(AB_INTERNAL_FLAG)) {
        write_internal_flag(OTHER_SLOT);
    }
    if (err == 0 && ab_has(AB_LOCKED)) {
        err = xip_flash_erase(&flash, AB_LOCK_OFF, AB_SECTOR_BYTES);
    }
    if (!ab_has(AB_ACK_EARLY)) {
        answer(err == 0 ? events : xip_xmodem_cancel(&xmodem));
    }
    return err;
}

/// The application ///

static void lost_ticks(void *ctx, uint32_t ticks) {
    (void)ctx;
    clock_add_lost(ticks);
}

static const struct xip_flash_hooks hooks = {.lost_ticks = lost_ticks};

static int attach(void) {
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            .ceiling = CEILING,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
            .hooks = &hooks,
            .flags = ab_has(AB_NO_VERIFY) ? XIP_FLASH_NO_VERIFY : 0u,
    };
    return xip_flash_attach(&flash, &config);
}

static int receive(void) {
    uint32_t last_ms = clock_ms();
    (void)xip_xmodem_begin(&xmodem, packet, packet);
    for (;;) {
        uint32_t events = 0;
        const int byte = receiver_get();
        if (byte >= 0) {
            last_ms = clock_ms();
            events = xip_xmodem_byte(&xmodem, (uint8_t)byte);
        } else if (clock_ms() - last_ms >= ASK_MS) {
            last_ms = clock_ms();
            events = xip_xmodem_timeout(&xmodem);
        }
        if ((events & XIP_XMODEM_END) != 0u) {
            return finish(events);
        }
        const int err = (events & XIP_XMODEM_DATA) != 0u ? take() : 0;
        answer(err == 0 ? events : xip_xmodem_cancel(&xmodem));
        if (err != 0 || (events & XIP_XMODEM_FAILED) != 0u) {
            return err != 0 ? err : XIP_ERR_TRANSFER;
        }
    }
}

int main(void) {
    (void)board_init_clock();
    board_uart_init(BOARD_BAUD);
    clock_start();
    board_uart_puts("\napp: version " APP_VERSION "\n");
    receiver_start(RX_PRIORITY);
    int err = attach();
    if (err == 0) {
        err = receive();
    }
    if (err != 0) {
        board_uart_puts("app: no update, ");
        board_uart_puts(xip_err_name(err));
        board_uart_puts("\n");
    }
    board_uart_flush();
    board_reset();
}
