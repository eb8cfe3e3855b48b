/*
 * record - the fault record of a device, from a file
 *
 * SPDX-License-Identifier: MIT
 */
#include "crash/record.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xip_fault.h"
#include "xip_resident.h"

#define HEADER_BYTES ((uint32_t)sizeof(struct xip_fault_record))
#define RECORD_MAX 0x10000u
#define CRC_FROM 16u

static uint32_t word_at(const uint8_t *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static uint32_t crc32(const uint8_t *data, size_t size) {
    uint32_t crc = ~0u;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

/// Where it is ///

// A record under collection, of memory or of lines.
struct found {
    uint8_t *bytes; // RECORD_MAX
    uint8_t *have;  // a byte for each word
    size_t words;   // up to the last one that is there
    unsigned count;
};

static void begin(struct found *f) {
    memset(f->bytes, 0, RECORD_MAX);
    memset(f->have, 0, RECORD_MAX / 4);
    f->words = 0;
    f->count++;
}

static int digit(char c) {
    return c >= '0' && c <= '9'    ? c - '0'
            : c >= 'a' && c <= 'f' ? c - 'a' + 10
            : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                   : -1;
}

// A number of exactly `digits` digits; NULL: not there.
static const char *hex(const char *p, const char *end, unsigned digits,
        uint32_t *value) {
    *value = 0;
    for (; digits && p < end && digit(*p) >= 0; digits--) {
        *value = *value << 4 | (uint32_t)digit(*p++);
    }
    return digits ? NULL : p;
}

// "xipfault 0020: 01234567 ..." anywhere in a line.
static void take_line(struct found *f, const char *p, const char *end) {
    uint32_t off, word;
    p = hex(p, end, 4, &off);
    if (!p || p == end || *p++ != ':' || off % 4) {
        return;
    }
    if (off == 0) {
        begin(f);
    }
    for (; p && p < end && *p == ' '; off += 4) {
        p = hex(p + 1, end, 8, &word);
        if (!p || off / 4 >= RECORD_MAX / 4 || !f->count) {
            return;
        }
        for (unsigned i = 0; i < 4; i++) {
            f->bytes[off + i] = (uint8_t)(word >> 8 * i);
        }
        f->have[off / 4] = 1;
        f->words = off / 4 + 1 > f->words ? off / 4 + 1 : f->words;
    }
}

static const char *find(const char *p, const char *end, const char *text) {
    return p < end ? memmem(p, (size_t)(end - p), text, strlen(text)) : NULL;
}

// The words up to the end of the line, or to one that is not printable.
static void copy_text(char *to, size_t size, const char *p, const char *end) {
    size_t n = 0;
    while (n + 1 < size && p < end && *p >= ' ' && *p < 0x7F) {
        to[n++] = *p++;
    }
    to[n] = '\0';
}

// What boot/ prints; the last reset counts.
static void take_boot_line(struct record_cut *cut, const char *p,
        const char *end) {
    const char *at = find(p, end, "reset by ");
    if (at) {
        copy_text(cut->reset, sizeof cut->reset, at + 9, end);
        cut->seen = false;
        return;
    }
    at = find(p, end, "the reset cut ");
    const char *where = at ? find(at, end, " at flash offset 0x") : NULL;
    if (where && hex(where + 19, end, 8, &cut->off)) {
        copy_text(cut->kind, sizeof cut->kind, at + 14, where);
        cut->seen = true;
    }
}

static void take_text(struct found *f, struct record_cut *cut,
        const uint8_t *data, size_t size) {
    const char *p = (const char *)data;
    const char *const end = p + size;
    while (p < end) {
        const char *line_end = memchr(p, '\n', (size_t)(end - p));
        line_end = line_end ? line_end : end;
        const char *at = find(p, line_end, "xipfault ");
        if (at) {
            take_line(f, at + 9, line_end);
        } else if (find(p, line_end, "boot: ")) {
            take_boot_line(cut, p, line_end);
        }
        p = line_end + 1;
    }
}

static void take_memory(struct found *f, const uint8_t *data, size_t size) {
    static const uint8_t magic[4] = {'X', 'F', 'L', 'T'};
    for (size_t i = 0; i + HEADER_BYTES <= size; i++) {
        if (memcmp(data + i, magic, sizeof magic) ||
                (word_at(data + i + 16) & 0xFFFF) != XIP_FAULT_LAYOUT) {
            continue;
        }
        begin(f);
        const size_t left = size - i;
        const size_t bytes = left < RECORD_MAX ? left & ~(size_t)3 : RECORD_MAX;
        memcpy(f->bytes, data + i, bytes);
        memset(f->have, 1, bytes / 4);
        f->words = bytes / 4;
    }
}

/// What it says ///

// Pieces behind the header; one that does not fit ends them.
static void take_pieces(struct record *r, uint32_t end) {
    uint32_t at = HEADER_BYTES;
    while (at + 8 <= end) {
        const uint32_t kind = word_at(r->bytes + at) >> 24;
        const uint32_t bytes = word_at(r->bytes + at) & 0xFFFFFF;
        const uint32_t addr = word_at(r->bytes + at + 4);
        at += 8;
        if (bytes > end - at || bytes % 4) {
            snprintf(r->damage, sizeof r->damage,
                    "a piece at 0x%04" PRIx32 " is larger than the record",
                    at - 8);
            return;
        }
        if (kind == XIP_FAULT_PIECE_FP && bytes == 33 * 4) {
            r->fp = r->bytes + at;
        } else if (kind == XIP_FAULT_PIECE_MEMORY &&
                r->memories < RECORD_MEMORIES && addr <= UINT32_MAX - bytes) {
            r->memory[r->memories++] =
                    (struct record_memory){addr, bytes, r->bytes + at};
        }
        at += bytes;
    }
}

static void take_fields(struct record *r) {
    struct xip_fault_record h;
    uint32_t words[sizeof h / 4];
    for (size_t i = 0; i < sizeof h / 4; i++) {
        words[i] = word_at(r->bytes + 4 * i);
    }
    memcpy(&h, words, sizeof h);
    memcpy(h.saved.build_id,
            r->bytes + offsetof(struct xip_fault_record, saved.build_id),
            sizeof h.saved.build_id);
    r->flags = h.flags;
    r->reset_cause = h.reset_cause;
    r->later = h.later;
    const struct xip_fault_saved *s = &h.saved;
    const bool panic = h.flags & XIP_FAULT_PANIC;
    r->frame_known = !(h.flags & XIP_FAULT_FRAME_LOST);
    memcpy(r->r, h.frame, 4 * sizeof r->r[0]);
    memcpy(r->r + 4, s->r4_r11, sizeof s->r4_r11);
    r->r[12] = h.frame[4];
    r->r[RECORD_SP] = h.sp;
    r->r[RECORD_LR] = h.frame[5];
    r->r[RECORD_PC] = h.frame[XIP_FAULT_PC];
    r->r[RECORD_XPSR] = h.frame[XIP_FAULT_XPSR];
    if (panic) { // LR is all that it knows; of the call, PC lies behind it
        r->r[0] = s->file;
        r->r[1] = s->line;
        r->r[RECORD_LR] = s->exc_return;
        r->r[RECORD_PC] = s->exc_return & ~1u;
        r->r[RECORD_XPSR] = 0x01000000u | (h.ipsr & 0x1FF);
        r->frame_known = true;
    }
    r->msp = s->main_sp;
    r->psp = s->process_sp;
    r->msplim = s->main_limit;
    r->psplim = s->process_limit;
    r->control = s->control;
    r->primask = s->primask;
    r->basepri = s->basepri;
    r->faultmask = s->faultmask;
    r->exc_return = s->exc_return;
    r->ipsr = h.ipsr & 0x1FF;
    memcpy(r->scb, h.scb, sizeof r->scb);
    r->cpacr = h.cpacr;
    r->mpu_ctrl = h.mpu_ctrl;
    r->sfsr = h.sfsr;
    r->sfar = h.sfar;
    r->abfsr = h.abfsr;
    r->fpccr = h.fpccr;
    r->fpcar = h.fpcar;
    r->fpdscr = h.fpdscr;
    r->breadcrumb = h.breadcrumb;
    r->breadcrumb_off = h.breadcrumb_off;
    r->file = s->file;
    r->line = s->line;
    memcpy(r->build_id, s->build_id, sizeof r->build_id);
}

static void missing(struct record *r, const struct found *f, size_t words) {
    size_t count = 0, first = 0;
    for (size_t i = words; i-- > 0;) {
        if (!f->have[i]) {
            count++;
            first = i;
        }
    }
    if (count) {
        snprintf(r->damage, sizeof r->damage,
                "%zu of its %zu words are missing, the first one at 0x%04zx",
                count, words, 4 * first);
    }
}

static enum record_result take(struct record *r, struct found *f,
        char why[RECORD_WHY_BYTES]) {
    if (!f->have[4] || word_at(f->bytes) != XIP_FAULT_MAGIC) {
        snprintf(why, RECORD_WHY_BYTES,
                "the record's first line is missing or damaged");
        return RECORD_TROUBLE;
    }
    const uint32_t layout = word_at(f->bytes + 16);
    if (layout != (HEADER_BYTES << 16 | XIP_FAULT_LAYOUT)) {
        snprintf(why, RECORD_WHY_BYTES,
                "the record has layout %" PRIu32 " with %" PRIu32
                " bytes, this command knows %u with %" PRIu32
                ": use the command of the firmware's release",
                layout & 0xFFFF, layout >> 16, XIP_FAULT_LAYOUT, HEADER_BYTES);
        return RECORD_TROUBLE;
    }
    *r = (struct record){.bytes = f->bytes, .size = 4 * f->words};
    r->found = f->count;
    f->bytes = NULL;
    take_fields(r);
    const uint32_t size = word_at(r->bytes + 20);
    if (size < HEADER_BYTES || size > RECORD_MAX || size % 4) {
        snprintf(r->damage, sizeof r->damage,
                "its size, %" PRIu32 " bytes, cannot be right", size);
    } else {
        missing(r, f, size / 4);
        const uint32_t crc = crc32(r->bytes + CRC_FROM, size - CRC_FROM);
        if (!r->damage[0] && crc != word_at(r->bytes + 12)) {
            snprintf(r->damage, sizeof r->damage,
                    "its CRC is 0x%08" PRIx32 ", and that of its contents "
                    "0x%08" PRIx32,
                    word_at(r->bytes + 12), crc);
        }
        r->size = size;
    }
    if (r->size >= HEADER_BYTES) {
        take_pieces(r, (uint32_t)r->size);
    }
    return r->damage[0] ? RECORD_DAMAGED : RECORD_GOOD;
}

enum record_result record_find(const uint8_t *data, size_t size,
        struct record *record, struct record_cut *cut,
        char why[RECORD_WHY_BYTES]) {
    struct found f = {
            .bytes = malloc(RECORD_MAX),
            .have = malloc(RECORD_MAX / 4),
    };
    enum record_result result = RECORD_TROUBLE;
    *record = (struct record){0};
    *cut = (struct record_cut){0};
    if (!f.bytes || !f.have) {
        snprintf(why, RECORD_WHY_BYTES, "out of memory");
    } else {
        take_text(&f, cut, data, size);
        if (!f.count) {
            take_memory(&f, data, size);
        }
        result = f.count ? take(record, &f, why) : RECORD_NONE;
    }
    free(f.bytes);
    free(f.have);
    return result;
}

void record_free(struct record *record) {
    free(record->bytes);
    record->bytes = NULL;
}

bool record_word(const struct record *record, uint32_t addr, uint32_t *word) {
    for (size_t i = 0; i < record->memories; i++) {
        const struct record_memory *m = &record->memory[i];
        const uint32_t off = addr - m->addr;
        if (addr >= m->addr && m->bytes >= 4 && off <= m->bytes - 4) {
            *word = word_at(m->data + off);
            return true;
        }
    }
    return false;
}

const char *record_outage(const struct record *record) {
    if ((record->breadcrumb & XIP_BREADCRUMB_MASK) != XIP_BREADCRUMB_OPEN) {
        return NULL;
    }
    switch (record->breadcrumb & ~XIP_BREADCRUMB_MASK) {
    case XIP_OP_ERASE:
        return "erase";
    case XIP_OP_PROGRAM:
        return "program";
    case XIP_OP_SLEEP:
        return "deep power-down";
    default:
        return "command";
    }
}
