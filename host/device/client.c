/*
 * client - SMP requests and their answers
 *
 * SPDX-License-Identifier: MIT
 */
#include "device/client.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cli.h"
#include "xip_smp.h"

#define HEADER XIP_SMP_HEADER_BYTES
#define TRIES 4u
#define PROBE_MS 500
#define LINE_BUFFER_BYTES 96u // of a device that does not say: one line
#define RC_UNSUPPORTED 8u
#define OS_GROUP 0u
#define IMAGE_GROUP 1u
#define OS_PARAMETERS 6u

/// Codes ///

static const char *const codes[] = {
        "good",
        "unknown error",
        "out of memory",
        "invalid value",
        "time-out in the device",
        "no such entry",
        "not in this state",
        "the answer or the request is too large",
        "not supported",
        "corrupt",
        "busy",
        "access denied",
        "protocol version too old",
        "protocol version too new",
};

// Of Zephyr's image group.
static const struct {
    unsigned code;
    const char *text;
} image_codes[] = {
        {3, "there is no image in the slot"},
        {8, "no image with this hash"},
        {9,
                "no free slot: one that could start is kept while the image that runs "
                "is on trial; confirm that first"},
        {12, "the flash could not be programmed"},
        {13, "the flash could not be erased"},
        {14, "no such slot, or one that may not be used"},
        {20, "wrong offset"},
        {21, "wrong length, or some of the image is missing"},
        {22, "the header is not that of an image"},
        {23, "not an MCUboot image"},
        {24, "digest or signature is wrong"},
        {25, "linked for another address"},
        {27, "not newer than the image that runs"},
        {28, "an image is pending already"},
        {30, "larger than the slot"},
        {31, "more data than announced"},
        {32, "may not be confirmed"},
        {33, "the image runs"},
        {34, "the running image is unknown"},
};

bool client_has_code(const struct client_answer *answer) {
    return answer->code || answer->group_code;
}

bool client_not_supported(const struct client_answer *answer) {
    return answer->code == RC_UNSUPPORTED;
}

int client_refused(const struct client *c, const char *what,
        const struct client_answer *answer) {
    const char *why = NULL;
    if (answer->group_code && answer->group == IMAGE_GROUP) {
        for (size_t i = 0; i < sizeof image_codes / sizeof image_codes[0];
                i++) {
            if (image_codes[i].code == answer->group_code) {
                why = image_codes[i].text;
            }
        }
        return why
                ? cli_fail(CLI_BAD, "%s: the device does not %s: %s",
                          c->line.path, what, why)
                : cli_fail(CLI_BAD, "%s: the device does not %s: its error %u",
                          c->line.path, what, answer->group_code);
    }
    if (answer->group_code) {
        return cli_fail(CLI_BAD,
                "%s: the device does not %s: error %u of SMP's group %u",
                c->line.path, what, answer->group_code, answer->group);
    }
    if (answer->code < sizeof codes / sizeof codes[0]) {
        why = codes[answer->code];
    }
    return why ? cli_fail(CLI_BAD, "%s: the device does not %s: %s",
                         c->line.path, what, why)
               : cli_fail(CLI_BAD, "%s: the device does not %s: error %u",
                         c->line.path, what, answer->code);
}

/// Packets ///

struct bytes {
    uint8_t data[2 * CLIENT_PACKET_MAX];
    size_t size;
};

static void put(void *ctx, uint8_t byte) {
    struct bytes *b = ctx;
    b->data[b->size++] = byte;
}

static bool send_request(struct client *c,
        const struct client_request *request) {
    uint8_t packet[CLIENT_PACKET_MAX];
    const uint8_t header[HEADER] = {
            (uint8_t)(c->version << 3 | (unsigned)request->op),
            0,
            (uint8_t)(request->map_bytes >> 8),
            (uint8_t)request->map_bytes,
            (uint8_t)(request->group >> 8),
            (uint8_t)request->group,
            c->sequence,
            (uint8_t)request->command,
    };
    if (request->map_bytes > sizeof packet - HEADER) {
        cli_fail(CLI_TROUBLE, "%zu bytes are too many for one request",
                request->map_bytes);
        return false;
    }
    memcpy(packet, header, HEADER);
    memcpy(packet + HEADER, request->map, request->map_bytes);
    struct bytes wire;
    wire.size = 0;
    xip_smp_uart_send(packet, HEADER + (uint32_t)request->map_bytes, put,
            &wire);
    return line_write(&c->line, wire.data, wire.size);
}

static uint32_t number_of(const struct xip_cbor *map, const char *key) {
    struct xip_cbor_item item;
    return xip_cbor_find(map, key, &item) && item.type == XIP_CBOR_UINT
            ? item.value
            : 0;
}

