/*
 * smp_send - sends an image by SMP, as a plain state machine
 *
 * SPDX-License-Identifier: MIT
 */
#include "cut/smp_send.h"

#include <bearssl.h>
#include <string.h>

#include "xip_cbor.h"
#include "xip_image.h"
#include "xip_smp.h"

#define OP_WRITE 2u
#define GROUP_OS 0u
#define GROUP_IMAGE 1u
#define OS_RESET 5u
#define IMAGE_STATE 0u
#define IMAGE_UPLOAD 1u
#define NOT_SUPPORTED 8u

/// Requests ///

static struct xip_cbor_writer map_begin(uint8_t *packet, size_t room,
        uint32_t pairs) {
    struct xip_cbor_writer w = {
            packet + XIP_SMP_HEADER_BYTES, packet + room, false};
    xip_cbor_put(&w, XIP_CBOR_MAP, pairs);
    return w;
}

static void put_byte(void *ctx, uint8_t byte) {
    struct smp_send *s = ctx;
    if (s->line_bytes < sizeof s->line) {
        s->line[s->line_bytes++] = byte;
    }
}

static void ask(struct smp_send *s, uint8_t *packet,
        const struct xip_cbor_writer *w, unsigned group, unsigned command) {
    const size_t map = (size_t)(w->next - packet) - XIP_SMP_HEADER_BYTES;
    const uint8_t header[XIP_SMP_HEADER_BYTES] = {OP_WRITE | 1u << 3, 0,
            (uint8_t)(map >> 8), (uint8_t)map, 0, (uint8_t)group, ++s->sequence,
            (uint8_t)command};
    memcpy(packet, header, sizeof header);
    s->line_bytes = s->line_at = 0;
    xip_smp_uart_send(packet, (uint32_t)(XIP_SMP_HEADER_BYTES + map), put_byte,
            s);
    s->answer_ps = SMP_SEND_NEVER;
}

static size_t chunk_at(const struct smp_send *s) {
    const size_t left = s->bytes - s->off;
    return left < SMP_SEND_CHUNK ? left : SMP_SEND_CHUNK;
}

static void ask_upload(struct smp_send *s) {
    uint8_t packet[640];
    struct xip_cbor_writer w = map_begin(packet, sizeof packet, s->off ? 2 : 5);
    if (!s->off) {
        xip_cbor_put_text(&w, "image");
        xip_cbor_put(&w, XIP_CBOR_UINT, 0);
        xip_cbor_put_text(&w, "len");
        xip_cbor_put(&w, XIP_CBOR_UINT, (uint32_t)s->bytes);
        xip_cbor_put_text(&w, "sha");
        xip_cbor_put_string(&w, XIP_CBOR_BYTES, s->sha, sizeof s->sha);
    }
    xip_cbor_put_text(&w, "off");
    xip_cbor_put(&w, XIP_CBOR_UINT, (uint32_t)s->off);
    xip_cbor_put_text(&w, "data");
    xip_cbor_put_string(&w, XIP_CBOR_BYTES, s->data + s->off,
            (uint32_t)chunk_at(s));
    ask(s, packet, &w, GROUP_IMAGE, IMAGE_UPLOAD);
}

static void ask_test(struct smp_send *s) {
    uint8_t packet[80];
    struct xip_cbor_writer w = map_begin(packet, sizeof packet, 2);
    xip_cbor_put_text(&w, "hash");
    xip_cbor_put_string(&w, XIP_CBOR_BYTES, s->digest, sizeof s->digest);
    xip_cbor_put_text(&w, "confirm");
    xip_cbor_put_bool(&w, false);
    ask(s, packet, &w, GROUP_IMAGE, IMAGE_STATE);
}

static void ask_reset(struct smp_send *s) {
    uint8_t packet[20];
    const struct xip_cbor_writer w = map_begin(packet, sizeof packet, 0);
    ask(s, packet, &w, GROUP_OS, OS_RESET);
}

static void ask_next(struct smp_send *s) {
    if (s->state == SMP_SEND_UPLOAD) {
        ask_upload(s);
    } else if (s->state == SMP_SEND_TEST) {
        ask_test(s);
    } else if (s->state == SMP_SEND_RESET) {
        ask_reset(s);
    }
}

/// Answers ///

static uint32_t number_of(const struct xip_cbor *map, const char *key,
        uint32_t otherwise) {
    struct xip_cbor_item item;
    return xip_cbor_find(map, key, &item) && item.type == XIP_CBOR_UINT
            ? item.value
            : otherwise;
}

// In version 2 of the protocol a group's error is a map of its own.
static bool is_refusal(const struct xip_cbor *map, uint32_t *code) {
    struct xip_cbor_item item;
    *code = number_of(map, "rc", 0);
    return *code != 0 || xip_cbor_find(map, "err", &item);
}

