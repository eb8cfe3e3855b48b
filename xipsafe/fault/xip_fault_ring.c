/*
 * xip_fault_ring - the last fault records, in a region of the flash
 *
 * SPDX-License-Identifier: MIT
 *
 * A block holds a number that counts up, its complement, and the record. The
 * two words come last, so that a record that a power cut has torn is none.
 */
#include "xip_fault_ring.h"

#include <stdbool.h>
#include <stddef.h>

#include "xip_err.h"

#define HEAD_BYTES 8u

// The number of a block; 0: it has none.
static int number_of(const struct xip_region *region, uint32_t block,
        uint32_t *number) {
    uint32_t head[2];
    const int err = xip_region_block_read(region, block, 0, head, sizeof(head));
    *number = err == 0 && head[0] == ~head[1] ? head[0] : 0u;
    return err;
}

// The highest number below `limit`, and its block.
static int find_below(const struct xip_region *region, uint32_t limit,
        uint32_t *number, uint32_t *block) {
    *number = 0;
    *block = 0;
    for (uint32_t i = 0; i < region->block_count; i++) {
        uint32_t n;
        const int err = number_of(region, i, &n);
        if (err != 0) {
            return err;
        }
        if (n < limit && n > *number) {
            *number = n;
            *block = i;
        }
    }
    return 0;
}

int xip_fault_ring_store(const struct xip_region *region,
        const struct xip_fault_record *record) {
    if (region == NULL || record == NULL || region->block_count == 0u) {
        return XIP_ERR_PARAM;
    }
    if (record->size_bytes > region->block_bytes - HEAD_BYTES) {
        return XIP_ERR_RANGE;
    }
    uint32_t number;
    uint32_t block;
    int err = find_below(region, UINT32_MAX, &number, &block);
    if (err != 0) {
        return err;
    }
    const uint32_t head[2] = {number + 1u, ~(number + 1u)};
    block = number == 0u ? 0u : (block + 1u) % region->block_count;
    err = xip_region_block_erase(region, block);
    if (err == 0) {
        err = xip_region_block_program(region, block, HEAD_BYTES, record,
                record->size_bytes);
    }
    if (err == 0) {
        err = xip_region_block_program(region, block, 0, head, sizeof(head));
    }
    return err;
}

static uint32_t crc32(const uint8_t *data, uint32_t len_bytes) {
    uint32_t crc = ~0u;
    for (uint32_t i = 0; i < len_bytes; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8u; bit++) {
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

// Of what a header says, as far as it has been read.
static bool possible(const struct xip_fault_record *r, uint32_t room_bytes) {
    return r->magic == XIP_FAULT_MAGIC &&
            (r->layout & 0xFFFFu) == XIP_FAULT_LAYOUT &&
            r->size_bytes >= sizeof(*r) && r->size_bytes <= room_bytes;
}

// The record of a block. 0: damaged.
static int load(const struct xip_region *region, uint32_t block, void *buffer,
        uint32_t capacity_bytes) {
    struct xip_fault_record *const r = buffer;
    int err = xip_region_block_read(region, block, HEAD_BYTES, r, sizeof(*r));
    if (err != 0) {
        return err;
    }
    if (!possible(r, region->block_bytes - HEAD_BYTES)) {
        return 0;
    }
    const uint32_t size = r->size_bytes;
    if (size > capacity_bytes) {
        return XIP_ERR_RANGE;
    }
    err = xip_region_block_read(region, block, HEAD_BYTES, buffer, size);
    if (err != 0) {
        return err;
    }
    const uint32_t from = offsetof(struct xip_fault_record, layout);
    return crc32((const uint8_t *)buffer + from, size - from) == r->crc
            ? (int)size
            : 0;
}

int xip_fault_ring_read(const struct xip_region *region, uint32_t age,
        void *buffer, uint32_t capacity_bytes) {
    if (region == NULL || buffer == NULL ||
            capacity_bytes < sizeof(struct xip_fault_record) ||
            region->block_bytes <
                    sizeof(struct xip_fault_record) + HEAD_BYTES) {
        return XIP_ERR_PARAM;
    }
    uint32_t number = UINT32_MAX;
    for (;;) {
        uint32_t block;
        const int err = find_below(region, number, &number, &block);
        if (err != 0 || number == 0u) {
            return err;
        }
        const int size = load(region, block, buffer, capacity_bytes);
        if (size < 0 || (size > 0 && age == 0u)) {
            return size;
        }
        age -= size > 0 ? 1u : 0u;
    }
}

int xip_fault_ring_clear(const struct xip_region *region) {
    if (region == NULL || region->block_count == 0u) {
        return XIP_ERR_PARAM;
    }
    uint32_t number;
    uint32_t newest;
    int err = find_below(region, UINT32_MAX, &number, &newest);
    for (uint32_t i = 1; i <= region->block_count && err == 0; i++) {
        err = xip_region_block_erase(region,
                (newest + i) % region->block_count);
    }
    return err;
}
