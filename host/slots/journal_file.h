/*
 * journal_file - the journal as it lies in the bytes of a chip
 *
 * SPDX-License-Identifier: MIT
 *
 * Written from docs/SPEC.md and not from the library, so that one can be held
 * against the other. Any bytes are a journal, if only an empty one.
 */
#ifndef JOURNAL_FILE_H
#define JOURNAL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_FILE_POSITIONS_MAX 128u
#define JOURNAL_FILE_PAYLOAD_BYTES 68u

enum journal_record {
    JOURNAL_BLANK,   // all ones
    JOURNAL_DAMAGED, // neither blank nor whole
    JOURNAL_WHOLE,   // its CRC is right
};

struct journal_position {
    bool claimed;
    enum journal_record record;
    uint32_t number; // of a whole record
    bool seal, second_seal;
    const uint8_t *payload; // in the file
};

struct journal_sector {
    struct journal_position position[JOURNAL_FILE_POSITIONS_MAX];
    unsigned claimed; // positions up to the last one that is
    int newest;       // position of its record; -1: the sector does not count
};

struct journal_file {
    struct journal_sector sector[2];
    unsigned positions; // of a sector
    uint32_t sector_bytes;
    int current;  // sector, -1: there is no record
    bool settled; // nothing has to be repaired
};

// False: no geometry of a journal.
bool journal_file_read(struct journal_file *j, const uint8_t *data,
        uint32_t bytes);
// The record that counts; NULL: there is none.
const struct journal_position *journal_file_newest(const struct journal_file
                *j);

#endif
