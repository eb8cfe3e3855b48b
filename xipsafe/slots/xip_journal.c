/*
 * xip_journal - the newest of many records, whatever happens to the power
 *
 * SPDX-License-Identifier: MIT
 *
 * A position: claim, record (magic, sequence number, payload, CRC), seals. The
 * reasons for the order of the operations are in xip_journal.h; each is named
 * in tests/mutations/slots.list with the test that notices its absence.
 */
#include "xip_journal.h"

#include <stddef.h>
#include <string.h>

#define HEAD_BYTES 8u // magic, sequence number
#define CRC_BYTES 4u
#define RECORD_MAX (HEAD_BYTES + XIP_JOURNAL_PAYLOAD_BYTES + CRC_BYTES)
#define POSITIONS_MAX 128u

static uint32_t record_bytes(const struct xip_journal *j) {
    return HEAD_BYTES + j->io.payload_bytes + CRC_BYTES;
}

static uint32_t position_bytes(const struct xip_journal *j) {
    return record_bytes(j) + 3u * j->io.mark_bytes;
}

static uint32_t count(const struct xip_journal *j) {
    return j->io.sector_bytes / position_bytes(j);
}

static uint32_t offset(const struct xip_journal *j, uint32_t sector,
        uint32_t at) {
    return sector * j->io.sector_bytes + at * position_bytes(j);
}

/// A record ///

static void put32(uint8_t *p, uint32_t value) {
    for (unsigned i = 0; i < 4u; i++) {
        p[i] = (uint8_t)(value >> (8u * i));
    }
}

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

