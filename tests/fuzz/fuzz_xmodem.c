/*
 * fuzz_xmodem - the XMODEM receiver: any bytes, good packets, time-outs
 *
 * SPDX-License-Identifier: MIT
 *
 * Input: what happens. 0 B: byte B; 1 N B: a good packet of number N, filled
 * with B; 2: the same with 128 bytes; 3: a time-out; 4: an EOT; else: that byte
 * itself.
 */
// sources: xipsafe/transport/xip_xmodem.c
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "xip_xmodem.h"

static struct xip_xmodem x;
static uint8_t *buffers[2];
static uint32_t received;
static bool ended;

static void look(uint32_t event) {
    if (event & XIP_XMODEM_DATA) {
        FUZZ_CHECK(!ended);
        FUZZ_CHECK(x.data_bytes == 128 || x.data_bytes == 1024);
        FUZZ_CHECK(x.data == buffers[0] || x.data == buffers[1]);
        received += x.data_bytes;
    }
    FUZZ_CHECK(x.received_bytes == received);
    if (event & (XIP_XMODEM_END | XIP_XMODEM_FAILED)) {
        FUZZ_CHECK(!(event & XIP_XMODEM_END) || !ended);
        FUZZ_CHECK(!(event & XIP_XMODEM_FAILED) == !x.error);
        ended = true;
    }
}

static void send_packet(uint8_t number, uint8_t fill, unsigned bytes) {
    uint16_t crc = 0;
    look(xip_xmodem_byte(&x, bytes == 128 ? 1 : 2));
    look(xip_xmodem_byte(&x, number));
    look(xip_xmodem_byte(&x, (uint8_t)~number));
    for (unsigned i = 0; i < bytes; i++) {
        crc = (uint16_t)(crc ^ fill << 8);
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
        }
        look(xip_xmodem_byte(&x, fill));
    }
    look(xip_xmodem_byte(&x, (uint8_t)(crc >> 8)));
    look(xip_xmodem_byte(&x, (uint8_t)crc));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    buffers[0] = malloc(XIP_XMODEM_PACKET_BYTES);
    buffers[1] = malloc(XIP_XMODEM_PACKET_BYTES);
    FUZZ_CHECK(buffers[0] && buffers[1]);
    received = 0;
    ended = false;
    FUZZ_CHECK(xip_xmodem_begin(&x, buffers[0], buffers[1]) == 'C');
    for (size_t i = 0; i < size; i++) {
        const uint8_t what = data[i];
        if (what == 0 && i + 1 < size) {
            look(xip_xmodem_byte(&x, data[++i]));
        } else if ((what == 1 || what == 2) && i + 2 < size) {
            send_packet(data[i + 1], data[i + 2], what == 1 ? 1024 : 128);
            i += 2;
        } else if (what == 3) {
            look(xip_xmodem_timeout(&x));
        } else {
            look(xip_xmodem_byte(&x, what));
        }
    }
    free(buffers[0]);
    free(buffers[1]);
    return 0;
}

size_t fuzz_seed(unsigned i, uint8_t *out, size_t room) {
    static const char *const seeds[] = {
            "\1\1a\2\2b\4\4",
            "\1\1a\1\1a\3\1\2c\30\30",
            "\1\1a\2\3x\3\3\3\3\3\3\3\3\3\3",
    };
    if (i == sizeof seeds / sizeof seeds[0] || strlen(seeds[i]) > room) {
        return 0;
    }
    memcpy(out, seeds[i], strlen(seeds[i]));
    return strlen(seeds[i]);
}
