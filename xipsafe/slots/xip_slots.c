/*
 * xip_slots - what is known of each slot, and what to start
 *
 * SPDX-License-Identifier: MIT
 *
 * Works on a copy of the newest record's payload, as docs/SPEC.md has it: the
 * journal itself may still need the old one.
 */
#include "xip_slots.h"

#include <stddef.h>
#include <string.h>

// Offsets in the payload.
#define AT_CHOICE 0u // slot and 1, 0: none
#define AT_WRITING 1u
#define AT_IDENTITY 4u
#define AT_DONE 8u
#define AT_SLOTS 20u
#define SLOT_BYTES 8u

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static void put32(uint8_t *p, uint32_t value) {
    for (unsigned i = 0; i < 4u; i++) {
        p[i] = (uint8_t)(value >> (8u * i));
    }
}

static bool is_slot(const struct xip_slots *s, unsigned slot) {
    return s != NULL && s->journal.is_open && slot < s->count;
}

int xip_slots_open(struct xip_slots *s, const struct xip_journal_io *io,
        const struct xip_boot_slot *slots, unsigned count) {
    if (s == NULL || slots == NULL || count == 0u || count > XIP_SLOTS_MAX) {
        return XIP_ERR_PARAM;
    }
    s->slots = slots;
    s->count = 0;
    const int err = xip_journal_open(&s->journal, io);
    if (err != 0) {
        return err;
    }
    s->count = count;
    memcpy(s->state, s->journal.payload, sizeof(s->state));
    return xip_journal_settle(&s->journal);
}

/// An image ///

uint32_t xip_slots_tag(const struct xip_image *img) {
    struct xip_image_tlv tlv = {0};
    while (xip_image_tlv_next(img, &tlv)) {
        if (tlv.type == XIP_TLV_SHA256 && !tlv.is_protected &&
                tlv.len_bytes >= 4u) {
            return get32(tlv.data);
        }
    }
    return 0;
}

static int parse(const struct xip_slots *s, unsigned slot,
        struct xip_image *img) {
    return xip_image_parse(img, s->slots[slot].data, s->slots[slot].size_bytes);
}

// The trailer that imgtool --pad writes at the end of a slot, for flashes that
// are written in units of 8, 16 or 32 bytes.
#define MAGIC_BYTES 16u
static enum xip_slot_state trailer_state(const struct xip_boot_slot *slot,
        const struct xip_image *img) {
    static const uint8_t magic8[MAGIC_BYTES] = {0x77, 0xC2, 0x95, 0xF3, 0x60,
            0xD2, 0xEF, 0x7F, 0x35, 0x52, 0x50, 0x0F, 0x2C, 0xB6, 0x79, 0x80};
    static const uint8_t magic[MAGIC_BYTES - 2u] = {0x2D, 0xE1, 0x5D, 0x29,
            0x41, 0x0B, 0x8D, 0x77, 0x67, 0x9C, 0x11, 0x0F, 0x1F, 0x8A};
    const uint8_t *end = (const uint8_t *)slot->data + slot->size_bytes;
    const uint8_t *at = end - MAGIC_BYTES;
    uint32_t unit = 8;
    if (memcmp(at, magic8, MAGIC_BYTES) != 0) {
        unit = at[0];
        if ((unit != 16u && unit != 32u) || at[1] != 0u ||
                memcmp(at + 2, magic, sizeof(magic)) != 0) {
            return XIP_SLOT_UNKNOWN;
        }
    }
    const uint32_t ok_off =
            (slot->size_bytes - MAGIC_BYTES - unit) & ~(unit - 1u);
    if (img->total_bytes > ok_off) {
        return XIP_SLOT_UNKNOWN; // it ends in the image
    }
    const uint8_t *image_ok = (const uint8_t *)slot->data + ok_off;
    return *image_ok == 1u ? XIP_SLOT_CONFIRMED : XIP_SLOT_TRIAL;
}

static void get_entry(const struct xip_slots *s, unsigned slot,
        struct xip_slot_info *info) {
    const uint8_t *p = s->state + AT_SLOTS + SLOT_BYTES * slot;
    *info = (struct xip_slot_info){p[0], p[1], p[2], p[3], get32(p + 4)};
}

void xip_slots_look(const struct xip_slots *s, unsigned slot,
        const struct xip_image *img, struct xip_slot_info *info) {
    const uint32_t tag = xip_slots_tag(img);
    get_entry(s, slot, info);
    if (info->state != XIP_SLOT_WRITING &&
            (info->state == XIP_SLOT_UNKNOWN || info->tag != tag)) {
        *info = (struct xip_slot_info){
                .state = (uint8_t)trailer_state(&s->slots[slot], img),
                .tag = tag,
        };
    }
}

int xip_slots_list(const struct xip_slots *s, unsigned slot,
        struct xip_slot_info *info) {
    if (!is_slot(s, slot) || info == NULL) {
        return XIP_ERR_PARAM;
    }
    struct xip_image img;
    get_entry(s, slot, info);
    const int err = parse(s, slot, &img);
    if (err == 0) {
        xip_slots_look(s, slot, &img, info);
    }
    return err;
}

int xip_slots_chosen(const struct xip_slots *s) {
    return (int)s->state[AT_CHOICE] - 1;
}

/// Records ///

static int commit(struct xip_slots *s) {
    return xip_journal_append(&s->journal, s->state);
}

