/*
 * packet - the frames of gdb's remote serial protocol
 *
 * SPDX-License-Identifier: MIT
 *
 * $BODY#CC: the checksum is the sum of the body's bytes; } escapes the next
 * one, with 20h exclusive-ored.
 */
#include "sim/gdb/packet.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/// Reading ///

static int digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void begin(struct packet_reader *r) {
    r->state = PACKET_BODY;
    r->bytes = 0;
    r->sum = 0;
    r->escaped = r->too_long = false;
}

static void body(struct packet_reader *r, uint8_t byte) {
    r->sum = (uint8_t)(r->sum + byte);
    if (byte == '}' && !r->escaped) {
        r->escaped = true;
        return;
    }
    if (r->bytes == PACKET_BYTES) {
        r->too_long = true;
        return;
    }
    r->text[r->bytes++] = (char)(r->escaped ? byte ^ 0x20 : byte);
    r->escaped = false;
}

enum packet_event packet_take(struct packet_reader *r, uint8_t byte) {
    switch (r->state) {
    case PACKET_IDLE:
        if (byte == '$') {
            begin(r);
        }
        return byte == 3      ? PACKET_INTERRUPT
                : byte == '-' ? PACKET_AGAIN
                              : PACKET_NOTHING;
    case PACKET_BODY:
        if (byte == '$') { // the rest of the one before was lost
            begin(r);
        } else if (byte == '#') {
            r->state = PACKET_SUM;
        } else {
            body(r, byte);
        }
        return PACKET_NOTHING;
    case PACKET_SUM:
        r->wanted = (uint8_t)(digit((char)byte) << 4);
        r->state = digit((char)byte) < 0 ? PACKET_IDLE : PACKET_SUM_2;
        return r->state == PACKET_IDLE ? PACKET_BROKEN : PACKET_NOTHING;
    case PACKET_SUM_2:
        break;
    }
    r->state = PACKET_IDLE;
    r->text[r->bytes] = '\0';
    const bool good = digit((char)byte) >= 0 && !r->too_long && !r->escaped &&
            (r->wanted | digit((char)byte)) == r->sum;
    return good ? PACKET_WHOLE : PACKET_BROKEN;
}

/// Parsing ///

bool packet_hex(const char **at, uint64_t max, uint64_t *value) {
    const char *text = *at;
    uint64_t number = 0;
    while (digit(*text) >= 0) {
        if (number >> 60) {
            return false;
        }
        number = number << 4 | (unsigned)digit(*text++);
    }
    if (text == *at || number > max) {
        return false;
    }
    *at = text;
    *value = number;
    return true;
}

bool packet_is(const char **at, const char *text) {
    const size_t length = strlen(text);
    if (strncmp(*at, text, length) != 0) {
        return false;
    }
    *at += length;
    return true;
}

size_t packet_bytes(const char **at, uint8_t *to, size_t room) {
    size_t count = 0;
    while (count < room && digit((*at)[0]) >= 0 && digit((*at)[1]) >= 0) {
        to[count++] = (uint8_t)(digit((*at)[0]) << 4 | digit((*at)[1]));
        *at += 2;
    }
    return count;
}

/// Writing ///

void packet_put(struct packet_reply *reply, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const size_t room = sizeof reply->text - reply->bytes;
    const int length =
            vsnprintf(reply->text + reply->bytes, room, format, args);
    va_end(args);
    if (length < 0 || (size_t)length >= room) {
        reply->full = true;
        reply->text[reply->bytes] = '\0';
    } else {
        reply->bytes += (size_t)length;
    }
}

void packet_put_hex(struct packet_reply *reply, const void *bytes, size_t len) {
    static const char digits[] = "0123456789abcdef";
    const uint8_t *from = bytes;
    if (sizeof reply->text - reply->bytes <= 2 * len) {
        reply->full = true;
        return;
    }
    for (size_t i = 0; i < len; i++) {
        reply->text[reply->bytes++] = digits[from[i] >> 4];
        reply->text[reply->bytes++] = digits[from[i] & 15];
    }
    reply->text[reply->bytes] = '\0';
}

size_t packet_frame(const struct packet_reply *reply, char *to) {
    uint8_t sum = 0;
    size_t at = 0;
    to[at++] = '$';
    for (size_t i = 0; i < reply->bytes; i++) {
        char c = reply->text[i];
        if (strchr("$#}*", c) && c) {
            to[at++] = '}';
            sum = (uint8_t)(sum + '}');
            c ^= 0x20;
        }
        to[at++] = c;
        sum = (uint8_t)(sum + (uint8_t)c);
    }
    snprintf(to + at, 4, "#%02x", sum);
    return at + 3;
}
