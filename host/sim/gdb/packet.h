/*
 * packet - the frames of gdb's remote serial protocol
 *
 * SPDX-License-Identifier: MIT
 *
 * Bytes in, packets out, and the other way round. Nothing here trusts what
 * comes in, and nothing does I/O.
 */
#ifndef PACKET_H
#define PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACKET_BYTES 0x4000 // of a packet, without frame; told to gdb

enum packet_event {
    PACKET_NOTHING,
    PACKET_WHOLE,     // reader->text holds it, with a 0 behind
    PACKET_BROKEN,    // wrong checksum, or too long
    PACKET_INTERRUPT, // a lone 03h
    PACKET_AGAIN,     // '-': the last answer did not arrive
};

struct packet_reader {
    enum { PACKET_IDLE, PACKET_BODY, PACKET_SUM, PACKET_SUM_2 } state;
    char text[PACKET_BYTES + 1];
    size_t bytes;
    bool escaped, too_long;
    uint8_t sum, wanted;
};
enum packet_event packet_take(struct packet_reader *reader, uint8_t byte);

// A reply, built piece by piece; what does not fit sets `full`.
struct packet_reply {
    char text[PACKET_BYTES + 1];
    size_t bytes;
    bool full;
};
void packet_put(struct packet_reply *reply, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
void packet_put_hex(struct packet_reply *reply, const void *bytes, size_t len);
// The frame with its checksum, from '$'. to has room for PACKET_FRAME_BYTES.
#define PACKET_FRAME_BYTES (2 * PACKET_BYTES + 8)
size_t packet_frame(const struct packet_reply *reply, char *to);

// Parsers: they advance *at and fail on anything else than they want.
bool packet_hex(const char **at, uint64_t max, uint64_t *value);
bool packet_is(const char **at, const char *text);
// Pairs of hex digits up to the end or the first byte that is none.
size_t packet_bytes(const char **at, uint8_t *to, size_t room);

#endif
