/*
 * flash_lfs - littlefs on a region of the flash the firmware runs from
 *
 * SPDX-License-Identifier: MIT
 *
 * A page is the smallest unit that is programmed: one outage for each, and
 * parts with internal ECC require it. A smaller prog_size saves space in
 * directories, where the part allows several programs of one page.
 */
#include "flash_lfs.h"

#include <string.h>

// littlefs retires a block that cannot be written, and fails on other errors.
static int lfs_code(int err) {
    if (err == XIP_ERR_VERIFY || err == XIP_ERR_PROTECT) {
        return LFS_ERR_CORRUPT;
    }
    return err == 0 ? 0 : LFS_ERR_IO;
}

static int block_read(const struct lfs_config *c, lfs_block_t block,
        lfs_off_t off, void *buffer, lfs_size_t size) {
    return lfs_code(xip_region_block_read(c->context, block, off, buffer,
            size));
}

static int block_prog(const struct lfs_config *c, lfs_block_t block,
        lfs_off_t off, const void *buffer, lfs_size_t size) {
    return lfs_code(xip_region_block_program(c->context, block, off, buffer,
            size));
}

static int block_erase(const struct lfs_config *c, lfs_block_t block) {
    return lfs_code(xip_region_block_erase(c->context, block));
}

static int block_sync(const struct lfs_config *c) {
    return lfs_code(xip_region_sync(c->context));
}

void flash_lfs_init(struct flash_lfs *flash, const struct xip_region *region) {
    memset(flash, 0, sizeof(*flash));
    flash->config = (struct lfs_config){
            .context = (void *)(uintptr_t)region, // only read
            .read = block_read,
            .prog = block_prog,
            .erase = block_erase,
            .sync = block_sync,
            .read_size = 16,
            .prog_size = FLASH_LFS_CACHE_BYTES,
            .block_size = region->block_bytes,
            .block_count = region->block_count,
            .block_cycles = 500,
            .cache_size = FLASH_LFS_CACHE_BYTES,
            .lookahead_size = FLASH_LFS_LOOKAHEAD_BYTES,
            .read_buffer = flash->read_buffer,
            .prog_buffer = flash->prog_buffer,
            .lookahead_buffer = flash->lookahead_buffer,
    };
}
