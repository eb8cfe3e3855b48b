/*
 * xmodem_send - the sending half of XMODEM-1K, as a plain state machine
 *
 * SPDX-License-Identifier: MIT
 *
 * Protocol: Chuck Forsberg, "XMODEM/YMODEM Protocol Reference" (1988),
 * chapters 2, 7 and 8.
 */
#include "sim/line/xmodem_send.h"

#include <stdio.h>
#include <string.h>

#define PAD 0x1A // CP/M end of file, the padding of every sender

uint16_t xmodem_crc(const uint8_t *data, size_t bytes) {
    uint16_t crc = 0;
    for (size_t i = 0; i < bytes; i++) {
        crc = (uint16_t)(crc ^ (data[i] << 8));
        for (int bit = 0; bit < 8; bit++) {
            const bool top = crc & 0x8000;
            crc = (uint16_t)((crc << 1) ^ (top ? 0x1021 : 0));
        }
    }
    return crc;
}

void xmodem_send_init(struct xmodem_send *x, const uint8_t *data, size_t bytes,
        bool wait_to_be_armed) {
    memset(x, 0, sizeof *x);
    x->data = data;
    x->bytes = bytes;
    x->state = wait_to_be_armed ? XMODEM_OFF : XMODEM_WAIT;
    x->answer_ps = XMODEM_NEVER;
    x->quiet_ps = XMODEM_NEVER;
    x->fault_at = UINT64_MAX;
}

void xmodem_send_arm(struct xmodem_send *x) {
    if (x->state == XMODEM_OFF) {
        x->state = XMODEM_WAIT;
    }
}

bool xmodem_send_active(const struct xmodem_send *x) {
    return x->state == XMODEM_DATA || x->state == XMODEM_END ||
            x->state == XMODEM_GIVE_UP;
}

static bool all_on_line(const struct xmodem_send *x) {
    return x->packet_at >= x->packet_bytes;
}

// Fills x->packet for x->off. A tail of more than seven short blocks still
// goes as one long block: it costs less line time.
static void make_packet(struct xmodem_send *x) {
    const size_t left = x->bytes - x->off;
    const size_t block = left > 7 * 128 ? 1024 : 128;
    x->payload_bytes = left < block ? left : block;
    x->packet[0] = block == 1024 ? XMODEM_STX : XMODEM_SOH;
    x->packet[1] = x->number;
    x->packet[2] = (uint8_t)~x->number;
    memset(x->packet + 3, PAD, block);
    memcpy(x->packet + 3, x->data + x->off, x->payload_bytes);
    const uint16_t crc = xmodem_crc(x->packet + 3, block);
    x->packet[3 + block] = (uint8_t)(crc >> 8);
    x->packet[4 + block] = (uint8_t)crc;
    x->packet_bytes = block + 5;
    x->packet_at = 0;
}

static void send_bytes(struct xmodem_send *x, enum xmodem_state state,
        uint8_t byte, size_t count) {
    memset(x->packet, byte, count);
    x->packet_bytes = count;
    x->packet_at = 0;
    x->state = state;
}

static void send_next_packet(struct xmodem_send *x, uint64_t now_ps) {
    x->answer_ps = XMODEM_NEVER;
    x->progress_ps = now_ps;
    x->tries = 1;
    if (x->off >= x->bytes) {
        send_bytes(x, XMODEM_END, XMODEM_EOT, 1);
        return;
    }
    x->state = XMODEM_DATA;
    make_packet(x);
}

static void begin(struct xmodem_send *x, uint64_t now_ps) {
    x->off = 0;
    x->payload_bytes = 0;
    x->number = 1;
    x->cans = 0;
    send_next_packet(x, now_ps);
}

static void again(struct xmodem_send *x, const char *cause) {
    x->answer_ps = XMODEM_NEVER;
    if (x->tries >= XMODEM_TRIES) {
        snprintf(x->why, sizeof x->why,
                "the packet at byte %zu failed %u times (%s)", x->off, x->tries,
                cause);
        send_bytes(x, XMODEM_GIVE_UP, XMODEM_CAN, 3);
        return;
    }
    x->tries++;
    // A receiver asks for the EOT a second time to be sure: nothing was wrong.
    x->resent += x->state == XMODEM_DATA;
    x->packet_at = 0;
}

