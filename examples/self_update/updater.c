/*
 * updater - receives an image by XMODEM-1K and installs it in the other slot
 *
 * SPDX-License-Identifier: MIT
 */
#include "updater.h"

#include "board.h"
#include "clock.h"
#include "receiver.h"
#include "xip_update.h"
#include "xip_xmodem.h"

#define ASK_MS 3000u   // between two 'C'
#define QUIET_MS 1000u // in a transfer: then ask for the packet again
#define HUSH_MS 1500u  // after a failure: let the sender finish

static struct xip_xmodem xmodem;
static struct xip_update update;
static struct xip_flash *flash;
static struct xip_slots *slots;
static unsigned target;
static enum updater_state state;
static uint32_t errors_before; // of transfers that ended
static uint32_t last_ms;       // of the last byte from the line

// One buffer serves twice: the ring holds a whole packet meanwhile.
static uint8_t packet[XIP_XMODEM_PACKET_BYTES];

void updater_init(struct xip_flash *dev, struct xip_slots *journal,
        unsigned slot) {
    flash = dev;
    slots = journal;
    target = slot;
    state = UPDATER_WAITING;
    last_ms = clock_ms();
    // Its first 'C' is not sent: the text before it must be transmitted first.
    (void)xip_xmodem_begin(&xmodem, packet, packet);
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

// Discard bytes until the line is quiet. Otherwise the sender would take the
// text that follows for answers.
static void drain(void) {
    uint32_t since = clock_ms();
    while (clock_ms() - since < HUSH_MS) {
        board_kick_watchdog();
        if (receiver_get() >= 0) {
            since = clock_ms();
        }
    }
}

static void fail(int err) {
    const uint8_t reason = update.reason;
    xip_update_abort(&update);
    drain();
    updater_failed(err, reason);
    errors_before += xmodem.errors;
    updater_init(flash, slots, target);
}

// A refusal by the slot or the flash: the sender has to be told.
static void refuse(int err) {
    answer(xip_xmodem_cancel(&xmodem));
    fail(err);
}

static int take_packet(void) {
    if (state == UPDATER_WAITING) {
        state = UPDATER_RECEIVING;
        const struct xip_boot_slot *const to = &slots->slots[target];
        const struct xip_update_options options = {
                .slots = slots,
                .slot = target,
        };
        const int err = xip_update_begin(&update, flash,
                to->addr - flash->config.window_addr, to->size_bytes, &options);
        if (err != 0) {
            return err;
        }
    }
    return xip_update_write(&update, xmodem.data, xmodem.data_bytes);
}

static void handle(uint32_t events) {
    if ((events & XIP_XMODEM_END) != 0u) {
        // Acknowledged only after the slot is complete: the sender's "done"
        // then means installed.
        const int err = state == UPDATER_RECEIVING ? xip_update_finish(&update)
                                                   : XIP_ERR_TRANSFER;
        if (err != 0) {
            refuse(err);
            return;
        }
        answer(events);
        state = UPDATER_INSTALLED;
        return;
    }
    // Answered first, so the next packet travels while this one is programmed.
    answer(events);
    if ((events & XIP_XMODEM_FAILED) != 0u) {
        fail(xmodem.error);
    } else if ((events & XIP_XMODEM_DATA) != 0u) {
        const int err = take_packet();
        if (err != 0) {
            refuse(err);
        }
        last_ms = clock_ms();
    }
}

// Nothing has arrived: erase ahead, or ask.
static void be_idle(void) {
    const uint32_t limit = state == UPDATER_RECEIVING ? QUIET_MS : ASK_MS;
    if (clock_ms() - last_ms >= limit) {
        last_ms = clock_ms();
        handle(xip_xmodem_timeout(&xmodem));
        return;
    }
    if (state == UPDATER_RECEIVING) {
        const int err = xip_update_idle(&update);
        if (err < 0) {
            refuse(err);
        } else if (err > 0) {
            last_ms = clock_ms();
        }
    }
}

enum updater_state updater_poll(void) {
    const int byte = receiver_get();
    if (byte < 0) {
        be_idle();
        return state;
    }
    last_ms = clock_ms();
    handle(xip_xmodem_byte(&xmodem, (uint8_t)byte));
    return state;
}

uint32_t updater_image_bytes(void) {
    return update.received_bytes;
}

uint32_t updater_errors(void) {
    return errors_before + xmodem.errors;
}
