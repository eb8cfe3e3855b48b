/*
 * serprog - flashrom's Serial Flasher Protocol, version 1, for one SPI chip
 *
 * SPDX-License-Identifier: MIT
 *
 * The protocol is described in flashrom's Documentation/serprog-protocol.txt.
 */
#include "chip/serprog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ACK = 0x06, NAK = 0x15, SPI = 8 };
#define MAX_BYTES (1u << 20) // of a transfer; requests beyond are refused
#define BIT_PS 50000u        // 20 MHz, which every part bears
#define SELECT_PS 200000u    // nCS high between two frames

/// The chip ///

static uint64_t wall_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void catch_up(struct serprog *s) {
    const uint64_t wall = wall_ns();
    if (s->wall_ns) {
        s->now_ps += (wall - s->wall_ns) * s->speed * 1000;
    }
    s->wall_ns = wall;
}

struct shape {
    uint8_t opcode, addr_bytes, dummy_bytes; // addr_bytes 1: by the mode
};

// What follows the opcode; nothing but data for those that are not here.
static const struct shape shapes[] = {
        {0x03, 1, 0},
        {0x0B, 1, 1},
        {0x13, 4, 0},
        {0x0C, 4, 1},
        {0x02, 1, 0},
        {0x12, 4, 0},
        {0x20, 1, 0},
        {0x21, 4, 0},
        {0x52, 1, 0},
        {0x5C, 4, 0},
        {0xD8, 1, 0},
        {0xDC, 4, 0},
        {0x5A, 3, 1},
        {0x90, 3, 0},
        {0x36, 1, 0},
        {0x39, 1, 0},
        {0x3D, 1, 0},
        {0x42, 1, 0},
        {0x44, 1, 0},
        {0x48, 1, 1},
        {0x4B, 0, 4},
        {0xAB, 0, 3},
};

static uint32_t bit_ps(const struct serprog *s) {
    return s->bit_ps ? s->bit_ps : BIT_PS;
}

static struct nor_frame frame_of(const struct serprog *s, const uint8_t *out,
        size_t out_bytes, bool reads, size_t *used) {
    struct nor_frame f = {
            .has_opcode = true,
            .opcode = out[0],
            .opcode_lanes = 1,
            .clock_ps = bit_ps(s),
    };
    *used = 1;
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        const struct shape *shape = &shapes[i];
        const size_t addr = shape->addr_bytes == 1 ? s->four_byte ? 4 : 3
                                                   : shape->addr_bytes;
        if (shape->opcode != out[0] ||
                out_bytes < 1 + addr + shape->dummy_bytes) {
            continue;
        }
        f.addr_bytes = (uint8_t)addr;
        f.addr_lanes = addr ? 1 : 0;
        for (size_t k = 0; k < addr; k++) {
            f.addr = f.addr << 8 | out[1 + k];
        }
        f.dummy_clocks = (uint8_t)(8 * shape->dummy_bytes);
        *used = 1 + addr + shape->dummy_bytes;
    }
    f.data_lanes = reads || out_bytes > *used ? 1 : 0;
    return f;
}

void serprog_transfer(struct serprog *s, const uint8_t *out, size_t out_bytes,
        uint8_t *in, size_t in_bytes) {
    size_t used;
    catch_up(s);
    if (!out_bytes) {
        memset(in, 0xFF, in_bytes);
        return;
    }
    const struct nor_frame f =
            frame_of(s, out, out_bytes, in_bytes != 0, &used);
    s->now_ps += SELECT_PS + used * 8 * bit_ps(s);
    nor_begin(s->nor, s->now_ps, &f);
    for (size_t i = used; i < out_bytes; i++) {
        s->now_ps += 8 * bit_ps(s);
        nor_out(s->nor, s->now_ps, out[i]);
    }
    for (size_t i = 0; i < in_bytes; i++) {
        s->now_ps += 8 * bit_ps(s);
        in[i] = nor_in(s->nor, s->now_ps);
    }
    nor_end(s->nor, s->now_ps);
    if (out[0] == 0xB7 || out[0] == 0xE9) {
        s->four_byte = out[0] == 0xB7;
    }
    s->operations++;
}