// CRC-32 of IEEE 802.3, without a table: a few records of 96 bytes.
static uint32_t crc32(const uint8_t *p, uint32_t len) {
    uint32_t crc = UINT32_MAX;
    while (len-- != 0u) {
        crc ^= *p++;
        for (unsigned bit = 0; bit < 8u; bit++) {
            crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

static void encode(const struct xip_journal *j, uint8_t *record, uint32_t seq,
        const void *payload) {
    put32(record, XIP_JOURNAL_MAGIC);
    put32(record + 4, seq);
    memcpy(record + HEAD_BYTES, payload, j->io.payload_bytes);
    const uint32_t len = HEAD_BYTES + j->io.payload_bytes;
    put32(record + len, crc32(record, len));
}

static bool is_valid(const struct xip_journal *j, const uint8_t *record) {
    const uint32_t len = HEAD_BYTES + j->io.payload_bytes;
    return get32(record) == XIP_JOURNAL_MAGIC &&
            get32(record + len) == crc32(record, len);
}

/// Reading ///

// Does the mark at off have a bit that was programmed? Sets *marked.
static int read_mark(const struct xip_journal *j, uint32_t off, bool *marked) {
    uint8_t mark[XIP_JOURNAL_MARK_BYTES];
    const int err = j->io.read(j->io.ctx, off, mark, j->io.mark_bytes);
    *marked = false;
    for (unsigned i = 0; i < j->io.mark_bytes; i++) {
        *marked = *marked || mark[i] != 0xFFu;
    }
    return err;
}

// What a sector holds.
struct scan {
    uint32_t seq;   // of `record`
    bool is_open;   // it has a record with a seal
    uint8_t next;   // behind the last position that was claimed
    uint8_t seals;  // of that position, if its record is valid
    uint8_t behind; // `record`, the last valid one; 0: there is none
    uint8_t record[RECORD_MAX];
};

// Look at a position that was claimed.
static int read_position(const struct xip_journal *j, uint32_t off, uint32_t at,
        struct scan *scan) {
    uint8_t record[RECORD_MAX];
    const bool last = at + 1u == scan->next;
    const uint32_t len = record_bytes(j);
    off += j->io.mark_bytes;
    int err = j->io.read(j->io.ctx, off, record, len);
    if (err != 0 || !is_valid(j, record)) {
        return err;
    }
    if (scan->behind == 0u) {
        scan->behind = (uint8_t)(at + 1u);
        scan->seq = get32(record + 4);
        memcpy(scan->record, record, len);
    }
    off += len;
    err = read_mark(j, off, &scan->is_open);
    bool second = false;
    if (err == 0 && last) {
        err = read_mark(j, off + j->io.mark_bytes, &second);
        scan->seals = (uint8_t)(scan->is_open ? 1u + second : 0u);
    }
    return err;
}

// From the end, until a seal says that all before it is superseded.
static int scan_sector(const struct xip_journal *j, uint32_t sector,
        struct scan *scan) {
    memset(scan, 0, sizeof(*scan));
    int err = 0;
    for (uint32_t at = count(j); at-- != 0u && !scan->is_open && err == 0;) {
        const uint32_t off = offset(j, sector, at);
        bool claimed = true;
        if (scan->next == 0u) {
            err = read_mark(j, off, &claimed);
            scan->next = claimed ? (uint8_t)(at + 1u) : 0u;
        }
        if (claimed && err == 0) {
            err = read_position(j, off, at, scan);
        }
    }
    return err;
}

int xip_journal_open(struct xip_journal *j, const struct xip_journal_io *io) {
    if (j == NULL || io == NULL ||
            io->payload_bytes > XIP_JOURNAL_PAYLOAD_BYTES ||
            io->mark_bytes > XIP_JOURNAL_MARK_BYTES || io->mark_bytes == 0u) {
        return XIP_ERR_PARAM;
    }
    memset(j, 0, sizeof(*j));
    j->io = *io;
    j->is_empty = true;
    if (count(j) < 2u || count(j) > POSITIONS_MAX) {
        return XIP_ERR_PARAM;
    }
    for (uint8_t sector = 0; sector < 2u; sector++) {
        struct scan scan;
        const int err = scan_sector(j, sector, &scan);
        if (err != 0) {
            return err;
        }
        // The difference, since the numbers may wrap.
        if (scan.is_open && (j->is_empty || (int32_t)(scan.seq - j->seq) > 0)) {
            j->is_empty = false;
            j->seq = scan.seq;
            j->sector = sector;
            j->next = scan.next;
            j->behind = scan.behind;
            j->seals = scan.seals;
            memcpy(j->payload, scan.record + HEAD_BYTES, j->io.payload_bytes);
        }
    }
    j->is_open = true;
    return 0;
}

/// Writing ///

static int program_mark(const struct xip_journal *j, uint32_t off) {
    const uint8_t zeros[XIP_JOURNAL_MARK_BYTES] = {0}; // in RAM
    return j->io.program(j->io.ctx, off, zeros, j->io.mark_bytes);
}

// Program all of the last position: claim, record, seals. If it was cut before,
// this is the same data again.
static int program_last(struct xip_journal *j) {
    uint8_t record[RECORD_MAX];
    const uint32_t mark = j->io.mark_bytes;
    const uint32_t len = record_bytes(j);
    const uint32_t off = offset(j, j->sector, j->next - 1u);
    encode(j, record, j->seq, j->payload);
    int err = program_mark(j, off);
    if (err == 0) {
        err = j->io.program(j->io.ctx, off + mark, record, len);
    }
    if (err == 0) {
        err = program_mark(j, off + mark + len);
    }
    if (err == 0) {
        err = program_mark(j, off + mark + len + mark);
    }
    j->seals = 2;
    return err;
}

static bool is_full(const struct xip_journal *j) {
    return j->is_empty || j->next == count(j);
}

// j->payload becomes the newest record, in a position of its own.
static int append_payload(struct xip_journal *j) {
    int err = 0;
    // Above those of all positions in between and of the whole sector.
    j->seq += (uint32_t)j->next + 1u - j->behind;
    if (is_full(j)) {
        j->sector = j->is_empty ? 0u : (uint8_t)(1u - j->sector);
        j->next = 0;
        err = j->io.erase(j->io.ctx, offset(j, j->sector, 0),
                j->io.sector_bytes);
    }
    j->behind = ++j->next;
    j->is_empty = false;
    return err == 0 ? program_last(j) : err;
}

// After an error it is unknown what the flash holds.
static int close_after(struct xip_journal *j, int err) {
    j->is_open = err == 0;
    return err;
}

// A position that was cut is superseded by the next one, and must not look free
// again when that one has been tried.
static int supersede(struct xip_journal *j) {
    const int err = program_mark(j, offset(j, j->sector, j->next - 1u));
    return err == 0 ? append_payload(j) : err;
}

int xip_journal_settle(struct xip_journal *j) {
    if (j == NULL || !j->is_open) {
        return XIP_ERR_PARAM;
    }
    int err = 0;
    if (!j->is_empty && j->seals != 2u) {
        err = j->seals == 1u ? program_last(j) : supersede(j);
    }
    return close_after(j, err);
}

int xip_journal_append(struct xip_journal *j, const void *payload) {
    int err = xip_journal_settle(j);
    if (err == 0 && is_full(j)) {
        // A sector begins with a copy: after a cut, it is the same state
        // whether that record is found or not, and the sector is erased again
        // without a trace of another one.
        err = close_after(j, append_payload(j));
    }
    if (err == 0) {
        memcpy(j->payload, payload, j->io.payload_bytes);
        err = close_after(j, append_payload(j));
    }
    return err;
}