static void on_upload(struct smp_send *s, const struct xip_cbor *map,
        bool refused) {
    const uint32_t off = number_of(map, "off", 0);
    if (refused || off > s->bytes) {
        s->off = 0; // from the start, and not for ever
        s->state = ++s->refused >= SMP_SEND_REFUSALS ? SMP_SEND_FAILED
                                                     : SMP_SEND_UPLOAD;
        return;
    }
    s->refused = off > s->off ? 0 : s->refused;
    s->off = off;
    if (off == s->bytes) {
        s->state = SMP_SEND_TEST;
    }
}

static void on_answer(struct smp_send *s, const uint8_t *packet, size_t bytes) {
    const size_t map_bytes = (size_t)packet[2] << 8 | packet[3];
    if (packet[6] != s->sequence || map_bytes > bytes - XIP_SMP_HEADER_BYTES) {
        return; // of a request before
    }
    const uint8_t *from = packet + XIP_SMP_HEADER_BYTES;
    const struct xip_cbor map = {.next = from, .end = from + map_bytes};
    uint32_t code;
    const bool refused = is_refusal(&map, &code);
    if (s->state == SMP_SEND_UPLOAD) {
        on_upload(s, &map, refused);
    } else if (s->state == SMP_SEND_TEST) {
        // Serial recovery has no test: what it has it starts.
        s->state = !refused || code == NOT_SUPPORTED ? SMP_SEND_RESET
                                                     : SMP_SEND_FAILED;
    } else if (s->state == SMP_SEND_RESET) {
        s->state = SMP_SEND_DONE;
    }
    s->answer_ps = SMP_SEND_NEVER;
    ask_next(s);
}

/// The line ///

bool smp_send_active(const struct smp_send *s) {
    return s->state >= SMP_SEND_UPLOAD && s->state <= SMP_SEND_RESET;
}

bool smp_send_arrived(const struct smp_send *s) {
    return s->state == SMP_SEND_RESET || s->state == SMP_SEND_DONE;
}

bool smp_send_rx(struct smp_send *s, uint64_t now_ps, uint8_t byte) {
    (void)now_ps;
    const int32_t got = xip_smp_uart_byte(&s->uart, byte);
    if (got == XIP_SMP_UART_TEXT) {
        return false;
    }
    if (got >= (int32_t)XIP_SMP_HEADER_BYTES && smp_send_active(s)) {
        on_answer(s, s->uart.packet, (size_t)got);
    }
    return true;
}

int smp_send_next(struct smp_send *s, uint64_t now_ps) {
    if (!smp_send_active(s) || s->line_at == s->line_bytes) {
        return -1;
    }
    const uint8_t byte = s->line[s->line_at++];
    if (s->line_at == s->line_bytes) {
        const bool last =
                s->state == SMP_SEND_UPLOAD && s->off + chunk_at(s) == s->bytes;
        s->answer_ps = now_ps + (last ? SMP_SEND_LAST_PS : SMP_SEND_ANSWER_PS);
    }
    return byte;
}

uint64_t smp_send_deadline(const struct smp_send *s) {
    return s->answer_ps;
}

void smp_send_tick(struct smp_send *s, uint64_t now_ps) {
    if (now_ps >= s->answer_ps) {
        s->answer_ps = SMP_SEND_NEVER;
        ask_next(s);
    }
}

/// Life ///

static void learn_digest(struct smp_send *s) {
    struct xip_image image;
    struct xip_image_tlv tlv = {0};
    if (xip_image_parse(&image, s->data, (uint32_t)s->bytes)) {
        return; // the device will say why it does not take it
    }
    while (xip_image_tlv_next(&image, &tlv)) {
        if (tlv.type == XIP_TLV_SHA256 && tlv.len_bytes == sizeof s->digest) {
            memcpy(s->digest, tlv.data, sizeof s->digest);
        }
    }
}

void smp_send_init(struct smp_send *s, const uint8_t *data, size_t bytes,
        bool wait_to_be_armed) {
    br_sha256_context sha;
    memset(s, 0, sizeof *s);
    s->data = data;
    s->bytes = bytes;
    s->answer_ps = SMP_SEND_NEVER;
    br_sha256_init(&sha);
    br_sha256_update(&sha, data, bytes);
    br_sha256_out(&sha, s->sha);
    learn_digest(s);
    xip_smp_uart_init(&s->uart, s->received, sizeof s->received);
    if (!wait_to_be_armed) {
        smp_send_arm(s);
    }
}

void smp_send_arm(struct smp_send *s) {
    if (s->state == SMP_SEND_OFF) {
        s->state = SMP_SEND_UPLOAD;
        ask_next(s);
    }
}

void smp_send_line_lost(struct smp_send *s) {
    xip_smp_uart_init(&s->uart, s->received, sizeof s->received);
    if (s->state == SMP_SEND_RESET) {
        s->state = SMP_SEND_DONE; // that was one
    } else if (smp_send_active(s)) {
        s->state = SMP_SEND_UPLOAD;
        s->off = 0;
        ask_next(s);
    }
}