void xmodem_send_line_lost(struct xmodem_send *x) {
    if (xmodem_send_active(x)) {
        x->state = XMODEM_WAIT;
        x->restarts++;
    }
    x->answer_ps = XMODEM_NEVER;
    x->quiet_ps = XMODEM_NEVER;
}

static void acknowledged(struct xmodem_send *x, uint64_t now_ps) {
    if (x->state == XMODEM_END) {
        x->state = XMODEM_DONE;
        x->answer_ps = XMODEM_NEVER;
        return;
    }
    x->off += x->payload_bytes;
    x->payload_bytes = 0;
    x->number++;
    send_next_packet(x, now_ps);
}

static enum xmodem_show rx_answer(struct xmodem_send *x, uint64_t now_ps,
        uint8_t byte) {
    x->cans = byte == XMODEM_CAN ? x->cans + 1 : 0;
    if (x->cans >= 2) {
        snprintf(x->why, sizeof x->why,
                "the device cancelled it after %zu bytes",
                xmodem_send_acknowledged(x));
        x->state = XMODEM_FAILED;
        x->answer_ps = XMODEM_NEVER;
        return XMODEM_HIDE;
    }
    if (byte != XMODEM_ACK && byte != XMODEM_NAK) {
        return byte == XMODEM_CAN ? XMODEM_HIDE : XMODEM_SHOW;
    }
    // An answer before the end of the packet belongs to an earlier one.
    if (x->state != XMODEM_GIVE_UP && all_on_line(x)) {
        if (byte == XMODEM_ACK) {
            acknowledged(x, now_ps);
        } else {
            again(x, "the device refused it");
        }
    }
    return XMODEM_HIDE;
}

enum xmodem_show xmodem_send_rx(struct xmodem_send *x, uint64_t now_ps,
        uint8_t byte) {
    // A 'C' with a character next to it is a letter of a text.
    const bool alone =
            !x->after_letter || now_ps >= x->last_ps + XMODEM_QUIET_PS;
    x->after_letter = byte > ' ' && byte < 0x7F;
    x->last_ps = now_ps;
    x->quiet_ps = XMODEM_NEVER;
    if (byte == 'C' && alone) {
        x->quiet_ps = now_ps + XMODEM_QUIET_PS;
        x->cans = 0;
        return XMODEM_HOLD;
    }
    if (xmodem_send_active(x)) {
        return rx_answer(x, now_ps, byte);
    }
    // The device repeats its last answer after the end: not console text.
    const bool answer =
            byte == XMODEM_ACK || byte == XMODEM_NAK || byte == XMODEM_CAN;
    return answer ? XMODEM_HIDE : XMODEM_SHOW;
}

int xmodem_send_next(struct xmodem_send *x, uint64_t now_ps) {
    if (!xmodem_send_active(x) || all_on_line(x)) {
        return -1;
    }
    uint8_t byte = x->packet[x->packet_at++];
    if (x->line_bytes == x->fault_at) {
        byte ^= 0x10;
        x->fault_at =
                x->fault_every ? x->fault_at + x->fault_every : UINT64_MAX;
    }
    x->line_bytes++;
    if (all_on_line(x)) {
        x->answer_ps = now_ps + XMODEM_ANSWER_PS;
        if (x->state == XMODEM_GIVE_UP) {
            x->state = XMODEM_FAILED;
            x->answer_ps = XMODEM_NEVER;
        }
    }
    return byte;
}

uint64_t xmodem_send_deadline(const struct xmodem_send *x) {
    return x->quiet_ps < x->answer_ps ? x->quiet_ps : x->answer_ps;
}

static void request(struct xmodem_send *x, uint64_t now_ps) {
    if (x->state == XMODEM_WAIT) {
        begin(x, now_ps);
        return;
    }
    if (!xmodem_send_active(x) || !all_on_line(x)) {
        return;
    }
    if (x->state == XMODEM_DATA && x->off == 0) {
        again(x, "the device asked for it again");
    } else if (now_ps - x->progress_ps >= XMODEM_RESTART_PS) {
        x->restarts++;
        begin(x, now_ps);
    }
}

void xmodem_send_tick(struct xmodem_send *x, uint64_t now_ps) {
    if (now_ps >= x->quiet_ps) {
        x->quiet_ps = XMODEM_NEVER;
        request(x, now_ps);
    }
    if (now_ps >= x->answer_ps) {
        again(x, "no answer for 10 s");
    }
}

size_t xmodem_send_acknowledged(const struct xmodem_send *x) {
    return x->off;
}
