/*
 * xip_smp - a server of the Simple Management Protocol: packets in, packets out
 *
 * SPDX-License-Identifier: MIT
 *
 * The protocol of mcumgr, in which standard tools (smpmgr, mcumgr-client,
 * AuTerm, nRF Connect Device Manager, `xipsafe device`) list, upload, test and
 * confirm images. A request goes to xip_smp_handle(), and what it returns is
 * the answer to send: nothing here knows the line. For a serial port
 * xip_smp_uart frames the packets; over UDP, BLE, USB or CAN a packet is a
 * packet.
 *
 * Of the groups of the protocol it has OS (echo, reset, parameters, info) and
 * images (list, test, confirm, upload, erase, slots), in both versions. It
 * knows images only through the functions of struct xip_smp_images;
 * xip_smp_slots has those for xip_update. Further groups come with a function
 * of yours; xip_smp_fault has the one for fault records. Nothing authenticates
 * a client: whoever reaches the line can install an image, so only the boot
 * program's signature check decides what runs (docs/SMP.md).
 *
 * Requests are hostile bytes: no length in them is believed. A packet that
 * cannot be answered gets no answer.
 *
 * Call context: thread, one request at a time; an upload erases and programs.
 * No heap; stack below 400 bytes, without that of the functions it calls.
 */
#ifndef XIP_SMP_H
#define XIP_SMP_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_cbor.h"
#include "xip_err.h"
#include "xip_image.h"

#ifdef __cplusplus
extern "C" {
#endif

// 0: leave out what a recovery does not need: test, confirm, slot info, OS
// info, boot loader info, further groups, and whether an upload is newer. For
// serial recovery in a boot program; saves 0.9 KB. Default 1.
#ifndef XIP_CFG_SMP_FULL
#define XIP_CFG_SMP_FULL 1
#endif

#define XIP_SMP_HEADER_BYTES 8u

// A group of our own, in the range that the protocol leaves to users. Command
// 0, read: {"board": text, "slots": [{"addr": n, "size": n}, ...]}: for which
// addresses an image must be linked. Command 1: xip_smp_fault.h.
#define XIP_SMP_GROUP_XIPSAFE 64u

// What is true of a slot's image.
#define XIP_SMP_PRESENT 0x01u // it has one; 0: the slot is not listed
#define XIP_SMP_BOOTABLE 0x02u
#define XIP_SMP_PENDING 0x04u // starts at the next reset
#define XIP_SMP_CONFIRMED 0x08u
#define XIP_SMP_ACTIVE 0x10u // runs
#define XIP_SMP_PERMANENT 0x20u

struct xip_smp_slot {
    uint32_t addr; // that images in it are linked for
    uint32_t size_bytes;
    struct xip_image_version version;
    uint8_t digest[XIP_IMAGE_DIGEST_BYTES];
    uint8_t flags;
};

// The first packet of an upload.
struct xip_smp_upload {
    const uint8_t *data; // the image's first bytes, however few
    uint32_t data_bytes;
    uint32_t total_bytes;
    const uint8_t *sha; // SHA-256 of all of the file, or NULL
    bool upgrade;       // refuse a version that is not newer
};

// Each returns 0 or an enum xip_err, which becomes the answer's code. NULL:
// the client is told that it is not supported.
struct xip_smp_images {
    unsigned slot_count;
    // Describe a slot, 0 to slot_count - 1.
    int (*slot)(void *ctx, unsigned slot, struct xip_smp_slot *s);
    // Choose a slot for an upload and prepare it. RANGE: no slot is large
    // enough. The data in it comes again with the first write.
    int (*begin)(void *ctx, const struct xip_smp_upload *upload);
    // 0, or the bytes that it has now if a part was there from before a reset:
    // the client is told to go on behind them.
    int (*write)(void *ctx, const uint8_t *data, uint32_t len_bytes);
    // All has been written: check it.
    int (*finish)(void *ctx);
    int (*test)(void *ctx, unsigned slot);
    int (*confirm)(void *ctx, unsigned slot);
    int (*erase)(void *ctx, unsigned slot);
};

/// Further groups ///

enum xip_smp_op { XIP_SMP_READ = 0, XIP_SMP_WRITE = 2 };

// Codes of the protocol.
enum xip_smp_rc {
    XIP_SMP_RC_UNKNOWN = 1,
    XIP_SMP_RC_INVALID = 3,
    XIP_SMP_RC_NO_ENTRY = 5,
    XIP_SMP_RC_BAD_STATE = 6,
    XIP_SMP_RC_SIZE = 7,
    XIP_SMP_RC_UNSUPPORTED = 8,
    XIP_SMP_RC_CORRUPT = 9,
    XIP_SMP_RC_BUSY = 10,
    XIP_SMP_RC_TOO_NEW = 13,
};
// A group's own code, with the code of the protocol that stands for it where
// the client speaks version 1.
#define XIP_SMP_CODE(group_code, rc) ((group_code) << 8 | (rc))

struct xip_smp;

// A request of a group that the server does not have.
struct xip_smp_call {
    struct xip_smp *s;
    unsigned op; // enum xip_smp_op
    unsigned group, command;
    struct xip_cbor map;        // the request's; whole, or empty
    struct xip_cbor_writer out; // takes the answer's map
};

/// The server ///

struct xip_smp_config {
    const struct xip_smp_images *images; // NULL: no image group
    void *ctx;
    // Largest packet that the line takes, its framing included: what
    // xip_smp_uart has as buffer. Clients ask for it.
    uint32_t buffer_bytes;
    const char *board; // name, as in `xipsafe board list`; or NULL
    const char *info;  // for "OS info", free text; or NULL
    // Answers what the server itself does not, or NULL. Writes one map to
    // call->out and returns 0; or returns an enum xip_smp_rc or an
    // XIP_SMP_CODE(), and what it wrote is discarded.
    unsigned (*more)(void *more_ctx, struct xip_smp_call *call);
    void *more_ctx;
};

// Caller-allocated.
struct xip_smp {
    // Public.
    // A client wants a reset: send the answer, wait until it has left (some
    // 250 ms), reset.
    bool reset_wanted;
    uint32_t received_bytes; // of the upload
    uint32_t total_bytes;    // of the upload; 0: there was none

    // Private.
    struct xip_smp_config config;
    uint8_t sha[XIP_IMAGE_DIGEST_BYTES];
    bool has_sha;
};

// Prepare to serve. *config is copied; what it points to is not.
void xip_smp_init(struct xip_smp *s, const struct xip_smp_config *config);

// Take a request and write its answer, of at most cap bytes, to rsp. 128 bytes
// are enough for all answers but the list, which needs 160 for each image, and
// echo. req and rsp must not overlap.
//
// Blocks for the flash operations of the request: an upload's packet erases
// and programs what the functions of the config do with it.
// Returns the length of the answer, or 0: not a request, nothing to send.
uint32_t xip_smp_handle(struct xip_smp *s, const uint8_t *req,
        uint32_t req_bytes, uint8_t *rsp, uint32_t cap);

// Give up an upload that is under way: something else writes to its slot.
void xip_smp_forget(struct xip_smp *s);

#ifdef __cplusplus
}
#endif

#endif
