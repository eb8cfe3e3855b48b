/*
 * own_transport - an update that arrives in packets of your own format
 *
 * SPDX-License-Identifier: MIT
 *
 * xip_update needs only the bytes of an image, in order, in pieces of any size:
 * each packet is a piece, one without payload is the end. The line (115200
 * baud) is slower than the flash, and bytes are received through every erase,
 * so this needs no flow control; a faster one has to wait for answers.
 */
#include "board.h"
#include "packet.h"
#include "receiver.h"
#include "startup.h"
#include "xip_update.h"

#define CEILING 0x40u
#define RX_PRIORITY 0x10u // above the ceiling: receives in an outage
#define ERASE_BYTES 4096u // 45 ms of erase are 520 bytes of line

#if XIP_SLOT == 0
#define OTHER_SLOT_OFF LAYOUT_SLOT1_OFF
#else
#define OTHER_SLOT_OFF LAYOUT_SLOT0_OFF
#endif

static struct xip_flash flash;
static struct xip_update update;
static struct packet packet;
static uint8_t bounce[256];

static void say(const char *what, const char *more) {
    board_uart_puts(what);
    board_uart_puts(more);
    board_uart_puts("\n");
}

static int begin(void) {
    static const struct xip_update_options options = {
            .erase_max_bytes = ERASE_BYTES,
    };
    const struct xip_flash_config config = {
            .window_addr = LAYOUT_WINDOW_ADDR,
            .hclk_hz = BOARD_HCLK_HZ,
            .ceiling = CEILING,
            XIP_FLASH_IMAGE_FROM_LINKER,
            .bounce = bounce,
            .bounce_bytes = sizeof(bounce),
    };
    const int err = xip_flash_attach(&flash, &config);
    return err != 0 ? err
                    : xip_update_begin(&update, &flash, OTHER_SLOT_OFF,
                              LAYOUT_SLOT_BYTES, &options);
}

// 1: the image is complete.
static int take(const struct packet *p) {
    if (p->len_bytes != 0u) {
        return xip_update_write(&update, p->payload, p->len_bytes);
    }
    const int err = xip_update_finish(&update);
    return err != 0 ? err : 1;
}

static int receive(void) {
    for (;;) {
        const int byte = receiver_get();
        if (byte < 0) {
            continue;
        }
        const enum packet_event event = packet_byte(&packet, (uint8_t)byte);
        if (event == PACKET_DAMAGED) {
            return XIP_ERR_TRANSFER;
        }
        const int done = event == PACKET_READY ? take(&packet) : 0;
        if (done != 0) {
            return done;
        }
    }
}

int main(void) {
    board_uart_init(BOARD_BAUD);
    say("own_transport: version ", APP_VERSION);
    int err = begin();
    receiver_start(RX_PRIORITY);
    if (err == 0) {
        err = receive();
    }
    if (err < 0) {
        xip_update_abort(&update);
        say("own_transport: still version " APP_VERSION ", ",
                xip_err_name(err));
        return 0;
    }
    say("own_transport: installed", "");
    board_uart_flush();
    board_reset();
}
