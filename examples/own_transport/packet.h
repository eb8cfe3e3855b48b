/*
 * packet - the framing of your own transport
 *
 * SPDX-License-Identifier: MIT
 *
 *   A5 5A | length, 2 bytes | payload | CRC-32 of the payload, 4 bytes
 *
 * Numbers little-endian. Bytes between packets are ignored. It depends neither
 * on the line nor on the flash, so it fits any line: a radio, CAN, a file.
 */
#ifndef PACKET_H
#define PACKET_H

#include <stdint.h>

#define PACKET_BYTES 256u // of a payload, at most

struct packet {
    uint8_t payload[PACKET_BYTES];
    uint32_t len_bytes;

    // Private; start with all zero.
    uint32_t state, count, crc;
};

enum packet_event { PACKET_MORE, PACKET_READY, PACKET_DAMAGED };

// Take one byte. PACKET_READY: payload and len_bytes hold a packet until the
// next call.
enum packet_event packet_byte(struct packet *p, uint8_t byte);

// Send a packet through put().
void packet_send(const uint8_t *payload, uint32_t len_bytes,
        void (*put)(uint8_t byte));

#endif