// {"err": {"group": n, "rc": n}}: the map behind the key "err".
static uint32_t group_code_of(struct xip_cbor map) {
    struct xip_cbor_item item;
    struct xip_cbor_item outer;
    if (!xip_cbor_read(&map, &outer) || outer.type != XIP_CBOR_MAP) {
        return 0;
    }
    while (xip_cbor_more(&map, &outer) && xip_cbor_read(&map, &item)) {
        const bool found = xip_cbor_is(&item, "err");
        if (found) {
            return number_of(&map, "rc");
        }
        if (!xip_cbor_skip(&map, &item) || !xip_cbor_read(&map, &item) ||
                !xip_cbor_skip(&map, &item)) {
            return 0;
        }
    }
    return 0;
}

static bool is_answer(const struct client *c,
        const struct client_request *request, const uint8_t *packet,
        uint32_t size) {
    return size >= HEADER && (packet[0] & 7u) == (unsigned)request->op + 1u &&
            ((unsigned)packet[4] << 8 | packet[5]) == request->group &&
            packet[6] == c->sequence && packet[7] == request->command &&
            ((uint32_t)packet[2] << 8 | packet[3]) <= size - HEADER;
}

// 1: there it is; 0: not until the deadline; -1: the line is gone.
static int await(struct client *c, const struct client_request *request,
        int64_t deadline_ms, struct client_answer *answer) {
    for (;;) {
        const int byte = line_read(&c->line, deadline_ms);
        if (byte < 0) {
            return byte == LINE_NOTHING ? 0 : -1;
        }
        const int32_t size = xip_smp_uart_byte(&c->uart, (uint8_t)byte);
        if (size <= 0 ||
                !is_answer(c, request, c->uart.packet, (uint32_t)size)) {
            continue;
        }
        const uint8_t *const map = c->uart.packet + HEADER;
        *answer = (struct client_answer){
                .group = request->group,
                .map = {.next = map,
                        .end = map +
                                ((size_t)c->uart.packet[2] << 8 |
                                        c->uart.packet[3])},
        };
        answer->code = number_of(&answer->map, "rc");
        answer->group_code = group_code_of(answer->map);
        return 1;
    }
}

// As await().
static int try(struct client *c, const struct client_request *request,
        int64_t timeout_ms, struct client_answer *answer) {
    return send_request(c, request)
            ? await(c, request, line_now_ms() + timeout_ms, answer)
            : -1;
}

int client_ask(struct client *c, const struct client_request *request,
        struct client_answer *answer) {
    const unsigned tries = request->tries ? request->tries : TRIES;
    const int64_t timeout_ms =
            request->timeout_ms ? request->timeout_ms : c->timeout_ms;
    c->sequence++;
    for (unsigned i = 0; i < tries; i++) {
        c->repeated += i > 0;
        const int got = try(c, request, timeout_ms, answer);
        if (got) {
            return got > 0 ? CLI_GOOD : CLI_TROUBLE;
        }
    }
    return cli_fail(CLI_TROUBLE,
            "%s: the device answered before and is silent now, %u times %.1f "
            "s; reset it and try again",
            c->line.path, tries, (double)timeout_ms / 1000);
}

/// Life ///

// Both versions of the protocol, until one is answered: a device that has just
// been reset hears nothing for a while.
static int probe(struct client *c, struct client_answer *answer) {
    static const uint8_t empty_map[] = {XIP_CBOR_MAP << 5};
    const struct client_request request = {
            .op = CLIENT_READ,
            .group = OS_GROUP,
            .command = OS_PARAMETERS,
            .map = empty_map,
            .map_bytes = sizeof empty_map,
    };
    const int64_t deadline_ms = line_now_ms() + c->timeout_ms;
    for (unsigned i = 0; i == 0 || line_now_ms() < deadline_ms; i++) {
        c->version = i % 3 == 2 ? 0 : 1;
        c->sequence++;
        const int got = try(c, &request, PROBE_MS, answer);
        if (got) {
            return got > 0 ? CLI_GOOD : CLI_TROUBLE;
        }
    }
    return cli_fail(CLI_TROUBLE,
            "%s: no answer in %.1f s; is its firmware running, does it have "
            "an SMP server, and is the speed right (--baud)?",
            c->line.path, (double)c->timeout_ms / 1000);
}

int client_open(struct client *c, const char *path, uint32_t baud,
        int64_t timeout_ms) {
    memset(c, 0, sizeof *c);
    c->line.fd = -1;
    c->timeout_ms = timeout_ms;
    c->packet_bytes = LINE_BUFFER_BYTES - XIP_SMP_UART_AROUND_BYTES;
    xip_smp_uart_init(&c->uart, c->received, sizeof c->received);
    if (!line_open(&c->line, path, baud)) {
        return CLI_TROUBLE;
    }
    struct client_answer answer;
    const int status = probe(c, &answer);
    if (status == CLI_GOOD && !client_has_code(&answer)) {
        uint32_t bytes = number_of(&answer.map, "buf_size");
        if (bytes > CLIENT_PACKET_MAX) {
            bytes = CLIENT_PACKET_MAX;
        }
        if (bytes > LINE_BUFFER_BYTES) {
            c->packet_bytes = bytes - XIP_SMP_UART_AROUND_BYTES;
        }
    }
    return status;
}

void client_close(struct client *c) {
    line_close(&c->line);
}
