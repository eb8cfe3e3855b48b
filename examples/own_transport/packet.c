/*
 * packet - the framing of your own transport
 *
 * SPDX-License-Identifier: MIT
 */
#include "packet.h"

enum { MAGIC_A5, MAGIC_5A, LENGTH_LOW, LENGTH_HIGH, PAYLOAD, CRC };

// CRC-32 of IEEE 802.3 as gzip has it, bit by bit: the line is slower.
static uint32_t crc_of(const uint8_t *data, uint32_t len) {
    uint32_t crc = 0xFFFFFFFFu;
    for (uint32_t i = 0; i < len; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

static enum packet_event take_length(struct packet *p, uint8_t byte) {
    p->len_bytes |= (uint32_t)byte << 8;
    p->state = p->len_bytes != 0u ? PAYLOAD : CRC;
    if (p->len_bytes > PACKET_BYTES) {
        p->state = MAGIC_A5;
        return PACKET_DAMAGED;
    }
    return PACKET_MORE;
}

static enum packet_event take_crc(struct packet *p, uint8_t byte) {
    p->crc |= (uint32_t)byte << (8u * p->count);
    if (++p->count < 4u) {
        return PACKET_MORE;
    }
    p->state = MAGIC_A5;
    return p->crc == crc_of(p->payload, p->len_bytes) ? PACKET_READY
                                                      : PACKET_DAMAGED;
}

static void take_magic(struct packet *p, uint8_t byte) {
    if (p->state == MAGIC_5A && byte == 0x5Au) {
        p->state = LENGTH_LOW;
    } else {
        p->state = byte == 0xA5u ? MAGIC_5A : MAGIC_A5;
    }
}

enum packet_event packet_byte(struct packet *p, uint8_t byte) {
    switch (p->state) {
    case LENGTH_LOW:
        p->len_bytes = byte;
        p->count = 0;
        p->crc = 0;
        p->state = LENGTH_HIGH;
        return PACKET_MORE;
    case LENGTH_HIGH:
        return take_length(p, byte);
    case PAYLOAD:
        p->payload[p->count++] = byte;
        if (p->count == p->len_bytes) {
            p->count = 0;
            p->state = CRC;
        }
        return PACKET_MORE;
    case CRC:
        return take_crc(p, byte);
    default:
        take_magic(p, byte);
        return PACKET_MORE;
    }
}

static void put_number(uint32_t value, unsigned bytes,
        void (*put)(uint8_t byte)) {
    for (unsigned i = 0; i < bytes; i++) {
        put((uint8_t)(value >> (8u * i)));
    }
}

void packet_send(const uint8_t *payload, uint32_t len_bytes,
        void (*put)(uint8_t byte)) {
    put_number(0x5AA5u, 2, put);
    put_number(len_bytes, 2, put);
    for (uint32_t i = 0; i < len_bytes; i++) {
        put(payload[i]);
    }
    put_number(crc_of(payload, len_bytes), 4, put);
}
