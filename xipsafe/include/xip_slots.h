/*
 * xip_slots - what is known of each slot, and what to start
 *
 * SPDX-License-Identifier: MIT
 *
 * The boot program and the application share a journal (xip_journal.h) on the
 * external flash. It says of each slot whether its image is being written, on
 * trial, confirmed or rejected, with the reason. An entry belongs to the image
 * that it was made for, by the first bytes of its digest: what a programmer has
 * put into a slot since is UNKNOWN, and so is a factory image. A trailer of
 * MCUboot behind such an image counts: magic alone is a trial, image_ok is a
 * confirmed one.
 *
 * The way of an update: the updater marks the slot as being written, and as on
 * trial when it is complete. The boot program starts it a few times. The
 * application confirms itself when it is content; it is then what is started.
 * If it does not, the boot program rejects it and starts what it started
 * before. Nothing is ever erased for that.
 *
 * The journal is on a chip that can be exchanged: it decides between images
 * that the boot program has verified, and proves nothing itself.
 *
 * Call context: as xip_flash.h; every call that records something programs the
 * flash (four page programs, rarely an erase of one sector before them). The
 * window is readable. Power loss in such a call: it has happened or not.
 */
#ifndef XIP_SLOTS_H
#define XIP_SLOTS_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_err.h"
#include "xip_image.h"
#include "xip_journal.h"

#ifdef __cplusplus
extern "C" {
#endif

#define XIP_SLOTS_MAX 6u

struct xip_boot_slot {
    const void *data; // where the CPU reads it
    uint32_t addr;    // bus address that images in it are linked for
    uint32_t size_bytes;
};

// The numbers are in the journal: docs/SPEC.md.
enum xip_slot_state {
    XIP_SLOT_UNKNOWN = 0,   // nothing is recorded of what it holds
    XIP_SLOT_WRITING = 1,   // an update of it has begun
    XIP_SLOT_TRIAL = 2,     // to be started, until it confirms itself
    XIP_SLOT_CONFIRMED = 3, // by its application
    XIP_SLOT_REJECTED = 4,  // with a reason
};

struct xip_slot_info {
    uint8_t state;   // enum xip_slot_state
    uint8_t tries;   // starts on trial, those that were refunded apart
    uint8_t refunds; // starts that a loss of power ended, at most 3
    uint8_t reason;  // enum xip_image_reason, if it was rejected
    uint32_t tag;    // of the image: xip_slots_tag
};

// Caller-allocated, in RAM, some 200 bytes.
struct xip_slots {
    struct xip_journal journal;
    const struct xip_boot_slot *slots;
    unsigned count;
    uint8_t state[XIP_JOURNAL_PAYLOAD_BYTES]; // the next record
};

// Read the journal and settle it (xip_journal.h). slots may lie in the flash
// and is kept.
// Returns 0; PARAM for no slot or more than XIP_SLOTS_MAX; as the journal.
// After an error with a count of slots, the journal was read and cannot be
// written: xip_boot_choose_recorded() still goes by it, all else returns PARAM.
int xip_slots_open(struct xip_slots *s, const struct xip_journal_io *io,
        const struct xip_boot_slot *slots, unsigned count) XIP_MUST_CHECK;

// What is known of the image in a slot. Reads its header and TLV areas.
// Returns 0; PARAM; IMAGE if there is none, *info then being what the journal
// says.
int xip_slots_list(const struct xip_slots *s, unsigned slot,
        struct xip_slot_info *info) XIP_MUST_CHECK;

// The slot that xip_slots_confirm or xip_slots_choose has made the one to
// start, or -1.
int xip_slots_chosen(const struct xip_slots *s);

/// For the application ///

// The image in this slot, which is the caller's own, works: start it from now
// on. Records nothing if that is so already.
// Returns 0; PARAM, IMAGE; VERSION if it is neither running on trial nor
// known to be good: one that was never started cannot be confirmed.
int xip_slots_confirm(struct xip_slots *s, unsigned slot) XIP_MUST_CHECK;

// Never start the image in this slot again. reason: XIP_REASON_APPLICATION and
// above are the application's own.
// Returns 0, PARAM, IMAGE.
int xip_slots_reject(struct xip_slots *s, unsigned slot, uint8_t reason)
        XIP_MUST_CHECK;

// Start the image in this slot on trial at the next reset, also one that was
// rejected. The boot program may refuse an older version.
// Returns 0, PARAM, IMAGE.
int xip_slots_test(struct xip_slots *s, unsigned slot) XIP_MUST_CHECK;

// Start this slot from now on although another one has a higher version.
// Returns 0; PARAM; IMAGE; VERSION unless it is confirmed or unknown.
int xip_slots_choose(struct xip_slots *s, unsigned slot) XIP_MUST_CHECK;

/// For the updater ///

// An update of this slot begins, or has got so far: all below done_bytes is
// complete, all above may have been erased or programmed in part, whatever it
// reads as. identity: of what is written, to know it again after a reset.
int xip_slots_writing(struct xip_slots *s, unsigned slot, uint32_t identity,
        uint32_t done_bytes) XIP_MUST_CHECK;

// May this slot be given up while the image at running_addr runs? An image that
// is on trial has to keep all others that could start: one of them is what the
// boot program goes back to.
// Returns 0, also if no slot holds running_addr; PARAM, TRIAL.
int xip_slots_may_erase(const struct xip_slots *s, unsigned slot,
        uint32_t running_addr) XIP_MUST_CHECK;

// How far an update of this slot with that identity had got. 0: none had begun.
uint32_t xip_slots_written(const struct xip_slots *s, unsigned slot,
        uint32_t identity);

/// For the boot program ///

// As xip_slots_list, of an image that was parsed already.
void xip_slots_look(const struct xip_slots *s, unsigned slot,
        const struct xip_image *img, struct xip_slot_info *info);

// Record the entry of a slot.
int xip_slots_record(struct xip_slots *s, unsigned slot,
        const struct xip_slot_info *info) XIP_MUST_CHECK;

// The first four bytes of an image's SHA-256, or 0.
uint32_t xip_slots_tag(const struct xip_image *img);

#ifdef __cplusplus
}
#endif

#endif
