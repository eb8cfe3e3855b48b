/*
 * smp - mcumgr's requests in packets of your own format
 *
 * SPDX-License-Identifier: MIT
 *
 * xip_smp_handle() takes a request and gives its answer, and knows nothing of
 * how they travel: here in the packets of packet.h, as they would in UDP
 * datagrams, BLE writes or CAN messages. Without images the server has its OS
 * group; examples/smp_update gives it the slots.
 */
#include "board.h"
#include "packet.h"
#include "receiver.h"
#include "startup.h"
#include "xip_smp.h"

#define RX_PRIORITY 0x10u

static struct packet packet;
static struct xip_smp smp;
static uint8_t answer[PACKET_BYTES];

static void put(uint8_t byte) {
    board_uart_putc((char)byte);
}

int main(void) {
    const struct xip_smp_config config = {.buffer_bytes = PACKET_BYTES};
    board_uart_init(BOARD_BAUD);
    board_uart_puts("own_transport: serves SMP\n");
    xip_smp_init(&smp, &config);
    receiver_start(RX_PRIORITY);
    while (!smp.reset_wanted) {
        const int byte = receiver_get();
        if (byte < 0 || packet_byte(&packet, (uint8_t)byte) != PACKET_READY) {
            continue; // a damaged one gets no answer: the client asks again
        }
        const uint32_t len = xip_smp_handle(&smp, packet.payload,
                packet.len_bytes, answer, sizeof(answer));
        if (len != 0u) {
            packet_send(answer, len, put);
        }
    }
    board_uart_flush();
    board_reset();
}
