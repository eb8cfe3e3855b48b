/*
 * xip_journal - the newest of many records, whatever happens to the power
 *
 * SPDX-License-Identifier: MIT
 *
 * Room xipsafe/slots: the journal and what it says of the slots: trials,
 * confirmations, rejections.
 *
 * Two erase sectors hold fixed-size records, appended one behind the other.
 * Each record is a complete state, so that only the newest counts and nothing
 * has to be collected when a sector is full: the other one is erased, and the
 * next record opens it. docs/SPEC.md has every bit.
 *
 * A cell that lost its supply while it was programmed or erased can read
 * differently each time. So a position has three marks besides its record, each
 * of which is blank, or zeros and then may be programmed again:
 *   - The claim goes before the record. A position without a claim was never
 *     touched, however often the power failed.
 *   - The seal goes behind it. A record without a seal may be read as valid and
 *     is perhaps not all there: before anything depends on what was read, it is
 *     written again, to the next position, whether it is that record or the one
 *     before it. The next position supersedes it for good.
 *   - The second seal goes behind the first. Where there is none, the record
 *     and the first seal are programmed again, at their place: the same data,
 *     so no cell is programmed that must stay erased. Where there is one,
 *     nothing has to be written.
 * A sector is erased whenever it is opened, however blank it looks. It begins
 * with a copy of the state, and counts only from its first seal on: until then
 * the other one does, where that state has been sealed or is not settled yet.
 *
 * tests/unit/slots/test_journal_explore.c runs this code through every
 * reachable state of a small journal. It assumes that no torn record has the
 * CRC of a whole one: 1 in 2^32 for each.
 *
 * Call context: as the callbacks, one caller at a time. No heap, no static
 * data, about 400 bytes of stack.
 */
#ifndef XIP_JOURNAL_H
#define XIP_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_err.h"
#include "xip_flash.h"

#ifdef __cplusplus
extern "C" {
#endif

// "XJ1" and a zero. Another format gets another number.
#define XIP_JOURNAL_MAGIC 0x00314A58u

// The format for NOR flash: a position has 128 bytes, and neither a mark nor a
// record shares a unit of 16 bytes with another, as parts with an ECC want it.
#define XIP_JOURNAL_PAYLOAD_BYTES 68u
#define XIP_JOURNAL_MARK_BYTES 16u

// Offsets count from the start of the journal; a call stays in one sector.
// Each returns 0 or a negative code. program and erase return 0 only if it was
// done and reads back.
struct xip_journal_io {
    int (*read)(void *ctx, uint32_t off, void *data, uint32_t len_bytes);
    int (*program)(void *ctx, uint32_t off, const void *data,
            uint32_t len_bytes);
    int (*erase)(void *ctx, uint32_t off, uint32_t len_bytes);
    void *ctx;
    uint32_t sector_bytes;
    // At most the two constants above, which are the format. Less is for tests.
    uint8_t payload_bytes;
    uint8_t mark_bytes;
};

// Caller-allocated.
struct xip_journal {
    // Public, to be read after open.
    uint8_t payload[XIP_JOURNAL_PAYLOAD_BYTES];
    uint32_t seq;  // of the newest record
    bool is_empty; // there is no record yet, which is the state of all zeros

    // Private.
    bool is_open;
    uint8_t seals;  // of the last position that was claimed: 0, 1, 2
    uint8_t sector; // that holds the newest record
    uint8_t behind; // its position
    uint8_t next;   // behind the last position that was claimed
    struct xip_journal_io io;
};

// Read the newest record. Changes nothing.
//
// What it returns may be a record that was cut and will read differently next
// time: let nothing depend on it before xip_journal_settle.
// Returns 0; PARAM for an impossible geometry; those of io->read.
int xip_journal_open(struct xip_journal *j, const struct xip_journal_io *io)
        XIP_MUST_CHECK;

// Make what open has read the one and only state: what the next open reads,
// too. Touches nothing if it is so already, as it is unless the power failed in
// a call of append or settle.
//
// Power loss: the next open and settle do the same, for this state or, if this
// state was itself cut while it was written, for the one before it.
// Returns 0, PARAM without open, those of the callbacks: open again.
int xip_journal_settle(struct xip_journal *j) XIP_MUST_CHECK;

// Append a record with payload_bytes of payload; settles first. payload is not
// j->payload itself: the state before may be needed once more.
//
// Power loss: the journal holds the old state or the new one.
// Returns as settle. After 0 the new state is durable.
int xip_journal_append(struct xip_journal *j, const void *payload)
        XIP_MUST_CHECK;

// Callbacks over xip_flash for a journal of two erase units at off, for the
// format above. ctx is dev.
struct xip_journal_flash {
    struct xip_flash *dev;
    uint32_t off;
};
// Returns 0; PARAM; RANGE; ALIGN if bytes is not two whole erase units of at
// least two positions and at most 32 KB.
int xip_journal_flash_io(struct xip_journal_io *io,
        struct xip_journal_flash *ctx, struct xip_flash *dev, uint32_t off,
        uint32_t bytes) XIP_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
