/*
 * xip_region - a part of the flash that cannot reach outside itself
 *
 * SPDX-License-Identifier: MIT
 */
#include "xip_region.h"

#include <stddef.h>
#include <string.h>

#include "xip_flash_priv.h"

static int check_shape(const struct xip_flash *dev, uint32_t off,
        uint32_t size_bytes, uint32_t block_bytes) {
    if (size_bytes == 0u) {
        return XIP_ERR_RANGE;
    }
    const int err = xip_flash_erase_range_ok_(dev, off, size_bytes);
    if (err != 0) {
        return err;
    }
    if (block_bytes == 0u || size_bytes % block_bytes != 0u) {
        return XIP_ERR_ALIGN;
    }
    for (uint32_t at = 0; at < size_bytes; at += block_bytes) {
        if (!xip_part_whole_units(&dev->part, off + at, block_bytes)) {
            return XIP_ERR_ALIGN;
        }
    }
    return 0;
}

int xip_region_init(struct xip_region *region, struct xip_flash *dev,
        uint32_t off, uint32_t size_bytes, uint32_t block_bytes) {
    if (region == NULL) {
        return XIP_ERR_PARAM;
    }
    memset(region, 0, sizeof(*region));
    if (dev == NULL || dev->ready == 0u) {
        return XIP_ERR_PARAM;
    }
    const uint32_t block =
            block_bytes != 0u ? block_bytes : xip_part_unit(&dev->part, off);
    const int err = check_shape(dev, off, size_bytes, block);
    if (err != 0) {
        return err;
    }
    region->dev = dev;
    region->off = off;
    region->size_bytes = size_bytes;
    region->block_bytes = block;
    region->block_count = size_bytes / block;
    return 0;
}

// No sum in here can wrap.
static int inside(const struct xip_region *region, uint32_t off, uint32_t len) {
    if (region == NULL || region->dev == NULL) {
        return XIP_ERR_PARAM;
    }
    if (off > region->size_bytes || len > region->size_bytes - off) {
        return XIP_ERR_RANGE;
    }
    return 0;
}

int xip_region_read(const struct xip_region *region, uint32_t off, void *data,
        uint32_t len_bytes) {
    const int err = inside(region, off, len_bytes);
    return err != 0
            ? err
            : xip_flash_read(region->dev, region->off + off, data, len_bytes);
}

int xip_region_program(const struct xip_region *region, uint32_t off,
        const void *data, uint32_t len_bytes) {
    const int err = inside(region, off, len_bytes);
    return err != 0 ? err
                    : xip_flash_program(region->dev, region->off + off, data,
                              len_bytes);
}

int xip_region_erase(const struct xip_region *region, uint32_t off,
        uint32_t len_bytes) {
    const int err = inside(region, off, len_bytes);
    return err != 0
            ? err
            : xip_flash_erase(region->dev, region->off + off, len_bytes);
}

int xip_region_verify(const struct xip_region *region, uint32_t off,
        const void *data, uint32_t len_bytes) {
    const int err = inside(region, off, len_bytes);
    return err != 0
            ? err
            : xip_flash_verify(region->dev, region->off + off, data, len_bytes);
}

/// By block ///

// Position of a block's byte in the region; the product cannot wrap, since
// block_count * block_bytes is the region's size.
static int locate(const struct xip_region *region, uint32_t block, uint32_t off,
        uint32_t len, uint32_t *at) {
    if (region == NULL || region->dev == NULL) {
        return XIP_ERR_PARAM;
    }
    if (block >= region->block_count || off > region->block_bytes ||
            len > region->block_bytes - off) {
        return XIP_ERR_RANGE;
    }
    *at = block * region->block_bytes + off;
    return 0;
}

int xip_region_block_read(const struct xip_region *region, uint32_t block,
        uint32_t off, void *data, uint32_t len_bytes) {
    uint32_t at;
    const int err = locate(region, block, off, len_bytes, &at);
    return err != 0 ? err : xip_region_read(region, at, data, len_bytes);
}

int xip_region_block_program(const struct xip_region *region, uint32_t block,
        uint32_t off, const void *data, uint32_t len_bytes) {
    uint32_t at;
    const int err = locate(region, block, off, len_bytes, &at);
    return err != 0 ? err : xip_region_program(region, at, data, len_bytes);
}

int xip_region_block_erase(const struct xip_region *region, uint32_t block) {
    uint32_t at;
    const int err = locate(region, block, 0, 0, &at);
    return err != 0 ? err : xip_region_erase(region, at, region->block_bytes);
}

int xip_region_sync(const struct xip_region *region) {
    return inside(region, 0, 0);
}
