/*
 * decide - what the boot program would make of a chip
 *
 * SPDX-License-Identifier: MIT
 *
 * Runs the boot program's own code (xipsafe/slots, xipsafe/boot) on a copy of
 * the chip: what it would write it writes there.
 */
#ifndef DECIDE_H
#define DECIDE_H

#include "board/board.h"
#include "xip_boot.h"

#define DECIDE_SLOTS_MAX BOARD_SLOTS_MAX

struct decide_slot {
    struct xip_slot_info entry; // before the decision
    bool has_image;             // its header and TLV areas can be read
    struct xip_image_version version;
    uint32_t image_bytes;
    uint8_t reason; // why it does not start; XIP_REASON_NONE: it does
};

struct decision {
    struct decide_slot slot[DECIDE_SLOTS_MAX];
    int chosen;      // by confirmation or choice before; -1: none
    int starts;      // -1: nothing does
    bool records;    // it writes to the journal before the jump
    int journal_err; // enum xip_err: it could not be opened
};

struct decide_options {
    const struct board *board;
    struct xip_image_trust trust; // without a key: digests only
    bool power_lost;              // how the start comes about
    bool allow_downgrade;
    unsigned trials_max; // 0: the default
};

// chip holds all slots and the journal. Returns false if memory is out.
bool decide(struct decision *d, const struct decide_options *options,
        const uint8_t *chip);

#endif
