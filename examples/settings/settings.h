/*
 * settings - numbered values in two blocks of a region, safe at any power cut
 *
 * SPDX-License-Identifier: MIT
 *
 * A log: a value is appended, the newest one of a key counts, and when one
 * block is full the newest values move to the other. A value for which
 * settings_set() returned 0 survives any power cut. A value that was being
 * written is afterwards the old one or the new one, and never changes once
 * settings_get() has returned it.
 *
 * This requires some care: a bit that was being programmed or erased when the
 * supply failed may read differently each time, so no decision depends on such
 * a bit. A slot is filled in three programs, each of which shows that the one
 * before it was completed:
 *
 *   claim  8 bytes of 0: the body may have begun, so this slot is used up
 *   body   key, length, value, CRC
 *   seal   8 bytes of 0: the body is complete
 *
 * Claim and seal count if any bit of them is 0: a cut may leave some of 64 bits
 * unstable, never all. Records after the last seal at a mount were cut; whether
 * they are valid is decided once, and the decision is appended. The last seal
 * may itself be unstable, so the first settings_set() after a mount writes the
 * newest record again before any other follows it.
 *
 * Not for chips with internal ECC, which allow one program per 16 bytes.
 *
 * Call context, outages, blocking: as xip_flash_program and, when a block is
 * full, xip_flash_erase of one block. Not reentrant. Reading is linear in the
 * slots of a block and mounting quadratic: made for blocks of 4 KB.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "xip_region.h"

#define SETTINGS_VALUE_BYTES 40u
#define SETTINGS_SLOT_BYTES 64u
#define SETTINGS_KEY_MAX 0xFFEFu

// settings_get: this key was never set.
#define SETTINGS_NONE (-100)
// settings_set: as many keys as fit, 58 in 4 KB; nothing was changed.
#define SETTINGS_FULL (-101)

// You may read keys; the rest is private.
struct settings {
    uint32_t keys; // how many there are
    struct xip_region region;
    uint32_t block; // the one in use: 0 or 1
    uint32_t sequence;
    uint32_t last; // slot of the newest complete record
    uint32_t next; // first free slot
    bool settled;  // the newest record was written in this session
    int error;     // not 0: not mounted
};

// Find the newest values in blocks 0 and 1 of the region; others are ignored.
//
// Writes only if the last session was cut in the middle of a write. A region
// that holds no settings is formatted: both blocks erased.
// Returns 0; 1 if it was formatted; PARAM; RANGE for less than two blocks or
// blocks of less than 16 slots; errors of xip_region_*.
int settings_mount(struct settings *s, const struct xip_region *region)
        XIP_MUST_CHECK;

// Copy the value of key to value, at most cap bytes.
// Returns the value's length, SETTINGS_NONE, PARAM, or an error of
// xip_region_read.
int settings_get(const struct settings *s, uint16_t key, void *value,
        uint32_t cap) XIP_MUST_CHECK;

// Store len bytes (0 to SETTINGS_VALUE_BYTES) as the value of key.
// Returns 0; PARAM; SETTINGS_FULL; or an error of xip_region_*, after which
// every call returns that error until settings_mount().
int settings_set(struct settings *s, uint16_t key, const void *value,
        uint32_t len_bytes) XIP_MUST_CHECK;

#endif
