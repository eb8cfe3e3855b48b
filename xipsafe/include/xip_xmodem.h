/*
 * xip_xmodem - the receiving half of XMODEM-1K with CRC
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/transport: turns received bytes into packets; knows neither
 * UART nor flash.
 *
 * Bytes in, answers and packets out: no I/O, no clock, no flash. The caller
 * feeds every received byte to xip_xmodem_byte, calls xip_xmodem_timeout when
 * the line has been quiet for about a second, and sends what either returns.
 *
 * A packet is acknowledged as soon as its CRC is right, so that the caller can
 * program it while the next one arrives in the other buffer. The packet stays
 * valid until the one after it has arrived: a caller that feeds bytes from an
 * interrupt handler has that long. A caller that feeds them from a ring which
 * holds a whole packet can give the same buffer twice, and finishes each packet
 * before it feeds on.
 *
 * What the protocol cannot do: it does not know the length, so the last packet
 * ends in padding (1Ah); its CRC misses one damaged packet in 65536. An image
 * has its own length and digest.
 *
 * Source: Chuck Forsberg, "XMODEM/YMODEM Protocol Reference", 1988.
 *
 * Call context: any, one at a time. Constant time but for 8 steps of CRC a
 * byte. No constant tables.
 */
#ifndef XIP_XMODEM_H
#define XIP_XMODEM_H

#include <stdint.h>

#include "xip_err.h"

#ifdef __cplusplus
extern "C" {
#endif

#define XIP_XMODEM_PACKET_BYTES 1024u // size of each buffer
#define XIP_XMODEM_ERRORS_MAX 10u     // in a row

// What a call returns: bits, 0 for "nothing to do".
#define XIP_XMODEM_ANSWER 0xFFu  // a byte to send, if not 0
#define XIP_XMODEM_TWICE 0x100u  // send that byte twice
#define XIP_XMODEM_DATA 0x200u   // a packet: x->data, x->data_bytes
#define XIP_XMODEM_END 0x400u    // that was all; the transfer succeeded
#define XIP_XMODEM_FAILED 0x800u // x->error says why

// Caller-allocated. Read what is named public, leave the rest alone.
struct xip_xmodem {
    // Public.
    const uint8_t *data;     // of the newest packet
    uint32_t data_bytes;     // 128 or 1024
    uint32_t received_bytes; // in all packets so far
    uint32_t errors;         // in all
    int error;               // XIP_ERR_TRANSFER after a failure

    // Private.
    uint8_t *buffer[2];
    uint16_t fill, size;
    uint16_t crc;
    uint8_t state;
    uint8_t which;    // buffer that is being filled
    uint8_t expected; // packet number
    uint8_t number;
    uint8_t row;     // errors in a row
    uint8_t damaged; // this packet has been spoilt already
    uint8_t started; // a packet has been accepted
    uint8_t eot;     // one EOT was seen, and refused
};

// Begin to receive into two buffers of XIP_XMODEM_PACKET_BYTES. Returns an
// answer: the first 'C'.
uint32_t xip_xmodem_begin(struct xip_xmodem *x, uint8_t *first,
        uint8_t *second);

// Take a byte from the line.
//
// The first EOT is answered by NAK and only the second one ends the transfer: a
// lost byte can make a packet number 4 look like an EOT.
uint32_t xip_xmodem_byte(struct xip_xmodem *x, uint8_t byte);

// Nothing has come for a second (three, before the first packet). Asks again.
// Before the first packet this is no error, however often: the caller decides
// how long to wait for a sender.
uint32_t xip_xmodem_timeout(struct xip_xmodem *x);

// Give up. The answer to send cancels the transfer.
uint32_t xip_xmodem_cancel(struct xip_xmodem *x);

#ifdef __cplusplus
}
#endif

#endif
