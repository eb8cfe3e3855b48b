/*
 * upload - sends an image in packets
 *
 * SPDX-License-Identifier: MIT
 *
 * The device says from where it wants to go on; the first packet names the
 * file by its SHA-256, so that a device that has the beginning of it says so.
 */
#include "device/upload.h"

#include <bearssl.h>
#include <string.h>

#include "base/cli.h"
#include "device/progress.h"
#include "xip_smp.h"

#define IMAGE_GROUP 1u
#define IMAGE_UPLOAD 1u
#define FIRST_MS 30000 // a slot of 1 MB is erased in up to half of that
#define LAST_MS 10000  // a signature is checked: 6 s through the window
// Of a map: its head, "data" with a length of two bytes, "off".
#define AROUND_BYTES (1u + 5u + 3u + 4u + 5u)
// And in the first packet "image", "len", "sha".
#define FIRST_AROUND_BYTES (AROUND_BYTES + 6u + 1u + 4u + 5u + 4u + 34u)
// So often the device may ask for what it had before, without getting farther.
#define STALLED_MAX 5u

struct sender {
    struct client *c;
    const struct image_file *file;
    const struct upload_options *options;
    uint8_t sha[br_sha256_SIZE];
};

static size_t chunk_at(const struct sender *s, size_t off) {
    const uint32_t around =
            XIP_SMP_HEADER_BYTES + (off ? AROUND_BYTES : FIRST_AROUND_BYTES);
    const size_t room =
            s->c->packet_bytes > around ? s->c->packet_bytes - around : 1;
    return s->file->size - off < room ? s->file->size - off : room;
}

// Sends what lies at off. CLI_GOOD with the offset that the device wants next.
static int send_chunk(const struct sender *s, size_t off, size_t *next) {
    uint8_t map[CLIENT_PACKET_MAX];
    struct xip_cbor_writer w = {map, map + sizeof map, false};
    const size_t n = chunk_at(s, off);
    xip_cbor_put(&w, XIP_CBOR_MAP, off ? 2 : 5);
    if (!off) {
        xip_cbor_put_text(&w, "image");
        xip_cbor_put(&w, XIP_CBOR_UINT, 0);
        xip_cbor_put_text(&w, "len");
        xip_cbor_put(&w, XIP_CBOR_UINT, (uint32_t)s->file->size);
        xip_cbor_put_text(&w, "sha");
        xip_cbor_put_string(&w, XIP_CBOR_BYTES, s->sha, sizeof s->sha);
    }
    xip_cbor_put_text(&w, "off");
    xip_cbor_put(&w, XIP_CBOR_UINT, (uint32_t)off);
    xip_cbor_put_text(&w, "data");
    xip_cbor_put_string(&w, XIP_CBOR_BYTES, s->file->data + off, (uint32_t)n);

    const bool first = !off && s->options->patient;
    const bool last = off + n == s->file->size;
    const struct client_request request = {
            .op = CLIENT_WRITE,
            .group = IMAGE_GROUP,
            .command = IMAGE_UPLOAD,
            .map = map,
            .map_bytes = (size_t)(w.next - map),
            .timeout_ms = first ? FIRST_MS
                    : last      ? LAST_MS
                                : 0,
            .tries = first ? 2 : 0,
    };
    struct client_answer answer;
    struct xip_cbor_item item;
    const int status = client_ask(s->c, &request, &answer);
    if (status != CLI_GOOD) {
        return status;
    }
    if (client_has_code(&answer)) {
        return client_refused(s->c, "take the image", &answer);
    }
    if (!xip_cbor_find(&answer.map, "off", &item) ||
            item.type != XIP_CBOR_UINT || item.value > s->file->size) {
        return cli_fail(CLI_TROUBLE,
                "%s: the device's answer names no usable offset; is its SMP "
                "server sound?",
                s->c->line.path);
    }
    *next = item.value;
    return CLI_GOOD;
}

int upload(struct client *c, const struct image_file *file,
        const struct upload_options *options, size_t *resumed) {
    struct sender s = {.c = c, .file = file, .options = options};
    struct progress progress;
    br_sha256_context sha;
    br_sha256_init(&sha);
    br_sha256_update(&sha, file->data, file->size);
    br_sha256_out(&sha, s.sha);

    size_t off = 0;
    size_t best = 0; // the farthest so far
    unsigned stalled = 0;
    *resumed = 0;
    progress_begin(&progress, options->quiet, 0);
    while (off < file->size) {
        size_t next;
        const int status = send_chunk(&s, off, &next);
        if (status != CLI_GOOD) {
            return status;
        }
        if (!off && next > chunk_at(&s, 0)) {
            *resumed = next;
            progress_begin(&progress, options->quiet, next);
        }
        if (next < progress.from) { // the device has begun anew
            progress_begin(&progress, options->quiet, 0);
        }
        stalled = next > best ? 0 : stalled + (next <= off);
        best = next > best ? next : best;
        if (stalled == STALLED_MAX) {
            return cli_fail(CLI_TROUBLE,
                    "%s: the device does not get beyond byte %zu; does it "
                    "reset itself?",
                    c->line.path, best);
        }
        off = next;
        progress_show(&progress, off, file->size);
    }
    return CLI_GOOD;
}
