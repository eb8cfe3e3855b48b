/*
 * xip_counter - a value that only rises, as records in two pages
 *
 * SPDX-License-Identifier: MIT
 *
 * A position: a record and its seal, a double word each. The record is the
 * value and its complement: an erase only sets bits and programming only clears
 * them, so neither, cut anywhere, makes one record of another. What was cut may
 * read differently each time. The seal says that the record was complete; a
 * record without it is programmed again, with a seal, before its value is told.
 * A page whose erase was cut may show any record that it had, but no seal where
 * there was none.
 */
#include "xip_counter.h"

#include <stddef.h>

#define WORD_BYTES 8u // a double word
#define POSITION_BYTES (2u * WORD_BYTES)
#define PAGES 2u
#define TRIES_MAX 8u // positions that do not take a record

// A value, and which pages have it.
struct found {
    uint32_t value;
    bool in[PAGES];
};

struct scan {
    struct found highest; // a record
    struct found certain; // a record with its seal
    uint32_t next[PAGES]; // offset in the page, behind what is not erased
};

static void take(struct found *f, uint32_t value, uint32_t page) {
    if (value > f->value) {
        *f = (struct found){.value = value};
    }
    f->in[page] = f->in[page] || value == f->value;
}

enum content { ERASED, HOLDS, DAMAGED };

static enum content look_into(const struct xip_counter_io *io, uint32_t off,
        uint32_t words[2]) {
    if (!io->read(io->ctx, off, words)) {
        return DAMAGED;
    }
    return (words[0] & words[1]) == UINT32_MAX ? ERASED : HOLDS;
}

static void look_at(const struct xip_counter_io *io, struct scan *s,
        uint32_t page, uint32_t at) {
    const uint32_t off = page * io->page_bytes + at;
    uint32_t record[2];
    uint32_t seal[2];
    const enum content how = look_into(io, off, record);
    const enum content how_seal = look_into(io, off + WORD_BYTES, seal);
    if (how != ERASED || how_seal != ERASED) {
        s->next[page] = at + POSITION_BYTES;
    }
    if (how == HOLDS && record[1] == ~record[0]) {
        take(&s->highest, record[0], page);
        if (how_seal == HOLDS && (seal[0] | seal[1]) == 0u) {
            take(&s->certain, record[0], page);
        }
    }
}

static bool has_room(const struct xip_counter_io *io, const struct scan *s,
        uint32_t page) {
    return s->next[page] + POSITION_BYTES <= io->page_bytes;
}

static void look(const struct xip_counter_io *io, struct scan *s) {
    *s = (struct scan){0};
    for (uint32_t page = 0; page < PAGES; page++) {
        for (uint32_t at = 0; at + POSITION_BYTES <= io->page_bytes;
                at += POSITION_BYTES) {
            look_at(io, s, page, at);
        }
    }
}

// The page that gets the next record: one that has the value and room; or else
// one that does not have the certain value, erased.
static int choose_page(const struct xip_counter_io *io, struct scan *s,
        uint32_t *page) {
    for (*page = 0; *page < PAGES; ++*page) {
        if (s->highest.in[*page] && has_room(io, s, *page)) {
            return 0;
        }
    }
    *page = s->certain.in[0] ? 1u : 0u;
    s->next[*page] = 0;
    s->highest.in[*page] = true;
    return io->erase(io->ctx, *page * io->page_bytes);
}

static bool program(const struct xip_counter_io *io, uint32_t off,
        uint32_t value, uint32_t complement) {
    const uint32_t words[2] = {value, complement};
    uint32_t read[2];
    return io->program(io->ctx, off, words) == 0 &&
            io->read(io->ctx, off, read) && read[0] == value &&
            read[1] == complement;
}

static int append(const struct xip_counter_io *io, struct scan *s) {
    for (uint32_t tries = TRIES_MAX; tries != 0u; tries--) {
        uint32_t page;
        if (choose_page(io, s, &page) != 0) {
            break;
        }
        const uint32_t off = page * io->page_bytes + s->next[page];
        s->next[page] += POSITION_BYTES;
        if (program(io, off, s->highest.value, ~s->highest.value) &&
                program(io, off + WORD_BYTES, 0, 0)) {
            return 0;
        }
    }
    return XIP_ERR_VERIFY;
}

// The floor is at least `counter`, and certain.
static int settle(const struct xip_counter_io *io, uint32_t counter,
        uint32_t *floor) {
    struct scan s;
    look(io, &s);
    if (counter > s.highest.value) {
        s.highest.value = counter;
    }
    *floor = s.highest.value;
    return s.highest.value == s.certain.value ? 0 : append(io, &s);
}

int xip_counter_get(void *io, uint32_t *floor) {
    return settle(io, 0, floor);
}

int xip_counter_raise(void *io, uint32_t counter) {
    uint32_t floor;
    return settle(io, counter, &floor);
}
