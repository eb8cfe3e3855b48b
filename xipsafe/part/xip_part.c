/*
 * xip_part - look-ups in a part description
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_part.h"

// From the first byte to the last, so that a chip of 4 GiB has an end.
struct range {
    uint32_t first, last;
};

static uint32_t larger(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

static uint32_t smaller(uint32_t a, uint32_t b) {
    return a < b ? a : b;
}

// The region that off lies in: its bit in erase[].regions, and where it is.
static uint32_t region_at(const struct xip_flash_part *part, uint32_t off,
        struct range *r) {
    uint32_t first = 0;
    for (uint32_t i = 0; i < XIP_PART_REGIONS && part->region_end[i] != 0u;
            i++) {
        *r = (struct range){first, part->region_end[i] - 1u};
        if (off < part->region_end[i]) {
            return 1u << i;
        }
        first = part->region_end[i];
    }
    return 0;
}

// The unit of this type that off lies in. False: there is none.
static bool unit_at(const struct xip_flash_part *part,
        const struct xip_part_erase *type, uint32_t off, struct range *unit) {
    const uint32_t mask = type->size_bytes - 1u;
    if (type->size_bytes == 0u) {
        return false;
    }
    *unit = (struct range){off & ~mask, off | mask};
    if (XIP_CFG_SECTOR_MAP && part->region_end[0] != 0u) {
        struct range region = {0, 0};
        if ((region_at(part, off, &region) & type->regions) == 0u) {
            return false;
        }
        unit->first = larger(unit->first, region.first);
        unit->last = smaller(unit->last, region.last);
    }
    return true;
}

uint32_t xip_part_unit_bytes(const struct xip_flash_part *part,
        const struct xip_part_erase *type, uint32_t off) {
    struct range unit;
    return unit_at(part, type, off, &unit) && unit.first == off
            ? unit.last - off + 1u
            : 0u;
}

const struct xip_part_erase *xip_part_fit(const struct xip_flash_part *part,
        uint32_t off, uint32_t len) {
    const struct xip_part_erase *best = NULL;
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        const struct xip_part_erase *const type = &part->erase[i];
        const uint32_t bytes = xip_part_unit_bytes(part, type, off);
        if (bytes != 0u && bytes <= len) {
            best = type; // smallest first, so the last one is the largest
        }
    }
    return best;
}

uint32_t xip_part_unit(const struct xip_flash_part *part, uint32_t off) {
    struct range unit;
    if (!XIP_CFG_SECTOR_MAP) {
        return part->erase[0].size_bytes;
    }
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        if (unit_at(part, &part->erase[i], off, &unit)) {
            return unit.last - unit.first + 1u;
        }
    }
    return 0;
}

bool xip_part_whole_units(const struct xip_flash_part *part, uint32_t off,
        uint32_t len) {
    if (!XIP_CFG_SECTOR_MAP) {
        return ((off | len) & (part->erase[0].size_bytes - 1u)) == 0u;
    }
    while (len != 0u) {
        const struct xip_part_erase *const type = xip_part_fit(part, off, len);
        if (type == NULL) {
            return false;
        }
        const uint32_t bytes = xip_part_unit_bytes(part, type, off);
        off += bytes;
        len -= bytes;
    }
    return true;
}
