/*
 * xip_boot_recorded - choice among slots by what the journal says of them
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>

#include "xip_boot_priv.h"
#include "xip_compiler.h"

#define TRIALS_MAX 3u
#define REFUNDS_MAX 3u

// In the order in which they are tried.
enum rank { TRIAL, CHOSEN, GOOD, GOLDEN, LAST_RESORT, NEVER };

struct chooser {
    const struct xip_boot_config *config;
    const struct xip_boot_policy *policy;
    struct xip_slots *slots;
    uint32_t open;       // slots that have not been tried yet
    uint32_t unrecorded; // trials of them that no record could be made of
    int chosen;          // by confirmation or by choice, -1: none
    struct xip_image_version chosen_version;
    struct xip_slot_info info; // of the slot that is looked at
};

static bool is_unrecorded(const struct chooser *c, unsigned slot) {
    return (c->unrecorded >> slot & 1u) != 0u;
}

static enum rank rank_of(const struct chooser *c, unsigned slot,
        const struct xip_image *img) {
    const bool known = c->info.state == XIP_SLOT_CONFIRMED;
    switch (c->info.state) {
    case XIP_SLOT_TRIAL:
        return is_unrecorded(c, slot) ? LAST_RESORT : TRIAL;
    case XIP_SLOT_REJECTED:
        return c->info.reason == XIP_REASON_UNCONFIRMED ||
                        c->info.reason == XIP_REASON_DOWNGRADE
                ? LAST_RESORT
                : NEVER;
    case XIP_SLOT_WRITING:
        return NEVER;
    default:
        break;
    }
    if (slot + 1u == c->policy->golden) {
        return GOLDEN;
    }
    if (c->chosen == (int)slot) {
        return CHOSEN;
    }
    // The version decides between the one that was chosen and one that a
    // programmer has put there since.
    return !known && c->chosen >= 0 &&
                    xip_image_version_compare(&img->version,
                            &c->chosen_version) > 0
            ? CHOSEN
            : GOOD;
}

// What is recorded of an image; without a journal, nothing is.
static void look(struct chooser *c, unsigned slot,
        const struct xip_image *img) {
    c->info = (struct xip_slot_info){0};
    if (c->slots != NULL) {
        xip_slots_look(c->slots, slot, img, &c->info);
    }
}

// The next slot to try, of that rank or a higher one, and its image and entry.
// Returns the slot, or -1.
static int pick(struct chooser *c, enum rank lowest, struct xip_image *best) {
    int slot = -1;
    enum rank best_rank = NEVER;
    struct xip_slot_info best_info = {0};
    for (unsigned i = 0; i < c->config->slot_count; i++) {
        struct xip_image img;
        if ((c->open & (1u << i)) == 0u ||
                xip_boot_read_slot_(&c->config->slots[i], &img) != 0) {
            continue;
        }
        look(c, i, &img);
        const enum rank rank = rank_of(c, i, &img);
        if (rank >= lowest &&
                (rank < best_rank ||
                        (rank == best_rank && rank != NEVER &&
                                xip_image_version_compare(&img.version,
                                        &best->version) > 0))) {
            *best = img;
            best_rank = rank;
            best_info = c->info;
            slot = (int)i;
        }
    }
    c->info = best_info;
    return slot;
}

static int refuse(struct xip_image *img, enum xip_image_reason reason) {
    img->reason = (uint8_t)reason;
    return XIP_ERR_VERSION;
}

// Older than what would be started without it?
static XIP_NOINLINE bool is_downgrade(struct chooser *c,
        const struct xip_image *img) {
    struct xip_image other;
    const struct xip_slot_info info = c->info;
    const int slot = pick(c, CHOSEN, &other);
    const bool rejected = slot >= 0 && c->info.state == XIP_SLOT_REJECTED;
    c->info = info;
    return slot >= 0 && !rejected && !c->policy->allow_downgrade &&
            xip_image_version_compare(&img->version, &other.version) < 0;
}

static int check_counter(const struct chooser *c, struct xip_image *img) {
    const struct xip_boot_policy *policy = c->policy;
    uint32_t floor;
    uint32_t counter = 0;
    if (policy->counter_get == NULL) {
        return 0;
    }
    (void)xip_image_security_counter(img, &counter);
    if (policy->counter_get(policy->ctx, &floor) != 0 || counter < floor) {
        return refuse(img, XIP_REASON_COUNTER);
    }
    if (counter > floor && c->info.state == XIP_SLOT_CONFIRMED &&
            policy->counter_raise(policy->ctx, counter) != 0) {
        return refuse(img, XIP_REASON_COUNTER);
    }
    return 0;
}

// One more start, or a refund.
static int count_start(struct chooser *c, struct xip_image *img) {
    const unsigned max =
            c->policy->trials_max != 0u ? c->policy->trials_max : TRIALS_MAX;
    struct xip_slot_info *const info = &c->info;
    if (info->tries != 0u && c->policy->power_lost &&
            info->refunds < REFUNDS_MAX) {
        info->refunds++;
    } else if (info->tries >= max) {
        return refuse(img, XIP_REASON_UNCONFIRMED);
    } else {
        info->tries++;
    }
    return 0;
}

// May the image in this slot be started? Records what is decided of a trial. If
// that fails, the slot stays open, rather than that nothing starts.
static int try_slot(struct chooser *c, unsigned slot, struct xip_image *img) {
    const bool trial =
            c->info.state == XIP_SLOT_TRIAL && !is_unrecorded(c, slot);
    int err = trial && is_downgrade(c, img) ? refuse(img, XIP_REASON_DOWNGRADE)
                                            : 0;
    if (err == 0 && trial) {
        err = count_start(c, img);
    }
    if (err == 0) {
        err = xip_boot_verify_(img, c->config->slots[slot].addr, c->config);
    }
    if (err == 0) {
        err = check_counter(c, img);
    }
    if (trial) {
        if (err != 0) {
            c->info.state = XIP_SLOT_REJECTED;
            c->info.reason = img->reason;
        }
        if (xip_slots_record(c->slots, slot, &c->info) != 0 && err == 0) {
            c->unrecorded |= 1u << slot;
            c->open |= 1u << slot;
            err = XIP_ERR_VERSION;
        }
    }
    return err;
}

// The slots that were not tried.
static void report_others(struct chooser *c) {
    for (unsigned i = 0; i < c->config->slot_count; i++) {
        struct xip_image img;
        if ((c->open & (1u << i)) == 0u) {
            continue;
        }
        if (xip_boot_read_slot_(&c->config->slots[i], &img) == 0) {
            look(c, i, &img);
            img.reason = is_unrecorded(c, i) ? (uint8_t)XIP_REASON_NO_RECORD
                    : c->info.state == XIP_SLOT_REJECTED ? c->info.reason
                    : c->info.state == XIP_SLOT_WRITING
                    ? (uint8_t)XIP_REASON_UNFINISHED
                    : (uint8_t)XIP_REASON_OTHER;
        }
        xip_boot_report_(c->config, i, &img);
    }
}

// The choice belongs to the image that it was made for.
static void find_chosen(struct chooser *c, struct xip_image *img) {
    const int slot = c->slots != NULL ? xip_slots_chosen(c->slots) : -1;
    c->chosen = -1;
    if (slot < 0 || slot >= (int)c->config->slot_count ||
            xip_boot_read_slot_(&c->config->slots[slot], img) != 0) {
        return;
    }
    look(c, (unsigned)slot, img);
    if (c->info.state == XIP_SLOT_CONFIRMED) {
        c->chosen = slot;
        c->chosen_version = img->version;
    }
}

int xip_boot_choose_recorded(const struct xip_boot_config *config,
        struct xip_slots *slots, const struct xip_boot_policy *policy,
        struct xip_boot_choice *choice) {
    if (config == NULL || policy == NULL || choice == NULL ||
            config->slot_count > XIP_SLOTS_MAX ||
            (slots != NULL && config->slot_count != slots->count)) {
        return XIP_ERR_PARAM;
    }
    struct chooser c = {
            .config = config,
            .policy = policy,
            .slots = slots,
            .open = (1u << config->slot_count) - 1u,
    };
    struct xip_image *img = &choice->image;
    find_chosen(&c, img);
    int slot;
    while ((slot = pick(&c, TRIAL, img)) >= 0) {
        c.open &= ~(1u << slot);
        const int err = try_slot(&c, (unsigned)slot, img);
        if (err == 0) {
            report_others(&c);
            img->reason = XIP_REASON_NONE;
        }
        if ((c.open & (1u << slot)) == 0u) {
            xip_boot_report_(config, (unsigned)slot, img);
        }
        if (err == 0) {
            choice->slot = (unsigned)slot;
            choice->vectors_addr = config->slots[slot].addr + img->header_bytes;
            return XIP_OK;
        }
    }
    report_others(&c);
    return XIP_ERR_IMAGE;
}
