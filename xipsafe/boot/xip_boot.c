/*
 * xip_boot - choice among slots and the checks before the jump
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>

#include "xip_boot_priv.h"

#define VTOR_ALIGN_MIN 128u // Armv7-M ARM B3.2.5: TBLOFF is bits 31:7

static uint32_t get32(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
            (uint32_t)p[3] << 24;
}

static int refuse(struct xip_image *img, enum xip_image_reason reason) {
    img->reason = (uint8_t)reason;
    return XIP_ERR_IMAGE;
}

// A full-descending stack may start at the very end of its RAM, not at its
// beginning: the first push would leave it.
static bool stack_good(uint32_t sp, const struct xip_boot_config *config) {
    if (sp % 8u != 0u) {
        return false;
    }
    for (unsigned i = 0; i < config->ram_count; i++) {
        const struct xip_boot_ram *ram = &config->ram[i];
        if (sp > ram->addr && sp - ram->addr <= ram->size_bytes) {
            return true;
        }
    }
    return false;
}

int xip_boot_check_vectors(struct xip_image *img, uint32_t addr,
        const struct xip_boot_config *config) {
    const uint32_t table_bytes = 4u * config->vector_count;
    uint32_t align = VTOR_ALIGN_MIN;
    while (align < table_bytes) {
        align *= 2u;
    }
    const uint32_t vectors_addr = addr + img->header_bytes;
    if (img->payload_bytes < table_bytes || table_bytes < 8u ||
            vectors_addr % align != 0u) {
        return refuse(img, XIP_REASON_VECTORS);
    }
    const uint8_t *table = img->data + img->header_bytes;
    if (!stack_good(get32(table), config)) {
        return refuse(img, XIP_REASON_STACK);
    }
    const uint32_t entry = get32(table + 4);
    const uint32_t entry_off = (entry & ~1u) - vectors_addr; // wraps if below
    if ((entry & 1u) == 0u || entry_off >= img->payload_bytes) {
        return refuse(img, XIP_REASON_ENTRY);
    }
    return XIP_OK;
}

void xip_boot_report_(const struct xip_boot_config *config, unsigned slot,
        const struct xip_image *img) {
    if (config->report != NULL) {
        config->report(config->ctx, slot, img);
    }
}

int xip_boot_read_slot_(const struct xip_boot_slot *slot,
        struct xip_image *img) {
    int err = xip_image_parse(img, slot->data, slot->size_bytes);
    if (err == 0) {
        err = xip_image_check_place(img, slot->addr);
    }
    return err;
}

int xip_boot_verify_(struct xip_image *img, uint32_t addr,
        const struct xip_boot_config *config) {
    int err = xip_image_verify(img, &config->trust);
    if (err == 0) {
        err = xip_boot_check_vectors(img, addr, config);
    }
    return err;
}

// Highest version among the slots in `open`; slots that cannot be read are
// reported and taken out. Returns the slot, or a negative number.
static int pick(const struct xip_boot_config *config, uint32_t *open,
        struct xip_image *best) {
    int choice = -1;
    for (unsigned i = 0; i < config->slot_count; i++) {
        if ((*open & (1u << i)) == 0u) {
            continue;
        }
        struct xip_image img;
        if (xip_boot_read_slot_(&config->slots[i], &img) != 0) {
            xip_boot_report_(config, i, &img);
            *open &= ~(1u << i);
            continue;
        }
        if (choice < 0 ||
                xip_image_version_compare(&img.version, &best->version) > 0) {
            *best = img;
            choice = (int)i;
        }
    }
    return choice;
}

static void report_older(const struct xip_boot_config *config, uint32_t open) {
    for (unsigned i = 0; i < config->slot_count; i++) {
        struct xip_image img;
        if ((open & (1u << i)) != 0u) {
            if (xip_boot_read_slot_(&config->slots[i], &img) == 0) {
                img.reason = XIP_REASON_OLDER;
            }
            xip_boot_report_(config, i, &img);
        }
    }
}

int xip_boot_choose(const struct xip_boot_config *config,
        struct xip_boot_choice *choice) {
    if (config == NULL || choice == NULL ||
            config->slot_count > XIP_BOOT_SLOTS_MAX) {
        return XIP_ERR_PARAM;
    }
    struct xip_image *img = &choice->image;
    uint32_t open = (1u << config->slot_count) - 1u;
    int slot;
    while ((slot = pick(config, &open, img)) >= 0) {
        const uint32_t addr = config->slots[slot].addr;
        open &= ~(1u << slot);
        if (xip_boot_verify_(img, addr, config) != 0) {
            xip_boot_report_(config, (unsigned)slot, img);
            continue;
        }
        report_older(config, open);
        xip_boot_report_(config, (unsigned)slot, img);
        choice->slot = (unsigned)slot;
        choice->vectors_addr = addr + img->header_bytes;
        return XIP_OK;
    }
    return XIP_ERR_IMAGE;
}
