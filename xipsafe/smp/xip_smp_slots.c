/*
 * xip_smp_slots - the images that an SMP server shows and installs
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_smp_slots.h"

#include <string.h>

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static bool is_active(const struct xip_smp_slots *s, unsigned slot) {
    const struct xip_flash_config *const flash = &s->config.dev->config;
    const struct xip_boot_slot *const at = &s->config.slots[slot];
    return !XIP_CFG_UPDATE_BARE && flash->image_bytes != 0u &&
            flash->image_addr - at->addr < at->size_bytes;
}

static bool is_golden(const struct xip_smp_slots *s, unsigned slot) {
    return slot + 1u == s->config.golden;
}

static uint32_t off_of(const struct xip_smp_slots *s, unsigned slot) {
    return s->config.slots[slot].addr - s->config.dev->config.window_addr;
}

/// Showing ///

static bool parse(const struct xip_smp_slots *s, unsigned slot,
        struct xip_image *img) {
    const struct xip_boot_slot *const at = &s->config.slots[slot];
    return xip_image_parse(img, at->data, at->size_bytes) == 0 &&
            xip_image_check_place(img, at->addr) == 0;
}

// The image that the boot program would try first; slot_count: none.
static unsigned highest(const struct xip_smp_slots *s) {
    struct xip_image best = {0};
    unsigned found = s->config.slot_count;
    for (unsigned i = 0; i < s->config.slot_count; i++) {
        struct xip_image img;
        if (parse(s, i, &img) &&
                (found == s->config.slot_count ||
                        xip_image_version_compare(&img.version, &best.version) >
                                0)) {
            best = img;
            found = i;
        }
    }
    return found;
}

// What the journal says of an image that does not run.
static uint8_t recorded(const struct xip_smp_slots *s, unsigned slot) {
    struct xip_slot_info info;
    if (xip_slots_list(s->config.journal, slot, &info) != 0) {
        return 0;
    }
    const bool chosen = xip_slots_chosen(s->config.journal) == (int)slot;
    switch (info.state) {
    case XIP_SLOT_TRIAL:
        return XIP_SMP_BOOTABLE | XIP_SMP_PENDING;
    case XIP_SLOT_CONFIRMED:
        return chosen ? XIP_SMP_BOOTABLE | XIP_SMP_CONFIRMED | XIP_SMP_PENDING |
                        XIP_SMP_PERMANENT
                      : XIP_SMP_BOOTABLE | XIP_SMP_CONFIRMED;
    case XIP_SLOT_UNKNOWN:
        return XIP_SMP_BOOTABLE;
    default: // being written, or rejected
        return 0;
    }
}

static bool is_on_trial(const struct xip_smp_slots *s, unsigned slot) {
    struct xip_slot_info info;
    return xip_slots_list(s->config.journal, slot, &info) == 0 &&
            info.state == XIP_SLOT_TRIAL;
}

static uint8_t flags_of(const struct xip_smp_slots *s, unsigned slot) {
    const bool kept = s->config.journal != NULL;
    if (is_active(s, slot)) {
        return kept && is_on_trial(s, slot)
                ? XIP_SMP_BOOTABLE
                : XIP_SMP_BOOTABLE | XIP_SMP_CONFIRMED;
    }
    if (kept) {
        return recorded(s, slot);
    }
    return highest(s) == slot
            ? XIP_SMP_BOOTABLE | XIP_SMP_PENDING | XIP_SMP_PERMANENT
            : XIP_SMP_BOOTABLE;
}

static int show(void *ctx, unsigned slot, struct xip_smp_slot *out) {
    const struct xip_smp_slots *const s = ctx;
    struct xip_image img;
    struct xip_image_tlv tlv = {0};
    out->addr = s->config.slots[slot].addr;
    out->size_bytes = s->config.slots[slot].size_bytes;
    out->flags = is_active(s, slot) ? XIP_SMP_ACTIVE : 0u;
    if (!parse(s, slot, &img)) {
        return 0;
    }
    while (xip_image_tlv_next(&img, &tlv)) {
        if (tlv.type == XIP_TLV_SHA256 &&
                tlv.len_bytes == sizeof(out->digest)) {
            memcpy(out->digest, tlv.data, sizeof(out->digest));
            out->flags |= XIP_SMP_PRESENT | flags_of(s, slot);
        }
    }
    out->version = img.version;
    return 0;
}

#if XIP_CFG_SMP_FULL
static int highest_only(const struct xip_smp_slots *s, unsigned slot) {
    return is_active(s, slot) || highest(s) == slot ? 0 : XIP_ERR_VERSION;
}

static int test(void *ctx, unsigned slot) {
    const struct xip_smp_slots *const s = ctx;
    return s->config.journal != NULL ? xip_slots_test(s->config.journal, slot)
                                     : highest_only(s, slot);
}

static int confirm(void *ctx, unsigned slot) {
    const struct xip_smp_slots *const s = ctx;
    if (s->config.journal == NULL) {
        return highest_only(s, slot);
    }
    return is_active(s, slot) ? xip_slots_confirm(s->config.journal, slot)
                              : xip_slots_choose(s->config.journal, slot);
}
#endif

static int erase(void *ctx, unsigned slot) {
    struct xip_smp_slots *const s = ctx;
    struct xip_slots *const journal = s->config.journal;
    if (is_golden(s, slot)) {
        return XIP_ERR_RUNNING; // it is what starts if nothing else does
    }
    xip_update_abort(&s->update);
    int err = !XIP_CFG_UPDATE_BARE && journal != NULL
            ? xip_slots_may_erase(journal, slot,
                      s->config.dev->config.image_addr)
            : 0;
    if (err == 0 && journal != NULL) {
        // Else an update that was cut would go on behind what is erased here.
        err = xip_slots_writing(journal, slot, 0, 0);
    }
    if (err != 0) {
        return err;
    }
#if XIP_CFG_UPDATE_BARE
    return xip_flash_bare_erase(s->config.dev, off_of(s, slot));
#else
    return xip_flash_erase(s->config.dev, off_of(s, slot),
            s->config.slots[slot].size_bytes);
#endif
}

/// Writing ///

// The slot that an image with this header is for; NULL: the header has not
// come. slot_count: none.
static unsigned slot_for(const struct xip_smp_slots *s,
        const struct xip_image *img) {
    unsigned i = 0;
    for (; i < s->config.slot_count; i++) {
        if (!is_active(s, i) && !is_golden(s, i) &&
                (img == NULL || img->load_addr == s->config.slots[i].addr)) {
            break;
        }
    }
    return i;
}

static int check_newer(const struct xip_smp_slots *s,
        const struct xip_image *img) {
    for (unsigned i = 0; i < s->config.slot_count; i++) {
        struct xip_image other;
        if (is_active(s, i) && parse(s, i, &other) &&
                xip_image_version_compare(&img->version, &other.version) <= 0) {
            return XIP_ERR_VERSION;
        }
    }
    return 0;
}

static int begin(void *ctx, const struct xip_smp_upload *upload) {
    struct xip_smp_slots *const s = ctx;
    struct xip_image header;
    const struct xip_image *img = NULL;
    xip_update_abort(&s->update);
    if (upload->data_bytes >= XIP_IMAGE_HEADER_MIN) {
        img = &header;
        if (xip_image_parse_header(&header, upload->data, UINT32_MAX) != 0) {
            return XIP_ERR_IMAGE;
        }
    }
    const unsigned slot = slot_for(s, img);
    if (slot == s->config.slot_count) {
        return XIP_ERR_ADDRESS;
    }
    const struct xip_boot_slot *const at = &s->config.slots[slot];
    if (upload->total_bytes > at->size_bytes) {
        return XIP_ERR_RANGE;
    }
    if (upload->upgrade) {
        const int err = img != NULL ? check_newer(s, img) : XIP_ERR_TRANSFER;
        if (err != 0) {
            return err;
        }
    }
    const struct xip_update_options options = {
            .erase_max_bytes = s->config.erase_max_bytes,
            .slots = s->config.journal,
            .slot = slot,
            .identity = upload->sha != NULL ? get32(upload->sha) : 0u,
    };
    s->target = (uint8_t)slot;
    s->resumed = 0;
    return xip_update_begin(&s->update, s->config.dev, off_of(s, slot),
            at->size_bytes, &options);
}

// What a reset interrupted goes on as soon as the first page, with the header,
// shows that it is the same image.
static int put(void *ctx, const uint8_t *data, uint32_t len_bytes) {
    struct xip_smp_slots *const s = ctx;
    int err = xip_update_write(&s->update, data, len_bytes);
    if (err == 0 && s->config.journal != NULL && s->resumed == 0u &&
            s->update.received_bytes >= XIP_UPDATE_PAGE_BYTES) {
        s->resumed = 1;
        err = xip_update_resume(&s->update);
        return err > 0 ? (int)s->update.received_bytes : err;
    }
    return err;
}

static int finish(void *ctx) {
    struct xip_smp_slots *const s = ctx;
    static const struct xip_image_trust digest_only = {0};
    const struct xip_image_trust *const trust =
            s->config.trust != NULL ? s->config.trust : &digest_only;
    struct xip_image img;
    int err = xip_update_finish(&s->update);
    if (err != 0) {
        return err;
    }
    err = XIP_ERR_IMAGE;
    if (parse(s, s->target, &img)) {
        err = xip_image_verify(&img, trust);
    }
    if (err != 0) {
        // The boot program would refuse it, too. Without a header that costs no
        // time there, and the slot is not listed.
        const int gone = xip_update_discard(&s->update);
        return gone != 0 ? gone : err;
    }
    return 0;
}

/// Life ///

void xip_smp_slots_init(struct xip_smp_slots *s,
        const struct xip_smp_slots_config *config) {
    memset(s, 0, sizeof(*s));
    s->config = *config;
    s->images = (struct xip_smp_images) {
        .slot_count = config->slot_count, .slot = show, .begin = begin,
        .write = put, .finish = finish, .erase = erase,
#if XIP_CFG_SMP_FULL
        .test = test, .confirm = confirm,
#endif
    };
    xip_update_abort(&s->update);
}

int xip_smp_slots_idle(struct xip_smp_slots *s) {
    return s->update.dev == NULL || s->update.error != 0 ||
                    s->update.finished != 0u
            ? 0
            : xip_update_idle(&s->update);
}
