/*
 * faults - the fault records of a device
 *
 * SPDX-License-Identifier: MIT
 */
#include "device/faults.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "xip_smp_fault.h"

enum { FILE_GROUP = 8, FILE_DOWNLOAD = 0 };
enum { FILE_NOT_FOUND = 3 };

#define FORGET_MS 15000 // erases a ring; repeated, it does no harm

struct request_map {
    uint8_t data[64];
    struct xip_cbor_writer w;
};

static struct client_request make(struct request_map *map, enum client_op op,
        unsigned group, unsigned command) {
    return (struct client_request){
            .op = op,
            .group = group,
            .command = command,
            .map = map->data,
            .map_bytes = (size_t)(map->w.next - map->data),
    };
}

static void begin(struct request_map *map, uint32_t pairs) {
    map->w = (struct xip_cbor_writer){
            map->data, map->data + sizeof map->data, false};
    xip_cbor_put(&map->w, XIP_CBOR_MAP, pairs);
}

// A piece of a file from `off` on.
static int ask(struct client *client, const char *name, uint32_t off,
        struct client_answer *answer) {
    struct request_map map;
    begin(&map, 2);
    xip_cbor_put_text(&map.w, "name");
    xip_cbor_put_text(&map.w, name);
    xip_cbor_put_text(&map.w, "off");
    xip_cbor_put(&map.w, XIP_CBOR_UINT, off);
    const struct client_request request =
            make(&map, CLIENT_READ, FILE_GROUP, FILE_DOWNLOAD);
    return client_ask(client, &request, answer);
}

static bool is_missing(const struct client *client,
        const struct client_answer *answer) {
    return client->version ? answer->group_code == FILE_NOT_FOUND
                           : answer->code == XIP_SMP_RC_NO_ENTRY;
}

// What the answer adds. False: it is not the piece that was asked for.
static bool take(const struct client_answer *answer, uint8_t *data,
        uint32_t room, uint32_t fill, uint32_t *got, uint32_t *total) {
    struct xip_cbor_item off, bytes, len;
    if (!xip_cbor_find(&answer->map, "off", &off) ||
            off.type != XIP_CBOR_UINT || off.value != fill ||
            !xip_cbor_find(&answer->map, "data", &bytes) ||
            bytes.type != XIP_CBOR_BYTES || bytes.open) {
        return false;
    }
    if (fill == 0) {
        if (!xip_cbor_find(&answer->map, "len", &len) ||
                len.type != XIP_CBOR_UINT || len.value > room) {
            return false;
        }
        *total = len.value;
    }
    if (bytes.value > *total - fill || (!bytes.value && fill < *total)) {
        return false;
    }
    if (bytes.value) {
        memcpy(data + fill, bytes.data, bytes.value);
    }
    *got = bytes.value;
    return true;
}

int faults_fetch(struct client *client, uint32_t age, uint8_t **data,
        size_t *size) {
    char name[32];
    uint32_t fill = 0, total = 0, got;
    uint8_t *const buffer = malloc(FAULTS_RECORD_MAX);
    snprintf(name, sizeof name, "/crash/%" PRIu32, age);
    int status = buffer ? CLI_GOOD : cli_no_memory();
    while (status == CLI_GOOD) {
        struct client_answer answer;
        status = ask(client, name, fill, &answer);
        if (status != CLI_GOOD) {
            break;
        }
        if (fill == 0 && is_missing(client, &answer)) {
            break;
        }
        if (client_has_code(&answer)) {
            status = client_refused(client, "hand out the fault record",
                    &answer);
        } else if (!take(&answer, buffer, FAULTS_RECORD_MAX, fill, &got,
                           &total)) {
            status = cli_fail(CLI_BAD,
                    "%s: the device sent another piece of %s than byte %" PRIu32
                    " on; try again",
                    client->line.path, name, fill);
        } else {
            fill += got;
            if (fill == total) {
                break;
            }
        }
    }
    *data = buffer;
    *size = fill;
    if (status != CLI_GOOD || !fill) {
        free(buffer);
        *data = NULL;
    }
    return status;
}

int faults_forget(struct client *client) {
    struct request_map map;
    struct client_answer answer;
    begin(&map, 0);
    struct client_request request = make(&map, CLIENT_WRITE,
            XIP_SMP_GROUP_XIPSAFE, XIP_SMP_XIPSAFE_FORGET);
    request.timeout_ms = FORGET_MS;
    const int status = client_ask(client, &request, &answer);
    return status == CLI_GOOD && client_has_code(&answer)
            ? client_refused(client, "forget its fault records", &answer)
            : status;
}
