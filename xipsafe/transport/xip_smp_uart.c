/*
 * xip_smp_uart - SMP packets on a serial line
 *
 * SPDX-License-Identifier: MIT
 *
 * Source: "SMP over console" in Zephyr's documentation. base64: RFC 4648.
 */
#include "xip_smp_uart.h"

#include <string.h>

#define FIRST_1 0x06u
#define FIRST_2 0x09u
#define NEXT_1 0x04u
#define NEXT_2 0x14u
#define LENGTH_BYTES 2u
#define CRC_BYTES 2u
#define LINE_CHARS 124u // of base64: whole groups of four

enum state {
    TEXT,       // between lines
    FIRST_MARK, // one byte of a mark was seen
    NEXT_MARK,
    LINE,    // of a packet
    DISCARD, // the rest of a line
};

// CRC-16/XMODEM.
static uint32_t crc_step(uint32_t crc, uint8_t byte) {
    crc ^= (uint32_t)byte << 8;
    for (unsigned bit = 0; bit < 8u; bit++) {
        crc = (crc & 0x8000u) != 0u ? crc << 1 ^ 0x1021u : crc << 1;
    }
    return crc & 0xFFFFu;
}

/// Receiving ///

// 0 to 63, or 64: not of the alphabet.
static uint32_t value_of(uint8_t c) {
    if (c >= 'A' && c <= 'Z') {
        return c - (uint32_t)'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - (uint32_t)'a' + 26u;
    }
    if (c >= '0' && c <= '9') {
        return c - (uint32_t)'0' + 52u;
    }
    return c == '+' ? 62u : c == '/' ? 63u : 64u;
}

static int32_t damaged(struct xip_smp_uart *u, enum state state) {
    u->damaged++;
    u->fill = 0;
    u->state = (uint8_t)state;
    return XIP_SMP_UART_TAKEN;
}

static int32_t take_char(struct xip_smp_uart *u, uint8_t c) {
    const uint32_t value = value_of(c);
    if (c == '=' || c == '\r') {
        return XIP_SMP_UART_TAKEN;
    }
    if (value == 64u || (u->bit_count >= 2u && u->fill == u->cap)) {
        return damaged(u, DISCARD);
    }
    u->bits = u->bits << 6 | value;
    u->bit_count = (uint8_t)(u->bit_count + 6u);
    if (u->bit_count >= 8u) {
        u->bit_count = (uint8_t)(u->bit_count - 8u);
        u->buffer[u->fill++] = (uint8_t)(u->bits >> u->bit_count);
    }
    return XIP_SMP_UART_TAKEN;
}

static int32_t end_line(struct xip_smp_uart *u) {
    u->state = TEXT;
    u->bit_count = 0; // each line holds whole groups
    if (u->fill < LENGTH_BYTES) {
        return damaged(u, TEXT);
    }
    const uint32_t len = (uint32_t)u->buffer[0] << 8 | u->buffer[1];
    if (u->fill < LENGTH_BYTES + len) {
        return XIP_SMP_UART_TAKEN; // goes on in the next line
    }
    uint32_t crc = 0;
    for (uint32_t i = 0; i < len; i++) {
        crc = crc_step(crc, u->buffer[LENGTH_BYTES + i]);
    }
    if (len <= CRC_BYTES || crc != 0u) {
        return damaged(u, TEXT);
    }
    u->fill = 0;
    u->packet = u->buffer + LENGTH_BYTES;
    return (int32_t)(len - CRC_BYTES);
}

static int32_t begin_line(struct xip_smp_uart *u, bool first) {
    if (first) {
        if (u->fill != 0u) {
            u->damaged++;
        }
        u->fill = 0;
        u->bit_count = 0;
    } else if (u->fill == 0u) { // its first line was lost
        u->state = DISCARD;
        return XIP_SMP_UART_TAKEN;
    }
    u->state = LINE;
    return XIP_SMP_UART_TAKEN;
}

void xip_smp_uart_init(struct xip_smp_uart *u, uint8_t *buffer, uint32_t cap) {
    memset(u, 0, sizeof(*u));
    u->buffer = buffer;
    u->cap = cap;
}

int32_t xip_smp_uart_byte(struct xip_smp_uart *u, uint8_t byte) {
    // Neither mark can be in a line: a line that was cut off ends here.
    if (byte == FIRST_1 || byte == NEXT_1) {
        if (u->state == LINE) {
            (void)damaged(u, TEXT);
        }
        u->state = byte == FIRST_1 ? FIRST_MARK : NEXT_MARK;
        return XIP_SMP_UART_TAKEN;
    }
    switch ((enum state)u->state) {
    case FIRST_MARK:
    case NEXT_MARK: {
        const bool first = u->state == FIRST_MARK;
        if (byte == (first ? FIRST_2 : NEXT_2)) {
            return begin_line(u, first);
        }
        u->state = TEXT;
        return XIP_SMP_UART_TEXT;
    }
    case LINE:
        return byte == '\n' ? end_line(u) : take_char(u, byte);
    case DISCARD:
        if (byte == '\n') {
            u->state = TEXT;
        }
        return XIP_SMP_UART_TAKEN;
    case TEXT:
    default:
        return XIP_SMP_UART_TEXT;
    }
}

/// Sending ///

struct sender {
    void (*put)(void *ctx, uint8_t byte);
    void *ctx;
    uint32_t bits;
    uint32_t count; // bytes in bits
    uint32_t chars; // in this line
    bool begun;
};

static uint8_t char_of(uint32_t value) {
    value &= 63u;
    return (uint8_t)(value < 26u   ? 'A' + value
                    : value < 52u  ? 'a' + value - 26u
                    : value < 62u  ? '0' + value - 52u
                    : value == 62u ? '+'
                                   : '/');
}

static void put_mark(struct sender *s) {
    s->put(s->ctx, s->begun ? NEXT_1 : FIRST_1);
    s->put(s->ctx, s->begun ? NEXT_2 : FIRST_2);
    s->begun = true;
}

// Four characters for the one to three bytes in s->bits.
static void put_group(struct sender *s) {
    if (s->chars == 0u) {
        put_mark(s);
    }
    s->bits <<= 8u * (3u - s->count);
    for (unsigned i = 0; i < 4u; i++) {
        s->put(s->ctx,
                i <= s->count ? char_of(s->bits >> (18u - 6u * i)) : '=');
    }
    s->bits = 0;
    s->count = 0;
    s->chars += 4u;
    if (s->chars == LINE_CHARS) {
        s->put(s->ctx, '\n');
        s->chars = 0;
    }
}

static void send_byte(struct sender *s, uint32_t byte) {
    s->bits = s->bits << 8 | (byte & 0xFFu);
    if (++s->count == 3u) {
        put_group(s);
    }
}

void xip_smp_uart_send(const uint8_t *packet, uint32_t len_bytes,
        void (*put)(void *ctx, uint8_t byte), void *ctx) {
    struct sender s = {.put = put, .ctx = ctx};
    uint32_t crc = 0;
    send_byte(&s, (len_bytes + CRC_BYTES) >> 8);
    send_byte(&s, len_bytes + CRC_BYTES);
    for (uint32_t i = 0; i < len_bytes; i++) {
        crc = crc_step(crc, packet[i]);
        send_byte(&s, packet[i]);
    }
    send_byte(&s, crc >> 8);
    send_byte(&s, crc);
    if (s.count != 0u) {
        put_group(&s);
    }
    if (s.chars != 0u) {
        put(ctx, '\n');
    }
}