/// The line ///

static bool get(int fd, void *data, size_t bytes) {
    uint8_t *p = data;
    while (bytes) {
        const ssize_t n = read(fd, p, bytes);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        p += n;
        bytes -= (size_t)n;
    }
    return true;
}

static bool put(int fd, const void *data, size_t bytes) {
    const uint8_t *p = data;
    while (bytes) {
        const ssize_t n = write(fd, p, bytes);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        p += n;
        bytes -= (size_t)n;
    }
    return true;
}

static uint32_t word24(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16;
}

// The opcodes of the protocol and their answers, ACK first.
static const struct {
    uint8_t opcode, args, bytes;
    uint8_t answer[17];
} answers[] = {
        {0x00, 0, 1, {ACK}},
        {0x01, 0, 3, {ACK, 1, 0}},
        {0x03, 0, 17, {ACK, 'x', 'i', 'p', 's', 'a', 'f', 'e'}},
        {0x04, 0, 3, {ACK, 0xFF, 0xFF}},
        {0x05, 0, 2, {ACK, SPI}},
        {0x08, 0, 4, {ACK, 0, 0, 0x08}},
        {0x10, 0, 2, {NAK, ACK}},
        {0x11, 0, 4, {ACK, 0, 0, 0x08}},
        {0x15, 1, 1, {ACK}},
};

static bool answer_map(int fd) {
    uint8_t map[33] = {ACK};
    static const uint8_t more[] = {0x02, 0x12, 0x13, 0x14};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        map[1 + answers[i].opcode / 8] |=
                (uint8_t)(1u << answers[i].opcode % 8);
    }
    for (size_t i = 0; i < sizeof more; i++) {
        map[1 + more[i] / 8] |= (uint8_t)(1u << more[i] % 8);
    }
    return put(fd, map, sizeof map);
}

static bool transfer(struct serprog *s, int fd) {
    uint8_t lengths[6];
    if (!get(fd, lengths, sizeof lengths)) {
        return false;
    }
    const size_t out_bytes = word24(lengths);
    const size_t in_bytes = word24(lengths + 3);
    if (out_bytes > MAX_BYTES || in_bytes > MAX_BYTES) {
        return false;
    }
    uint8_t *data = malloc(out_bytes + in_bytes + 1);
    bool good = data && get(fd, data, out_bytes);
    if (good) {
        uint8_t *in = data + out_bytes;
        in[0] = ACK;
        serprog_transfer(s, data, out_bytes, in + 1, in_bytes);
        good = put(fd, in, in_bytes + 1);
    }
    free(data);
    return good;
}

static bool set_clock(struct serprog *s, int fd) {
    uint8_t args[5] = {ACK};
    if (!get(fd, args + 1, 4)) {
        return false;
    }
    const uint32_t hz =
            args[1] | args[2] << 8 | args[3] << 16 | (uint32_t)args[4] << 24;
    if (!hz) {
        args[0] = NAK;
        return put(fd, args, 1);
    }
    s->bit_ps = hz < 1000 ? 1000000000u : (uint32_t)(1000000000000u / hz);
    return put(fd, args, 5);
}

static bool command(struct serprog *s, int fd, uint8_t opcode) {
    uint8_t args[5] = {ACK};
    switch (opcode) {
    case 0x02:
        return answer_map(fd);
    case 0x12: // bus type: SPI or nothing
        if (!get(fd, args + 1, 1)) {
            return false;
        }
        args[0] = args[1] == SPI ? ACK : NAK;
        return put(fd, args, 1);
    case 0x13:
        return transfer(s, fd);
    case 0x14:
        return set_clock(s, fd);
    default:
        break;
    }
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        if (answers[i].opcode == opcode) {
            return get(fd, args, answers[i].args) &&
                    put(fd, answers[i].answer, answers[i].bytes);
        }
    }
    args[0] = NAK;
    return put(fd, args, 1);
}

bool serprog_serve(struct serprog *s, int fd) {
    uint8_t opcode;
    while (get(fd, &opcode, 1)) {
        if (!command(s, fd, opcode)) {
            return false;
        }
    }
    return true;
}