static void put_entry(struct xip_slots *s, unsigned slot,
        const struct xip_slot_info *info) {
    uint8_t *p = s->state + AT_SLOTS + SLOT_BYTES * slot;
    p[0] = info->state;
    p[1] = info->tries;
    p[2] = info->refunds;
    p[3] = info->reason;
    put32(p + 4, info->tag);
    // An update that has ended or was given up.
    if (info->state != XIP_SLOT_WRITING && s->state[AT_WRITING] == slot + 1u) {
        memset(s->state + AT_WRITING, 0, AT_DONE + 4u - AT_WRITING);
    }
}

int xip_slots_record(struct xip_slots *s, unsigned slot,
        const struct xip_slot_info *info) {
    if (!is_slot(s, slot) || info == NULL) {
        return XIP_ERR_PARAM;
    }
    put_entry(s, slot, info);
    return commit(s);
}

// The slot that starts from now on. An unknown image, of the factory perhaps,
// would be started before it for a higher version: now it is known.
static int commit_choice(struct xip_slots *s, unsigned slot) {
    for (unsigned i = 0; i < s->count; i++) {
        struct xip_slot_info info;
        if (xip_slots_list(s, i, &info) == 0 &&
                info.state == XIP_SLOT_UNKNOWN) {
            info.state = XIP_SLOT_CONFIRMED;
            put_entry(s, i, &info);
        }
    }
    s->state[AT_CHOICE] = (uint8_t)(slot + 1u);
    return commit(s);
}

int xip_slots_confirm(struct xip_slots *s, unsigned slot) {
    struct xip_slot_info info;
    const int err = xip_slots_list(s, slot, &info);
    if (err != 0) {
        return err;
    }
    if (info.state == XIP_SLOT_WRITING || info.state == XIP_SLOT_REJECTED ||
            (info.state == XIP_SLOT_TRIAL && info.tries == 0u)) {
        return XIP_ERR_VERSION;
    }
    struct xip_slot_info entry;
    get_entry(s, slot, &entry);
    if (entry.state == XIP_SLOT_CONFIRMED && entry.tag == info.tag &&
            xip_slots_chosen(s) == (int)slot) {
        return 0;
    }
    info = (struct xip_slot_info){.state = XIP_SLOT_CONFIRMED, .tag = info.tag};
    put_entry(s, slot, &info);
    return commit_choice(s, slot);
}

int xip_slots_reject(struct xip_slots *s, unsigned slot, uint8_t reason) {
    struct xip_slot_info info;
    const int err = xip_slots_list(s, slot, &info);
    if (err != 0) {
        return err;
    }
    info.state = XIP_SLOT_REJECTED;
    info.reason = reason;
    if (xip_slots_chosen(s) == (int)slot) {
        s->state[AT_CHOICE] = 0;
    }
    return xip_slots_record(s, slot, &info);
}

int xip_slots_test(struct xip_slots *s, unsigned slot) {
    struct xip_slot_info info;
    struct xip_image img;
    if (!is_slot(s, slot)) {
        return XIP_ERR_PARAM;
    }
    const int err = parse(s, slot, &img);
    if (err != 0) {
        return err;
    }
    info = (struct xip_slot_info){
            .state = XIP_SLOT_TRIAL,
            .tag = xip_slots_tag(&img),
    };
    return xip_slots_record(s, slot, &info);
}

int xip_slots_choose(struct xip_slots *s, unsigned slot) {
    struct xip_slot_info info;
    const int err = xip_slots_list(s, slot, &info);
    if (err != 0) {
        return err;
    }
    if (info.state != XIP_SLOT_CONFIRMED && info.state != XIP_SLOT_UNKNOWN) {
        return XIP_ERR_VERSION;
    }
    return commit_choice(s, slot);
}

/// An update ///

int xip_slots_may_erase(const struct xip_slots *s, unsigned slot,
        uint32_t running_addr) {
    struct xip_slot_info info;
    if (!is_slot(s, slot)) {
        return XIP_ERR_PARAM;
    }
    const bool could_start = xip_slots_list(s, slot, &info) == 0 &&
            (info.state == XIP_SLOT_CONFIRMED ||
                    info.state == XIP_SLOT_UNKNOWN);
    for (unsigned i = 0; could_start && i < s->count; i++) {
        if (running_addr - s->slots[i].addr < s->slots[i].size_bytes &&
                xip_slots_list(s, i, &info) == 0 &&
                info.state == XIP_SLOT_TRIAL) {
            return XIP_ERR_TRIAL;
        }
    }
    return 0;
}

int xip_slots_writing(struct xip_slots *s, unsigned slot, uint32_t identity,
        uint32_t done_bytes) {
    if (!is_slot(s, slot)) {
        return XIP_ERR_PARAM;
    }
    uint8_t *p = s->state;
    if (xip_slots_chosen(s) == (int)slot) {
        p[AT_CHOICE] = 0;
    }
    p[AT_WRITING] = (uint8_t)(slot + 1u);
    put32(p + AT_IDENTITY, identity);
    put32(p + AT_DONE, done_bytes);
    const struct xip_slot_info info = {.state = XIP_SLOT_WRITING};
    return xip_slots_record(s, slot, &info);
}

uint32_t xip_slots_written(const struct xip_slots *s, unsigned slot,
        uint32_t identity) {
    struct xip_slot_info info;
    if (!is_slot(s, slot)) {
        return 0;
    }
    const uint8_t *p = s->state;
    get_entry(s, slot, &info);
    return info.state == XIP_SLOT_WRITING && p[AT_WRITING] == slot + 1u &&
                    get32(p + AT_IDENTITY) == identity
            ? get32(p + AT_DONE)
            : 0u;
}
