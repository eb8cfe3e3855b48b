/*
 * xip_update - install an image into a slot while it arrives
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/update: installs an image into a slot as it streams in; knows
 * the flash, not the transport.
 *
 * Takes an MCUboot image in order, in pieces of any size, and puts it where it
 * was linked for, beside the image that runs. Nothing is erased before the
 * first 32 bytes have been found to be the header of an image for this very
 * slot. Then the slot's old header goes with the first erase, and the new one,
 * held back in RAM, is programmed last of all: a slot that was left half
 * written has no header and no boot program will look at it.
 *
 * This checks that all of the image arrived, not that it is genuine. Digest
 * and signature are for the boot program (xip_image_verify), which must not
 * trust anything it has not hashed itself.
 *
 * The flash calls underneath open outages; their hooks, refusals and call
 * context are those of xip_flash.h. One writer at a time.
 *
 * With a journal (options.slots) the slot is marked before its first erase, and
 * as on trial when it is complete; an update that a reset ended goes on where
 * it was. What was open at the reset is erased again, whatever it reads as.
 *
 * Power loss anywhere before the last program of xip_update_finish leaves the
 * slot without a header. In that last program it can leave a header that is
 * damaged or complete; its digest says which. Before the first erase it leaves
 * the old image as it was.
 */
#ifndef XIP_UPDATE_H
#define XIP_UPDATE_H

#include <stdint.h>

#include "xip_err.h"
#include "xip_flash.h"
#include "xip_slots.h"

#ifdef __cplusplus
extern "C" {
#endif

// 1: for a boot program, where nothing else runs: erase and program by
// xip_flash_bare_erase and xip_flash_bare_program, without the checks of
// interrupts and bus masters, in the smallest unit only, and without
// options.compare. No image runs from the flash. Saves 3.5 KB. Default 0.
#ifndef XIP_CFG_UPDATE_BARE
#define XIP_CFG_UPDATE_BARE 0
#endif

#define XIP_UPDATE_PAGE_BYTES 256u

// May lie in the flash. Zero means the default.
struct xip_update_options {
    // Largest unit that one erase command may take. The default is the largest
    // the part has: fewest seconds in all. Smaller units make shorter outages.
    uint32_t erase_max_bytes;

    // The journal, open, and which of its slots this is. NULL: none is kept.
    struct xip_slots *slots;
    unsigned slot;
    // With a journal: what tells this image from another one with the same
    // header, such as the first bytes of a digest. 0: the header alone does.
    uint32_t identity;

    // With a journal: RAM for one of the smallest erase units, to leave those
    // alone that hold the same bytes already. Only if the journal knows the
    // image in the slot, and that no update of it was cut: a unit that was open
    // at a cut is erased again, whatever it reads as. All erases are then of
    // that unit. NULL: every unit is erased.
    void *compare;
    uint32_t compare_bytes;
};

// Caller-allocated, in resident RAM, some 600 bytes. Read what is named
// public, leave the rest alone.
struct xip_update {
    // Public.
    uint32_t received_bytes; // of the image, without padding behind it
    uint32_t total_bytes;    // of the image; 0 until its TLV area is reached
    uint32_t erased_bytes;   // of the slot, from its start
    uint32_t kept_bytes;     // at its start, from before a reset
    uint32_t skipped_bytes;  // that were the same
    int error;               // what made it stop, 0 while all is well
    uint8_t reason;          // enum xip_image_reason, after IMAGE or ADDRESS

    // Private.
    struct xip_flash *dev;
    struct xip_slots *slots;
    unsigned slot;
    uint32_t identity;
    uint32_t recorded_bytes;
    uint8_t *compare;  // NULL: units are not compared
    uint8_t comparing; // the unit that arrives has been the same so far
    uint32_t slot_off;
    uint32_t slot_bytes;
    uint32_t erase_max_bytes;
    uint32_t info_end_bytes; // end of the unprotected area's info; 0: no header
    uint32_t page_fill;
    uint8_t finished;
    uint8_t tlv_info[4];
    uint8_t head[XIP_UPDATE_PAGE_BYTES]; // programmed last
    uint8_t page[XIP_UPDATE_PAGE_BYTES];
};

// A journal has an entry each time that so much more is complete.
#define XIP_UPDATE_STEP_BYTES 0x10000u

// Prepare to install into [slot_off, slot_off + slot_bytes) of dev. Touches
// only RAM. options may be NULL.
//
// Returns 0; PARAM, also for another slot than the journal's and for too little
// RAM to compare; RANGE outside the chip; ALIGN if the slot does not consist of
// whole erase units; RUNNING if the running image lies in it; TRIAL if that is
// on trial and this slot could start (xip_slots_may_erase): confirm first.
int xip_update_begin(struct xip_update *u, struct xip_flash *dev,
        uint32_t slot_off, uint32_t slot_bytes,
        const struct xip_update_options *options) XIP_MUST_CHECK;

// Take the next len bytes of the image.
//
// Copies less than a page, programs the rest before it returns, and erases the
// unit in front of it if xip_update_idle has not. data may lie in the flash if
// dev has a bounce buffer. Bytes behind the end of the image are ignored: its
// header and TLV areas give its length.
// Returns 0, or an error that stays: IMAGE for no header, one that cannot be
// right, or an image too large for the slot; ADDRESS if it was linked for
// another place; those of xip_flash_erase and xip_flash_program. IMAGE and
// ADDRESS from the header come before anything was changed.
int xip_update_write(struct xip_update *u, const void *data, uint32_t len_bytes)
        XIP_MUST_CHECK;

// As xip_update_write, of the bytes at `off` of the image: what was received
// already is ignored, so that a sender may repeat itself.
// Returns as xip_update_write; TRANSFER, which does not stay, if bytes are
// missing in front of it: received_bytes says where to go on.
int xip_update_write_at(struct xip_update *u, uint32_t off, const void *data,
        uint32_t len_bytes) XIP_MUST_CHECK;

// With a journal, once the first page was written: skip what an update of the
// same image had completed before a reset. The sender goes on at
// received_bytes. A sender that cannot skip repeats it all: what was kept is
// then compared and not programmed again.
// Returns 1 if received_bytes has changed, 0, or an error as xip_update_write.
int xip_update_resume(struct xip_update *u) XIP_MUST_CHECK;

// Erase one unit ahead, for when there is nothing else to do. At most one
// outage of an erase (and at the very first one more, of the slot's last
// unit, where an old trailer may be).
//
// Returns 1 if a unit was erased, 0 if there is nothing to erase (yet), or an
// error as xip_update_write.
int xip_update_idle(struct xip_update *u) XIP_MUST_CHECK;

// Program what is left, the header page last, and read it back.
//
// With a journal the slot is on trial then.
// Returns 0: the slot holds the image. TRANSFER if some of it is missing,
// or an error as before; the slot then has no header, or still the old image
// if nothing had been erased. (A chip that neither programs the header nor
// erases it again can leave one; the image's digest will not match.)
int xip_update_finish(struct xip_update *u) XIP_MUST_CHECK;

// After a finish: the image has turned out to be wrong, as its digest or
// signature says. Erase its header, so that no boot program looks at it.
// Returns 0; PARAM before a finish; as xip_flash_erase.
int xip_update_discard(struct xip_update *u) XIP_MUST_CHECK;

// Give up. The slot is left without a header, or with the old image if nothing
// had been erased; after a successful finish this does nothing. No flash
// access. Never fails.
void xip_update_abort(struct xip_update *u);

#ifdef __cplusplus
}
#endif

#endif
