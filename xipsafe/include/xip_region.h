/*
 * xip_region - a part of the flash that cannot reach outside itself
 *
 * SPDX-License-Identifier: MIT
 *
 * For a file system, a settings store, assets: the owner of a region reads,
 * erases and programs by offsets from its start, and no offset, length or
 * block number, however wrong, touches anything else on the chip.
 *
 * Everything ends in xip_flash.h: its outages, refusals, hooks, call context
 * and power-loss rules hold here too, also that a unit which was open at a
 * power cut is undefined even if it reads as 0xff: erase it again.
 */
#ifndef XIP_REGION_H
#define XIP_REGION_H

#include <stdint.h>

#include "xip_err.h"
#include "xip_flash.h"

#ifdef __cplusplus
extern "C" {
#endif

// Caller-allocated, 20 bytes. Read it, change nothing. May be copied.
struct xip_region {
    struct xip_flash *dev;
    uint32_t off;        // of its first byte, from the start of the chip
    uint32_t size_bytes; // block_count * block_bytes
    uint32_t block_bytes;
    uint32_t block_count;
};

// Describe [off, off + size) of dev, in blocks of block_bytes. Touches no
// flash; dev is attached already.
//
// block_bytes 0: the smallest erase unit at off. Each block is whole erase
// units, and size a multiple of block_bytes.
// Returns 0; PARAM; RANGE outside the chip or without a byte; ALIGN; RUNNING
// if the running image or its vectors lie in it (the flags of dev's
// configuration count). After an error *region refuses everything.
int xip_region_init(struct xip_region *region, struct xip_flash *dev,
        uint32_t off, uint32_t size_bytes, uint32_t block_bytes) XIP_MUST_CHECK;

// As xip_flash_read, _program, _erase and _verify, with off from the start of
// the region. dev->stop_off counts from the start of the chip all the same.
// RANGE: not all of it lies in the region; nothing was changed.
int xip_region_read(const struct xip_region *region, uint32_t off, void *data,
        uint32_t len_bytes) XIP_MUST_CHECK;
int xip_region_program(const struct xip_region *region, uint32_t off,
        const void *data, uint32_t len_bytes) XIP_MUST_CHECK;
int xip_region_erase(const struct xip_region *region, uint32_t off,
        uint32_t len_bytes) XIP_MUST_CHECK;
int xip_region_verify(const struct xip_region *region, uint32_t off,
        const void *data, uint32_t len_bytes) XIP_MUST_CHECK;

// The same by block number, as file systems ask: off and len within one block.
// Four functions in the shape of littlefs's struct lfs_config are a line each
// over these; examples/littlefs has them.
int xip_region_block_read(const struct xip_region *region, uint32_t block,
        uint32_t off, void *data, uint32_t len_bytes) XIP_MUST_CHECK;
int xip_region_block_program(const struct xip_region *region, uint32_t block,
        uint32_t off, const void *data, uint32_t len_bytes) XIP_MUST_CHECK;
int xip_region_block_erase(const struct xip_region *region, uint32_t block)
        XIP_MUST_CHECK;

// For interfaces that have a flush. Nothing is buffered: when program or erase
// has returned 0, the chip has it.
// Returns 0, or PARAM for a region that was not initialised.
int xip_region_sync(const struct xip_region *region) XIP_MUST_CHECK;

#ifdef __cplusplus
}
#endif

#endif
