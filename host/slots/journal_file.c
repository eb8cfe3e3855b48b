/*
 * journal_file - the journal as it lies in the bytes of a chip
 *
 * SPDX-License-Identifier: MIT
 */
#include "slots/journal_file.h"

#include <string.h>

// docs/SPEC.md, "A position".
#define POSITION 128u
#define MARK 16u
#define RECORD_AT 16u
#define RECORD 80u
#define PAYLOAD_AT 24u
#define SEAL_AT 96u
#define SECOND_AT 112u

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static bool is_blank(const uint8_t *p, size_t bytes) {
    while (bytes && *p == 0xFF) {
        p++;
        bytes--;
    }
    return !bytes;
}

static uint32_t crc32(const uint8_t *p, size_t bytes) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < bytes * 8; i++) {
        const uint32_t low = (crc ^ (uint32_t)p[i / 8] >> i % 8) & 1;
        crc = crc >> 1 ^ (low ? 0xEDB88320u : 0);
    }
    return ~crc;
}

static struct journal_position read_position(const uint8_t *p) {
    const bool whole = !memcmp(p + RECORD_AT, "XJ1", 4) &&
            get32(p + RECORD_AT + RECORD - 4) ==
                    crc32(p + RECORD_AT, RECORD - 4);
    return (struct journal_position){
            .claimed = !is_blank(p, MARK),
            .record = whole                           ? JOURNAL_WHOLE
                    : is_blank(p + RECORD_AT, RECORD) ? JOURNAL_BLANK
                                                      : JOURNAL_DAMAGED,
            .number = get32(p + RECORD_AT + 4),
            .seal = !is_blank(p + SEAL_AT, MARK),
            .second_seal = !is_blank(p + SECOND_AT, MARK),
            .payload = p + PAYLOAD_AT,
    };
}

// "Reading": from the last claimed position to a sealed record.
static void read_sector(struct journal_sector *s, const uint8_t *data,
        unsigned positions) {
    s->claimed = 0;
    s->newest = -1;
    for (unsigned i = 0; i < positions; i++) {
        s->position[i] = read_position(data + i * POSITION);
        s->claimed = s->position[i].claimed ? i + 1 : s->claimed;
    }
    int newest = -1;
    for (unsigned i = s->claimed; i-- > 0 && s->newest < 0;) {
        const struct journal_position *p = &s->position[i];
        if (p->record == JOURNAL_WHOLE) {
            newest = newest < 0 ? (int)i : newest;
            s->newest = p->seal ? newest : -1;
        }
    }
}

const struct journal_position *journal_file_newest(const struct journal_file
                *j) {
    return j->current < 0
            ? NULL
            : &j->sector[j->current].position[j->sector[j->current].newest];
}

bool journal_file_read(struct journal_file *j, const uint8_t *data,
        uint32_t bytes) {
    j->sector_bytes = bytes / 2;
    j->positions = j->sector_bytes / POSITION;
    j->current = -1;
    j->settled = true;
    if (bytes % 2 || j->positions < 2 ||
            j->positions > JOURNAL_FILE_POSITIONS_MAX) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        struct journal_sector *s = &j->sector[i];
        read_sector(s, data + (size_t)i * j->sector_bytes, j->positions);
        const struct journal_position *before = journal_file_newest(j);
        if (s->newest >= 0 &&
                (!before ||
                        (int32_t)(s->position[s->newest].number -
                                before->number) > 0)) {
            j->current = i;
        }
    }
    if (j->current >= 0) { // "Settling"
        const struct journal_sector *s = &j->sector[j->current];
        const struct journal_position *last = &s->position[s->claimed - 1];
        j->settled = last->record == JOURNAL_WHOLE && last->seal &&
                last->second_seal;
    }
    return true;
}
