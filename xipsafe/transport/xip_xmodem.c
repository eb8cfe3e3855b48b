/*
 * xip_xmodem - the receiving half of XMODEM-1K with CRC
 *
 * SPDX-License-Identifier: MIT
 *
 * After anything that is not a packet the line is read off until it is quiet:
 * the rest of a packet whose first byte was lost is full of bytes that look
 * like commands.
 */
#include "xip_xmodem.h"

#include <string.h>

#define SOH 0x01u // 128 bytes follow
#define STX 0x02u // 1024 bytes follow
#define EOT 0x04u
#define ACK 0x06u
#define NAK 0x15u
#define CAN 0x18u
#define ASK 'C' // begin, with CRC

enum state {
    IDLE, // between packets
    NUMBER,
    COMPLEMENT,
    PAYLOAD,
    CRC_HIGH,
    CRC_LOW,
    NOISE,      // until the line is quiet
    CANCELLING, // after one CAN
    DONE,
    FAILED,
};

// CRC-16/XMODEM: polynomial 1021h, from 0, most significant bit first.
static uint16_t crc_step(uint16_t crc, uint8_t byte) {
    uint32_t c = crc ^ (uint32_t)byte << 8;
    for (unsigned bit = 0; bit < 8u; bit++) {
        c = (c & 0x8000u) != 0u ? c << 1 ^ 0x1021u : c << 1;
    }
    return (uint16_t)c;
}

static uint32_t fail(struct xip_xmodem *x, uint32_t answer) {
    x->state = FAILED;
    x->error = XIP_ERR_TRANSFER;
    return answer | XIP_XMODEM_FAILED;
}

// Count one more error in a row: `answer`, or the end of the transfer.
static uint32_t count_error(struct xip_xmodem *x, uint32_t answer) {
    x->state = IDLE;
    x->errors++;
    x->row++;
    if (x->row >= XIP_XMODEM_ERRORS_MAX) {
        return fail(x, CAN | XIP_XMODEM_TWICE);
    }
    return answer;
}

static uint32_t accept(struct xip_xmodem *x) {
    x->state = IDLE;
    x->data = x->buffer[x->which];
    x->data_bytes = x->size;
    x->received_bytes += x->size;
    x->which ^= 1u;
    x->expected++;
    x->row = 0;
    x->started = 1;
    return ACK | XIP_XMODEM_DATA;
}

static uint32_t packet_complete(struct xip_xmodem *x) {
    x->eot = 0;
    if (x->damaged == 0u && x->number == x->expected) {
        return accept(x);
    }
    // The packet before is repeated: our ACK was lost. It counts as an error,
    // so that the transfer ends if the sender never receives anything.
    if (x->damaged == 0u && x->started != 0u &&
            x->number == (uint8_t)(x->expected - 1u)) {
        return count_error(x, ACK);
    }
    return count_error(x, NAK);
}

static uint32_t between_packets(struct xip_xmodem *x, uint8_t byte) {
    switch (byte) {
    case SOH:
    case STX:
        x->size = byte == SOH ? 128u : XIP_XMODEM_PACKET_BYTES;
        x->fill = 0;
        x->crc = 0;
        x->damaged = 0;
        x->state = NUMBER;
        return 0;
    case EOT:
        if (x->eot != 0u) {
            x->state = DONE;
            return ACK | XIP_XMODEM_END;
        }
        x->eot = 1;
        return NAK;
    case CAN:
        x->state = CANCELLING;
        return 0;
    default:
        x->eot = 0;
        x->state = NOISE;
        return 0;
    }
}

uint32_t xip_xmodem_begin(struct xip_xmodem *x, uint8_t *first,
        uint8_t *second) {
    memset(x, 0, sizeof(*x));
    x->buffer[0] = first;
    x->buffer[1] = second;
    x->expected = 1;
    x->state = IDLE;
    return ASK;
}

uint32_t xip_xmodem_byte(struct xip_xmodem *x, uint8_t byte) {
    switch ((enum state)x->state) {
    case IDLE:
        return between_packets(x, byte);
    case NUMBER:
        x->number = byte;
        x->state = COMPLEMENT;
        break;
    case COMPLEMENT:
        // A damaged packet is still read to its end; its first byte gives the
        // length.
        x->damaged = (uint8_t)(byte ^ x->number) != 0xFFu;
        x->state = PAYLOAD;
        break;
    case PAYLOAD:
        x->buffer[x->which][x->fill++] = byte;
        x->crc = crc_step(x->crc, byte);
        if (x->fill == x->size) {
            x->state = CRC_HIGH;
        }
        break;
    case CRC_HIGH:
        x->damaged |= byte != x->crc >> 8;
        x->state = CRC_LOW;
        break;
    case CRC_LOW:
        x->damaged |= byte != (x->crc & 0xFFu);
        return packet_complete(x);
    case CANCELLING:
        if (byte == CAN) {
            return fail(x, 0);
        }
        x->eot = 0;
        x->state = NOISE;
        break;
    case DONE: // our last ACK was lost
        return byte == EOT ? ACK : 0u;
    case NOISE:
    case FAILED:
        break;
    }
    return 0;
}

uint32_t xip_xmodem_timeout(struct xip_xmodem *x) {
    if (x->state == DONE || x->state == FAILED) {
        return 0;
    }
    if (x->started != 0u || x->eot != 0u) {
        return count_error(x, NAK);
    }
    // Not NAK: to a sender that has not begun it means "without CRC".
    return x->state == IDLE ? ASK : count_error(x, ASK);
}

uint32_t xip_xmodem_cancel(struct xip_xmodem *x) {
    return fail(x, CAN | XIP_XMODEM_TWICE);
}
