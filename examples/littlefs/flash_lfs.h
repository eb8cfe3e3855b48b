/*
 * flash_lfs - littlefs on a region of the flash the firmware runs from
 *
 * SPDX-License-Identifier: MIT
 *
 * littlefs is not part of xipsafe: name the folder that holds its lfs.h and
 * lfs.c, as in examples/littlefs/firmware.cmake. Written for its version 2.
 */
#ifndef FLASH_LFS_H
#define FLASH_LFS_H

#include "lfs.h"
#include "xip_region.h"

// Buffers instead of littlefs's own allocation: one page each.
#define FLASH_LFS_CACHE_BYTES 256u
#define FLASH_LFS_LOOKAHEAD_BYTES 32u // bits for 256 blocks at a time

// In resident RAM: pages are programmed out of these buffers.
struct flash_lfs {
    struct lfs_config config; // give &flash.config to lfs_mount()
    uint8_t read_buffer[FLASH_LFS_CACHE_BYTES];
    uint8_t prog_buffer[FLASH_LFS_CACHE_BYTES];
    uint8_t lookahead_buffer[FLASH_LFS_LOOKAHEAD_BYTES];
};

// Describe the region to littlefs: its blocks, whole pages, 500 erases per
// block before it is moved. *region has to stay. You may change flash->config
// before mounting.
void flash_lfs_init(struct flash_lfs *flash, const struct xip_region *region);

#endif
