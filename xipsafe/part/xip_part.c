/*
 * xip_part - look-ups in a part description
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_part.h"

const struct xip_part_erase *xip_part_fit(const struct xip_flash_part *part,
        uint32_t off, uint32_t len) {
    const struct xip_part_erase *best = NULL;
    for (unsigned i = 0; i < XIP_PART_ERASE_TYPES; i++) {
        const struct xip_part_erase *const type = &part->erase[i];
        const uint32_t size = type->size_bytes;
        if (size != 0u && size <= len && (off & (size - 1u)) == 0u) {
            best = type; // smallest first, so the last one is the largest
        }
    }
    return best;
}
