/*
 * decide - what the boot program would make of a chip
 *
 * SPDX-License-Identifier: MIT
 */
#include "slots/decide.h"

#include <stdlib.h>
#include <string.h>

/// The journal, in memory ///

struct copy {
    uint8_t *bytes;
    bool written;
};

static int copy_read(void *ctx, uint32_t off, void *data, uint32_t len) {
    const struct copy *copy = ctx;
    memcpy(data, copy->bytes + off, len);
    return 0;
}

static int copy_program(void *ctx, uint32_t off, const void *data,
        uint32_t len) {
    struct copy *copy = ctx;
    const uint8_t *from = data;
    copy->written = true;
    for (uint32_t i = 0; i < len; i++) {
        copy->bytes[off + i] &= from[i];
    }
    return memcmp(copy->bytes + off, data, len) ? XIP_ERR_VERIFY : 0;
}

static int copy_erase(void *ctx, uint32_t off, uint32_t len) {
    struct copy *copy = ctx;
    copy->written = true;
    memset(copy->bytes + off, 0xFF, len);
    return 0;
}

static struct xip_journal_io io_of(struct copy *copy,
        const struct board *board) {
    return (struct xip_journal_io){
            .read = copy_read,
            .program = copy_program,
            .erase = copy_erase,
            .ctx = copy,
            .sector_bytes = board->journal.bytes / 2,
            .payload_bytes = XIP_JOURNAL_PAYLOAD_BYTES,
            .mark_bytes = XIP_JOURNAL_MARK_BYTES,
    };
}

/// The decision ///

static void on_report(void *ctx, unsigned slot, const struct xip_image *img) {
    struct decision *d = ctx;
    d->slot[slot].reason = img->reason;
}

static void look(struct decision *d, const struct decide_options *o,
        const struct xip_boot_slot *places, const struct xip_slots *slots) {
    for (unsigned i = 0; i < o->board->slot_count; i++) {
        struct decide_slot *s = &d->slot[i];
        struct xip_image img;
        s->has_image =
                !xip_image_parse(&img, places[i].data, places[i].size_bytes);
        if (s->has_image) {
            s->version = img.version;
            s->image_bytes = img.total_bytes;
        }
        // Without an image this is what the journal says.
        if (slots && xip_slots_list(slots, i, &s->entry) && !s->has_image &&
                s->entry.state != XIP_SLOT_WRITING) {
            s->entry = (struct xip_slot_info){0};
        }
    }
    d->chosen = slots ? xip_slots_chosen(slots) : -1;
}

static void choose(struct decision *d, const struct decide_options *o,
        const struct xip_boot_slot *places, struct xip_slots *slots) {
    const struct board *board = o->board;
    struct xip_boot_ram ram[BOARD_RAMS_MAX];
    for (unsigned i = 0; i < board->ram_count; i++) {
        ram[i] = (struct xip_boot_ram){board->ram[i].addr, board->ram[i].bytes};
    }
    const struct xip_boot_config config = {
            .slots = places,
            .ram = ram,
            .slot_count = (uint8_t)board->slot_count,
            .ram_count = (uint8_t)board->ram_count,
            .vector_count = board->vector_count,
            .trust = o->trust,
            .report = on_report,
            .ctx = d,
    };
    const struct xip_boot_policy policy = {
            .trials_max = (uint8_t)o->trials_max,
            .golden = (uint8_t)board->golden,
            .allow_downgrade = o->allow_downgrade,
            .power_lost = o->power_lost,
    };
    struct xip_boot_choice choice;
    const int err = board->journal.bytes
            ? xip_boot_choose_recorded(&config, slots, &policy, &choice)
            : xip_boot_choose(&config, &choice);
    d->starts = err ? -1 : (int)choice.slot;
}

bool decide(struct decision *d, const struct decide_options *o,
        const uint8_t *chip) {
    const struct board *board = o->board;
    struct xip_boot_slot places[DECIDE_SLOTS_MAX];
    struct copy copy = {.bytes = malloc(board->journal.bytes + 1)};
    struct xip_slots *slots = calloc(1, sizeof *slots);
    memset(d, 0, sizeof *d);
    d->chosen = d->starts = -1;
    if (!copy.bytes || !slots) {
        free(copy.bytes);
        free(slots);
        return false;
    }
    memcpy(copy.bytes, chip + board->journal.addr, board->journal.bytes);
    for (unsigned i = 0; i < board->slot_count; i++) {
        places[i] = (struct xip_boot_slot){chip + board->slot[i].addr,
                board->window.addr + board->slot[i].addr, board->slot[i].bytes};
    }
    const struct xip_journal_io io = io_of(&copy, board);
    d->journal_err = board->journal.bytes
            ? xip_slots_open(slots, &io, places, board->slot_count)
            : 0;
    const bool recorded = board->journal.bytes && !d->journal_err;
    look(d, o, places, recorded ? slots : NULL);
    choose(d, o, places, recorded ? slots : NULL);
    d->records = copy.written;
    free(copy.bytes);
    free(slots);
    return true;
}
