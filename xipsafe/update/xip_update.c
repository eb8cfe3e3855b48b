/*
 * xip_update - install an image into a slot while it arrives
 *
 * SPDX-License-Identifier: MIT
 *
 * Positions without a suffix in this file count from the start of the slot.
 * The first page waits in u->head. The rest passes through u->page unless it
 * comes in whole pages: each page is programmed once, since parts with an ECC
 * in the array allow no more than that.
 */
#include "xip_update_priv.h"

#include <string.h>

#include "xip_compiler.h"
#include "xip_image.h"

#define PAGE XIP_UPDATE_PAGE_BYTES
#define TLV_INFO_BYTES 4u // {u16 magic, u16 total}

static uint32_t get16(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

static int stop(struct xip_update *u, int err) {
    u->error = err;
    return err;
}

/// Header and TLV areas ///

static int refuse(struct xip_update *u, enum xip_image_reason reason) {
    u->reason = (uint8_t)reason;
    return XIP_ERR_IMAGE;
}

// u->head holds the 32 bytes of the header.
static int check_header(struct xip_update *u) {
    struct xip_image img;
    int err = xip_image_parse_header(&img, u->head, u->slot_bytes);
    if (err == 0) {
        err = xip_image_check_place(&img,
                u->dev->config.window_addr + u->slot_off);
    }
    u->reason = img.reason;
    u->info_end_bytes = img.total_bytes + TLV_INFO_BYTES;
    return err;
}

static int check_info(struct xip_update *u) {
    const uint32_t area = get16(u->tlv_info + 2);
    const uint32_t start = u->info_end_bytes - TLV_INFO_BYTES;
    if (get16(u->tlv_info) != XIP_IMAGE_TLV_MAGIC || area < TLV_INFO_BYTES) {
        return refuse(u, XIP_REASON_TLV);
    }
    if (area > u->slot_bytes - start) {
        return refuse(u, XIP_REASON_TRUNCATED);
    }
    u->total_bytes = start + area;
    return 0;
}

// The next position at which the image gets more known, or the end.
static uint32_t milestone(const struct xip_update *u) {
    if (u->received_bytes < XIP_IMAGE_HEADER_MIN) {
        return XIP_IMAGE_HEADER_MIN;
    }
    return u->total_bytes != 0u ? u->total_bytes : u->info_end_bytes;
}

static int pass_milestone(struct xip_update *u) {
    int err = 0;
    if (u->received_bytes == XIP_IMAGE_HEADER_MIN) {
        err = check_header(u);
    }
    if (err == 0 && u->received_bytes == u->info_end_bytes &&
            u->total_bytes == 0u) {
        err = check_info(u);
    }
    return err;
}

/// The journal ///

// FNV-1a over the first page: header and what pads it.
static uint32_t identity_of(const struct xip_update *u) {
    uint32_t hash = 0x811C9DC5u ^ u->identity;
    for (uint32_t i = 0; i < PAGE; i++) {
        hash = (hash ^ u->head[i]) * 0x01000193u;
    }
    return hash;
}

static int record(struct xip_update *u, uint32_t done) {
    u->recorded_bytes = done;
    return u->slots != NULL
            ? xip_slots_writing(u->slots, u->slot, u->identity, done)
            : 0;
}

// The first page is complete: it is known which image this is. What the journal
// says is complete counts up to the TLV areas, which have to be looked at.
static void find_kept(struct xip_update *u) {
    if (u->slots == NULL) {
        return;
    }
#if !XIP_CFG_UPDATE_BARE
    struct xip_slot_info info;
    if (xip_slots_list(u->slots, u->slot, &info) != 0 ||
            info.state == XIP_SLOT_UNKNOWN || info.state == XIP_SLOT_WRITING) {
        u->compare = NULL;
    }
#endif
    u->identity = identity_of(u);
    uint32_t kept = xip_slots_written(u->slots, u->slot, u->identity);
    while (kept > u->info_end_bytes - TLV_INFO_BYTES) {
        kept -= smaller(kept, XIP_UPDATE_STEP_BYTES);
    }
    u->kept_bytes = kept;
    u->recorded_bytes = kept;
    u->erased_bytes = kept;
}

// All below `end` is programmed. Steps are whole erase units, since slots are
// erased from their start.
static int record_progress(struct xip_update *u, uint32_t end) {
    end -= end % XIP_UPDATE_STEP_BYTES;
    return u->slots != NULL && end > u->recorded_bytes ? record(u, end) : 0;
}

/// Flash ///

// The largest unit that the next erase may take; 0: none.
static uint32_t next_unit(const struct xip_update *u) {
    const struct xip_flash_part *const part = &u->dev->part;
#if XIP_CFG_UPDATE_BARE
    return xip_part_unit(part, u->slot_off + u->erased_bytes); // the only one
#else
    const struct xip_part_erase *const type = xip_part_fit(part,
            u->slot_off + u->erased_bytes,
            smaller(u->slot_bytes - u->erased_bytes, u->erase_max_bytes));
    return type != NULL
            ? xip_part_unit_bytes(part, type, u->slot_off + u->erased_bytes)
            : 0u;
#endif
}

static int erase_next(struct xip_update *u) {
    const uint32_t off = u->slot_off + u->erased_bytes;
    const uint32_t unit = next_unit(u);
    if (unit == 0u) {
        return XIP_ERR_ALIGN;
    }
    int err = u->erased_bytes == 0u ? record(u, 0) : 0;
    if (err == 0) {
        err = xip_update_erase_(u->dev, off, unit);
    }
    if (err == 0 && u->erased_bytes == 0u && unit < u->slot_bytes) {
        // The flags of a trailer belong to the image that is erased.
        const uint32_t end = u->slot_off + u->slot_bytes;
        const uint32_t last = xip_part_unit(&u->dev->part, end - 1u);
        err = xip_update_erase_(u->dev, end - last, last);
    }
    if (err == 0) {
        u->erased_bytes += unit;
    }
    return err;
}

// Program n bytes at `at`, erasing in front of them.
static int program_erased(struct xip_update *u, uint32_t at,
        const uint8_t *data, uint32_t n) {
    while (u->erased_bytes < at + n) {
        const int err = erase_next(u);
        if (err != 0) {
            return err;
        }
    }
    const int err = xip_update_program_(u->dev, u->slot_off + at, data, n);
    return err == 0 && at >= PAGE ? record_progress(u, at + n) : err;
}

#if !XIP_CFG_UPDATE_BARE
// A unit differs from `at` on: erase it, and put back what was the same.
static int replace_unit(struct xip_update *u, uint32_t start, uint32_t at) {
    int err = xip_update_read_(u->dev, u->slot_off + start, u->compare,
            at - start);
    u->erased_bytes = start;
    u->comparing = 0;
    if (err == 0) {
        err = erase_next(u);
    }
    if (err == 0 && at != start) {
        err = xip_update_program_(u->dev, u->slot_off + start, u->compare,
                at - start);
    }
    return err;
}

// The same unit by unit: what is there already stays. The first unit never
// does: its header is not that of another image any more.
static int program_changes(struct xip_update *u, uint32_t at,
        const uint8_t *data, uint32_t n) {
    const uint32_t unit = xip_part_unit(&u->dev->part, u->slot_off);
    int err = 0;
    while (n != 0u && err == 0) {
        const uint32_t in = at % unit;
        const uint32_t part = smaller(n, unit - in);
        if (in == 0u && at != 0u) {
            u->comparing = 1;
        }
        if (u->comparing != 0u) {
            err = xip_update_verify_(u->dev, u->slot_off + at, data, part);
            if (err == 0) {
                u->skipped_bytes += part;
                u->erased_bytes = at - in + unit;
                err = record_progress(u, at + part);
            } else if (err == XIP_ERR_VERIFY) {
                u->skipped_bytes -= in;
                err = replace_unit(u, at - in, at);
            }
        }
        if (u->comparing == 0u && err == 0) {
            err = program_erased(u, at, data, part);
        }
        at += part;
        data += part;
        n -= part;
    }
    return err;
}
#endif

// Program n bytes at `at`, unless they are there already.
static int program(struct xip_update *u, uint32_t at, const uint8_t *data,
        uint32_t n) {
    if (at >= PAGE && at < u->kept_bytes) {
        const uint32_t same = smaller(n, u->kept_bytes - at);
        const int err =
                xip_update_verify_(u->dev, u->slot_off + at, data, same);
        if (err != 0 || same == n) {
            // Another image after all: from the start next time.
            return err == XIP_ERR_VERIFY && record(u, 0) == 0 ? XIP_ERR_TRANSFER
                                                              : err;
        }
        at += same;
        data += same;
        n -= same;
    }
#if !XIP_CFG_UPDATE_BARE // a boot program has no use for the RAM
    if (u->compare != NULL && at >= PAGE) {
        return program_changes(u, at, data, n);
    }
#endif
    return program_erased(u, at, data, n);
}

/// The stream ///

// Keep the bytes of [info_end - 4, info_end) when they pass.
static void watch_info(struct xip_update *u, const uint8_t *data, uint32_t n) {
    if (u->info_end_bytes == 0u) {
        return;
    }
    const uint32_t start = u->info_end_bytes - TLV_INFO_BYTES;
    for (uint32_t i = 0; i < TLV_INFO_BYTES; i++) {
        if (start + i >= u->received_bytes &&
                start + i - u->received_bytes < n) {
            u->tlv_info[i] = data[start + i - u->received_bytes];
        }
    }
}

// Take at most n bytes, all on this side of the next milestone. Returns how
// many were taken.
static XIP_NOINLINE int take(struct xip_update *u, const uint8_t *data,
        uint32_t n, uint32_t *taken) {
    const uint32_t at = u->received_bytes;
    int err = 0;
    if (at < PAGE) {
        n = smaller(n, PAGE - at);
        memcpy(u->head + at, data, n);
        if (at + n == PAGE) {
            find_kept(u);
        }
    } else if (u->page_fill == 0u && n >= PAGE) {
        // Not beyond what is erased or will be by one more erase, so that
        // erasing and programming take turns.
        n -= n % PAGE;
        if (u->erased_bytes >= at + PAGE) {
            n = smaller(n, (u->erased_bytes - at) / PAGE * PAGE);
        } else {
            n = PAGE;
        }
        err = program(u, at, data, n);
    } else {
        n = smaller(n, PAGE - u->page_fill);
        memcpy(u->page + u->page_fill, data, n);
        u->page_fill += n;
        if (u->page_fill == PAGE) {
            err = program(u, at + n - PAGE, u->page, PAGE);
            u->page_fill = 0;
        }
    }
    watch_info(u, data, n);
    u->received_bytes += n;
    *taken = n;
    return err;
}

// Does the journal know the place as this slot?
static bool is_slot(const struct xip_update *u) {
    if (u->slot >= u->slots->count) {
        return false;
    }
    const struct xip_boot_slot *const slot = &u->slots->slots[u->slot];
    return slot->addr == u->dev->config.window_addr + u->slot_off &&
            slot->size_bytes == u->slot_bytes;
}

// Can the slot be erased step by step, each of a unit as it has at its start?
static bool steps_by(const struct xip_update *u, uint32_t unit) {
    const struct xip_flash_part *const part = &u->dev->part;
    if (!XIP_CFG_SECTOR_MAP || part->region_end[0] == 0u) {
        return xip_part_whole_units(part, u->slot_off, u->slot_bytes);
    }
    uint32_t at = 0;
    while (unit != 0u && at < u->slot_bytes &&
            xip_part_whole_units(part, u->slot_off + at, unit)) {
        at += unit;
    }
    return at == u->slot_bytes;
}

int xip_update_begin(struct xip_update *u, struct xip_flash *dev,
        uint32_t slot_off, uint32_t slot_bytes,
        const struct xip_update_options *options) {
    if (u == NULL || dev == NULL || dev->ready == 0u || slot_bytes == 0u) {
        return XIP_ERR_PARAM;
    }
    const uint32_t unit = xip_part_unit(&dev->part, slot_off);
    memset(u, 0, sizeof(*u));
    u->error = XIP_ERR_PARAM; // until all is well: no call may go on
    u->dev = dev;
    u->slot_off = slot_off;
    u->slot_bytes = slot_bytes;
    u->erase_max_bytes = UINT32_MAX;
    if (options != NULL && options->erase_max_bytes != 0u) {
        u->erase_max_bytes = options->erase_max_bytes;
    }
    if (options != NULL && options->slots != NULL) {
        u->slots = options->slots;
        u->slot = options->slot;
        u->identity = options->identity;
        u->compare = options->compare;
        if (!is_slot(u) || (XIP_CFG_UPDATE_BARE && u->compare != NULL) ||
                (u->compare != NULL && options->compare_bytes < unit)) {
            return XIP_ERR_PARAM;
        }
        u->erase_max_bytes = u->compare != NULL ? unit : u->erase_max_bytes;
    }
    if (u->erase_max_bytes < unit) {
        return XIP_ERR_PARAM;
    }
    if (slot_off > dev->part.size_bytes ||
            slot_bytes > dev->part.size_bytes - slot_off) {
        return XIP_ERR_RANGE;
    }
    if (!steps_by(u, unit)) {
        return XIP_ERR_ALIGN;
    }
    // Distances from one start to the other, modulo 2^32, so that neither end
    // is computed and none can wrap.
    const uint32_t slot_addr = dev->config.window_addr + slot_off;
    const uint32_t image_addr = dev->config.image_addr;
    const uint32_t image_bytes = dev->config.image_bytes;
    if (!XIP_CFG_UPDATE_BARE && image_bytes != 0u &&
            (slot_addr - image_addr < image_bytes ||
                    image_addr - slot_addr < slot_bytes)) {
        return XIP_ERR_RUNNING;
    }
    const int err = !XIP_CFG_UPDATE_BARE && u->slots != NULL
            ? xip_slots_may_erase(u->slots, u->slot, image_addr)
            : 0;
    if (err != 0) {
        return err;
    }
    u->error = 0;
    return 0;
}

int xip_update_write(struct xip_update *u, const void *data,
        uint32_t len_bytes) {
    if (u == NULL || (data == NULL && len_bytes != 0u)) {
        return XIP_ERR_PARAM;
    }
    if (u->error != 0) {
        return u->error;
    }
    const uint8_t *p = data;
    while (len_bytes != 0u && u->received_bytes != milestone(u)) {
        uint32_t taken = 0;
        int err = take(u, p,
                smaller(len_bytes, milestone(u) - u->received_bytes), &taken);
        if (err == 0) {
            err = pass_milestone(u);
        }
        if (err != 0) {
            return stop(u, err);
        }
        p += taken;
        len_bytes -= taken;
    }
    return 0;
}

int xip_update_write_at(struct xip_update *u, uint32_t off, const void *data,
        uint32_t len_bytes) {
    if (u == NULL || (data == NULL && len_bytes != 0u)) {
        return XIP_ERR_PARAM;
    }
    if (off > u->received_bytes) {
        return u->error != 0 ? u->error : XIP_ERR_TRANSFER;
    }
    const uint32_t known = smaller(u->received_bytes - off, len_bytes);
    return xip_update_write(u, (const uint8_t *)data + known,
            len_bytes - known);
}

int xip_update_resume(struct xip_update *u) {
    if (u == NULL) {
        return XIP_ERR_PARAM;
    }
    if (u->error != 0 || u->received_bytes < PAGE ||
            u->kept_bytes <= u->received_bytes) {
        return u->error;
    }
    u->received_bytes = u->kept_bytes;
    u->page_fill = 0;
    return 1;
}

int xip_update_idle(struct xip_update *u) {
    if (u == NULL) {
        return XIP_ERR_PARAM;
    }
    if (u->error != 0) {
        return u->error;
    }
    const uint32_t wanted =
            u->total_bytes != 0u ? u->total_bytes : u->info_end_bytes;
    if (u->erased_bytes >= wanted || // 0 before there is a header
            u->compare != NULL ||    // not before it is known what differs
            (u->slots != NULL && u->received_bytes < PAGE)) {
        return 0;
    }
    const int err = erase_next(u);
    return err == 0 ? 1 : stop(u, err);
}

// The page with the magic is the last one; there are two if pages are small.
static int program_head(struct xip_update *u, uint32_t len) {
    const uint32_t first = smaller(len, u->dev->part.page_bytes);
    int err = 0;
    if (len > first) {
        err = program(u, first, u->head + first, len - first);
    }
    if (err == 0) {
        err = program(u, 0, u->head, first);
    }
    // xip_flash reads back as well, unless it is configured not to.
    if (err == 0) {
        err = xip_update_verify_(u->dev, u->slot_off, u->head, len);
    }
    return err;
}

// The header page must not look like one, whatever it holds now.
static void destroy_head(struct xip_update *u) {
    u->erased_bytes = 0;
    (void)erase_next(u); // if that fails too, the digest is what is left
}

int xip_update_finish(struct xip_update *u) {
    if (u == NULL) {
        return XIP_ERR_PARAM;
    }
    if (u->error != 0 || u->finished != 0u) {
        return u->error;
    }
    if (u->total_bytes == 0u || u->received_bytes != u->total_bytes) {
        return stop(u, XIP_ERR_TRANSFER);
    }
    int err = 0;
    if (u->page_fill != 0u) {
        err = program(u, u->received_bytes - u->page_fill, u->page,
                u->page_fill);
    }
    if (err != 0) {
        return stop(u, err);
    }
    // If the power fails in it, the first unit has to be erased again.
    err = record(u, 0);
    if (err == 0) {
        err = program_head(u, smaller(u->total_bytes, PAGE));
    }
    if (err != 0) {
        destroy_head(u);
        return stop(u, err);
    }
    if (u->slots != NULL) {
        err = xip_slots_test(u->slots, u->slot);
    }
    if (err != 0) {
        return stop(u, err);
    }
    u->finished = 1;
    return 0;
}

void xip_update_abort(struct xip_update *u) {
    if (u != NULL && u->finished == 0u && u->error == 0) {
        u->error = XIP_ERR_TRANSFER;
    }
}

int xip_update_discard(struct xip_update *u) {
    if (u == NULL || u->finished == 0u) {
        return XIP_ERR_PARAM;
    }
    u->erased_bytes = 0;
    return erase_next(u);
}
